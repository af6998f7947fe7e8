"""Database instances, members of clusters and parameter groups (RDS). Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from ppbe_observe.controls.check import Unseen
from ppbe_observe.controls.plan.block import PLAN, untold
from ppbe_observe.controls.plan.facts import ABSENT, PlannedFacts
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.telling import (
    Description,
    Tell,
    absent,
    answer,
    flag,
    given,
    key,
    never,
    own_key,
    told,
    untold_answer,
)
from ppbe_observe.model import Failure, Reason

_INSTANCE, _MEMBER, _CLUSTER = "aws_db_instance", "aws_rds_cluster_instance", "aws_rds_cluster"
_GROUP, _CLUSTER_GROUP = "aws_db_parameter_group", "aws_rds_cluster_parameter_group"
_DB, _PG = "rds:db", "rds:pg"
_DESCRIBE_CLUSTERS = "rds:DescribeDBClusters"
_CLUSTER_PARAMETERS = "rds:DescribeDBClusterParameters"

_TLS = frozenset({"rds.force_ssl", "require_secure_transport"})
"""What a family may set by default, so that only a group that names it tells it."""


def _storage_key(db: Planned) -> Mapping[str, Any] | None:
    return own_key()(db) if flag("storage_encrypted")(db) else None


def _attached(db: Planned) -> list[PlannedFacts]:
    found = db.plan.named(db, "parameter_group_name", _GROUP)
    if not isinstance(found, Planned):
        raise untold(f"the parameters of the group {found or 'that AWS chooses'}, which is not in the plan")
    tellers = {
        "DBParameterGroupName": _name,
        "ParameterApplyStatus": lambda group: _apply_status(db, group),
    }
    return [PlannedFacts(f"DBParameterGroups of {db.address}", found, tellers)]


def _name(group: Planned) -> str:
    """A name that Terraform makes up is only known after apply; the address stands for it."""
    return str(group["name"]) if group.attributes.known("name") else group.address


def _apply_status(user: Planned, group: Planned) -> str:
    """What is made with a group starts with its parameters; what changes later may wait for a reboot."""
    if user.created or not (user.change.changed or group.change.changed):
        return "in-sync"
    raise untold(f"whether a change of {group.address} waits for a reboot of {user.address}")


def _parameters(group: Planned) -> list[PlannedFacts]:
    named = [
        PlannedFacts(each.path("")[:-1], each, {"ParameterName": told("name"), "ParameterValue": told("value")})
        for each in group.attributes.blocks("parameter")
    ]
    if _TLS.isdisjoint(each["ParameterName"] for each in named):
        raise untold(f"what {group.address} leaves at the default of its family: {', '.join(sorted(_TLS))}")
    return named


def _cluster_of(member: Planned) -> Planned:
    found = member.plan.named(member, "cluster_identifier", _CLUSTER)
    if isinstance(found, Planned):
        return found
    raise Unseen(Failure(Reason.UNSUPPORTED, PLAN, f"the cluster {found} is not in the plan"))


def _cluster(member: Planned) -> Mapping[str, Any]:
    facts = PlannedFacts(f"the cluster of {member.address}", (_cluster_of(member), member), _CLUSTER_FACTS)
    return {"DBClusters": [facts]}


def _cluster_parameters(member: Planned) -> Mapping[str, Any]:
    return {"Parameters": _parameters(_cluster_group(_cluster_of(member)))}


def _of_cluster(tell: Tell) -> Callable[[tuple[Planned, Planned]], Any]:
    return lambda both: tell(both[0])


def _zones(_: object) -> Any:
    raise untold("in which availability zones the members of a cluster will be")


def _members(both: tuple[Planned, Planned]) -> list[PlannedFacts]:
    cluster, member = both
    tellers = {
        "DBInstanceIdentifier": told("identifier"),
        "DBClusterParameterGroupStatus": lambda _: _apply_status(cluster, _cluster_group(cluster)),
    }
    return [PlannedFacts(f"DBClusterMembers of {cluster.address}", member, tellers)]


def _cluster_group(cluster: Planned) -> Planned:
    found = cluster.plan.named(cluster, "db_cluster_parameter_group_name", _CLUSTER_GROUP)
    if isinstance(found, Planned):
        return found
    raise untold(f"the parameters of the group {found or 'that AWS chooses'}, which is not in the plan")


def _cluster_name(member: Planned) -> Any:
    found = member.plan.named(member, "cluster_identifier", _CLUSTER)
    return told("cluster_identifier")(found) if isinstance(found, Planned) else found


def _encrypted(member: Planned) -> bool:
    return bool(flag("storage_encrypted")(_cluster_of(member)))


def _source(db: Planned) -> Any:
    """Of whom it is a replica; null where of nobody."""
    found = db.plan.named(db, "replicate_source_db", _INSTANCE) if db.holds("replicate_source_db") else None
    return ABSENT if not found else found.address if isinstance(found, Planned) else found


_CLUSTER_FACTS: Mapping[str, Callable[[tuple[Planned, Planned]], Any]] = {
    "BackupRetentionPeriod": _of_cluster(told("backup_retention_period")),
    "DBClusterIdentifier": _of_cluster(told("cluster_identifier")),
    "DBClusterMembers": _members,
    "DBClusterParameterGroup": lambda both: _name(_cluster_group(both[0])),
    "DeletionProtection": _of_cluster(flag("deletion_protection")),
    "EnabledCloudwatchLogsExports": _of_cluster(given("enabled_cloudwatch_logs_exports", ())),
    "Engine": _of_cluster(told("engine")),
    "MultiAZ": _zones,
}

_OF_BOTH = {
    "AutoMinorVersionUpgrade": flag("auto_minor_version_upgrade"),
    "CertificateDetails": never("until when the server certificate is valid"),
    "Engine": told("engine"),
    "EngineVersion": told("engine_version"),
    "MonitoringInterval": given("monitoring_interval", 0),
    "PubliclyAccessible": flag("publicly_accessible"),
}

DESCRIPTIONS = (
    Description(
        (_INSTANCE,),
        _DB,
        _OF_BOTH
        | {
            "BackupRetentionPeriod": told("backup_retention_period"),
            "DBClusterIdentifier": absent,
            "DBInstanceIdentifier": told("identifier"),
            "DBParameterGroups": _attached,
            "DeletionProtection": flag("deletion_protection"),
            "EnabledCloudwatchLogsExports": given("enabled_cloudwatch_logs_exports", ()),
            "KmsKeyId": key(),
            "LatestRestorableTime": never("up to when can be restored"),
            "MultiAZ": told("multi_az"),
            "ReadReplicaSourceDBClusterIdentifier": absent,
            "ReadReplicaSourceDBInstanceIdentifier": _source,
            "StorageEncrypted": flag("storage_encrypted"),
        },
        {
            "kms:DescribeKey": _storage_key,
            "rds:DescribeDBEngineVersions": untold_answer("which engine versions AWS offers"),
        },
    ),
    Description(
        (_MEMBER,),
        _DB,
        _OF_BOTH
        | {
            "DBClusterIdentifier": _cluster_name,
            "DBInstanceIdentifier": told("identifier"),
            "KmsKeyId": lambda member: key()(_cluster_of(member)),
            "ReadReplicaSourceDBClusterIdentifier": absent,
            "ReadReplicaSourceDBInstanceIdentifier": absent,
            "StorageEncrypted": _encrypted,
        },
        {
            "kms:DescribeKey": lambda member: _storage_key(_cluster_of(member)),
            "rds:DescribeDBEngineVersions": untold_answer("which engine versions AWS offers"),
            _DESCRIBE_CLUSTERS: _cluster,
            _CLUSTER_PARAMETERS: _cluster_parameters,
        },
    ),
    Description(
        (_GROUP,),
        _PG,
        {"DBParameterGroupName": _name},
        {"rds:DescribeDBParameters": answer("rds:DescribeDBParameters", {"Parameters": _parameters})},
    ),
)
