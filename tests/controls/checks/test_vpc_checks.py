"""Checks of VPCs, subnets and endpoints, and of what EC2 sets for a region, on what moto holds."""

from collections.abc import Iterator

import pytest

from support.gathering import GOVCLOUD, LocalSession, answer
from support.judging import judge, only, unseen

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
FLOW_LOGS = "vpc_flow_logs_enabled"
ENDPOINTS = "vpc_endpoints_present"
SERVICES = ("s3", "ecr.api", "ecr.dkr", "logs", "secretsmanager", "kms")


@pytest.fixture
def vpc(local_session: LocalSession) -> str:
    """The only VPC: the default one is deleted."""
    ec2 = local_session.client("ec2")
    for each in ec2.describe_vpcs()["Vpcs"]:
        for subnet in ec2.describe_subnets()["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        ec2.delete_vpc(VpcId=each["VpcId"])
    return str(ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])


def record(
    session: LocalSession, resource: str, traffic: str = "ALL", kind: str = "VPC", *, arrives: bool = True
) -> str:
    """A flow log to a log group; moto says that it cannot deliver where there is no such group."""
    group = f"{resource}-{traffic}" if arrives else "missing"
    if arrives:
        session.client("logs").create_log_group(logGroupName=group)
    made = session.client("ec2").create_flow_logs(
        ResourceIds=[resource],
        ResourceType=kind,
        TrafficType=traffic,
        LogGroupName=group,
        DeliverLogsPermissionArn="arn:aws-us-gov:iam::123456789012:role/flows",
    )
    return str(made["FlowLogIds"][0])


def flow_log_answer(session: LocalSession, *items: dict[str, str]) -> None:
    """What EC2 documents and moto cannot say."""
    body = "".join(f"<item>{''.join(f'<{k}>{v}</{k}>' for k, v in each.items())}</item>" for each in items)
    whole = f'<DescribeFlowLogsResponse xmlns="{NAMESPACE}"><flowLogSet>{body}</flowLogSet></DescribeFlowLogsResponse>'
    session.faults["ec2:DescribeFlowLogs"] = lambda: answer(200, whole)


def test_flow_logs_that_arrive(local_session: LocalSession, vpc: str) -> None:
    log = record(local_session, vpc)
    assert only(local_session, FLOW_LOGS) == (
        "pass",
        f"{log} records ALL, is ACTIVE, delivery SUCCESS; ALL is required",
    )


def test_the_finding_names_the_vpc(local_session: LocalSession, vpc: str) -> None:
    assert list(judge(local_session, FLOW_LOGS)) == [f"arn:aws-us-gov:ec2:us-gov-west-1:123456789012:vpc/{vpc}"]


def test_no_flow_log(local_session: LocalSession, vpc: str) -> None:
    assert only(local_session, FLOW_LOGS) == ("fail", "no flow log records the VPC; ALL is required")
    assert vpc


def test_the_flow_log_of_a_subnet_or_of_another_vpc_does_not_count(local_session: LocalSession, vpc: str) -> None:
    ec2 = local_session.client("ec2")
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    other = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    record(local_session, subnet, kind="Subnet")
    record(local_session, other)
    outcomes = {arn.rpartition("/")[2]: each.outcome for arn, each in judge(local_session, FLOW_LOGS).items()}
    assert outcomes == {vpc: "fail", other: "pass"}


@pytest.mark.parametrize(
    ("recorded", "wanted", "outcome"),
    [
        (("ALL",), "ALL", "pass"),
        (("REJECT",), "ALL", "fail"),
        (("ACCEPT",), "ALL", "fail"),
        (("ACCEPT", "REJECT"), "ALL", "pass"),
        (("REJECT",), "REJECT", "pass"),
        (("ALL",), "REJECT", "pass"),
        (("ACCEPT",), "REJECT", "fail"),
    ],
)
def test_the_traffic_that_is_recorded(
    local_session: LocalSession, vpc: str, recorded: tuple[str, ...], wanted: str, outcome: str
) -> None:
    for each in recorded:
        record(local_session, vpc, each)
    assert only(local_session, FLOW_LOGS, traffic_type=wanted)[0] == outcome


def test_a_flow_log_that_cannot_be_delivered(local_session: LocalSession, vpc: str) -> None:
    log = record(local_session, vpc, arrives=False)
    assert only(local_session, FLOW_LOGS) == (
        "fail",
        f"{log} records ALL, is ACTIVE, delivery FAILED (Access error); ALL is required",
    )
    record(local_session, vpc)
    assert only(local_session, FLOW_LOGS)[0] == "pass"


@pytest.mark.parametrize(
    ("changed", "outcome", "said"),
    [
        ({}, "unknown", "whether flow logs arrive is not known before the first delivery: fl-1 records ALL"),
        ({"flowLogStatus": "INACTIVE"}, "fail", "fl-1 records ALL, is INACTIVE, delivery not yet known"),
        ({"flowLogStatus": "INACTIVE", "deliverLogsStatus": "SUCCESS"}, "fail", "fl-1 records ALL, is INACTIVE"),
        ({"trafficType": "REJECT"}, "fail", "fl-1 records REJECT, is ACTIVE, delivery not yet known"),
    ],
)
def test_a_flow_log_that_has_not_delivered_yet(
    local_session: LocalSession, vpc: str, changed: dict[str, str], outcome: str, said: str
) -> None:
    """EC2 tells no delivery status before there was a delivery; moto always tells one."""
    log = {"flowLogId": "fl-1", "flowLogStatus": "ACTIVE", "resourceId": vpc, "trafficType": "ALL", **changed}
    flow_log_answer(local_session, log)
    found = only(local_session, FLOW_LOGS)
    assert (found[0], found[1][: len(said)]) == (outcome, said)


def test_one_half_that_arrives_and_one_that_has_not_yet(local_session: LocalSession, vpc: str) -> None:
    half = {"flowLogStatus": "ACTIVE", "resourceId": vpc}
    accepted = {"flowLogId": "fl-1", "trafficType": "ACCEPT", "deliverLogsStatus": "SUCCESS", **half}
    flow_log_answer(local_session, accepted, {"flowLogId": "fl-2", "trafficType": "REJECT", **half})
    assert only(local_session, FLOW_LOGS)[0] == "unknown"


@pytest.mark.parametrize("operation", ["ec2:DescribeVpcs", "ec2:DescribeFlowLogs"])
def test_flow_logs_that_cannot_be_seen(local_session: LocalSession, vpc: str, operation: str) -> None:
    record(local_session, vpc)
    unseen(local_session, FLOW_LOGS, operation, "UnauthorizedOperation")


@pytest.mark.parametrize("check", [FLOW_LOGS, ENDPOINTS])
def test_a_shared_vpc_is_judged_where_its_owner_is(local_session: LocalSession, check: str) -> None:
    """Moto shares none."""
    vpc = "<item><vpcId>vpc-1</vpcId><ownerId>210987654321</ownerId><tagSet/></item>"
    body = f'<DescribeVpcsResponse xmlns="{NAMESPACE}"><vpcSet>{vpc}</vpcSet></DescribeVpcsResponse>'
    local_session.faults["ec2:DescribeVpcs"] = lambda: answer(200, body)
    (arn, finding), *_ = judge(local_session, check).items()
    assert (arn, finding.outcome.value, finding.verdict.reason[:44]) == (
        "arn:aws-us-gov:ec2:us-gov-west-1:210987654321:vpc/vpc-1",
        "not_applicable",
        "the VPC belongs to the account 210987654321,",
    )


@pytest.mark.parametrize("check", [FLOW_LOGS, ENDPOINTS])
def test_no_vpc(local_session: LocalSession, vpc: str, check: str) -> None:
    local_session.client("ec2").delete_vpc(VpcId=vpc)
    assert only(local_session, check) == ("not_applicable", "there is no ec2:vpc here")


def endpoint(session: LocalSession, vpc: str, service: str, kind: str = "Interface") -> str:
    name = service if service.startswith("com.") else f"com.amazonaws.{GOVCLOUD.region}.{service}"
    made = session.client("ec2").create_vpc_endpoint(VpcId=vpc, ServiceName=name, VpcEndpointType=kind)
    return str(made["VpcEndpoint"]["VpcEndpointId"])


def test_all_endpoints(local_session: LocalSession, vpc: str) -> None:
    for each in SERVICES:
        endpoint(local_session, vpc, each, "Gateway" if each == "s3" else "Interface")
    assert only(local_session, ENDPOINTS) == (
        "pass",
        "an endpoint is available for each of s3, ecr.api, ecr.dkr, logs, secretsmanager, kms",
    )


def test_no_endpoints(local_session: LocalSession, vpc: str) -> None:
    other = local_session.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    endpoint(local_session, other, "s3")
    found = {arn.rpartition("/")[2]: each for arn, each in judge(local_session, ENDPOINTS, services=["s3"]).items()}
    assert {name: each.outcome for name, each in found.items()} == {vpc: "fail", other: "pass"}
    assert found[vpc].verdict.reason == "no endpoint is available for s3"


@pytest.mark.parametrize(
    ("service", "required", "outcome"),
    [
        ("ecr.api", "ecr.api", "pass"),
        ("ecr.api", "ecr.dkr", "fail"),
        ("ecr.api", "api", "fail"),
        ("kms-fips", "kms", "pass"),
        ("kms", "kms-fips", "fail"),
        ("kms", "com.amazonaws.us-gov-west-1.kms", "pass"),
        ("com.amazonaws.us-gov-east-1.kms", "kms", "fail"),
        ("com.amazonaws.vpce.us-gov-west-1.kms", "kms", "fail"),
    ],
)
def test_the_service_of_an_endpoint(
    local_session: LocalSession, vpc: str, service: str, required: str, outcome: str
) -> None:
    endpoint(local_session, vpc, service)
    assert only(local_session, ENDPOINTS, services=[required])[0] == outcome


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("available", "pass"),
        ("Available", "pass"),
        ("pending", "fail"),
        ("PendingAcceptance", "fail"),
        ("failed", "fail"),
    ],
)
def test_only_an_available_endpoint_serves(local_session: LocalSession, vpc: str, state: str, outcome: str) -> None:
    """In moto every endpoint is available; EC2 documents Available and answers available."""
    told = {"vpcEndpointId": "vpce-1", "vpcId": vpc, "serviceName": "com.amazonaws.us-gov-west-1.s3", "state": state}
    items = "".join(f"<{name}>{value}</{name}>" for name, value in told.items())
    body = f"<vpcEndpointSet><item><ownerId>123456789012</ownerId>{items}</item></vpcEndpointSet>"
    whole = f'<DescribeVpcEndpointsResponse xmlns="{NAMESPACE}">{body}</DescribeVpcEndpointsResponse>'
    local_session.faults["ec2:DescribeVpcEndpoints"] = lambda: answer(200, whole)
    assert only(local_session, ENDPOINTS, services=["s3"])[0] == outcome


def test_an_endpoint_of_a_resource_has_no_service(local_session: LocalSession, vpc: str) -> None:
    """EC2 names no service for endpoints of types Resource and ServiceNetwork; moto knows neither type."""
    told = [
        {"vpcEndpointId": "vpce-1", "vpcEndpointType": "Resource"},
        {"vpcEndpointId": "vpce-2", "vpcEndpointType": "Gateway", "serviceName": "com.amazonaws.us-gov-west-1.s3"},
    ]
    common = {"ownerId": "123456789012", "vpcId": vpc, "state": "available"}
    items = (f"<item>{''.join(f'<{k}>{v}</{k}>' for k, v in (each | common).items())}</item>" for each in told)
    body = f"<vpcEndpointSet>{''.join(items)}</vpcEndpointSet>"
    whole = f'<DescribeVpcEndpointsResponse xmlns="{NAMESPACE}">{body}</DescribeVpcEndpointsResponse>'
    local_session.faults["ec2:DescribeVpcEndpoints"] = lambda: answer(200, whole)
    assert only(local_session, ENDPOINTS, services=["s3"])[0] == "pass"
    assert only(local_session, ENDPOINTS, services=["kms"]) == ("fail", "no endpoint is available for kms")


@pytest.mark.parametrize("operation", ["ec2:DescribeVpcs", "ec2:DescribeVpcEndpoints"])
def test_endpoints_that_cannot_be_seen(local_session: LocalSession, vpc: str, operation: str) -> None:
    assert vpc
    unseen(local_session, ENDPOINTS, operation, "UnauthorizedOperation")


def subnets(session: LocalSession, vpc: str) -> Iterator[str]:
    ec2 = session.client("ec2")
    for index, public in enumerate([True, False]):
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24")["Subnet"]["SubnetId"]
        ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": public})
        yield f"arn:aws-us-gov:ec2:us-gov-west-1:123456789012:subnet/{subnet}"


def test_public_addresses_at_launch(local_session: LocalSession, vpc: str) -> None:
    public, private = subnets(local_session, vpc)
    found = judge(local_session, "subnet_no_auto_public_ip")
    assert {arn: (each.outcome.value, each.verdict.reason) for arn, each in found.items()} == {
        public: ("fail", "instances get a public IPv4 address at launch"),
        private: ("pass", "instances do not get a public IPv4 address at launch"),
    }


def test_subnets_that_cannot_be_seen(local_session: LocalSession, vpc: str) -> None:
    assert list(subnets(local_session, vpc))
    unseen(local_session, "subnet_no_auto_public_ip", "ec2:DescribeSubnets", "UnauthorizedOperation")


def test_no_subnet(local_session: LocalSession, vpc: str) -> None:
    assert vpc
    assert only(local_session, "subnet_no_auto_public_ip") == ("not_applicable", "there is no ec2:subnet here")


def test_encryption_of_volumes_by_default(local_session: LocalSession) -> None:
    assert only(local_session, "ebs_encryption_by_default") == (
        "fail",
        "encryption of new EBS volumes by default is off",
    )
    local_session.client("ec2").enable_ebs_encryption_by_default()
    assert only(local_session, "ebs_encryption_by_default") == (
        "pass",
        "encryption of new EBS volumes by default is on",
    )


def test_encryption_by_default_that_cannot_be_seen(local_session: LocalSession) -> None:
    unseen(local_session, "ebs_encryption_by_default", "ec2:GetEbsEncryptionByDefault", "UnauthorizedOperation")


def test_an_answer_without_encryption_is_not_off(local_session: LocalSession) -> None:
    """Moto always tells it."""
    body = f'<GetEbsEncryptionByDefaultResponse xmlns="{NAMESPACE}"/>'
    local_session.faults["ec2:GetEbsEncryptionByDefault"] = lambda: answer(200, body)
    assert only(local_session, "ebs_encryption_by_default")[0] == "unknown"
