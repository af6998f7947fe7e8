"""Database instances and clusters for the tests of their checks, and answers that moto cannot give."""

from collections.abc import Mapping
from typing import Any

from support.gathering import LocalSession
from support.queryxml import answered


def instance(session: LocalSession, name: str = "ppbe", **changed: Any) -> str:
    """The ARN of a new instance that is set up as it should be, but for what is changed; None leaves it out."""
    given = {
        "DBInstanceIdentifier": name,
        "Engine": "postgres",
        "EngineVersion": "15.4",
        "DBInstanceClass": "db.t3.medium",
        "AllocatedStorage": 20,
        "MasterUsername": "ppbe",
        "MasterUserPassword": "not-a-secret",
        "StorageEncrypted": True,
        "BackupRetentionPeriod": 30,
        "PubliclyAccessible": False,
        **changed,
    }
    wanted = {key: value for key, value in given.items() if value is not None}
    return str(session.client("rds").create_db_instance(**wanted)["DBInstance"]["DBInstanceArn"])


def member(session: LocalSession, **changed: Any) -> str:
    """The ARN of the one instance of a new Aurora cluster, which is called ``shared``."""
    given = {
        "DBClusterIdentifier": "shared",
        "Engine": "aurora-postgresql",
        "EngineVersion": "15.4",
        "MasterUsername": "ppbe",
        "MasterUserPassword": "not-a-secret",
        **changed,
    }
    rds = session.client("rds")
    rds.create_db_cluster(**given)
    made = rds.create_db_instance(
        DBInstanceIdentifier="shared-1",
        DBClusterIdentifier="shared",
        Engine=given["Engine"],
        DBInstanceClass="db.r6g.large",
    )
    return str(made["DBInstance"]["DBInstanceArn"])


def told_otherwise(session: LocalSession, **changed: Any) -> None:
    """Answer with the instances that moto holds, changed in what moto cannot be told; None leaves a fact out."""
    found = session.client("rds").describe_db_instances()["DBInstances"]
    answered(session, "rds:DescribeDBInstances", DBInstances=[_changed(each, changed) for each in found])


def cluster_told_otherwise(session: LocalSession, **changed: Any) -> None:
    """The same for clusters."""
    found = session.client("rds").describe_db_clusters()["DBClusters"]
    answered(session, "rds:DescribeDBClusters", DBClusters=[_changed(each, changed) for each in found])


def _changed(facts: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**facts, **changed}.items() if value is not None}
