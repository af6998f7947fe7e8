"""Certificates (Certificate Manager)."""

from datetime import timedelta

from ppbe_observe.controls.check import HIGH, Check, Subject, check, failed, not_applicable, verdict
from ppbe_observe.model import Verdict

_NEVER_ISSUED = frozenset({"PENDING_VALIDATION", "VALIDATION_TIMED_OUT", "FAILED"})


@check(
    "acm_certificate_expiration",
    on="acm:certificate",
    severity=HIGH,
    title="Certificates are renewed well before they expire",
    controls=("sc-7.12", "sc-17"),
    indicators=("KSI-SVC-ASM",),
    remediation="Renew it: ACM renews what it issued once the domain is validated again; import anew what was imported "
    "(aws acm import-certificate --certificate-arn CERTIFICATE); delete what nothing uses.",
    min_days=30,
)
def certificate_expiration(certificate: Subject, min_days: int) -> Verdict:
    """An expired certificate stops the service, or teaches people to ignore warnings.

    A certificate that nothing uses yet is judged too: it is what the next deployment takes.
    """
    facts = certificate.facts
    status = facts["Status"]
    if "NotAfter" not in facts and status in _NEVER_ISSUED:
        return not_applicable(f"it was not issued: its status is {status}")
    if status == "REVOKED":
        return failed("it is revoked: nobody may trust it")
    left = facts["NotAfter"] - certificate.now
    day, use = facts["NotAfter"].strftime("%Y-%m-%d"), "" if facts.get("InUse", True) else "; nothing uses it"
    if left <= timedelta():
        return failed(f"it expired on {day}{use}")
    hours = left.seconds // 3600
    said = f"it expires on {day}, in {left.days} days {hours} h; more than {min_days} days are required{use}"
    return verdict(left > timedelta(days=min_days), said)


CHECKS: tuple[Check, ...] = (certificate_expiration,)
