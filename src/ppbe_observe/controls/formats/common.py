"""What the formats for other tools share: which finding it is, what it is about, how it is encoded. Pure."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import orjson

from ppbe_observe.controls.check import Check
from ppbe_observe.controls.tracking import key_of
from ppbe_observe.model import Finding, Outcome

PRODUCT = "ppbe-observe"
FINDING_TYPE = "Software and Configuration Checks/Industry and Regulatory Standards/NIST 800-53 Controls (USA)"
"""Namespace, category and classifier in AWS's taxonomy of finding types."""
QUIET = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})
"""Nobody has to do anything about these."""

_NAMESPACE = UUID("6f0f2c5e-4d5b-5c0e-9d0b-6b1f3f1f8a55")
_CONTROL = re.compile(r"([a-z]{2})-(\d+)(?:\.(\d+))?")


def uid(finding: Finding) -> str:
    """The same in every run and every format: of the check, the ARN, and where it was seen."""
    return str(uuid5(_NAMESPACE, clean("\n".join(key_of(finding)))))


def requirements(check: Check) -> list[str]:
    """The controls as Security Hub writes them (``NIST.800-53.r5 SC-28(1)``), then the indicators."""
    controls = [f"NIST.800-53.r5 {_label(each)}" for each in check.controls]
    return [*controls, *(f"FedRAMP {each}" for each in check.indicators)]


def accepted(finding: Finding) -> str:
    """Who accepts the failure, until when, and why; empty where nobody does."""
    given = finding.exemption
    if given is None or finding.outcome is not Outcome.EXEMPT:
        return ""
    return f"accepted by {given.owner} until {given.expires}: {given.reason}"


def rfc3339(at: datetime) -> str:
    """A time in UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def present(told: Mapping[str, Any]) -> dict[str, Any]:
    """What there is to say: without None and without what is empty."""
    return {name: value for name, value in told.items() if value is not None and value not in ("", [], {})}


def clean(text: str) -> str:
    """What UTF-8 can carry: a lone surrogate cannot be encoded."""
    return text.encode("utf-8", "replace").decode()


def json_array(documents: Iterable[Mapping[str, Any]]) -> bytes:
    """A JSON array with one document a line."""
    return b"[" + b",\n".join(json_bytes(each) for each in documents) + b"]\n"


def json_bytes(document: Mapping[str, Any], option: int = 0) -> bytes:
    """A document as JSON, with options of orjson; a lone surrogate, wherever it is, becomes a question mark."""
    try:
        return orjson.dumps(document, option=option)
    except orjson.JSONEncodeError:  # rare, and looking at every string beforehand is not cheap
        return orjson.dumps(_encodable(document), option=option)


def _label(control: str) -> str:
    match = _CONTROL.fullmatch(control)
    if match is None:
        return control.upper()
    family, number, enhancement = match.groups()
    return f"{family.upper()}-{number}" + (f"({enhancement})" if enhancement else "")


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(name): _encodable(each) for name, each in value.items()}
    return [_encodable(each) for each in value] if isinstance(value, (list, tuple)) else value
