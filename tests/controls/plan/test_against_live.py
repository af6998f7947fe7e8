"""The same thing, planned and made (in moto, by boto3), gets the same verdict, for the same settings."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest

from ppbe_observe.model import Finding
from support.gathering import LocalSession
from support.judging import judge
from support.plans import judged, plan, resource

Make = Callable[[LocalSession], str]
"""Makes the thing; tells its ARN."""

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
ANYBODY = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}]}
FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@dataclass(frozen=True)
class Case:
    """One thing both ways; ``planned`` is the address whose findings count."""

    make: Make
    resources: tuple[dict[str, Any], ...]
    planned: str
    checks: tuple[str, ...]


def _bucket(name: str, *, good: bool) -> Case:
    def make(session: LocalSession) -> str:
        s3 = session.client("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-gov-west-1"})
        rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/k"}
        if good:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
            s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(FLAGS, True))
            s3.put_bucket_policy(Bucket=name, Policy=_tls_only(name))
        else:
            rule = {"SSEAlgorithm": "AES256"}
            s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
        s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]},
        )
        s3.put_bucket_lifecycle_configuration(
            Bucket=name,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "keep",
                        "Status": "Enabled",
                        "Filter": {"Prefix": "" if good else "old/"},
                        "Expiration": {"Days": 2555},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 2555},
                        "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}],
                    }
                ]
            },
        )
        return f"arn:aws-us-gov:s3:::{name}"

    return Case(make, tuple(_planned_bucket(name, good=good)), "aws_s3_bucket.b", _OF_BUCKETS)


_OF_BUCKETS = (
    "s3_versioning",
    "s3_kms_encryption",
    "s3_public_access_block",
    "s3_tls_only",
    "s3_lifecycle_retention",
    "s3_lifecycle_glacier",
    "s3_server_access_logging",
    "s3_object_lock",
)


def _tls_only(name: str) -> str:
    arn = f"arn:aws-us-gov:s3:::{name}"
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
    return json.dumps({"Statement": deny | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}})


def _planned_bucket(name: str, *, good: bool) -> Iterator[dict[str, Any]]:
    unknown = dict.fromkeys(
        ("versioning", "server_side_encryption_configuration", "logging", "lifecycle_rule", "policy"), True
    )
    values = {"bucket": name, "object_lock_enabled": False}
    yield resource("aws_s3_bucket.b", values, {**unknown, "object_lock_configuration": True})
    key = "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/k" if good else None
    default = {"sse_algorithm": "aws:kms" if good else "AES256", "kms_master_key_id": key}
    yield resource(
        "aws_s3_bucket_server_side_encryption_configuration.b",
        {"bucket": name, "rule": [{"apply_server_side_encryption_by_default": [default]}]},
    )
    flags = {"block_public_acls": True, "block_public_policy": good}
    flags |= {"ignore_public_acls": good, "restrict_public_buckets": good}
    yield resource("aws_s3_bucket_public_access_block.b", {"bucket": name, **flags})
    rule = {
        "id": "keep",
        "status": "Enabled",
        "prefix": "",
        "filter": [{"prefix": "" if good else "old/", "tag": [], "and": []} | _no_sizes()],
        "expiration": [{"date": None, "days": 2555}],
        "noncurrent_version_expiration": [{"noncurrent_days": 2555}],
        "transition": [{"date": None, "days": 90, "storage_class": "GLACIER"}],
    }
    yield resource("aws_s3_bucket_lifecycle_configuration.b", {"bucket": name, "rule": [rule]})
    if good:
        status = [{"status": "Enabled", "mfa_delete": None}]
        yield resource("aws_s3_bucket_versioning.b", {"bucket": name, "versioning_configuration": status})
        yield resource("aws_s3_bucket_policy.b", {"bucket": name, "policy": _tls_only(name)})


def _no_sizes() -> dict[str, Any]:
    return {"object_size_greater_than": None, "object_size_less_than": None}


def _group(cidr: str) -> Case:
    def make(session: LocalSession) -> str:
        import_module("moto.ec2.models")  # in this process: its data take longer to load than a request may take
        ec2 = session.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        made = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=made,
            IpPermissions=[
                {"IpProtocol": "tcp", "FromPort": 20, "ToPort": 6379, "IpRanges": [{"CidrIp": cidr}]},
            ],
        )
        return f"arn:aws-us-gov:ec2:us-gov-west-1:123456789012:security-group/{made}"

    rule = {"protocol": "tcp", "from_port": 20, "to_port": 6379, "cidr_blocks": [cidr], "self": False}
    rule |= {"ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": [], "description": ""}
    planned = resource("aws_security_group.g", {"name": "g", "ingress": [rule]}, {"egress": True})
    checks: tuple[str, ...] = (
        "sg_no_ssh_from_internet",
        "sg_no_high_risk_ports",
        "sg_only_authorized_ports",
        "vpc_default_sg_closed",
    )
    checks += ("sg_no_postgres_from_internet", "sg_no_redis_from_internet")
    return Case(make, (planned,), "aws_security_group.g", checks)


def _default_group() -> Case:
    """AWS makes it with the VPC, so that the plan of a VPC alone is the plan of an open default group."""

    def make(session: LocalSession) -> str:
        import_module("moto.ec2.models")  # in this process: its data take longer to load than a request may take
        ec2 = session.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        (made,) = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
        group = made["GroupId"]
        members = {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[members])  # moto leaves this rule out
        return f"arn:aws-us-gov:ec2:us-gov-west-1:123456789012:security-group/{group}"

    planned = resource("aws_vpc.v", {"cidr_block": "10.0.0.0/16"})
    return Case(make, (planned,), "aws_vpc.v", ("vpc_default_sg_closed", "sg_only_authorized_ports"))


def _key(*, good: bool) -> Case:
    policy = {
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "kms:*", "Resource": "*"}]
    }
    text = json.dumps(policy if good else ANYBODY)

    def make(session: LocalSession) -> str:
        kms = session.client("kms")
        made: dict[str, str] = kms.create_key(Policy=text)["KeyMetadata"]
        if good:
            kms.enable_key_rotation(KeyId=made["KeyId"])
        return made["Arn"]

    values = {"customer_master_key_spec": "SYMMETRIC_DEFAULT", "is_enabled": True, "custom_key_store_id": None}
    values |= {"enable_key_rotation": good, "rotation_period_in_days": 365, "policy": text}
    checks = ("kms_cmk_rotation", "kms_cmk_not_pending_deletion", "kms_key_not_public")
    return Case(make, (resource("aws_kms_key.k", values),), "aws_kms_key.k", checks)


def _log_group(days: int | None) -> Case:
    def make(session: LocalSession) -> str:
        logs = session.client("logs")
        logs.create_log_group(logGroupName="/ecs/größe")
        if days:
            logs.put_retention_policy(logGroupName="/ecs/größe", retentionInDays=days)
        return "arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:/ecs/größe"

    values = {"name": "/ecs/größe", "retention_in_days": days or 0, "kms_key_id": None, "log_group_class": "STANDARD"}
    planned = resource("aws_cloudwatch_log_group.g", values)
    return Case(make, (planned,), "aws_cloudwatch_log_group.g", ("log_group_retention", "log_group_kms"))


def _topic(key: str | None) -> Case:
    def make(session: LocalSession) -> str:
        attributes = {"KmsMasterKeyId": key} if key else {}
        made: str = session.client("sns").create_topic(Name="ppbe-alerts", Attributes=attributes)["TopicArn"]
        return made

    planned = resource("aws_sns_topic.t", {"name": "ppbe-alerts", "kms_master_key_id": key}, {"policy": True})
    return Case(make, (planned,), "aws_sns_topic.t", ("sns_topic_kms", "sns_alert_subscribed"))


def _repository(mutability: str) -> Case:
    def make(session: LocalSession) -> str:
        ecr = session.client("ecr")
        made: dict[str, str] = ecr.create_repository(repositoryName="api", imageTagMutability=mutability)["repository"]
        return made["repositoryArn"]

    planned = resource("aws_ecr_repository.r", {"name": "api", "image_tag_mutability": mutability})
    return Case(make, (planned,), "aws_ecr_repository.r", ("ecr_tag_immutability",))


def _database(*, good: bool) -> Case:
    def make(session: LocalSession) -> str:
        made: dict[str, str] = session.client("rds").create_db_instance(
            DBInstanceIdentifier="ppbe",
            DBInstanceClass="db.m6g.large",
            Engine="postgres",
            EngineVersion="15.4",
            AllocatedStorage=20,
            MasterUsername="ppbe",
            MasterUserPassword="not-a-real-one",
            MultiAZ=good,
            PubliclyAccessible=not good,
            DeletionProtection=good,
            StorageEncrypted=False,
            BackupRetentionPeriod=30 if good else 1,
            AutoMinorVersionUpgrade=good,
            EnableCloudwatchLogsExports=["postgresql", "upgrade"] if good else [],
        )["DBInstance"]
        return made["DBInstanceArn"]

    values = {
        "identifier": "ppbe",
        "engine": "postgres",
        "engine_version": "15.4",
        "multi_az": good,
        "publicly_accessible": not good,
        "deletion_protection": good,
        "storage_encrypted": False,
        "backup_retention_period": 30 if good else 1,
        "auto_minor_version_upgrade": good,
        "enabled_cloudwatch_logs_exports": ["postgresql", "upgrade"] if good else None,
        "replicate_source_db": None,
    }
    checks = (
        "rds_instance_multi_az",
        "rds_instance_no_public_access",
        "rds_instance_deletion_protection",
        "rds_instance_storage_encrypted",
        "rds_instance_backup_retention",
        "rds_instance_minor_version_upgrade",
        "rds_instance_log_exports",
    )
    return Case(make, (resource("aws_db_instance.d", values),), "aws_db_instance.d", checks)


def _role(*, good: bool) -> Case:
    statement = {"Effect": "Allow", "Action": "s3:GetObject" if good else "*", "Resource": "*"}
    wide = {"Version": "2012-10-17", "Statement": [statement]}

    def make(session: LocalSession) -> str:
        iam = session.client("iam")
        made: dict[str, str] = iam.create_role(RoleName="ppbe-task", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
        iam.put_role_policy(RoleName="ppbe-task", PolicyName="p", PolicyDocument=json.dumps(wide))
        return made["Arn"]

    role = {"name": "ppbe-task", "path": "/", "assume_role_policy": json.dumps(TRUST), "inline_policy": []}
    resources = (
        resource("aws_iam_role.r", role, {"managed_policy_arns": True}),
        resource("aws_iam_role_policy.p", {"name": "p", "role": "ppbe-task", "policy": json.dumps(wide)}),
    )
    checks = ("iam_inline_no_admin", "iam_role_no_service_wildcard", "iam_role_trust_confused_deputy")
    return Case(make, resources, "aws_iam_role.r", checks)


CASES = {
    "a good bucket": _bucket("ppbe-backups", good=True),
    "a bad bucket": _bucket("ppbe-backups", good=False),
    "an evidence bucket without a lock": _bucket("ppbe-evidence", good=True),
    "a group open to the internet": _group("0.0.0.0/0"),
    "a group open to an agency": _group("198.51.100.0/24"),
    "the default group of a VPC": _default_group(),
    "a good key": _key(good=True),
    "a bad key": _key(good=False),
    "a log group of 30 days": _log_group(30),
    "a log group for ever": _log_group(None),
    "a topic without a key": _topic(None),
    "a topic with AWS's key": _topic("alias/aws/sns"),
    "a topic with a key": _topic("alias/ppbe"),
    "a mutable repository": _repository("MUTABLE"),
    "an immutable repository": _repository("IMMUTABLE"),
    "a good database": _database(good=True),
    "a bad database": _database(good=False),
    "a role that may read": _role(good=True),
    "a role that may do everything": _role(good=False),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_verdict_is_the_same_before_and_after_deployment(local_session: LocalSession, case: Case) -> None:
    arn, document = case.make(local_session), plan(*case.resources)
    live = {check: _told(judge(local_session, check)[arn]) for check in case.checks}
    planned = {check: _told(judged(document, check)[case.planned]) for check in case.checks}
    assert planned == live
    assert "unknown" not in {outcome for outcome, _ in planned.values()}


def _told(finding: Finding) -> tuple[str, str]:
    """The reason, too, where it names neither the resource nor another one."""
    reason = finding.verdict.reason
    names = ("arn:", "inline", "policies", "rotat")  # of rotation moto does not tell the period
    return finding.outcome.value, "" if any(each in reason for each in names) else reason
