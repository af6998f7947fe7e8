"""Networks: VPCs, flow logs, security groups, subnets, network ACLs, endpoints; EBS of a region (EC2). Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ppbe_observe.controls.plan.block import Block, untold
from ppbe_observe.controls.plan.facts import ABSENT, PlannedFacts
from ppbe_observe.controls.plan.places import ACCOUNT, NOWHERE
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.telling import Description, absent, always, flag, given, never, optional, part, told

_VPC = ("aws_vpc", "aws_default_vpc")
_SUBNETS = ("aws_subnet", "aws_default_subnet")
_GROUP, _DEFAULT_GROUP = "aws_security_group", "aws_default_security_group"
_ACL, _DEFAULT_ACL = "aws_network_acl", "aws_default_network_acl"
_RULE, _ACL_RULE_TYPE = "aws_security_group_rule", "aws_network_acl_rule"
_DIRECTIONS = {"ingress": "aws_vpc_security_group_ingress_rule", "egress": "aws_vpc_security_group_egress_rule"}


def _identity(vpc: Planned) -> str:
    """Its id, else its address: others that are planned in it name it by the same word."""
    return str(vpc["id"]) if vpc.attributes.known("id") else vpc.address


def _network(attribute: str) -> Any:
    def tell(user: Planned) -> Any:
        found = user.plan.named(user, attribute, *_VPC)
        return _identity(found) if isinstance(found, Planned) else found

    return tell


def _recorded(log: Planned) -> Any:
    """The VPC, or whatever else the flow log records."""
    if log["vpc_id"] is None if log.attributes.known("vpc_id") else False:
        return "no VPC"
    return _network("vpc_id")(log)


def _state(endpoint: Planned) -> str:
    """Terraform waits until an endpoint is available; those of other owners must be accepted by them."""
    if ".amazonaws." in (endpoint["service_name"] or "") or endpoint["auto_accept"]:
        return "available"
    return str(told("state")(endpoint))


def _service(endpoint: Planned) -> Any:
    if endpoint["service_name"] and endpoint.target.region == NOWHERE:
        raise untold("the region, by which the names of endpoint services go")
    return optional("service_name")(endpoint)


def _permissions(direction: str) -> Any:
    def tell(group: Planned) -> list[Mapping[str, Any]]:
        return [*_inline(group, direction), *_separate(group, direction)]

    return tell


def _inline(group: Planned, direction: str) -> Iterable[Mapping[str, Any]]:
    """The rules that the group names itself.

    They are only known after apply where it names none: the default group then has none either, since Terraform takes
    all away when it adopts it; any other one has those of separate resources, and both are not to be mixed.
    """
    if not group.attributes.after_apply(direction):
        if not group.created and group.plan.alters(group, "security_group_id", _RULE, *_DIRECTIONS.values()):
            raise untold(f"which rules {group.address} has once others are changed")
        return [part(each, _INLINE) for each in group.attributes.blocks(direction)]
    if not group.created or not (group.change.type == _DEFAULT_GROUP or _has_separate(group)):
        group[direction]  # raises, with the reason
    return ()


def _has_separate(group: Planned) -> bool:
    return any(group.plan.parts_in_plan(group, "security_group_id", kind) for kind in (_RULE, *_DIRECTIONS.values()))


def _separate(group: Planned, direction: str) -> Iterator[Mapping[str, Any]]:
    for each in group.plan.parts_in_plan(group, "security_group_id", _RULE):
        if told("type")(each) == direction:
            yield PlannedFacts(each.address, each.attributes, _INLINE)
    for each in group.plan.parts_in_plan(group, "security_group_id", _DIRECTIONS[direction]):
        yield PlannedFacts(each.address, each.attributes, _SINGLE)


def _ranges(attribute: str, member: str) -> Any:
    return lambda rule: [{member: each} for each in (rule[attribute] if rule.holds(attribute) else None) or ()]


def _range(attribute: str, member: str) -> Any:
    return lambda rule: [{member: rule[attribute]}] if rule.holds(attribute) and rule[attribute] else []


_INLINE: Mapping[str, Any] = {
    "IpProtocol": told("protocol"),
    "FromPort": told("from_port"),
    "ToPort": told("to_port"),
    "IpRanges": _ranges("cidr_blocks", "CidrIp"),
    "Ipv6Ranges": _ranges("ipv6_cidr_blocks", "CidrIpv6"),
    "PrefixListIds": _ranges("prefix_list_ids", "PrefixListId"),
}
_SINGLE: Mapping[str, Any] = {
    "IpProtocol": told("ip_protocol"),
    "FromPort": lambda rule: rule["from_port"] if rule.holds("from_port") else None,
    "ToPort": lambda rule: rule["to_port"] if rule.holds("to_port") else None,
    "IpRanges": _range("cidr_ipv4", "CidrIp"),
    "Ipv6Ranges": _range("cidr_ipv6", "CidrIpv6"),
    "PrefixListIds": _range("prefix_list_id", "PrefixListId"),
}


def _group_name(group: Planned) -> Any:
    if group.change.type == _DEFAULT_GROUP:
        return "default"
    return group["name"] if group.attributes.known("name") else group.address  # nobody can make another "default"


def _lets_into_another_group(rule: Planned) -> bool:
    """Whether it is an ingress rule of a group that the plan does not hold; what it opens is open all the same."""
    if rule.change.type == _RULE and told("type")(rule) != "ingress":
        return False
    return not isinstance(rule.plan.named(rule, "security_group_id", _GROUP, _DEFAULT_GROUP), Planned)


def _lone(tellers: Mapping[str, Any]) -> Mapping[str, Any]:
    """A rule without its group, as a group that has no other."""
    return {
        "GroupName": never("the name of the group, which is not in the plan"),
        "IpPermissions": lambda rule: [PlannedFacts(rule.address, rule.attributes, tellers)],
    }


def _brings_default_group(vpc: Planned) -> bool:
    """Whether it comes with a default group as AWS makes it: with nothing in the plan to take its rules away."""
    return vpc.plan.certain_of(vpc) and not vpc.plan.parts_in_plan(vpc, "vpc_id", _DEFAULT_GROUP)


def _brought(*permissions: Mapping[str, Any]) -> Any:
    def tell(vpc: Planned) -> list[Mapping[str, Any]]:
        _brings_default_group(vpc)  # raises where that cannot be told
        return [*permissions]

    return tell


# Traffic between members of the group, and all that leaves (VPC User Guide, "Default security groups for your VPCs").
_BETWEEN_MEMBERS = {"IpProtocol": "-1", "UserIdGroupPairs": [{}]}
_ALL_OUT = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def _entries(acl: Planned) -> list[Mapping[str, Any]]:
    entries: list[Mapping[str, Any]] = []
    if not acl.created and acl.plan.alters(acl, "network_acl_id", _ACL_RULE_TYPE):
        raise untold(f"which rules {acl.address} has once others are changed")
    for direction in ("ingress", "egress"):
        if acl.attributes.after_apply(direction) and acl.created and acl.change.type == _ACL:
            if not acl.plan.parts_in_plan(acl, "network_acl_id", _ACL_RULE_TYPE):
                acl[direction]
            continue
        tellers = {**_ENTRY, "Egress": always(direction == "egress")}
        entries += [part(each, tellers) for each in acl.attributes.blocks(direction)]
    separate = acl.plan.parts_in_plan(acl, "network_acl_id", _ACL_RULE_TYPE)
    return [*entries, *(PlannedFacts(each.address, each.attributes, _ACL_RULE) for each in separate)]


def _ports(block: Block) -> Any:
    return {"From": block["from_port"], "To": block["to_port"]}


_ENTRY: dict[str, Any] = {
    "RuleNumber": told("rule_no"),
    "RuleAction": told("action"),
    "Protocol": lambda block: str(told("protocol")(block)),
    "PortRange": _ports,
    "CidrBlock": lambda block: block["cidr_block"] or ABSENT,
    "Ipv6CidrBlock": lambda block: block["ipv6_cidr_block"] or ABSENT,
}
_ACL_RULE: Mapping[str, Any] = _ENTRY | {
    "RuleNumber": told("rule_number"),
    "RuleAction": told("rule_action"),
    "Egress": flag("egress"),
}


def _associations(acl: Planned) -> list[Any]:
    return list(acl.plan.all_named(acl, "subnet_ids", *_SUBNETS))


def _ebs_encryption(setting: Planned) -> Mapping[str, Any]:
    return {"EbsEncryptionByDefault": given("enabled", otherwise=True)(setting)}


DESCRIPTIONS = (
    Description(_VPC, "ec2:vpc", {"VpcId": _identity, "OwnerId": always(ACCOUNT)}),
    Description(
        ("aws_flow_log",),
        "ec2:vpc-flow-log",
        {
            "FlowLogId": lambda log: log["id"] if log.attributes.known("id") else log.address,
            "ResourceId": _recorded,
            "TrafficType": told("traffic_type"),
            "FlowLogStatus": always("ACTIVE"),
            # EC2 says it only after the first delivery.
            "DeliverLogsStatus": absent,
            "DeliverLogsErrorMessage": absent,
        },
    ),
    Description(
        (_GROUP, _DEFAULT_GROUP),
        "ec2:security-group",
        {
            "GroupName": _group_name,
            "IpPermissions": _permissions("ingress"),
            "IpPermissionsEgress": _permissions("egress"),
        },
    ),
    Description(
        ("aws_vpc",),
        "ec2:security-group",
        {
            "GroupName": always("default"),
            "IpPermissions": _brought(_BETWEEN_MEMBERS),
            "IpPermissionsEgress": _brought(_ALL_OUT),
        },
        only=_brings_default_group,
    ),
    Description((_RULE,), "ec2:security-group", _lone(_INLINE), only=_lets_into_another_group),
    Description((_DIRECTIONS["ingress"],), "ec2:security-group", _lone(_SINGLE), only=_lets_into_another_group),
    Description(_SUBNETS, "ec2:subnet", {"MapPublicIpOnLaunch": flag("map_public_ip_on_launch")}),
    Description((_ACL, _DEFAULT_ACL), "ec2:network-acl", {"Entries": _entries, "Associations": _associations}),
    Description(
        ("aws_vpc_endpoint",),
        "ec2:vpc-endpoint",
        {"VpcId": _network("vpc_id"), "ServiceName": _service, "State": _state},
    ),
    Description(
        ("aws_ebs_encryption_by_default",),
        "aws:region",
        details={"ec2:GetEbsEncryptionByDefault": _ebs_encryption},
    ),
)
