"""Whether databases take TLS connections only, on the parameter groups that moto holds."""

import pytest

from ppbe_observe.model import Reason
from support.databases import cluster_told_otherwise, instance, member, told_otherwise
from support.gathering import LocalSession
from support.judging import judge, only, unseen
from support.queryxml import answered

CHECK = "rds_instance_transport_encrypted"


def group(session: LocalSession, parameter: str, value: str, family: str = "postgres15", name: str = "own") -> str:
    rds = session.client("rds")
    rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily=family, Description="d")
    rds.modify_db_parameter_group(
        DBParameterGroupName=name,
        Parameters=[{"ParameterName": parameter, "ParameterValue": value, "ApplyMethod": "immediate"}],
    )
    return name


@pytest.mark.parametrize(
    ("engine", "version", "parameter", "value", "outcome"),
    [
        ("postgres", "15.4", "rds.force_ssl", "1", "pass"),
        ("postgres", "15.4", "rds.force_ssl", "0", "fail"),
        ("mysql", "8.0.36", "require_secure_transport", "ON", "pass"),
        ("mysql", "8.0.36", "require_secure_transport", "1", "pass"),
        ("mysql", "8.0.36", "require_secure_transport", "OFF", "fail"),
        ("mariadb", "10.11.6", "require_secure_transport", "1", "pass"),
        ("mariadb", "10.11.6", "require_secure_transport", "0", "fail"),
        ("sqlserver-se", "16.00.4105.2.v1", "rds.force_ssl", "1", "pass"),
        ("sqlserver-se", "16.00.4105.2.v1", "rds.force_ssl", "0", "fail"),
    ],
)
def test_the_parameter_of_the_engine(
    local_session: LocalSession, *, engine: str, version: str, parameter: str, value: str, outcome: str
) -> None:
    own = group(local_session, parameter, value)
    instance(local_session, Engine=engine, EngineVersion=version, DBParameterGroupName=own)
    assert only(local_session, CHECK) == (outcome, f"{parameter} is {value} in parameter group own")


@pytest.mark.parametrize(
    ("engine", "parameter"),
    [("mysql", "rds.force_ssl"), ("postgres", "require_secure_transport"), ("postgres", "ssl")],
)
def test_the_parameter_of_another_engine_does_not_count(
    local_session: LocalSession, engine: str, parameter: str
) -> None:
    own = group(local_session, parameter, "1")
    instance(local_session, Engine=engine, EngineVersion="15.4", DBParameterGroupName=own)
    assert only(local_session, CHECK)[0] == "fail"


def test_a_parameter_that_is_not_set(local_session: LocalSession) -> None:
    """The default groups of moto are empty; those of AWS tell every parameter."""
    instance(local_session)
    assert only(local_session, CHECK) == ("fail", "rds.force_ssl is not set in parameter group default.postgres15")
    answered(
        local_session,
        "rds:DescribeDBParameters",
        Parameters=[{"ParameterName": "rds.force_ssl", "Source": "engine-default", "IsModifiable": True}],
    )
    assert only(local_session, CHECK) == ("fail", "rds.force_ssl is not set in parameter group default.postgres15")


def test_the_default_group_of_postgresql_15_at_aws(local_session: LocalSession) -> None:
    instance(local_session)
    told = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "Source": "system", "ApplyType": "dynamic"}
    answered(local_session, "rds:DescribeDBParameters", Parameters=[{"ParameterName": "port"}, told])
    assert only(local_session, CHECK) == ("pass", "rds.force_ssl is 1 in parameter group default.postgres15")


@pytest.mark.parametrize("status", ["pending-reboot", "applying", "failed-to-apply"])
def test_what_is_not_applied_is_not_in_force(local_session: LocalSession, status: str) -> None:
    instance(local_session, DBParameterGroupName=group(local_session, "rds.force_ssl", "1"))
    attached = [{"DBParameterGroupName": "own", "ParameterApplyStatus": status}]
    told_otherwise(local_session, DBParameterGroups=attached)  # moto applies at once
    said = f"rds.force_ssl is 1 in parameter group own, which is {status}: not in force"
    assert only(local_session, CHECK) == ("fail", said)


def test_every_attached_group_must_force_it(local_session: LocalSession) -> None:
    names = [group(local_session, "rds.force_ssl", value, name=f"force-{value}") for value in ("1", "0")]
    instance(local_session, DBParameterGroupName=names[0])
    attached = [{"DBParameterGroupName": each, "ParameterApplyStatus": "in-sync"} for each in names]
    told_otherwise(local_session, DBParameterGroups=attached)  # moto attaches one
    assert only(local_session, CHECK) == (
        "fail",
        "rds.force_ssl is 1 in parameter group force-1; rds.force_ssl is 0 in parameter group force-0",
    )
    told_otherwise(local_session, DBParameterGroups=[])
    assert only(local_session, CHECK)[0] == "fail"


def test_each_group_is_asked_for_once(local_session: LocalSession) -> None:
    own = group(local_session, "rds.force_ssl", "1")
    for name in ("one", "two"):
        instance(local_session, name, DBParameterGroupName=own)
    assert {each.outcome.value for each in judge(local_session, CHECK).values()} == {"pass"}
    assert local_session.calls["rds:DescribeDBParameters"] == 1


@pytest.mark.parametrize("engine", ["oracle-ee", "db2-se", "custom-oracle-ee", "neptune"])
def test_engines_that_are_not_looked_at(local_session: LocalSession, engine: str) -> None:
    instance(local_session)
    told_otherwise(local_session, Engine=engine)
    assert only(local_session, CHECK) == (
        "unknown",
        f"what makes {engine} refuse connections without TLS is not looked at",
    )


@pytest.mark.parametrize(
    ("engine", "parameter", "value", "outcome"),
    [
        ("aurora-postgresql", "rds.force_ssl", "1", "pass"),
        ("aurora-postgresql", "rds.force_ssl", "0", "fail"),
        ("aurora-mysql", "require_secure_transport", "ON", "pass"),
        ("docdb", "tls", "enabled", "pass"),
        ("docdb", "tls", "fips-140-3", "pass"),
        ("docdb", "tls", "disabled", "fail"),
    ],
)
def test_a_cluster_decides_for_its_members(
    local_session: LocalSession, *, engine: str, parameter: str, value: str, outcome: str
) -> None:
    member(local_session)
    told_otherwise(local_session, Engine=engine)
    cluster_told_otherwise(local_session, DBClusterParameterGroup="cluster-own")
    answered(
        local_session,
        "rds:DescribeDBClusterParameters",
        Parameters=[{"ParameterName": "other"}, {"ParameterName": parameter, "ParameterValue": value}],
    )
    assert only(local_session, CHECK) == (outcome, f"{parameter} is {value} in parameter group cluster-own")
    assert local_session.calls["rds:DescribeDBParameters"] == 0


def test_a_member_that_waits_for_a_reboot(local_session: LocalSession) -> None:
    member(local_session)
    told = {
        "DBInstanceIdentifier": "shared-1",
        "IsClusterWriter": True,
        "DBClusterParameterGroupStatus": "pending-reboot",
    }
    cluster_told_otherwise(local_session, DBClusterMembers=[{**told, "DBInstanceIdentifier": "shared-0"}, told])
    answered(
        local_session,
        "rds:DescribeDBClusterParameters",
        Parameters=[{"ParameterName": "rds.force_ssl", "ParameterValue": "1"}],
    )
    outcome, reason = only(local_session, CHECK)
    assert outcome == "fail"
    assert reason.endswith("which is pending-reboot: not in force")


@pytest.mark.parametrize("operation", ["rds:DescribeDBInstances", "rds:DescribeDBParameters"])
def test_parameters_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    instance(local_session)
    unseen(local_session, CHECK, operation)


@pytest.mark.parametrize("operation", ["rds:DescribeDBClusters", "rds:DescribeDBClusterParameters"])
def test_parameters_of_clusters_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    alone = instance(local_session, DBParameterGroupName=group(local_session, "rds.force_ssl", "1"))
    shared = member(local_session)
    local_session.refuse(operation, "AccessDenied", status=403)
    found = judge(local_session, CHECK)
    assert {arn: each.outcome.value for arn, each in found.items()} == {alone: "pass", shared: "unknown"}
    assert found[shared].verdict.reason.startswith(f"denied: {operation}: ")


def test_one_group_that_cannot_be_seen_is_unknown_where_it_is_used(local_session: LocalSession) -> None:
    seen = instance(local_session, "seen", DBParameterGroupName=group(local_session, "rds.force_ssl", "1"))
    hidden = instance(local_session, "hidden", Engine="mysql", EngineVersion="8.0.36")
    told_otherwise(local_session)
    local_session.client("rds").delete_db_instance(DBInstanceIdentifier="hidden", SkipFinalSnapshot=True)
    local_session.client("rds").delete_db_parameter_group(DBParameterGroupName="default.mysql8.0")
    assert {arn: each.outcome.value for arn, each in judge(local_session, CHECK).items()} == {
        seen: "pass",
        hidden: "unknown",
    }


def test_no_instance_at_all(local_session: LocalSession) -> None:
    assert only(local_session, CHECK) == ("not_applicable", "there is no rds:db here")


def test_a_cluster_that_aws_does_not_tell(local_session: LocalSession) -> None:
    alone = instance(local_session, DBParameterGroupName=group(local_session, "rds.force_ssl", "1"))
    shared = member(local_session)
    answered(local_session, "rds:DescribeDBClusters", DBClusters=[])
    found = judge(local_session, CHECK)
    assert {arn: (each.outcome.value, each.verdict.cause) for arn, each in found.items()} == {
        alone: ("pass", None),
        shared: ("unknown", Reason.MALFORMED),
    }


def test_an_instance_whose_parameter_groups_aws_does_not_tell(local_session: LocalSession) -> None:
    """Others are judged all the same: which groups are looked at does not depend on it."""
    seen = instance(local_session, "seen", DBParameterGroupName=group(local_session, "rds.force_ssl", "1"))
    instance(local_session, "odd")
    listed = local_session.client("rds").describe_db_instances()["DBInstances"]
    odd = next(each for each in listed if each["DBInstanceIdentifier"] == "odd")
    del odd["DBParameterGroups"]
    answered(local_session, "rds:DescribeDBInstances", DBInstances=listed)
    found = judge(local_session, CHECK)
    assert {arn: (each.outcome.value, each.verdict.cause) for arn, each in found.items()} == {
        seen: ("pass", None),
        odd["DBInstanceArn"]: ("unknown", Reason.MALFORMED),
    }
