"""Judges a Terraform plan by the settings, for commands: reads the file, asks AWS nothing. I/O."""

import sys
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from ppbe_observe import __version__
from ppbe_observe.assessment.examiner import Examiner
from ppbe_observe.controls.catalog import catalog
from ppbe_observe.controls.plan import judge_plan
from ppbe_observe.controls.plan.document import HOW
from ppbe_observe.controls.report import Report, lines_of
from ppbe_observe.controls.rollup import count, roll_up
from ppbe_observe.daemon.inspection import Selection
from ppbe_observe.errors import SettingsError
from ppbe_observe.settings import Settings

LARGEST = 512 * 1024 * 1024
"""Bytes: some twenty thousand resources; reading takes several times as much memory."""
_TOO_LARGE = f"--terraform-plan {{}}: more than {LARGEST // 1024**2} MiB; plan the estate in parts"
STDIN = Path("-")
_PLAN_FILE = b"PK\x03\x04"
"""What a plan file begins with: it is a ZIP archive."""


def report_of_plan(settings: Settings, path: Path, selection: Selection, now: datetime) -> Report:
    """The report of a plan; it has no deadlines, since nothing of it exists yet.

    In its roll-up, checks that the plan has nothing for are unknown, as are those that a look at AWS does not reach.

    Raises:
        SettingsError: The file is no plan that can be judged, or has nothing that the chosen checks judge.
    """
    examiner = Examiner(settings).narrowed(selection.keeps)
    document = read_plan(path)
    try:
        findings = judge_plan(document, examiner.rules, now)
    except SettingsError as error:
        raise SettingsError(f"--terraform-plan {path}: {error}") from error
    if not findings:
        raise SettingsError(f"--terraform-plan {path}: it plans nothing that the chosen checks judge")
    checks = examiner.rules.checks
    return Report(
        at=now,
        version=__version__,
        environment=settings.environment,
        lines=lines_of(findings, checks, examiner.deadlines, None, now),
        rolled=roll_up(count(findings), checks, catalog(), selection.baseline or examiner.baseline),
        complete=False,
    )


def read_plan(path: Path) -> Mapping[str, Any]:
    """What the file says; ``-`` is standard input.

    Raises:
        SettingsError: It cannot be read, is too large, or is no JSON object.
    """
    try:
        content = _read(path)
    except OSError as error:
        raise SettingsError(f"--terraform-plan {path}: {error.strerror}; {HOW}") from error
    if len(content) > LARGEST:
        raise SettingsError(_TOO_LARGE.format(path))
    if content.startswith(_PLAN_FILE):
        raise SettingsError(f"--terraform-plan {path}: this is the plan file itself, which only Terraform reads; {HOW}")
    try:
        document: Mapping[str, Any] = orjson.loads(_as_utf8(content))
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"--terraform-plan {path}: not a JSON document: {error}; {HOW}") from error
    return document


def _read(path: Path) -> bytes:
    if path == STDIN:
        return sys.stdin.buffer.read(LARGEST + 1)
    with path.open("rb") as file:
        if path.stat().st_size > LARGEST:
            raise SettingsError(_TOO_LARGE.format(path))
        return file.read(LARGEST + 1)


def _as_utf8(content: bytes) -> bytes:
    """PowerShell writes UTF-16 where output is sent to a file, and a byte order mark."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16").encode()
    return content.removeprefix(BOM_UTF8)
