"""Continuous checks by AWS itself (Security Hub CSPM)."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from ppbe_observe.controls.check import HIGH, Check, Subject, check, failed, passed
from ppbe_observe.model import Verdict

_REGION = "aws:region"
_HUB = "securityhub:hub"
_STANDARD = "securityhub:standard"


@check(
    "securityhub_enabled",
    on=_REGION,
    uses=(_HUB, _STANDARD),
    severity=HIGH,
    title="Security Hub checks by the required standards",
    controls=("ca-7", "ca-2"),
    indicators=("KSI-CNA-EIS",),
    remediation="Switch Security Hub on in this region and subscribe to the standard (aws securityhub "
    "enable-security-hub; aws securityhub batch-enable-standards, Terraform aws_securityhub_standards_subscription). "
    "A standard stays INCOMPLETE without a recorder of AWS Config.",
    standards=("nist-800-53/v/5.0.0",),
)
def enabled(region: Subject, standards: tuple[str, ...]) -> Verdict:
    """Security Hub judges the whole account by rules of AWS, whatever else looks at it.

    Each of standards must be READY: what follows standards/ or ruleset/ in its ARN, wildcards allowed.
    """
    if not region.all(_HUB):
        return failed("Security Hub is not enabled here")
    subscriptions = region.all(_STANDARD)
    lacking = [told for each in standards if (told := _lacking(each, subscriptions))]
    if lacking:
        return failed(f"Security Hub is enabled, but {'; '.join(lacking)}")
    return passed(f"Security Hub is enabled; standards that are ready: {', '.join(standards) or 'none is required'}")


def _lacking(standard: str, subscriptions: Iterable[Subject]) -> str | None:
    """What is wrong with a standard; None where it is ready."""
    states = [
        (facts["StandardsStatus"], facts.get("StandardsStatusReason", {}).get("StatusReasonCode"))
        for facts in (each.facts for each in subscriptions)
        if fnmatchcase(facts["StandardsArn"].partition("/")[2], standard)
    ]
    if not states:
        return f"{standard} is not enabled"
    if any(status == "READY" for status, _ in states):
        return None
    return f"{standard} is {', '.join(f'{status} ({why})' if why else status for status, why in states)}"


CHECKS: tuple[Check, ...] = (enabled,)
