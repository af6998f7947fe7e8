"""Load balancers with their listeners and rules, and target groups (Elastic Load Balancing v2). Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from ppbe_observe.controls.plan.block import Block, untold
from ppbe_observe.controls.plan.facts import ABSENT, PlannedFacts
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.services.s3 import BUCKET
from ppbe_observe.controls.plan.telling import (
    Description,
    Tell,
    Teller,
    flag,
    given,
    newer,
    part,
    told,
    untold_answer,
)

_BALANCERS = ("aws_lb", "aws_alb")
_LISTENERS = ("aws_lb_listener", "aws_alb_listener")
_RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")
_GROUPS = ("aws_lb_target_group", "aws_alb_target_group")
_SUBNET = "aws_subnet"
_WEB_ACL = "aws_wafv2_web_acl"

_TYPE = newer("load_balancer_type", told("load_balancer_type"), "application")
_DESCRIBE_LISTENERS = "elasticloadbalancing:DescribeListeners"
_DESCRIBE_RULES = "elasticloadbalancing:DescribeRules"

Blocks = Mapping[str, Any]


def _zones(balancer: Planned) -> list[dict[str, Any]]:
    if balancer.attributes.known("subnets") and not balancer["subnets"]:
        mapped = balancer.attributes.blocks("subnet_mapping")
        paths = [(*each.trail, "subnet_id") for each in mapped]
        return [{"ZoneName": _zone(balancer.plan.at(balancer, path, _SUBNET))} for path in paths]
    return [{"ZoneName": _zone(each)} for each in balancer.plan.all_named(balancer, "subnets", _SUBNET)]


def _zone(subnet: Planned | str | None) -> Any:
    if not isinstance(subnet, Planned):
        raise untold(f"in which zone the subnet {subnet} is, which is not in the plan")
    known = subnet.attributes.known("availability_zone") and subnet["availability_zone"]
    return known or told("availability_zone_id")(subnet)


def _attributes(balancer: Planned) -> Mapping[str, Any]:
    return {"Attributes": [_attribute(balancer, name, tell) for name, tell in _ATTRIBUTES.items()]}


def _attribute(balancer: Planned, name: str, tell: Teller) -> PlannedFacts:
    return PlannedFacts(f"{name} of {balancer.address}", balancer, {"Key": lambda _: name, "Value": tell})


def _said(name: str) -> Tell:
    return lambda source: "true" if flag(name)(source) else "false"


def _logs(balancer: Planned) -> str:
    block = balancer.attributes.first("access_logs")
    return str(_said("enabled")(block)) if block else "false"


def _log_bucket(balancer: Planned) -> str:
    block = balancer.attributes.first("access_logs")
    found = balancer.plan.at(balancer, (*block.trail, "bucket"), BUCKET) if block else None
    return str(told("bucket")(found)) if isinstance(found, Planned) else found or ""


_ATTRIBUTES: Mapping[str, Teller] = {
    "access_logs.s3.bucket": _log_bucket,
    "access_logs.s3.enabled": _logs,
    "deletion_protection.enabled": _said("enable_deletion_protection"),
    "routing.http.drop_invalid_header_fields.enabled": _said("drop_invalid_header_fields"),
}


def _web_acl(balancer: Planned) -> Mapping[str, Any] | None:
    if _TYPE(balancer) != "application":
        return None
    found = balancer.plan.part_of(balancer, "resource_arn", "aws_wafv2_web_acl_association")
    if found is None:
        return {}
    acl = balancer.plan.named(found, "web_acl_arn", _WEB_ACL)
    if isinstance(acl, Planned):
        return {"WebACL": {"Name": acl["name"] if acl.attributes.known("name") else acl.address}}
    return {"WebACL": {"Name": acl}} if acl else {}


def _listeners_of(balancer: Planned) -> list[Planned]:
    return balancer.plan.parts_of(balancer, "load_balancer_arn", *_LISTENERS)


def _listeners(balancer: Planned) -> Mapping[str, Any]:
    return {"Listeners": [PlannedFacts(each.address, each, _LISTENER) for each in _listeners_of(balancer)]}


def _rules(balancer: Planned) -> Mapping[str, Any]:
    """Those of HTTP listeners, the same as are asked of AWS."""
    plain = [each for each in _listeners_of(balancer) if told("protocol")(each) == "HTTP"]
    found = [rule for each in plain for rule in each.plan.parts_in_plan(each, "listener_arn", *_RULES)]
    return {"Rules": [PlannedFacts(each.address, each, _RULE) for each in found]}


def _actions(name: str) -> Any:
    return lambda source: list(_each_action(source.attributes.blocks(name)))


def _each_action(blocks: list[Block]) -> Iterator[PlannedFacts]:
    return (part(each, {"Type": told("type"), "RedirectConfig": _redirect}) for each in blocks)


def _redirect(action: Block) -> Any:
    block = action.first("redirect")
    return part(block, {"Protocol": given("protocol", "#{protocol}")}) if block else ABSENT


def _priority(rule: Planned) -> Any:
    """Where AWS chooses it, the address says which rule is meant."""
    return rule["priority"] if rule.attributes.known("priority") and rule["priority"] else rule.address


def _protocol(listener: Planned) -> Any:
    """That of a gateway load balancer has neither protocol nor port."""
    return ABSENT if listener.leaves_out("protocol") and listener["port"] is None else told("protocol")(listener)


def _groups_balancers(group: Planned) -> Any:
    raise untold(f"which load balancers use {group.address}")


_LISTENER = {
    "Protocol": _protocol,
    "Port": given("port", 0),
    "SslPolicy": told("ssl_policy"),
    "DefaultActions": _actions("default_action"),
}
_RULE = {"IsDefault": lambda _: False, "Priority": _priority, "Actions": _actions("action")}
_BALANCER = {"Type": _TYPE, "AvailabilityZones": _zones}

DESCRIPTIONS = (
    Description(
        _BALANCERS,
        "elasticloadbalancing:loadbalancer",
        _BALANCER,
        {
            "elasticloadbalancing:DescribeLoadBalancerAttributes": _attributes,
            "wafv2:GetWebACLForResource": _web_acl,
        },
    ),
    Description(
        _BALANCERS, "elasticloadbalancing:loadbalancer-listeners", _BALANCER, {_DESCRIBE_LISTENERS: _listeners}
    ),
    Description(
        _BALANCERS,
        "elasticloadbalancing:loadbalancer-http-rules",
        _BALANCER,
        {_DESCRIBE_LISTENERS: _listeners, _DESCRIBE_RULES: _rules},
    ),
    Description(
        _GROUPS,
        "elasticloadbalancing:targetgroup",
        {"TargetType": told("target_type"), "LoadBalancerArns": _groups_balancers},
        {"elasticloadbalancing:DescribeTargetHealth": untold_answer("whether targets are healthy")},
    ),
)
