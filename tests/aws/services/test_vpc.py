"""What is listed of networks."""

from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.model import Found, Reason, Resource
from support.gathering import LocalSession, answer

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"


def found(session: LocalSession, kind: str) -> Found:
    now = datetime.now(UTC)
    return Inventory(session, timedelta(minutes=5)).found((kind,), now, monotonic() + 60)[kind]


def one(session: LocalSession, kind: str) -> Resource:
    (resource,) = found(session, kind).resources
    return resource


def test_flow_logs_and_endpoints_by_arn_and_with_tags(local_session: LocalSession) -> None:
    ec2 = local_session.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    tags = [{"Key": "Environment", "Value": "staging"}, {"Key": "Owner", "Value": ""}]
    local_session.client("logs").create_log_group(logGroupName="flows")
    log = ec2.create_flow_logs(
        ResourceIds=[vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogGroupName="flows",
        DeliverLogsPermissionArn="arn:aws-us-gov:iam::123456789012:role/flows",
        TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": tags}],
    )
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName="com.amazonaws.us-gov-west-1.s3",
        TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": tags}],
    )["VpcEndpoint"]["VpcEndpointId"]
    ours = "arn:aws-us-gov:ec2:us-gov-west-1:123456789012:"
    for kind, arn in (
        ("ec2:vpc-flow-log", f"{ours}vpc-flow-log/{log['FlowLogIds'][0]}"),
        ("ec2:vpc-endpoint", f"{ours}vpc-endpoint/{endpoint}"),
    ):
        resource = one(local_session, kind)
        assert (resource.arn, resource.tags) == (arn, (("Environment", "staging"), ("Owner", "")))


def test_a_shared_subnet_keeps_the_arn_of_its_owner(local_session: LocalSession) -> None:
    """Moto shares none."""
    subnet = "<item><subnetId>subnet-1</subnetId><ownerId>210987654321</ownerId></item>"
    body = f'<DescribeSubnetsResponse xmlns="{NAMESPACE}"><subnetSet>{subnet}</subnetSet></DescribeSubnetsResponse>'
    local_session.faults["ec2:DescribeSubnets"] = lambda: answer(200, body)
    resource = one(local_session, "ec2:subnet")
    assert resource.arn == "arn:aws-us-gov:ec2:us-gov-west-1:210987654321:subnet/subnet-1"
    assert resource.target.account_id == "123456789012"


PAGES = [
    ("ec2:vpc", "ec2:DescribeVpcs", "vpcSet", "vpcId"),
    ("ec2:vpc-flow-log", "ec2:DescribeFlowLogs", "flowLogSet", "flowLogId"),
    ("ec2:security-group", "ec2:DescribeSecurityGroups", "securityGroupInfo", "groupId"),
    ("ec2:subnet", "ec2:DescribeSubnets", "subnetSet", "subnetId"),
    ("ec2:network-acl", "ec2:DescribeNetworkAcls", "networkAclSet", "networkAclId"),
    ("ec2:vpc-endpoint", "ec2:DescribeVpcEndpoints", "vpcEndpointSet", "vpcEndpointId"),
]


@pytest.mark.parametrize(("kind", "operation", "items", "identifier"), PAGES)
def test_every_page_is_read_and_half_a_listing_is_none(
    local_session: LocalSession, kind: str, operation: str, items: str, identifier: str
) -> None:
    """Moto has no pages here."""
    name = f"{operation.partition(':')[2]}Response"

    def page(number: int, following: str) -> str:
        item = f"<item><{identifier}>id-{number}</{identifier}><ownerId>123456789012</ownerId></item>"
        return f'<{name} xmlns="{NAMESPACE}"><{items}>{item}</{items}>{following}</{name}>'

    whole = [page(2, ""), page(1, "<nextToken>more</nextToken>")]
    local_session.faults[operation] = lambda: answer(200, whole.pop())
    listed = found(local_session, kind)
    start = f"arn:aws-us-gov:ec2:us-gov-west-1:123456789012:{kind.partition(':')[2]}/id-"
    assert [each.arn for each in listed.resources] == [f"{start}1", f"{start}2"]
    assert [call.operation for each in listed.resources for call in each.provenance] == [operation, operation]

    error = "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>"
    half = [answer(503, error), answer(200, page(1, "<nextToken>more</nextToken>"))]
    local_session.faults[operation] = half.pop
    listed = found(local_session, kind)
    assert (listed.resources, [each.reason for each in listed.failures]) == ((), [Reason.THROTTLED])
