"""Database instances, clusters, snapshots and the parameter groups that instances use (RDS). I/O.

The same calls list Neptune and DocumentDB, which CloudWatch files under namespaces of their own: those have no
dimensions here. What a cluster decides for its members is a detail of each member, so that what is said of other
instances does not depend on the clusters; members of one cluster share one question.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, labels, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Answer, Labels, Resource

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient

_INSTANCE = "rds:db"
_CLUSTER = "rds:cluster"
_SNAPSHOT = "rds:snapshot"
_PARAMETER_GROUP = "rds:pg"
_DESCRIBE_INSTANCES = "rds:DescribeDBInstances"
_DESCRIBE_CLUSTERS = "rds:DescribeDBClusters"
_DESCRIBE_SNAPSHOTS = "rds:DescribeDBSnapshots"
_OTHER_NAMESPACES = frozenset({"docdb", "neptune"})


def _instances(context: GatherContext) -> Iterator[Resource]:
    rds: RDSClient = context.client("rds")
    for page in context.pages(_DESCRIBE_INSTANCES, rds.get_paginator("describe_db_instances").paginate()):
        told = provenance(_DESCRIBE_INSTANCES, page)
        for each in page["DBInstances"]:
            dimensions = _dimensions(each["Engine"], "DBInstanceIdentifier", each["DBInstanceIdentifier"])
            tags = labels(each.get("TagList"))
            yield Resource(each["DBInstanceArn"], _INSTANCE, context.target, dimensions, tags, facts=each, source=told)


def _clusters(context: GatherContext) -> Iterator[Resource]:
    rds: RDSClient = context.client("rds")
    for page in context.pages(_DESCRIBE_CLUSTERS, rds.get_paginator("describe_db_clusters").paginate()):
        told = provenance(_DESCRIBE_CLUSTERS, page)
        for each in page["DBClusters"]:
            dimensions = _dimensions(each["Engine"], "DBClusterIdentifier", each["DBClusterIdentifier"])
            tags = labels(each.get("TagList"))
            yield Resource(each["DBClusterArn"], _CLUSTER, context.target, dimensions, tags, facts=each, source=told)


def _snapshots(context: GatherContext) -> Iterator[Resource]:
    rds: RDSClient = context.client("rds")
    for page in context.pages(_DESCRIBE_SNAPSHOTS, rds.get_paginator("describe_db_snapshots").paginate()):
        told = provenance(_DESCRIBE_SNAPSHOTS, page)
        for each in page["DBSnapshots"]:
            tags = labels(each.get("TagList"))
            yield Resource(each["DBSnapshotArn"], _SNAPSHOT, context.target, tags=tags, facts=each, source=told)


def _parameter_groups(context: GatherContext) -> Iterator[Resource]:
    """Those that instances use. A member of a cluster takes what matters here from the cluster's own group."""
    used = {
        group["DBParameterGroupName"]: instance.source
        for instance in context.given[_INSTANCE]
        if not instance.facts.get("DBClusterIdentifier")
        for group in instance.facts.get("DBParameterGroups", ())
    }
    for name, told in used.items():
        facts = {"DBParameterGroupName": name}
        yield Resource(context.arn("rds", f"pg:{name}"), _PARAMETER_GROUP, context.target, facts=facts, source=told)


def _storage_key(instance: Resource) -> Mapping[str, Any] | None:
    key = instance.facts.get("KmsKeyId")
    return {"KeyId": key} if key and instance.facts["StorageEncrypted"] else None


def _engine_version(instance: Resource) -> Mapping[str, Any]:
    """Without IncludeAll only versions that are available are listed."""
    return {"Engine": instance.facts["Engine"], "EngineVersion": instance.facts["EngineVersion"]}


def _cluster_of(instance: Resource) -> Mapping[str, Any] | None:
    name = instance.facts.get("DBClusterIdentifier")
    return {"DBClusterIdentifier": name} if name else None


def _cluster_parameters(instance: Resource) -> Mapping[str, Any] | None:
    told = instance.details[_DESCRIBE_CLUSTERS]
    if not isinstance(told, Answer):
        return None
    (cluster,) = told.value["DBClusters"]
    return {"DBClusterParameterGroupName": cluster["DBClusterParameterGroup"]}


def _parameters(group: Resource) -> Mapping[str, Any]:
    return {"DBParameterGroupName": group.facts["DBParameterGroupName"]}


def _attributes(snapshot: Resource) -> Mapping[str, Any] | None:
    """An automated snapshot has none: it cannot be shared (RDS User Guide, "Sharing a DB snapshot")."""
    if snapshot.facts["SnapshotType"] == "automated":
        return None
    return {"DBSnapshotIdentifier": snapshot.facts["DBSnapshotIdentifier"]}


def _dimensions(engine: str, name: str, value: str) -> Labels:
    return () if engine in _OTHER_NAMESPACES else ((name, value),)


GATHERERS = (
    Gatherer("rds", (_INSTANCE,), (_DESCRIBE_INSTANCES,), _instances),
    Gatherer("rds", (_CLUSTER,), (_DESCRIBE_CLUSTERS,), _clusters),
    Gatherer("rds", (_SNAPSHOT,), (_DESCRIBE_SNAPSHOTS,), _snapshots),
    Gatherer("rds", (_PARAMETER_GROUP,), (), _parameter_groups, of=(_INSTANCE,)),
)
DETAILS = (
    Detail("kms", _INSTANCE, "kms:DescribeKey", _storage_key, tells="KeyMetadata"),
    Detail("rds", _INSTANCE, "rds:DescribeDBEngineVersions", _engine_version, tells="DBEngineVersions"),
    # A cluster is deleted after its members.
    Detail("rds", _INSTANCE, _DESCRIBE_CLUSTERS, _cluster_of, gone=("DBClusterNotFoundFault",), tells="DBClusters"),
    Detail(
        "rds",
        _INSTANCE,
        "rds:DescribeDBClusterParameters",
        _cluster_parameters,
        tells="Parameters",
        after=_DESCRIBE_CLUSTERS,
    ),
    Detail("rds", _PARAMETER_GROUP, "rds:DescribeDBParameters", _parameters, tells="Parameters"),
    Detail(
        "rds",
        _SNAPSHOT,
        "rds:DescribeDBSnapshotAttributes",
        _attributes,
        gone=("DBSnapshotNotFound",),
        tells="DBSnapshotAttributesResult",
    ),
)
