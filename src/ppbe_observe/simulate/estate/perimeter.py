"""What closes a network: no default VPC, an empty default security group, network ACLs, endpoints of AWS services."""

from typing import Any

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.corrections import drop_network_acls
from ppbe_observe.simulate.estate.places import Environment, tag_list

_ANYWHERE = "0.0.0.0/0"
_TCP = "6"
_REMOTE_ACCESS = (22, 3389)  # SSH, RDP
_INTERFACES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "kms")


def remove_default_vpc(aws: Aws, env: Environment) -> None:
    """The one that AWS makes in each region, with public subnets: nobody here uses it."""
    ec2 = aws.client("ec2")
    for vpc in ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]:
        inside = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        for subnet in ec2.describe_subnets(Filters=inside)["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        drop_network_acls(env, vpc["VpcId"])
        ec2.delete_vpc(VpcId=vpc["VpcId"])


def guard(aws: Aws, env: Environment, vpc: str, private: tuple[str, ...]) -> None:
    """Close what AWS leaves open in a new VPC, and keep calls of AWS services inside it."""
    ec2 = aws.client("ec2")
    inside = [{"Name": "vpc-id", "Values": [vpc]}]
    _empty_default_group(ec2, inside)
    _deny_remote_access(ec2, inside)
    _endpoints(ec2, env, vpc, private)


def _empty_default_group(ec2: Any, inside: list[dict[str, Any]]) -> None:
    named = [*inside, {"Name": "group-name", "Values": ["default"]}]
    for group in ec2.describe_security_groups(Filters=named)["SecurityGroups"]:
        for rules, revoke in (
            (group["IpPermissions"], ec2.revoke_security_group_ingress),
            (group["IpPermissionsEgress"], ec2.revoke_security_group_egress),
        ):
            if rules:
                revoke(GroupId=group["GroupId"], IpPermissions=rules)


def _deny_remote_access(ec2: Any, inside: list[dict[str, Any]]) -> None:
    for acl in ec2.describe_network_acls(Filters=inside)["NetworkAcls"]:
        for number, port in enumerate(_REMOTE_ACCESS, 90):  # before AWS's rule 100, which allows everything
            ec2.create_network_acl_entry(
                NetworkAclId=acl["NetworkAclId"],
                RuleNumber=number,
                Protocol=_TCP,
                RuleAction="deny",
                Egress=False,
                CidrBlock=_ANYWHERE,
                PortRange={"From": port, "To": port},
            )


def _endpoints(ec2: Any, env: Environment, vpc: str, private: tuple[str, ...]) -> None:
    tags = [{"ResourceType": "vpc-endpoint", "Tags": tag_list({**env.tags, "Name": env.prefix})}]
    service = f"com.amazonaws.{env.region}"
    ec2.create_vpc_endpoint(VpcEndpointType="Gateway", VpcId=vpc, ServiceName=f"{service}.s3", TagSpecifications=tags)
    for name in _INTERFACES:
        ec2.create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=vpc,
            ServiceName=f"{service}.{name}",
            SubnetIds=list(private),
            PrivateDnsEnabled=True,
            TagSpecifications=tags,
        )
