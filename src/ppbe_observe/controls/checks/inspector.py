"""Known vulnerabilities (Amazon Inspector)."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from ppbe_observe.controls.check import (
    CRITICAL,
    MEDIUM,
    Check,
    Subject,
    check,
    failed,
    not_applicable,
    passed,
    unknown,
    verdict,
)
from ppbe_observe.model import Facts, Reason, Verdict

_REGION = "aws:region"
_ACCOUNT = "inspector2:account"
_FINDING = "inspector2:finding"
_CVE = re.compile(r"CVE-\d{4}-\d{4,}")
_OFF = "that it has no finding proves nothing"


def _states(accounts: Iterable[Subject]) -> dict[str, str]:
    """The status of scanning by the type of resource, as the parameters name it: ``lambdaCode`` is LAMBDACODE."""
    return {kind.upper(): state["status"] for each in accounts for kind, state in each.facts["resourceState"].items()}


@check(
    "inspector2_enabled",
    on=_REGION,
    uses=(_ACCOUNT,),
    severity=MEDIUM,
    title="Inspector scans what is deployed",
    controls=("ra-5",),
    indicators=("KSI-SCR-MON",),
    remediation="Switch scanning on in this region: aws inspector2 enable --resource-types ECR (Terraform "
    "aws_inspector2_enabler).",
    resource_types=("ECR",),
)
def enabled(region: Subject, resource_types: tuple[str, ...]) -> Verdict:
    """Images that were clean when they were built become vulnerable later; Inspector looks again at each new CVE.

    Scanning of each of resource_types must be ENABLED.
    """
    states = _states(region.all(_ACCOUNT))
    wanted = {each: states.get(each.upper().replace("_", ""), "not enabled") for each in resource_types}
    said = ", ".join(f"scanning of {each} is {status}" for each, status in wanted.items())
    return verdict(all(status == "ENABLED" for status in wanted.values()), said or "no scanning is required")


def _scanned(findings: Subject, **_: object) -> Verdict:
    """Nothing found means something only where something is looked at."""
    states = _states(findings.all(_ACCOUNT))
    scanned = [kind for kind, status in states.items() if status == "ENABLED"]
    if not scanned:
        return unknown(Reason.UNSUPPORTED, f"Inspector scans nothing here: {_OFF}")
    count = len(findings.all(_FINDING))
    return passed(f"Inspector scans {', '.join(scanned)}; active findings, each judged by itself: {count}")


@check(
    "inspector2_findings_within_age",
    on=_FINDING,
    uses=(_ACCOUNT,),
    severity=MEDIUM,
    title="Vulnerabilities are mended within their deadlines",
    controls=("ra-5", "si-2"),
    remediation="Rebuild the image, or update the package, to a version that has the fix, and deploy it; what cannot "
    "be mended in time needs an accepted exemption.",
    together=_scanned,
    days_critical=30,
    days_high=30,
    days_medium=90,
    days_low=180,
)
def within_age(finding: Subject, days_critical: int, days_high: int, days_medium: int, days_low: int) -> Verdict:
    """Each active finding has a deadline by its severity, counted from when it was first observed.

    One that its vendor has not rated yet has the shortest of them, an informational one has none.
    """
    facts = finding.facts
    if facts["status"] != "ACTIVE":
        return not_applicable(f"the finding is {facts['status'].lower()}")
    severity, first = facts["severity"], facts["firstObservedAt"]
    if severity == "INFORMATIONAL":
        return not_applicable("an informational finding has no deadline")
    allowed = {"CRITICAL": days_critical, "HIGH": days_high, "MEDIUM": days_medium, "LOW": days_low}
    days = allowed.get(severity, min(allowed.values()))
    due: datetime = first + timedelta(days=days)
    said = f"{_what(facts)}, {severity.lower()}: first observed {first:%Y-%m-%d}, to be mended by {due:%Y-%m-%d}"
    return verdict(finding.now <= due, f"{said} ({days} days)")


@check(
    "inspector2_kev_within_due_date",
    on=_FINDING,
    uses=(_ACCOUNT,),
    severity=CRITICAL,
    title="Known exploited vulnerabilities are mended by CISA's due date",
    controls=("ra-5", "si-2", "si-5"),
    remediation="Rebuild the image, or update the package, to a version that has the fix, and deploy it at once: the "
    "vulnerability is being exploited, and its due date goes before any other deadline.",
    together=_scanned,
)
def kev_within_due_date(finding: Subject) -> Verdict:
    """CISA's catalog names the vulnerabilities that are exploited, each with a date by which it must be gone.

    A finding that is not a CVE itself (an advisory) is looked up by the CVEs that it is related to.
    """
    facts = finding.facts
    if facts["status"] != "ACTIVE":
        return not_applicable(f"the finding is {facts['status'].lower()}")
    cves = _cves(facts)
    if not cves:
        return not_applicable("the finding names no CVE")
    catalog = finding.world.kev
    if catalog is None:
        return unknown(Reason.UNSUPPORTED, "no KEV catalog is given: set controls.kev_catalog")
    exploited = [(catalog[cve], cve) for cve in cves if cve in catalog]
    if not exploited:
        return passed(f"{_what(facts)}: not in CISA's catalog of known exploited vulnerabilities")
    due, cve = min(exploited)
    said = f"{_what(facts)}: {cve} is known to be exploited, to be mended by {due}"
    return failed(said, due=due) if finding.now.date() > due else passed(said)


def _what(facts: Facts) -> str:
    """The vulnerability and where it is."""
    name = facts.get("packageVulnerabilityDetails", {}).get("vulnerabilityId") or facts.get("title") or facts["type"]
    where = ", ".join(each["id"] for each in facts["resources"])
    return f"{name} on {where}"


def _cves(facts: Facts) -> list[str]:
    """The CVE that the finding is about, else those that it is related to."""
    details = facts.get("packageVulnerabilityDetails") or {}
    own = _CVE.fullmatch(details.get("vulnerabilityId", ""))
    return [own[0]] if own else [each for each in details.get("relatedVulnerabilities", ()) if _CVE.fullmatch(each)]


CHECKS: tuple[Check, ...] = (enabled, within_age, kev_within_due_date)
