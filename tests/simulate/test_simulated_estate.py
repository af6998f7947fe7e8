"""What boto3 sees of the simulated estate: the facts of the page that describes the estate, through real clients."""

import subprocess
import sys
from typing import Any

import pytest

from ppbe_observe.errors import ListenError
from ppbe_observe.simulate import SimulatedEstate
from support.simulated import client

TAGS = {"Project": "PPBE", "ManagedBy": "Terraform", "Compliance": "FedRAMP-Moderate"}


def tags_of(listed: list[dict[str, str]]) -> dict[str, str]:
    return {each.get("Key", each.get("key", "")): each.get("Value", each.get("value", "")) for each in listed}


def test_rds_is_postgresql_as_the_estate_wants_it(estate: SimulatedEstate) -> None:
    found = client(estate, "rds").describe_db_instances()["DBInstances"]
    instances = {each["DBInstanceIdentifier"]: each for each in found}
    assert set(instances) == {"ppbe-production", "ppbe-staging", "analyst-sandbox"}
    production = instances["ppbe-production"]
    expected = {
        "Engine": "postgres",
        "EngineVersion": "15.4",
        "DBName": "ppbe",
        "MultiAZ": True,
        "StorageEncrypted": True,
        "PubliclyAccessible": False,
        "BackupRetentionPeriod": 30,
        "PreferredBackupWindow": "03:00-04:00",
        "PreferredMaintenanceWindow": "sun:04:00-sun:05:00",
        "EnabledCloudwatchLogsExports": ["postgresql", "upgrade"],
        "CopyTagsToSnapshot": True,
        "DBInstanceArn": "arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:ppbe-production",
    }
    assert {key: production[key] for key in expected} == expected
    assert tags_of(production["TagList"]) == {**TAGS, "Environment": "production"}
    assert instances["ppbe-staging"]["MultiAZ"] is False
    assert instances["analyst-sandbox"]["TagList"] == []


def test_the_api_runs_behind_its_load_balancer(estate: SimulatedEstate) -> None:
    ecs, elb = client(estate, "ecs"), client(estate, "elbv2")
    service = ecs.describe_services(cluster="ppbe-production", services=["ppbe-api"])["services"][0]
    assert (service["desiredCount"], service["runningCount"], service["launchType"]) == (3, 3, "FARGATE")
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    cluster = ecs.describe_clusters(clusters=["ppbe-production"], include=["SETTINGS"])["clusters"][0]
    assert cluster["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    image = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"][
        "containerDefinitions"
    ][0]["image"]
    assert "/ppbe-api@sha256:" in image
    balancer = elb.describe_load_balancers(Names=["ppbe-production-alb"])["LoadBalancers"][0]
    assert balancer["Scheme"] == "internet-facing"
    assert len(balancer["AvailabilityZones"]) == 3
    listeners = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    assert [(each["Protocol"], each["Port"]) for each in listeners] == [("HTTPS", 443)]
    attributes = tags_of(
        elb.describe_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"])["Attributes"]
    )
    assert attributes["deletion_protection.enabled"] == "true"
    assert attributes["access_logs.s3.prefix"] == "alb"
    web_acl = client(estate, "wafv2").get_web_acl_for_resource(ResourceArn=balancer["LoadBalancerArn"])
    assert web_acl["WebACL"]["Name"] == "ppbe-production"


def test_redis_is_encrypted_and_its_nodes_are_found(estate: SimulatedEstate) -> None:
    elasticache = client(estate, "elasticache")
    group = elasticache.describe_replication_groups(ReplicationGroupId="ppbe-production")["ReplicationGroups"][0]
    assert (group["AtRestEncryptionEnabled"], group["TransitEncryptionEnabled"]) == (True, True)
    assert group["ARN"] == "arn:aws-us-gov:elasticache:us-gov-west-1:123456789012:replicationgroup:ppbe-production"
    assert group["MemberClusters"] == ["ppbe-production-001", "ppbe-production-002"]
    tags = elasticache.list_tags_for_resource(ResourceName=group["ARN"])["TagList"]
    assert tags_of(tags) == {**TAGS, "Environment": "production"}
    nodes = {each["CacheClusterId"]: each for each in elasticache.describe_cache_clusters()["CacheClusters"]}
    assert set(nodes) == {"ppbe-production-001", "ppbe-production-002", "ppbe-staging-001"}
    assert nodes["ppbe-production-001"]["EngineVersion"] == "7.0"
    found = elasticache.list_tags_for_resource(ResourceName=nodes["ppbe-production-001"]["ARN"])["TagList"]
    assert tags_of(found) == {**TAGS, "Environment": "production"}


def test_backups_are_kept_seven_years(estate: SimulatedEstate) -> None:
    s3 = client(estate, "s3")
    rule = s3.get_bucket_lifecycle_configuration(Bucket="ppbe-production-backups")["Rules"][0]
    assert rule["Expiration"] == {"Days": 2555}
    assert rule["Transitions"] == [{"Days": 90, "StorageClass": "GLACIER"}]
    assert s3.get_bucket_versioning(Bucket="ppbe-production-backups")["Status"] == "Enabled"
    encryption = s3.get_bucket_encryption(Bucket="ppbe-production-backups")["ServerSideEncryptionConfiguration"]
    assert encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert "terraform-state-lock" in client(estate, "dynamodb").list_tables()["TableNames"]


@pytest.mark.parametrize("env", ["production", "staging"])
def test_logs_secrets_and_keys(estate: SimulatedEstate, env: str) -> None:
    group = client(estate, "logs").describe_log_groups(logGroupNamePrefix=f"/ecs/ppbe-{env}/api")["logGroups"][0]
    assert group["retentionInDays"] == 90
    kms = client(estate, "kms")
    assert kms.get_key_rotation_status(KeyId=group["kmsKeyId"])["KeyRotationEnabled"] is True
    secret = client(estate, "secretsmanager").describe_secret(SecretId=f"ppbe/{env}/database/password")
    assert secret["KmsKeyId"] == group["kmsKeyId"]
    topics = [each["TopicArn"] for each in client(estate, "sns").list_topics()["Topics"]]
    assert f"arn:aws-us-gov:sns:us-gov-west-1:123456789012:ppbe-{env}-alerts" in topics


def test_security_groups_say_what_the_estate_says(estate: SimulatedEstate) -> None:
    ec2 = client(estate, "ec2")
    groups = {each["GroupName"]: each for each in ec2.describe_security_groups()["SecurityGroups"]}
    alb, tasks = groups["ppbe-production-alb"], groups["ppbe-production-ecs-tasks"]
    assert [each["FromPort"] for each in alb["IpPermissions"]] == [443]
    assert "0.0.0.0/0" not in {each["CidrIp"] for each in alb["IpPermissions"][0]["IpRanges"]}
    assert [each["FromPort"] for each in tasks["IpPermissions"]] == [3000]
    assert tasks["IpPermissionsEgress"][0]["IpRanges"][0]["CidrIp"] == "0.0.0.0/0"


def test_the_three_alarms_exist(estate: SimulatedEstate) -> None:
    alarms = {each["AlarmName"]: each for each in client(estate, "cloudwatch").describe_alarms()["MetricAlarms"]}
    wanted = {"api-error-rate": 10.0, "db-cpu": 80.0, "api-memory": 85.0}
    for name, threshold in wanted.items():
        for env in ("production", "staging"):
            alarm = alarms[f"ppbe-{env}-{name}"]
            assert (alarm["Threshold"], alarm["Period"], alarm["EvaluationPeriods"]) == (threshold, 300, 2)
            assert alarm["AlarmActions"] == [f"arn:aws-us-gov:sns:us-gov-west-1:123456789012:ppbe-{env}-alerts"]


def test_the_account_is_watched(estate: SimulatedEstate) -> None:
    trail = client(estate, "cloudtrail").describe_trails()["trailList"][0]
    assert (trail["IsMultiRegionTrail"], trail["LogFileValidationEnabled"]) == (True, True)
    status = client(estate, "config").describe_configuration_recorder_status()["ConfigurationRecordersStatus"][0]
    assert status["recording"] is True
    guardduty = client(estate, "guardduty")
    detector = guardduty.list_detectors()["DetectorIds"][0]
    assert guardduty.get_detector(DetectorId=detector)["Status"] == "ENABLED"
    assert ":securityhub:us-gov-west-1:123456789012:hub" in client(estate, "securityhub").describe_hub()["HubArn"]


def assumed(estate: SimulatedEstate) -> dict[str, str]:
    answer = client(estate, "sts").assume_role(
        RoleArn="arn:aws-us-gov:iam::210987654321:role/ppbe-observe",
        RoleSessionName="test",
        ExternalId="ppbe-observe",
    )["Credentials"]
    return {
        "aws_access_key_id": answer["AccessKeyId"],
        "aws_secret_access_key": answer["SecretAccessKey"],
        "aws_session_token": answer["SessionToken"],
    }


def databases_with_metrics(cloudwatch: Any) -> set[str]:
    listed = cloudwatch.list_metrics(Namespace="AWS/RDS", MetricName="CPUUtilization")["Metrics"]
    return {
        each["Value"] for metric in listed for each in metric["Dimensions"] if each["Name"] == "DBInstanceIdentifier"
    }


def test_another_account_is_reached_by_assuming_its_role(estate: SimulatedEstate) -> None:
    credentials = assumed(estate)
    assert client(estate, "sts", **credentials).get_caller_identity()["Account"] == "210987654321"
    found = client(estate, "rds", **credentials).describe_db_instances()["DBInstances"]
    assert [each["DBInstanceIdentifier"] for each in found] == ["ppbe-shared"]
    assert databases_with_metrics(client(estate, "cloudwatch", **credentials)) == {"ppbe-shared"}


def test_another_region_has_its_own_resources_and_metrics(estate: SimulatedEstate) -> None:
    found = client(estate, "rds", "us-gov-east-1").describe_db_instances()["DBInstances"]
    assert [each["DBInstanceIdentifier"] for each in found] == ["ppbe-recovery"]
    assert databases_with_metrics(client(estate, "cloudwatch", "us-gov-east-1")) == {"ppbe-recovery"}
    assert client(estate, "cloudwatch", "us-gov-east-2").list_metrics()["Metrics"] == []


def test_every_metric_dimension_names_a_resource_that_exists(estate: SimulatedEstate) -> None:
    elb, cloudwatch = client(estate, "elbv2"), client(estate, "cloudwatch")
    balancers = {
        each["LoadBalancerArn"].partition("loadbalancer/")[2] for each in elb.describe_load_balancers()["LoadBalancers"]
    }
    groups = {each["TargetGroupArn"].rpartition(":")[2] for each in elb.describe_target_groups()["TargetGroups"]}
    gateways = {each["NatGatewayId"] for each in client(estate, "ec2").describe_nat_gateways()["NatGateways"]}
    pages = cloudwatch.get_paginator("list_metrics").paginate()
    metrics = [metric for page in pages for metric in page["Metrics"]]
    found: dict[str, set[str]] = {}
    for metric in metrics:
        for dimension in metric["Dimensions"]:
            found.setdefault(dimension["Name"], set()).add(dimension["Value"])
    assert found["LoadBalancer"] <= balancers
    assert found["TargetGroup"] <= groups
    assert found["NatGatewayId"] == gateways


def test_calls_are_counted_by_operation_and_outcome(estate: SimulatedEstate) -> None:
    client(estate, "rds").describe_db_instances()
    s3 = client(estate, "s3")
    s3.get_bucket_versioning(Bucket="ppbe-production-backups")
    client(estate, "guardduty").list_detectors()
    with pytest.raises(s3.exceptions.ClientError):
        s3.get_bucket_versioning(Bucket="nobody")
    assert estate.requests.by_call() == {
        "guardduty:ListDetectors": {"ok": 1},
        "rds:DescribeDBInstances": {"ok": 1},
        "s3:GetBucketVersioning": {"NoSuchBucket": 1, "ok": 1},
    }


def test_a_port_in_use_is_said_before_anything_is_built(estate: SimulatedEstate) -> None:
    port = int(estate.url.rpartition(":")[2])
    with pytest.raises(ListenError, match=f"cannot listen on 127.0.0.1:{port}"):
        SimulatedEstate(port=port).start()


def test_any_client_reaches_it_by_the_environment_alone(estate: SimulatedEstate) -> None:
    """Another process, another boto3: only AWS_ENDPOINT_URL and credentials are told."""
    code = "import boto3; print(len(boto3.client('rds').describe_db_instances()['DBInstances']))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=estate.environ, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "3\n"
