"""Regional web ACLs (AWS WAF)."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ppbe_observe.controls.check import HIGH, MEDIUM, Check, Subject, check, failed, passed, verdict
from ppbe_observe.model import Verdict

_WEB_ACL = "wafv2:webacl"
_LOGGING = "wafv2:GetLoggingConfiguration"
_MANAGER_GROUPS = ("PreProcessFirewallManagerRuleGroups", "PostProcessFirewallManagerRuleGroups")


@check(
    "wafv2_logging",
    on="wafv2:webacl-summary",
    needs=(_LOGGING,),
    severity=MEDIUM,
    title="The web ACL writes logs",
    controls=("au-2", "au-3", "au-12", "ca-7"),
    indicators=("KSI-MLA-LET",),
    remediation="Name a log group, bucket or Firehose stream whose name begins with aws-waf-logs- "
    "(aws wafv2 put-logging-configuration --logging-configuration ResourceArn=ACL,LogDestinationConfigs=DESTINATION).",
)
def logging(web_acl: Subject) -> Verdict:
    """The log tells which requests were blocked or let through, and why; metrics only count them."""
    told = web_acl.told(_LOGGING)
    destinations = told["LoggingConfiguration"]["LogDestinationConfigs"] if told else ()
    if not destinations:
        return failed("no logging destination is configured")
    return passed(f"logs are written to {', '.join(destinations)}")


@check(
    "wafv2_has_rules",
    on=_WEB_ACL,
    severity=HIGH,
    title="The web ACL has rules",
    controls=("cm-2", "sc-7"),
    indicators=("KSI-CNA-RVP",),
    remediation="Add rules, at least the managed rule groups that the system needs (aws wafv2 update-web-acl --rules).",
    min_rules=1,
)
def has_rules(web_acl: Subject, min_rules: int) -> Verdict:
    """A web ACL without rules does the same to every request; the groups that Firewall Manager adds count as rules."""
    rules = len(web_acl.facts.get("Rules", ())) + len(list(_manager_groups(web_acl)))
    return verdict(rules >= min_rules, f"it has {rules} rules; {min_rules} are required")


@check(
    "wafv2_managed_rule_groups",
    on=_WEB_ACL,
    severity=MEDIUM,
    title="Managed rule groups block attacks",
    controls=("sc-7", "si-3"),
    indicators=("KSI-CNA-RVP",),
    remediation="Add the managed rule groups that are missing, and take away overrides to Count or Allow once the "
    "rules are tested (aws wafv2 update-web-acl --rules).",
    groups=("AWSManagedRulesCommonRuleSet",),
    may_count=(),
)
def managed_rule_groups(web_acl: Subject, groups: tuple[str, ...], may_count: tuple[str, ...]) -> Verdict:
    """AWS keeps these rules up to date with known attacks, but a group or rule overridden to Count or Allow stops none.

    Groups of other vendors are named Vendor/Name. may_count names rules (SizeRestrictions_BODY) that may be overridden.
    A group that is there twice, once to try it, needs to block only once.
    """
    there = [*_groups(web_acl, may_count)]
    problems = [problem for name in groups if (problem := _problem(name, there))]
    return failed("; ".join(problems)) if problems else passed(f"in force: {', '.join(groups) or 'none is required'}")


class _Group(NamedTuple):
    name: str
    counts: bool
    overridden: tuple[str, ...]


def _problem(name: str, there: list[_Group]) -> str | None:
    found = [each for each in there if each.name == name]
    if not found:
        return f"{name} is missing"
    if any(not each.counts and not each.overridden for each in found):
        return None
    first = min(found, key=lambda each: each.counts)
    if first.counts:
        return f"{name} only counts"
    return f"{name} does not stop what these rules match: {', '.join(first.overridden)}"


def _groups(web_acl: Subject, may_count: tuple[str, ...]) -> Iterator[_Group]:
    rules = ((each, each.get("Statement", {})) for each in web_acl.facts.get("Rules", ()))
    managers = ((each, each["FirewallManagerStatement"]) for each in _manager_groups(web_acl))
    for rule, statement in (*rules, *managers):
        if group := statement.get("ManagedRuleGroupStatement"):
            overridden = tuple(name for name in _overridden(group) if name not in may_count)
            yield _Group(_name(group), "Count" in rule.get("OverrideAction", {}), overridden)


def _name(group: Mapping[str, Any]) -> str:
    vendor, name = group["VendorName"], group["Name"]
    return str(name) if vendor == "AWS" else f"{vendor}/{name}"


def _overridden(group: Mapping[str, Any]) -> Iterator[str]:
    """The rules that stop nothing; ExcludedRules is the older way to let a rule only count."""
    for each in group.get("RuleActionOverrides", ()):
        if not {"Count", "Allow"}.isdisjoint(each["ActionToUse"]):
            yield each["Name"]
    for each in group.get("ExcludedRules", ()):
        yield each["Name"]


def _manager_groups(web_acl: Subject) -> Iterator[Mapping[str, Any]]:
    return (each for place in _MANAGER_GROUPS for each in web_acl.facts.get(place, ()))


CHECKS: tuple[Check, ...] = (logging, has_rules, managed_rule_groups)
