"""Checks of web ACLs, on what moto holds."""

import json
from typing import Any

import pytest

from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

COMMON = "AWSManagedRulesCommonRuleSet"
BUCKET = "arn:aws-us-gov:s3:::aws-waf-logs-ppbe"
NONE: dict[str, Any] = {"None": {}}
COUNT: dict[str, Any] = {"Count": {}}


def visible(name: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}


def rule(name: str, priority: int = 0, **changed: Any) -> dict[str, Any]:
    """A rule that blocks a country."""
    statement = {"GeoMatchStatement": {"CountryCodes": ["AQ"]}}
    own = {"Name": name, "Priority": priority, "VisibilityConfig": visible(name)}
    return {**own, "Statement": statement, "Action": {"Block": {}}, **changed}


def managed(name: str = COMMON, override: dict[str, Any] = NONE, vendor: str = "AWS", **group: Any) -> dict[str, Any]:
    """A rule that asks a managed rule group."""
    statement = {"ManagedRuleGroupStatement": {"VendorName": vendor, "Name": name, **group}}
    own = {"Name": name, "Priority": 1, "VisibilityConfig": visible(name)}
    return {**own, "Statement": statement, "OverrideAction": override}


def web_acl(session: LocalSession, *rules: dict[str, Any], name: str = "ppbe") -> str:
    made = session.client("wafv2").create_web_acl(
        Name=name,
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig=visible(name),
        Rules=[{**each, "Priority": number} for number, each in enumerate(rules)],
    )
    return str(made["Summary"]["ARN"])


def of_firewall_manager(session: LocalSession, override: dict[str, Any]) -> None:
    """A web ACL whose only rule group was added by Firewall Manager, which moto does not know."""
    arn = web_acl(session)
    group = {
        "Name": "PREFMManaged",
        "Priority": 0,
        "FirewallManagerStatement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": COMMON}},
        "OverrideAction": override,
        "VisibilityConfig": visible("fms"),
    }
    acl = {"Name": "ppbe", "Id": "1", "ARN": arn, "DefaultAction": {"Allow": {}}, "VisibilityConfig": visible("ppbe")}
    body = json.dumps({"WebACL": {**acl, "PreProcessFirewallManagerRuleGroups": [group]}, "LockToken": "1"})
    session.faults["wafv2:GetWebACL"] = lambda: answer(200, body)


def log(session: LocalSession, arn: str) -> None:
    given = {"ResourceArn": arn, "LogDestinationConfigs": [BUCKET]}
    session.client("wafv2").put_logging_configuration(LoggingConfiguration=given)


def test_logging(local_session: LocalSession) -> None:
    logged, silent = web_acl(local_session, name="logged"), web_acl(local_session, name="silent")
    log(local_session, logged)
    found = judge(local_session, "wafv2_logging")
    assert {arn: (each.outcome.value, each.verdict.reason) for arn, each in found.items()} == {
        logged: ("pass", f"logs are written to {BUCKET}"),
        silent: ("fail", "no logging destination is configured"),
    }


@pytest.mark.parametrize("operation", ["wafv2:ListWebACLs", "wafv2:GetLoggingConfiguration"])
def test_logging_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    log(local_session, web_acl(local_session))
    unseen(local_session, "wafv2_logging", operation)


def test_an_answer_without_a_configuration_does_not_say_that_there_is_none(local_session: LocalSession) -> None:
    web_acl(local_session)
    local_session.faults["wafv2:GetLoggingConfiguration"] = lambda: answer(200, "{}")
    assert only(local_session, "wafv2_logging") == (
        "unknown",
        (
            "malformed: wafv2:GetLoggingConfiguration: the answer is not as documented: LookupError: "
            "no LoggingConfiguration"
        ),
    )


def test_logging_does_not_need_the_web_acl_itself(local_session: LocalSession) -> None:
    log(local_session, web_acl(local_session))
    local_session.refuse("wafv2:GetWebACL", "AccessDeniedException")
    assert only(local_session, "wafv2_logging")[0] == "pass"


@pytest.mark.parametrize(
    ("rules", "min_rules", "verdict"),
    [
        ([], 1, ("fail", "it has 0 rules; 1 are required")),
        ([rule("one")], 1, ("pass", "it has 1 rules; 1 are required")),
        ([rule("one"), managed()], 3, ("fail", "it has 2 rules; 3 are required")),
    ],
)
def test_rules(
    local_session: LocalSession, rules: list[dict[str, Any]], min_rules: int, verdict: tuple[str, str]
) -> None:
    web_acl(local_session, *rules)
    assert only(local_session, "wafv2_has_rules", min_rules=min_rules) == verdict


def test_rules_of_firewall_manager_count(local_session: LocalSession) -> None:
    of_firewall_manager(local_session, NONE)
    assert only(local_session, "wafv2_has_rules") == ("pass", "it has 1 rules; 1 are required")


def overridden(**actions: str) -> list[dict[str, Any]]:
    return [{"Name": name, "ActionToUse": {action: {}}} for name, action in actions.items()]


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [
        ([managed()], ("pass", f"in force: {COMMON}")),
        ([rule("own")], ("fail", f"{COMMON} is missing")),
        ([managed("AWSManagedRulesSQLiRuleSet")], ("fail", f"{COMMON} is missing")),
        ([managed(vendor="Somebody")], ("fail", f"{COMMON} is missing")),
        ([managed(override=COUNT)], ("fail", f"{COMMON} only counts")),
        (
            [managed(RuleActionOverrides=overridden(NoUserAgent_HEADER="Count", SizeRestrictions_BODY="Allow"))],
            ("fail", f"{COMMON} does not stop what these rules match: NoUserAgent_HEADER, SizeRestrictions_BODY"),
        ),
        (
            [managed(ExcludedRules=[{"Name": "NoUserAgent_HEADER"}])],
            ("fail", f"{COMMON} does not stop what these rules match: NoUserAgent_HEADER"),
        ),
        (
            [managed(RuleActionOverrides=overridden(NoUserAgent_HEADER="Challenge", SizeRestrictions_BODY="Block"))],
            ("pass", f"in force: {COMMON}"),
        ),
        ([managed(override=COUNT), {**managed(), "Name": "again"}], ("pass", f"in force: {COMMON}")),
    ],
)
def test_managed_groups(local_session: LocalSession, rules: list[dict[str, Any]], verdict: tuple[str, str]) -> None:
    web_acl(local_session, *rules)
    assert only(local_session, "wafv2_managed_rule_groups") == verdict


def test_rules_that_may_count(local_session: LocalSession) -> None:
    web_acl(local_session, managed(RuleActionOverrides=overridden(SizeRestrictions_BODY="Count")))
    allowed = only(local_session, "wafv2_managed_rule_groups", may_count=("SizeRestrictions_BODY",))
    assert allowed == ("pass", f"in force: {COMMON}")


def test_groups_are_a_parameter(local_session: LocalSession) -> None:
    web_acl(local_session, managed(), managed("Rules", vendor="Somebody"))
    wanted = (COMMON, "Somebody/Rules", "AWSManagedRulesSQLiRuleSet")
    assert only(local_session, "wafv2_managed_rule_groups", groups=wanted) == (
        "fail",
        "AWSManagedRulesSQLiRuleSet is missing",
    )
    assert only(local_session, "wafv2_managed_rule_groups", groups=wanted[:2])[0] == "pass"


@pytest.mark.parametrize(("override", "outcome"), [(NONE, "pass"), (COUNT, "fail")])
def test_groups_of_firewall_manager(local_session: LocalSession, override: dict[str, Any], outcome: str) -> None:
    of_firewall_manager(local_session, override)
    assert only(local_session, "wafv2_managed_rule_groups")[0] == outcome


@pytest.mark.parametrize("check", ["wafv2_has_rules", "wafv2_managed_rule_groups"])
@pytest.mark.parametrize("operation", ["wafv2:ListWebACLs", "wafv2:GetWebACL"])
def test_rules_that_cannot_be_seen(local_session: LocalSession, check: str, operation: str) -> None:
    web_acl(local_session, managed())
    unseen(local_session, check, operation)


@pytest.mark.parametrize(
    ("check", "kind"),
    [
        ("wafv2_logging", "wafv2:webacl-summary"),
        ("wafv2_has_rules", "wafv2:webacl"),
        ("wafv2_managed_rule_groups", "wafv2:webacl"),
    ],
)
def test_no_web_acl(local_session: LocalSession, check: str, kind: str) -> None:
    assert only(local_session, check) == ("not_applicable", f"there is no {kind} here")
