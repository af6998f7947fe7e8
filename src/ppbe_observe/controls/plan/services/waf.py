"""Regional web ACLs (AWS WAF). Pure."""

from collections.abc import Mapping
from typing import Any

from ppbe_observe.controls.plan.block import Block, untold
from ppbe_observe.controls.plan.facts import ABSENT
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.telling import Description, absent, part, told

WEB_ACL = "aws_wafv2_web_acl"
_LOGGING = "aws_wafv2_web_acl_logging_configuration"
_DESTINATIONS = ("aws_cloudwatch_log_group", "aws_s3_bucket", "aws_kinesis_firehose_delivery_stream")


def _logging(web_acl: Planned) -> Mapping[str, Any]:
    found = web_acl.plan.part_of(web_acl, "resource_arn", _LOGGING)
    if found is None:
        return {}
    named = web_acl.plan.all_named(found, "log_destination_configs", *_DESTINATIONS)
    destinations = [each.address if isinstance(each, Planned) else each for each in named]
    return {"LoggingConfiguration": {"LogDestinationConfigs": destinations}}


def _rules(web_acl: Planned) -> list[Any]:
    return [part(each, {"OverrideAction": _override, "Statement": _statement}) for each in _blocks(web_acl)]


def _blocks(web_acl: Planned) -> list[Block]:
    if web_acl.attributes.values.get("rule_json") or web_acl.attributes.after_apply("rule_json"):
        raise untold(f"what rule_json of {web_acl.address} says")
    return web_acl.attributes.blocks("rule")


def _override(rule: Block) -> Any:
    block = rule.first("override_action")
    return ABSENT if block is None else {"Count": {}} if block.blocks("count") else {"None": {}}


def _statement(rule: Block) -> Any:
    statement = rule.first("statement")
    group = statement.first("managed_rule_group_statement") if statement else None
    return {"ManagedRuleGroupStatement": part(group, _GROUP)} if group else {}


def _overridden(group: Block) -> list[Any]:
    tellers = {"Name": told("name"), "ActionToUse": _action_to_use}
    return [part(each, tellers) for each in group.blocks("rule_action_override")]


def _action_to_use(override: Block) -> dict[str, Any]:
    action = override.first("action_to_use")
    names = ("allow", "block", "captcha", "challenge", "count")
    return {name.capitalize(): {} for name in names if action is not None and action.blocks(name)}


def _excluded(group: Block) -> Any:
    """Only provider versions before 5 have it."""
    if "excluded_rule" not in group.values:
        return ABSENT
    return [part(each, {"Name": told("name")}) for each in group.blocks("excluded_rule")]


_GROUP = {
    "VendorName": told("vendor_name"),
    "Name": told("name"),
    "RuleActionOverrides": _overridden,
    "ExcludedRules": _excluded,
}


def _is_regional(web_acl: Planned) -> bool:
    return bool(web_acl["scope"] == "REGIONAL")


DESCRIPTIONS = (
    Description(
        (WEB_ACL,),
        "wafv2:webacl-summary",
        {"Name": told("name")},
        {"wafv2:GetLoggingConfiguration": _logging},
        _is_regional,
    ),
    Description(
        (WEB_ACL,),
        "wafv2:webacl",
        {
            "Name": told("name"),
            "Rules": _rules,
            "PreProcessFirewallManagerRuleGroups": absent,
            "PostProcessFirewallManagerRuleGroups": absent,
        },
        only=_is_regional,
    ),
)
