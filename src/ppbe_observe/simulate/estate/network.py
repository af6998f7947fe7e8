"""VPC, subnets, NAT gateways, VPN and flow logs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.perimeter import guard
from ppbe_observe.simulate.estate.places import Environment, tag_list

_ANYWHERE = "0.0.0.0/0"
_AGENCY_GATEWAY = "198.51.100.10"  # TEST-NET-2, RFC 5737
_AGENCY_NETWORKS = ("198.51.100.0/24", "203.0.113.0/24")


@dataclass(frozen=True, slots=True)
class Network:
    """What others build on."""

    vpc: str
    public: tuple[str, ...]
    private: tuple[str, ...]
    nat_gateways: tuple[str, ...]
    vpn: str
    alb_group: str
    task_group: str
    data_group: str


def build_network(aws: Aws, env: Environment) -> Network:
    """The VPC of an environment, with everything in it that is EC2's."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=_tagged("vpc", env, env.prefix))["Vpc"]["VpcId"]
    public = tuple(_subnet(ec2, env, vpc, zone, tier="public", index=index) for index, zone in enumerate(env.zones))
    private = tuple(_subnet(ec2, env, vpc, zone, tier="private", index=10 + i) for i, zone in enumerate(env.zones))
    nats = tuple(_nat_gateway(ec2, env, subnet, index) for index, subnet in enumerate(public))
    _routes(ec2, env, vpc, public=public, private=private, nats=nats)
    groups = _security_groups(ec2, env, vpc)
    _flow_logs(ec2, env, vpc)
    guard(aws, env, vpc, private)
    return Network(vpc, public, private, nats, _vpn(ec2, env, vpc), *groups)


def _tagged(kind: str, env: Environment, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": tag_list({**env.tags, "Name": name})}]


def _subnet(ec2: Any, env: Environment, vpc: str, zone: str, *, tier: str, index: int) -> str:
    answer = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock=f"10.0.{index}.0/24",
        AvailabilityZone=zone,
        TagSpecifications=_tagged("subnet", env, f"{env.prefix}-{tier}-{zone[-1]}"),
    )
    return str(answer["Subnet"]["SubnetId"])


def _nat_gateway(ec2: Any, env: Environment, subnet: str, index: int) -> str:
    address = ec2.allocate_address(
        Domain="vpc", TagSpecifications=_tagged("elastic-ip", env, f"{env.prefix}-nat-{index}")
    )
    answer = ec2.create_nat_gateway(
        SubnetId=subnet,
        AllocationId=address["AllocationId"],
        TagSpecifications=_tagged("natgateway", env, f"{env.prefix}-nat-{index}"),
    )
    return str(answer["NatGateway"]["NatGatewayId"])


def _routes(
    ec2: Any,
    env: Environment,
    vpc: str,
    *,
    public: tuple[str, ...],
    private: tuple[str, ...],
    nats: tuple[str, ...],
) -> None:
    gateway = ec2.create_internet_gateway(TagSpecifications=_tagged("internet-gateway", env, env.prefix))
    gateway_id = gateway["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc)
    _table(ec2, env, vpc, public, {"GatewayId": gateway_id})
    for subnet, nat in zip(private, nats, strict=True):
        _table(ec2, env, vpc, (subnet,), {"NatGatewayId": nat})


def _table(ec2: Any, env: Environment, vpc: str, subnets: tuple[str, ...], gateway: Mapping[str, str]) -> None:
    made = ec2.create_route_table(VpcId=vpc, TagSpecifications=_tagged("route-table", env, env.prefix))
    table = made["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=_ANYWHERE, **gateway)
    for subnet in subnets:
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)


def _vpn(ec2: Any, env: Environment, vpc: str) -> str:
    gateway = ec2.create_vpn_gateway(Type="ipsec.1", TagSpecifications=_tagged("vpn-gateway", env, env.prefix))[
        "VpnGateway"
    ]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=vpc)
    customer = ec2.create_customer_gateway(
        Type="ipsec.1",
        PublicIp=_AGENCY_GATEWAY,
        BgpAsn=65000,
        TagSpecifications=_tagged("customer-gateway", env, f"{env.prefix}-agency"),
    )["CustomerGateway"]["CustomerGatewayId"]
    connection = ec2.create_vpn_connection(
        Type="ipsec.1",
        CustomerGatewayId=customer,
        VpnGatewayId=gateway,
        TagSpecifications=_tagged("vpn-connection", env, f"{env.prefix}-agency"),
    )
    return str(connection["VpnConnection"]["VpnConnectionId"])


def _security_groups(ec2: Any, env: Environment, vpc: str) -> tuple[str, str, str]:
    alb = _group(ec2, env, vpc, "alb", "HTTPS from agency networks")
    tasks = _group(ec2, env, vpc, "ecs-tasks", "The API's tasks")
    data = _group(ec2, env, vpc, "data", "Database and cache")
    agencies = [{"CidrIp": network, "Description": "agency"} for network in _AGENCY_NETWORKS]
    _allow(ec2, alb, 443, {"IpRanges": agencies})
    _allow(ec2, tasks, 3000, {"UserIdGroupPairs": [{"GroupId": alb}]})
    _allow(ec2, data, 5432, {"UserIdGroupPairs": [{"GroupId": tasks}]})
    _allow(ec2, data, 6379, {"UserIdGroupPairs": [{"GroupId": tasks}]})
    for group in (alb, data):  # the tasks keep AWS's default: egress to 0.0.0.0/0
        _only_egress_to_vpc(ec2, group)
    return alb, tasks, data


def _group(ec2: Any, env: Environment, vpc: str, role: str, description: str) -> str:
    name = f"{env.prefix}-{role}"
    answer = ec2.create_security_group(
        GroupName=name,
        Description=description,
        VpcId=vpc,
        TagSpecifications=_tagged("security-group", env, name),
    )
    return str(answer["GroupId"])


def _allow(ec2: Any, group: str, port: int, source: Mapping[str, Any]) -> None:
    permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])


def _only_egress_to_vpc(ec2: Any, group: str) -> None:
    anywhere = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": _ANYWHERE}]}
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[anywhere])
    inside = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[inside])


def _flow_logs(ec2: Any, env: Environment, vpc: str) -> None:
    ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="cloud-watch-logs",
        LogGroupName=f"/vpc/{env.prefix}/flow",
        DeliverLogsPermissionArn=env.arn("iam", f"role/{env.prefix}-flow-logs", region=False),
        TagSpecifications=_tagged("vpc-flow-log", env, env.prefix),
    )
