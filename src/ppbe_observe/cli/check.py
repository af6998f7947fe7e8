"""``ppbe-observe check``: judge the controls now, and say what to do."""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from enum import StrEnum
from io import StringIO
from pathlib import Path
from threading import Timer
from types import FrameType, MappingProxyType
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from ppbe_observe.cli.common import (
    FAILED,
    INCOMPLETE,
    OK,
    UNFOLDED,
    ConfigOption,
    settings_from,
    settings_if_any,
    stderr,
    stdout,
)
from ppbe_observe.cli.findings import print_report
from ppbe_observe.cli.judging import judged
from ppbe_observe.cli.output import check_output, write_output
from ppbe_observe.clock import utc_now
from ppbe_observe.controls.catalog import Baseline, catalog, control_id
from ppbe_observe.controls.checks import CHECKS, SERVICES
from ppbe_observe.controls.detector import DETECTION
from ppbe_observe.controls.formats.asff import as_asff
from ppbe_observe.controls.formats.junit import as_junit
from ppbe_observe.controls.formats.ocsf import as_ocsf
from ppbe_observe.controls.formats.plain import as_csv, as_json
from ppbe_observe.controls.report import Report
from ppbe_observe.daemon.inspection import Selection
from ppbe_observe.errors import SettingsError
from ppbe_observe.model import Finding, Outcome, Severity
from ppbe_observe.settings import Settings, TargetSettings

INTERRUPTED = 130
HEARD_WITHIN = 2.0  # seconds
"""As of any program that Ctrl-C ends."""
LONGEST = 86_400
"""Seconds: of a day; a lock cannot wait for ever."""
ANYWHERE = "us-gov-west-1"
"""A target that settings need; a plan says by itself where it deploys."""


class Format(StrEnum):
    """How the result is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    OCSF = "ocsf"
    ASFF = "asff"
    JUNIT = "junit"


_WRITERS: Mapping[Format, Callable[[Report], bytes]] = MappingProxyType(
    {
        Format.JSON: as_json,
        Format.CSV: as_csv,
        Format.OCSF: as_ocsf,
        Format.ASFF: as_asff,
        Format.JUNIT: as_junit,
    }
)

_LISTS: Mapping[str, str] = MappingProxyType(
    {
        "--check": "ppbe-observe controls list --checks names them all",
        "--control": "ppbe-observe controls list names them all",
        "--ksi": "ppbe-observe controls list --ksi names them all",
    }
)
"""Where to look up what is too much for an error message."""


def check(
    config: ConfigOption = None,
    service: Annotated[list[str] | None, typer.Option(help="Only this service (rds, s3 ...); repeatable.")] = None,
    control: Annotated[list[str] | None, typer.Option(help="Only this control (ac-2, sc-28.1); repeatable.")] = None,
    ksi: Annotated[list[str] | None, typer.Option(help="Only this Key Security Indicator; repeatable.")] = None,
    severity: Annotated[
        list[Severity] | None, typer.Option(help="Only this severity; repeatable.", case_sensitive=False)
    ] = None,
    only: Annotated[list[str] | None, typer.Option("--check", help="Only this check; repeatable.")] = None,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", "-t", help="Only this account, region or account/region; repeatable."),
    ] = None,
    baseline: Annotated[
        Baseline | None,
        typer.Option(help="Only checks of this baseline, in place of controls.baseline.", case_sensitive=False),
    ] = None,
    terraform_plan: Annotated[
        Path | None,
        typer.Option(help="Judge this output of `terraform show -json` in place of AWS; - is standard input."),
    ] = None,
    form: Annotated[
        Format, typer.Option("--format", "-f", help="How the result is written.", case_sensitive=False)
    ] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Show what passes in the table, too.")] = False,
    fail_on: Annotated[
        Severity, typer.Option(help="Least severity of a failure that counts.", case_sensitive=False)
    ] = Severity.LOW,
    timeout: Annotated[
        float, typer.Option(help="Seconds after which what was not seen is unknown.", min=1, max=LONGEST)
    ] = 600,
) -> None:
    """Judge the control checks on live AWS state, or on a Terraform plan, now; no running daemon is needed.

    Exit code 0: nothing fails at or above --fail-on and nothing is unknown; 1: such a failure; 2: none, but something
    is unknown or nothing was judged; 3: wrong settings or usage, or a result that could not be written.
    """
    selection = _selection(service, control, ksi, severity, only, baseline)
    if output is not None:
        check_output(output)
    try:
        if terraform_plan is not None:
            report = _planned(terraform_plan, config, selection, target)
        else:
            with heard():
                report = judged(settings_from(config), selection, set(target or ()), timeout)
    except KeyboardInterrupt:
        _leave()
    _write(report, form, output, every=every)
    _tell_unnamed(report)
    raise typer.Exit(_code(report, fail_on))


def _planned(plan: Path, config: Path | None, selection: Selection, target: list[str] | None) -> Report:
    """Before deployment there may be no settings file yet: the defaults judge, then."""
    from ppbe_observe.daemon.planned import report_of_plan  # noqa: PLC0415 - the live checks do not need it

    if target:
        raise SettingsError("--target: a plan says by itself where it deploys; leave it out with --terraform-plan")
    settings = settings_if_any(config) or Settings(targets=(TargetSettings(regions=(ANYWHERE,)),))
    return report_of_plan(settings, plan, selection, utc_now())


def _selection(
    services: list[str] | None,
    controls: list[str] | None,
    indicators: list[str] | None,
    severities: list[Severity] | None,
    checks: list[str] | None,
    baseline: Baseline | None,
) -> Selection:
    known = catalog()
    return Selection(
        checks=_known("--check", map(str.lower, checks or ()), {DETECTION.id, *(each.id for each in CHECKS)}),
        services=_known("--service", map(str.lower, services or ()), {DETECTION.service, *SERVICES}),
        controls=_known("--control", map(control_id, controls or ()), known.controls),
        indicators=_known("--ksi", map(str.upper, indicators or ()), known.indicators),
        severities=frozenset(severities or ()),
        baseline=baseline,
    )


def _known(option: str, given: Iterable[str], known: Iterable[str]) -> frozenset[str]:
    names, asked = sorted(known), frozenset(given)
    for each in sorted(asked.difference(names)):
        near = get_close_matches(each, names, 3)
        hint = f"did you mean {' or '.join(near)}?" if near else _LISTS.get(option) or f"there are {', '.join(names)}"
        raise SettingsError(f"{option} {each}: there is none of this name; {hint}")
    return asked


def _write(report: Report, form: Format, output: Path | None, *, every: bool) -> None:
    writer = _WRITERS.get(form)
    if output is not None:
        write_output(output, writer(report) if writer else _table(report, every=every))
        return
    if writer:
        sys.stdout.buffer.write(writer(report))
    else:
        print_report(stdout(), report, every=every)
    sys.stdout.flush()


def _table(report: Report, *, every: bool) -> bytes:
    """As in a pipe."""
    text = StringIO()
    print_report(Console(file=text, width=UNFOLDED, soft_wrap=True, no_color=True), report, every=every)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _tell_unnamed(report: Report) -> None:
    for where, failure in report.unnamed:
        stderr().print(f"[yellow]not judged[/] {where}: {escape(str(failure))}", highlight=False)


def _code(report: Report, fail_on: Severity) -> int:
    """The detector's own failures say that something is unknown, not that a resource fails."""
    findings = [each.finding for each in report.lines]
    failing = [each for each in findings if each.outcome is Outcome.FAIL and not _blind(each)]
    if any(each.severity.rank <= fail_on.rank for each in failing):
        return FAILED
    unseen = any(each.outcome is Outcome.UNKNOWN or _blind(each) for each in findings)
    return INCOMPLETE if unseen or report.unnamed or not findings else OK


def _blind(finding: Finding) -> bool:
    return finding.check == DETECTION.id and finding.outcome is Outcome.FAIL


@contextmanager
def heard() -> Iterator[None]:
    """Ctrl-C leaves, also where the interrupt is lost: Python drops one that comes within a callback of its own."""

    def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
        late = Timer(HEARD_WITHIN, _leave)
        late.daemon = True
        late.start()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _leave() -> NoReturn:
    """Leave at once: the interpreter would wait for threads in the middle of a call."""
    stderr().print("[yellow]interrupted[/]: nothing was written", highlight=False)
    sys.stdout.flush()
    os._exit(INTERRUPTED)
