"""Threat detection (GuardDuty)."""

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from ppbe_observe.controls.check import HIGH, Check, Subject, check, failed, passed, unknown
from ppbe_observe.model import Reason, Verdict

_REGION = "aws:region"
_DETECTOR = "guardduty:detector"
_FINDING = "guardduty:finding"
_GET_DETECTOR = "guardduty:GetDetector"


class _Open(NamedTuple):
    """A finding that is not archived."""

    created: datetime
    level: str
    type: str


def _status(detector: Subject) -> str:
    return str((detector.detail(_GET_DETECTOR) or {})["Status"])


@check(
    "guardduty_enabled",
    on=_REGION,
    needs=(_GET_DETECTOR,),
    uses=(_DETECTOR,),
    severity=HIGH,
    title="GuardDuty is on",
    controls=("si-4", "ra-5", "ca-7"),
    remediation="Switch GuardDuty on in this region: aws guardduty create-detector --enable, or aws guardduty "
    "update-detector --detector-id ID --enable where it is suspended (Terraform aws_guardduty_detector enable = true).",
)
def enabled(region: Subject) -> Verdict:
    """Attacks are seen in the logs of the account, the network and DNS only while somebody looks at them."""
    detectors = region.all(_DETECTOR)
    if not detectors:
        return failed("there is no detector: GuardDuty is not enabled here")
    said = ", ".join(f"detector {each.facts['DetectorId']} is {_status(each)}" for each in detectors)
    return passed(said) if any(_status(each) == "ENABLED" for each in detectors) else failed(said)


@check(
    "guardduty_findings_age",
    on=_DETECTOR,
    needs=(_GET_DETECTOR,),
    uses=(_FINDING,),
    severity=HIGH,
    title="Findings of GuardDuty are dealt with in time",
    controls=("ir-4", "si-4", "ir-5"),
    remediation="Investigate the findings, then archive them (aws guardduty archive-findings --detector-id ID "
    "--finding-ids ID; a member's findings are archived by its administrator). The oldest comes first in aws guardduty "
    "list-findings --detector-id ID --sort-criteria AttributeName=createdAt,OrderBy=ASC.",
    days_high=1,
    days_medium=7,
    days_low=30,
)
def findings_age(detector: Subject, days_high: int, days_medium: int, days_low: int) -> Verdict:
    """A finding that nobody has archived is an incident that may still go on; its age counts from its creation.

    Severity 7 and more is high (critical, from 9, included), 4 and more medium. A detector that is off finds nothing.
    """
    days = {"high": days_high, "medium": days_medium, "low": days_low}
    found = _oldest_first(detector)
    late = [each for each in found if detector.now - each.created > timedelta(days=days[each.level])]
    allowed = f"allowed are {days_high} days (high), {days_medium} (medium), {days_low} (low)"
    if late:
        oldest = f"the oldest is {late[0].type} ({late[0].level}) of {late[0].created:%Y-%m-%d}"
        return failed(f"unarchived for too long: {_counts(late)}; {oldest}; {allowed}")
    if (status := _status(detector)) != "ENABLED":
        return unknown(Reason.UNSUPPORTED, f"the detector is {status}: that it has no late finding proves nothing")
    return passed(f"unarchived: {_counts(found)}; none for too long; {allowed}")


def _oldest_first(detector: Subject) -> list[_Open]:
    facts = [each.facts for each in detector.all(_FINDING)]
    return sorted(
        _Open(datetime.fromisoformat(each["CreatedAt"]), _level(each["Severity"]), each["Type"]) for each in facts
    )


def _level(severity: float) -> str:
    """GuardDuty user guide, "Severity levels of GuardDuty findings"."""
    if severity >= 7:  # noqa: PLR2004 - high and critical
        return "high"
    return "medium" if severity >= 4 else "low"  # noqa: PLR2004 - medium


def _counts(findings: list[_Open]) -> str:
    levels = Counter(each.level for each in findings)
    return ", ".join(f"{levels[level]} {level}" for level in ("high", "medium", "low") if levels[level]) or "no finding"


CHECKS: tuple[Check, ...] = (enabled, findings_age)
