"""The detector is watched too: what could not be seen is a finding of its own. Pure.

FedRAMP CR26 takes a failure of the detection process for a vulnerability.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from ppbe_observe.controls.check import HIGH, Check, failed, passed
from ppbe_observe.controls.evaluate import whole
from ppbe_observe.model import Finding, Outcome, Resource, Target, Verdict


def _never(*_: object) -> Verdict:
    raise AssertionError("the detector is not judged like a resource")


DETECTION = Check(
    id="detection_operating",
    on="aws:region",
    severity=HIGH,
    title="Every check can see what it needs",
    description="Looks at what the checks themselves could not see: a denied, throttled, malformed or unsupported call "
    "leaves findings unknown, and a vulnerability that cannot be detected stays.",
    remediation="Mend what the reason names: grant the action (ppbe-observe iam-policy prints the whole policy), raise "
    "the limit, or switch the check off where the service does not exist in the region.",
    controls=("ca-7", "ra-5", "si-4"),
    indicators=(),
    needs=(),
    uses=(),
    only_in=(),
    parameters={},
    judge=_never,
    service="ppbe-observe",
)
"""Not in the registry of checks: it is judged of the findings of all others."""


def detection(findings: Sequence[Finding], target: Target, now: datetime) -> tuple[Finding, ...]:
    """A failure for each service that could not be seen, else one pass."""
    calls: dict[str, dict[str, None]] = {}
    for each in findings:
        if each.outcome is Outcome.UNKNOWN:
            operation = each.verdict.operation or f"{each.resource.kind.partition(':')[0]}:{each.check}"
            calls.setdefault(operation.partition(":")[0], {})[_told(each, operation)] = None
    if not calls:
        region = Resource(f"arn:{target.partition}:iam::{target.account_id}:root", "aws:region", target)
        return (_finding(region, passed("every call that the checks need succeeded"), now),)
    return tuple(_failure(service, told, target, now) for service, told in calls.items())


def _failure(service: str, told: Iterable[str], target: Target, now: datetime) -> Finding:
    return _finding(whole(f"{service}:*", target), failed("could not be seen: " + "; ".join(told)), now)


def _told(finding: Finding, operation: str) -> str:
    cause = finding.verdict.cause
    return f"{operation} ({cause})" if cause else operation


def _finding(resource: Resource, verdict: Verdict, now: datetime) -> Finding:
    return Finding(DETECTION.id, DETECTION.severity, resource, verdict, now)
