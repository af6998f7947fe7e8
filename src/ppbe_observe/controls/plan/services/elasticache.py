"""Caches (ElastiCache). Pure."""

from typing import Any

from ppbe_observe.controls.plan.facts import ABSENT
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.telling import (
    Description,
    Tell,
    Tellers,
    absent,
    always,
    given,
    key,
    newer,
    optional,
    switch,
    told,
)

_MEMBER_OF = "replication_group_id"
_GROUP, _CLUSTER = "aws_elasticache_replication_group", "aws_elasticache_cluster"


def _users(group: Planned) -> Any:
    return list(group["user_group_ids"] or ()) or ABSENT


def _set_flag(name: str) -> Tell:
    """A boolean, in the provider sometimes as text, of which AWS chooses the default."""
    return lambda source: str(told(name)(source)).lower() == "true"


_OF_GROUP: Tellers = {
    "AtRestEncryptionEnabled": _set_flag("at_rest_encryption_enabled"),
    "AuthTokenEnabled": lambda group: group.attributes.has("auth_token"),
    "AutomaticFailover": switch("automatic_failover_enabled"),
    "KmsKeyId": key(),
    "MultiAZ": switch("multi_az_enabled"),
    "ReplicationGroupId": told("replication_group_id"),
    "SnapshotRetentionLimit": given("snapshot_retention_limit", 0),
    "TransitEncryptionEnabled": _set_flag("transit_encryption_enabled"),
    "TransitEncryptionMode": newer("transit_encryption_mode", optional("transit_encryption_mode"), ABSENT),
    "UserGroupIds": _users,
    "Engine": always("redis"),  # or Valkey, but not Memcached: that has no groups
}
_OF_CLUSTER: Tellers = {
    "AuthTokenEnabled": always(value=False),  # only groups have it
    "AutoMinorVersionUpgrade": _set_flag("auto_minor_version_upgrade"),
    "Engine": told("engine"),
    "ReplicationGroupId": absent,
    "UserGroupIds": absent,
}


def _is_alone(cluster: Planned) -> bool:
    return not cluster.attributes.after_apply("replication_group_id") and not cluster["replication_group_id"]


DESCRIPTIONS = (
    Description((_GROUP,), "elasticache:replicationgroup", _OF_GROUP),
    Description((_GROUP,), "elasticache:cache", _OF_GROUP),
    Description((_CLUSTER,), "elasticache:cache", _OF_CLUSTER, only=_is_alone),
    # The group stands for its nodes: it has the setting for all of them.
    Description((_GROUP,), "elasticache:cluster", {**_OF_CLUSTER, "Engine": always("redis")}),
    Description((_CLUSTER,), "elasticache:cluster", {**_OF_CLUSTER, "ReplicationGroupId": optional(_MEMBER_OF)}),
)
