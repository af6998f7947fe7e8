"""Analyzers of who has access from outside (IAM Access Analyzer)."""

from collections.abc import Mapping
from typing import Any

from ppbe_observe.controls.check import LOW, Check, Subject, Unseen, check, failed, passed
from ppbe_observe.model import Verdict

_ANALYZER = "access-analyzer:analyzer"
_FINDINGS = "access-analyzer:ListFindings"

_EXTERNAL = frozenset({"ACCOUNT", "ORGANIZATION"})
_NAMED = 3  # findings that a reason names


@check(
    "accessanalyzer_enabled",
    on="aws:region",
    uses=(_ANALYZER,),
    needs=(_FINDINGS,),
    severity=LOW,
    title="Access from outside is analyzed, and none is left unreviewed",
    controls=("ac-3", "ac-6", "ca-7"),
    indicators=("KSI-IAM-ELP",),
    remediation="aws accessanalyzer create-analyzer --type ACCOUNT --analyzer-name NAME, in each region; remove the "
    "access that a finding names, or archive the finding where the access is meant.",
)
def enabled(region: Subject) -> Verdict:
    """The analyzer proves, from policies, who outside the account or organization can reach a resource.

    Analyzers of unused and of internal access answer other questions, and do not count.
    """
    external = [each for each in region.all(_ANALYZER) if each.facts["type"] in _EXTERNAL]
    active = [each for each in external if each.facts["status"] == "ACTIVE"]
    if not active:
        told = ", ".join(f"{each.facts['name']} is {each.facts['status']}" for each in external)
        return failed(f"no analyzer of external access is ACTIVE: {told or 'there is none'}")
    names = ", ".join(each.facts["name"] for each in active)
    if findings := _open_findings(active):
        return failed(f"{names} found access from outside, {len(findings)} findings are ACTIVE: {_named(findings)}")
    return passed(f"{names} is ACTIVE; no finding is")


def _open_findings(analyzers: list[Subject]) -> list[Mapping[str, Any]]:
    """Those of all analyzers; where there are none, one that could not be asked may have some."""
    findings: list[Mapping[str, Any]] = []
    unseen: list[Unseen] = []
    for each in analyzers:
        try:
            told = each.told(_FINDINGS)["findings"]
        except Unseen as error:
            unseen.append(error)
        else:
            findings.extend(one for one in told if one["status"] == "ACTIVE")
    if unseen and not findings:
        raise unseen[0]
    return findings


def _named(findings: list[Mapping[str, Any]]) -> str:
    named = ", ".join(dict.fromkeys(each.get("resource") or each["id"] for each in findings[:_NAMED]))
    return f"{named} and more" if len(findings) > _NAMED else named


CHECKS: tuple[Check, ...] = (enabled,)
