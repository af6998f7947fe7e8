"""What each gatherer finds, under which ARN, dimensions and tags."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ppbe_observe.aws.inventory import Discovery, Inventory
from ppbe_observe.model import Labels, Resource, Target
from support.gathering import GOVCLOUD, LocalSession, answer

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TAGS = [{"Key": "Project", "Value": "PPBE"}, {"Key": "Environment", "Value": "production"}]
LABELS = (("Project", "PPBE"), ("Environment", "production"))


def discover(session: LocalSession, *kinds: str) -> Discovery:
    return Inventory(session, timedelta(minutes=5)).resources(kinds, NOW)


def only(session: LocalSession, kind: str) -> Resource:
    found = discover(session, kind)
    assert found.failures == ()
    (resource,) = found.resources
    assert resource.kind == kind
    assert resource.target == GOVCLOUD
    return resource


def subnets(session: LocalSession) -> list[str]:
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"us-gov-west-1{zone}")[
            "Subnet"
        ]["SubnetId"]
        for number, zone in enumerate("ab")
    ]


def balancer(session: LocalSession, name: str, kind: str = "application") -> str:
    elbv2 = session.client("elbv2")
    made = elbv2.create_load_balancer(
        Name=name, Subnets=subnets(session), Type=kind, Scheme="internet-facing", Tags=TAGS
    )
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def group(session: LocalSession, name: str, protocol: str = "HTTP") -> str:
    vpc = session.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    made = session.client("elbv2").create_target_group(Name=name, Protocol=protocol, Port=3000, VpcId=vpc, Tags=TAGS)
    return str(made["TargetGroups"][0]["TargetGroupArn"])


def listen(session: LocalSession, balancer_arn: str, group_arn: str, protocol: str = "HTTP") -> None:
    session.client("elbv2").create_listener(
        LoadBalancerArn=balancer_arn,
        Protocol=protocol,
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group_arn}],
    )


def test_application_load_balancer(local_session: LocalSession) -> None:
    arn = balancer(local_session, "ppbe-production-alb")
    found = only(local_session, "elasticloadbalancing:loadbalancer")
    assert found.arn == arn
    assert found.dimensions == (("LoadBalancer", arn.split(":loadbalancer/")[1]),)
    assert found.dimensions[0][1].startswith("app/ppbe-production-alb/")
    assert found.tags == LABELS
    assert found.facts["Scheme"] == "internet-facing"
    assert found.facts["LoadBalancerName"] == "ppbe-production-alb"


def test_network_load_balancer_has_no_dimensions_in_the_application_namespace(local_session: LocalSession) -> None:
    balancer(local_session, "inner", kind="network")
    assert only(local_session, "elasticloadbalancing:loadbalancer").dimensions == ()


def test_target_group_is_filed_with_the_load_balancer_that_uses_it(local_session: LocalSession) -> None:
    balancer_arn, group_arn = balancer(local_session, "alb"), group(local_session, "api")
    listen(local_session, balancer_arn, group_arn)
    found = only(local_session, "elasticloadbalancing:targetgroup")
    assert found.arn == group_arn
    assert found.dimensions == (
        ("TargetGroup", group_arn.rsplit(":", 1)[1]),
        ("LoadBalancer", balancer_arn.split(":loadbalancer/")[1]),
    )
    assert found.dimensions[0][1].startswith("targetgroup/api/")
    assert found.tags == LABELS


@pytest.mark.parametrize("attached", [False, True])
def test_target_group_without_an_application_load_balancer_has_no_dimensions(
    local_session: LocalSession, *, attached: bool
) -> None:
    group_arn = group(local_session, "tcp", protocol="TCP")
    if attached:
        listen(local_session, balancer(local_session, "nlb", kind="network"), group_arn, protocol="TCP")
    assert only(local_session, "elasticloadbalancing:targetgroup").dimensions == ()


def test_database_instance(local_session: LocalSession) -> None:
    local_session.client("rds").create_db_instance(
        DBInstanceIdentifier="ppbe-production",
        DBInstanceClass="db.m6g.large",
        Engine="postgres",
        AllocatedStorage=100,
        MasterUsername="ppbe",
        MasterUserPassword="not-a-secret",
        Tags=TAGS,
    )
    found = only(local_session, "rds:db")
    assert found.arn == "arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:ppbe-production"
    assert found.dimensions == (("DBInstanceIdentifier", "ppbe-production"),)
    assert found.tags == LABELS
    assert found.facts["AllocatedStorage"] == 100
    assert local_session.calls["tag:GetResources"] == 0  # the describe call tells the tags


def test_a_database_of_another_service_has_no_dimensions_in_the_rds_namespace(local_session: LocalSession) -> None:
    local_session.client("rds").create_db_cluster(
        DBClusterIdentifier="graph", Engine="neptune", MasterUsername="ppbe", MasterUserPassword="not-a-secret"
    )
    assert only(local_session, "rds:cluster").dimensions == ()


def test_database_cluster(local_session: LocalSession) -> None:
    local_session.client("rds").create_db_cluster(
        DBClusterIdentifier="ledger",
        Engine="aurora-postgresql",
        MasterUsername="ppbe",
        MasterUserPassword="not-a-secret",
        Tags=TAGS,
    )
    found = only(local_session, "rds:cluster")
    assert found.arn == "arn:aws-us-gov:rds:us-gov-west-1:123456789012:cluster:ledger"
    assert found.dimensions == (("DBClusterIdentifier", "ledger"),)
    assert found.tags == LABELS


def make_services(session: LocalSession, cluster: str, count: int) -> None:
    ecs = session.client("ecs")
    lower = [{"key": tag["Key"], "value": tag["Value"]} for tag in TAGS]
    ecs.create_cluster(clusterName=cluster, tags=lower)
    ecs.register_task_definition(
        family="ppbe-api", containerDefinitions=[{"name": "api", "image": "api", "memory": 64, "cpu": 1}]
    )
    for number in range(count):
        ecs.create_service(
            cluster=cluster,
            serviceName=f"ppbe-api-{number}",
            taskDefinition="ppbe-api",
            desiredCount=2,
            tags=lower if number == 0 else [],
        )


def test_ecs_cluster_and_its_services(local_session: LocalSession) -> None:
    make_services(local_session, "ppbe-production", 1)
    cluster = only(local_session, "ecs:cluster")
    assert cluster.dimensions == (("ClusterName", "ppbe-production"),)
    assert cluster.tags == LABELS
    service = only(local_session, "ecs:service")
    assert service.arn == "arn:aws-us-gov:ecs:us-gov-west-1:123456789012:service/ppbe-production/ppbe-api-0"
    assert service.dimensions == (("ClusterName", "ppbe-production"), ("ServiceName", "ppbe-api-0"))
    assert service.tags == LABELS
    assert service.facts["desiredCount"] == 2
    assert len(service.facts["deployments"]) == 1


def test_ecs_services_are_described_ten_at_a_time(local_session: LocalSession) -> None:
    make_services(local_session, "ppbe-production", 12)
    local_session.calls.clear()
    found = discover(local_session, "ecs:service", "ecs:cluster")
    assert len(found.resources) == 13
    assert local_session.calls["ecs:DescribeServices"] == 2
    assert local_session.calls["ecs:DescribeClusters"] == 1


def test_cache_cluster_and_replication_group(local_session: LocalSession) -> None:
    elasticache = local_session.client("elasticache")
    elasticache.create_cache_cluster(
        CacheClusterId="ppbe-001", Engine="redis", NumCacheNodes=1, CacheNodeType="cache.t3.micro", Tags=TAGS
    )
    elasticache.create_replication_group(ReplicationGroupId="ppbe", ReplicationGroupDescription="d", Tags=TAGS)
    cluster = only(local_session, "elasticache:cluster")
    assert cluster.dimensions == (("CacheClusterId", "ppbe-001"),)
    assert cluster.tags == LABELS
    replication = only(local_session, "elasticache:replicationgroup")
    assert replication.dimensions == (("ReplicationGroupId", "ppbe"),)
    assert replication.aliases == ((("CacheClusterId", "ppbe-001"),),)
    assert replication.tags == LABELS


def test_nat_gateway_until_it_is_deleted(local_session: LocalSession) -> None:
    ec2 = local_session.client("ec2")
    specification = [{"ResourceType": "natgateway", "Tags": TAGS}]
    gateway = ec2.create_nat_gateway(SubnetId=subnets(local_session)[0], TagSpecifications=specification)
    identifier = gateway["NatGateway"]["NatGatewayId"]
    found = only(local_session, "ec2:natgateway")
    assert found.arn == f"arn:aws-us-gov:ec2:us-gov-west-1:123456789012:natgateway/{identifier}"
    assert found.dimensions == (("NatGatewayId", identifier),)
    assert found.tags == LABELS
    ec2.delete_nat_gateway(NatGatewayId=identifier)
    assert discover(local_session, "ec2:natgateway") == Discovery()


def test_vpn_connection_without_the_keys_of_its_tunnels(local_session: LocalSession) -> None:
    ec2 = local_session.client("ec2")
    gateway = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    customer = ec2.create_customer_gateway(Type="ipsec.1", BgpAsn=65000, PublicIp="203.0.113.1")
    made = ec2.create_vpn_connection(
        Type="ipsec.1",
        CustomerGatewayId=customer["CustomerGateway"]["CustomerGatewayId"],
        VpnGatewayId=gateway,
        TagSpecifications=[{"ResourceType": "vpn-connection", "Tags": TAGS}],
    )["VpnConnection"]
    found = only(local_session, "ec2:vpn-connection")
    assert found.arn.endswith(f":vpn-connection/{made['VpnConnectionId']}")
    assert found.dimensions == (("VpnId", made["VpnConnectionId"]),)
    assert found.tags == LABELS
    assert "CustomerGatewayConfiguration" in made
    assert "CustomerGatewayConfiguration" not in found.facts
    assert "pre_shared_key" not in str(found.facts).lower()
    assert "PreSharedKey" not in str(found.facts)


def test_the_keys_of_a_tunnel_are_left_out_its_other_options_are_kept(local_session: LocalSession) -> None:
    tunnel = "<item><outsideIpAddress>203.0.113.1</outsideIpAddress><preSharedKey>hush</preSharedKey></item>"
    open_one = f"<vpnConnectionId>vpn-1</vpnConnectionId><state>available</state><options><tunnelOptionSet>{tunnel}"
    gone = "<item><vpnConnectionId>vpn-2</vpnConnectionId><state>deleted</state></item>"
    connections = f"<item>{open_one}</tunnelOptionSet></options></item>{gone}"
    body = f"<Response><vpnConnectionSet>{connections}</vpnConnectionSet></Response>"
    local_session.faults["ec2:DescribeVpnConnections"] = lambda: answer(200, body)
    found = only(local_session, "ec2:vpn-connection")
    assert found.facts["VpnConnectionId"] == "vpn-1"
    assert found.facts["Options"] == {"TunnelOptions": [{"OutsideIpAddress": "203.0.113.1"}]}


def web_acl(session: LocalSession, name: str, metric: str) -> dict[str, Any]:
    visibility = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": metric}
    made = session.client("wafv2").create_web_acl(
        Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visibility
    )
    return dict(made["Summary"])


def test_web_acl_is_filed_under_its_metric_name(local_session: LocalSession) -> None:
    summary = web_acl(local_session, "ppbe-production", metric="ppbeProductionAcl")
    found = only(local_session, "wafv2:webacl")
    assert found.arn == summary["ARN"]
    assert found.dimensions == (("WebACL", "ppbeProductionAcl"), ("Region", "us-gov-west-1"))
    assert found.facts["VisibilityConfig"]["MetricName"] == "ppbeProductionAcl"


def test_web_acl_deleted_between_list_and_get_is_left_out(local_session: LocalSession) -> None:
    web_acl(local_session, "gone", metric="gone")
    local_session.refuse("wafv2:GetWebACL", "WAFNonexistentItemException")
    assert discover(local_session, "wafv2:webacl") == Discovery()


def test_log_group(local_session: LocalSession) -> None:
    tags = {tag["Key"]: tag["Value"] for tag in TAGS}
    local_session.client("logs").create_log_group(logGroupName="/ecs/ppbe-production/api", tags=tags)
    found = only(local_session, "logs:log-group")
    assert found.arn == "arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:/ecs/ppbe-production/api"
    assert found.dimensions == (("LogGroupName", "/ecs/ppbe-production/api"),)
    assert found.tags == LABELS


def test_every_page_is_read(local_session: LocalSession) -> None:
    logs = local_session.client("logs")
    names = [f"/ecs/{number:03}" for number in range(120)]
    for name in names:
        logs.create_log_group(logGroupName=name, tags={"name": name})
    found = discover(local_session, "logs:log-group")
    assert [each.dimensions[0][1] for each in found.resources] == names
    assert [each.tags for each in found.resources] == [(("name", name),) for name in names]


def test_topic(local_session: LocalSession) -> None:
    local_session.client("sns").create_topic(Name="ppbe-production-alerts", Tags=TAGS)
    found = only(local_session, "sns:topic")
    assert found.arn == "arn:aws-us-gov:sns:us-gov-west-1:123456789012:ppbe-production-alerts"
    assert found.dimensions == (("TopicName", "ppbe-production-alerts"),)
    assert found.tags == LABELS


def bucket(session: LocalSession, name: str) -> None:
    region = {"LocationConstraint": session.target.region}
    session.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=region)


def test_only_buckets_of_the_region(local_session: LocalSession) -> None:
    bucket(local_session, "ppbe-production-logs")
    east = LocalSession(local_session.endpoint, Target("123456789012", "us-gov-east-1", partition="aws-us-gov"))
    bucket(east, "ppbe-elsewhere")
    local_session.client("s3").put_bucket_tagging(Bucket="ppbe-production-logs", Tagging={"TagSet": TAGS})
    found = only(local_session, "s3:bucket")
    assert found.arn == "arn:aws-us-gov:s3:::ppbe-production-logs"
    assert found.dimensions == (("BucketName", "ppbe-production-logs"),)
    assert found.tags == LABELS
    (elsewhere,) = discover(east, "s3:bucket").resources
    assert elsewhere.arn == "arn:aws-us-gov:s3:::ppbe-elsewhere"


@pytest.mark.parametrize("algorithm", ["RSA_2048", "EC_prime256v1"])
def test_certificate_of_any_key_type(local_session: LocalSession, algorithm: str) -> None:
    made = local_session.client("acm").request_certificate(
        DomainName="api.ppbe.example", KeyAlgorithm=algorithm, Tags=TAGS
    )
    found = only(local_session, "acm:certificate")
    assert found.arn == made["CertificateArn"]
    assert found.dimensions == (("CertificateArn", found.arn),)
    assert found.tags == LABELS
    assert found.facts["NotAfter"] > found.facts["NotBefore"]


ODD_TAGS: list[Labels] = [
    (("quote", 'a "b" \\ c'),),
    (("line", "first\nsecond"),),
    (("emoji 🚀", "ø"),),
    (("empty", ""),),
    tuple((f"key{number}", "v" * 256) for number in range(50)),
]


@pytest.mark.parametrize("tags", ODD_TAGS, ids=lambda tags: tags[0][0])
def test_odd_tags_pass_through_untouched(local_session: LocalSession, tags: Labels) -> None:
    local_session.client("sns").create_topic(Name="alerts", Tags=[{"Key": key, "Value": value} for key, value in tags])
    assert only(local_session, "sns:topic").tags == tags
