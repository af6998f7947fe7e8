"""Checks of how database instances are set up, on what moto holds."""

import json
from typing import Any

import pytest

from support.databases import cluster_told_otherwise, instance, member, told_otherwise
from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen
from support.queryxml import answered

STORAGE, MULTI_AZ = "rds_instance_storage_encrypted", "rds_instance_multi_az"
PUBLIC, DELETION = "rds_instance_no_public_access", "rds_instance_deletion_protection"
LOGS, MINOR = "rds_instance_log_exports", "rds_instance_minor_version_upgrade"
MONITORING = "rds_instance_enhanced_monitoring"

OF_CLUSTERS = (MULTI_AZ, DELETION, LOGS)


def key(session: LocalSession) -> str:
    return str(session.client("kms").create_key()["KeyMetadata"]["Arn"])


def test_storage_encrypted_with_a_customer_key(local_session: LocalSession) -> None:
    arn = key(local_session)
    instance(local_session, KmsKeyId=arn)
    assert only(local_session, STORAGE) == (
        "pass",
        f"storage is encrypted with {arn}, a key managed by the customer",
    )


def test_a_key_may_be_named_by_its_alias_or_id(local_session: LocalSession) -> None:
    arn = key(local_session)
    local_session.client("kms").create_alias(AliasName="alias/ppbe", TargetKeyId=arn)
    instance(local_session, "by-alias", KmsKeyId="alias/ppbe")
    instance(local_session, "by-id", KmsKeyId=arn.rpartition("/")[2])
    assert {each.outcome.value for each in judge(local_session, STORAGE).values()} == {"pass"}


def test_storage_encrypted_with_the_key_of_aws_by_its_alias(local_session: LocalSession) -> None:
    """Moto makes its key of that alias one of the customer."""
    instance(local_session, KmsKeyId="alias/aws/rds")
    assert only(local_session, STORAGE) == (
        "fail",
        "storage is encrypted with alias/aws/rds, a key managed by AWS",
    )


def test_storage_encrypted_with_the_key_of_aws(local_session: LocalSession) -> None:
    """Moto has no keys that AWS manages."""
    instance(local_session, KmsKeyId="1")
    told = json.dumps({"KeyMetadata": {"KeyId": "1", "KeyManager": "AWS"}})
    local_session.faults["kms:DescribeKey"] = lambda: answer(200, told)
    assert only(local_session, STORAGE) == (
        "fail",
        "storage is encrypted with 1, a key managed by AWS",
    )
    assert only(local_session, STORAGE, require_cmk=False) == ("pass", "storage is encrypted")


def test_storage_not_encrypted(local_session: LocalSession) -> None:
    instance(local_session, StorageEncrypted=False)
    told_otherwise(local_session, KmsKeyId="alias/left-over")
    assert only(local_session, STORAGE) == ("fail", "storage is not encrypted")
    assert local_session.calls["kms:DescribeKey"] == 0


def test_storage_without_a_key(local_session: LocalSession) -> None:
    instance(local_session)
    told_otherwise(local_session, KmsKeyId=None)
    assert only(local_session, STORAGE) == ("fail", "storage is encrypted, but no KMS key is named")


def test_the_key_of_another_account_may_not_be_described(local_session: LocalSession) -> None:
    instance(local_session, "theirs", KmsKeyId="arn:aws-us-gov:kms:us-gov-west-1:210987654321:key/1")
    instance(local_session, "ours", KmsKeyId=key(local_session))
    told = {arn.rpartition(":")[2]: each.outcome.value for arn, each in judge(local_session, STORAGE).items()}
    assert told == {"theirs": "unknown", "ours": "pass"}


@pytest.mark.parametrize("operation", ["rds:DescribeDBInstances", "kms:DescribeKey"])
def test_storage_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    instance(local_session, KmsKeyId=key(local_session))
    unseen(local_session, STORAGE, operation)


@pytest.mark.parametrize(("on", "outcome"), [(True, "pass"), (False, "fail")])
def test_multi_az(local_session: LocalSession, *, on: bool, outcome: str) -> None:
    instance(local_session, MultiAZ=on)
    assert only(local_session, MULTI_AZ) == (outcome, f"Multi-AZ of the instance is {'on' if on else 'off'}")


def test_multi_az_is_required_in_production_only(local_session: LocalSession) -> None:
    instance(local_session, MultiAZ=False, Tags=[{"Key": "Environment", "Value": "staging"}])
    assert only(local_session, MULTI_AZ) == ("not_applicable", "applies to production; this is staging")


@pytest.mark.parametrize(("on", "outcome"), [(True, "pass"), (False, "fail")])
def test_a_member_is_as_available_as_its_cluster(local_session: LocalSession, *, on: bool, outcome: str) -> None:
    member(local_session)
    cluster_told_otherwise(local_session, MultiAZ=on)
    said = f"Multi-AZ of its cluster shared is {'on' if on else 'off'}"
    assert only(local_session, MULTI_AZ) == (outcome, said)


@pytest.mark.parametrize(("public", "outcome"), [(False, "pass"), (True, "fail")])
def test_public_access(local_session: LocalSession, *, public: bool, outcome: str) -> None:
    instance(local_session, PubliclyAccessible=public)
    said = f"the instance is {'publicly' if public else 'not publicly'} accessible"
    assert only(local_session, PUBLIC) == (outcome, said)


def test_what_aws_always_tells_is_missing(local_session: LocalSession) -> None:
    instance(local_session, PubliclyAccessible=None)  # moto leaves it out where it was not given
    outcome, reason = only(local_session, PUBLIC)
    assert outcome == "unknown"
    assert (
        reason == "malformed: rds:DescribeDBInstances: the answer is not as documented: KeyError: 'PubliclyAccessible'"
    )


@pytest.mark.parametrize(("on", "outcome"), [(True, "pass"), (False, "fail")])
def test_deletion_protection(local_session: LocalSession, *, on: bool, outcome: str) -> None:
    instance(local_session, DeletionProtection=on)
    assert only(local_session, DELETION) == (outcome, f"deletion protection of the instance is {'on' if on else 'off'}")


@pytest.mark.parametrize(("on", "outcome"), [(True, "pass"), (False, "fail")])
def test_a_cluster_is_protected_for_its_members(local_session: LocalSession, *, on: bool, outcome: str) -> None:
    member(local_session, DeletionProtection=on)
    said = f"deletion protection of its cluster shared is {'on' if on else 'off'}"
    assert only(local_session, DELETION) == (outcome, said)


@pytest.mark.parametrize(
    ("engine", "exported", "required", "outcome", "reason"),
    [
        ("postgres", ["postgresql", "upgrade"], None, "pass", "postgresql, upgrade to"),
        ("postgres", ["upgrade", "postgresql", "iam-db-auth-error"], None, "pass", "required: postgresql, upgrade"),
        (
            "postgres",
            ["postgresql"],
            None,
            "fail",
            "exports postgresql to CloudWatch Logs; required: postgresql, upgrade",
        ),
        ("postgres", [], None, "fail", "exports no log to"),
        ("postgres", [], [], "pass", "required: no log"),
        ("postgres", ["postgresql"], ["error", "postgresql"], "pass", "required: postgresql"),
        ("mysql", ["error", "audit"], ["audit", "postgresql"], "pass", "required: audit"),
        ("mysql", ["error"], ["audit", "postgresql"], "fail", "required: audit"),
        ("mysql", ["error"], None, "not_applicable", "mysql has none of the required ones: postgresql, upgrade"),
        ("mysql", [], None, "fail", "mysql has none of the required ones"),
        (
            "oracle-ee",
            ["alert"],
            None,
            "not_applicable",
            "oracle-ee has none of the required ones: postgresql, upgrade",
        ),
        ("oracle-se2", [], None, "fail", "oracle-se2 has none of the required ones: postgresql, upgrade"),
        ("oracle-se2", ["alert"], ["alert", "audit", "error"], "fail", "required: alert, audit"),
        ("sqlserver-ex", ["error"], ["error", "postgresql"], "pass", "required: error"),
    ],
)
def test_log_exports(
    local_session: LocalSession,
    *,
    engine: str,
    exported: list[str],
    required: list[str] | None,
    outcome: str,
    reason: str,
) -> None:
    instance(local_session, Engine=engine, EngineVersion="15.4", EnableCloudwatchLogsExports=exported)
    given: dict[str, Any] = {} if required is None else {"required_logs": required}
    said = only(local_session, LOGS, **given)
    assert said[0] == outcome
    assert reason in said[1]


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        ("db2-se", ("pass", "the instance exports diag.log to CloudWatch Logs; required: diag.log")),
        ("new-engine", ("fail", "the instance exports diag.log to CloudWatch Logs; required: diag.log, upgrade")),
    ],
)
def test_log_exports_of_engines_that_moto_does_not_have(
    local_session: LocalSession, engine: str, expected: tuple[str, str]
) -> None:
    instance(local_session)
    told_otherwise(local_session, Engine=engine, EnabledCloudwatchLogsExports=["diag.log"])
    assert only(local_session, LOGS, required_logs=["diag.log", "upgrade"]) == expected


def test_no_member_about_logs_is_no_log(local_session: LocalSession) -> None:
    """AWS leaves the member out where nothing is exported; moto gives an empty list."""
    instance(local_session)
    told_otherwise(local_session, EnabledCloudwatchLogsExports=None)
    assert only(local_session, LOGS)[0] == "fail"


def test_a_cluster_exports_the_logs_of_its_members(local_session: LocalSession) -> None:
    member(local_session, EnableCloudwatchLogsExports=["postgresql"])
    assert only(local_session, LOGS) == (
        "pass",
        "its cluster shared exports postgresql to CloudWatch Logs; required: postgresql",
    )


@pytest.mark.parametrize(("on", "outcome"), [(True, "pass"), (False, "fail")])
def test_minor_version_upgrade(local_session: LocalSession, *, on: bool, outcome: str) -> None:
    instance(local_session, AutoMinorVersionUpgrade=on)
    assert only(local_session, MINOR) == (outcome, f"automatic minor version upgrade is {'on' if on else 'off'}")


@pytest.mark.parametrize(("seconds", "outcome"), [(60, "pass"), (1, "pass"), (0, "fail")])
def test_enhanced_monitoring(local_session: LocalSession, seconds: int, outcome: str) -> None:
    role = "arn:aws-us-gov:iam::123456789012:role/monitoring" if seconds else None
    instance(local_session, MonitoringInterval=seconds, MonitoringRoleArn=role)
    said = f"the interval of Enhanced Monitoring is {seconds} s; 0 is off"
    assert only(local_session, MONITORING) == (outcome, said)


def test_no_interval_is_no_monitoring(local_session: LocalSession) -> None:
    instance(local_session)
    told_otherwise(local_session, MonitoringInterval=None)
    assert only(local_session, MONITORING)[0] == "fail"


@pytest.mark.parametrize(("check", "engine"), [(MINOR, "docdb"), (MONITORING, "docdb"), (MONITORING, "neptune")])
def test_engines_that_lack_a_feature(local_session: LocalSession, check: str, engine: str) -> None:
    """Moto files Neptune and DocumentDB under services of their own; RDS lists them at AWS."""
    instance(local_session)
    told_otherwise(local_session, Engine=engine)
    assert only(local_session, check)[0] == "not_applicable"


@pytest.mark.parametrize("status", ["creating", "deleting", "stopped", "storage-optimization"])
def test_instances_are_judged_in_every_state(local_session: LocalSession, status: str) -> None:
    instance(local_session, DeletionProtection=True)
    told_otherwise(local_session, DBInstanceStatus=status)
    assert only(local_session, DELETION)[0] == "pass"


@pytest.mark.parametrize("check", [MULTI_AZ, PUBLIC, DELETION, LOGS, MINOR, MONITORING])
def test_instances_that_cannot_be_seen(local_session: LocalSession, check: str) -> None:
    instance(local_session)
    unseen(local_session, check, "rds:DescribeDBInstances")


@pytest.mark.parametrize("check", OF_CLUSTERS)
def test_clusters_that_cannot_be_seen(local_session: LocalSession, check: str) -> None:
    member(local_session)
    unseen(local_session, check, "rds:DescribeDBClusters")


@pytest.mark.parametrize("check", OF_CLUSTERS)
def test_other_instances_do_not_depend_on_clusters(local_session: LocalSession, check: str) -> None:
    alone = instance(local_session)
    member(local_session)
    local_session.refuse("rds:DescribeDBClusters", "AccessDenied", status=403)
    assert judge(local_session, check)[alone].outcome == "fail"


def test_a_cluster_that_aws_does_not_tell(local_session: LocalSession) -> None:
    member(local_session)
    answered(local_session, "rds:DescribeDBClusters", DBClusters=[])
    assert only(local_session, DELETION)[0] == "unknown"


@pytest.mark.parametrize("check", [STORAGE, MULTI_AZ, PUBLIC, DELETION, LOGS, MINOR, MONITORING])
def test_no_instance_at_all(local_session: LocalSession, check: str) -> None:
    assert only(local_session, check) == ("not_applicable", "there is no rds:db here")
