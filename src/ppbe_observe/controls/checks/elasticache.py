"""Caches (ElastiCache for Redis OSS, Valkey and Memcached).

Replication groups are judged, their nodes through the group. A cluster that belongs to no group is judged by
elasticache_auth_enabled and elasticache_minor_version_upgrade; what the others look at is a property of groups only.
Serverless caches are not looked at.
"""

from ppbe_observe.controls.check import HIGH, MEDIUM, Check, Subject, check, failed, not_applicable, passed, verdict
from ppbe_observe.controls.reading.keys import is_alias_of_aws
from ppbe_observe.model import Verdict

_GROUP = "elasticache:replicationgroup"
_CLUSTER = "elasticache:cluster"
_CACHE = "elasticache:cache"
_MEMCACHED = "memcached"
_REQUIRED = "required"


@check(
    "elasticache_encryption_at_rest",
    on=_GROUP,
    severity=MEDIUM,
    title="The cache is encrypted at rest with a customer-managed key",
    controls=("sc-28", "sc-28.1", "sc-13"),
    indicators=("KSI-SVC-SIN",),
    remediation="Encryption at rest is set when a group is made: restore a backup into a new group (aws elasticache "
    "create-replication-group --at-rest-encryption-enabled --kms-key-id KEY; Terraform at_rest_encryption_enabled, "
    "kms_key_id).",
    require_cmk=True,
)
def encryption_at_rest(group: Subject, require_cmk: bool) -> Verdict:
    """Swap and backups of a cache hold what it holds; only a customer-managed key can be revoked.

    A key is named only where it is the customer's: without one the service uses its own. An alias of AWS's own
    (alias/aws/...) counts as none.
    """
    if not group.facts["AtRestEncryptionEnabled"]:
        return failed("the group is not encrypted at rest")
    key = group.facts.get("KmsKeyId")
    if key and not is_alias_of_aws(key):
        return passed(f"the group is encrypted at rest with {key}")
    said = "the group is encrypted at rest with a key of the service"
    return verdict(not require_cmk, f"{said}; a customer-managed one is {'' if require_cmk else 'not '}required")


@check(
    "elasticache_encryption_in_transit",
    on=_GROUP,
    severity=MEDIUM,
    title="The cache takes TLS connections only",
    controls=("sc-8", "sc-8.1", "sc-13"),
    indicators=("KSI-SVC-SIN",),
    remediation="Switch TLS on as preferred, move the clients, then require it (aws elasticache "
    "modify-replication-group --transit-encryption-enabled --transit-encryption-mode required --apply-immediately; "
    "Terraform transit_encryption_enabled, transit_encryption_mode).",
    mode="required",
)
def encryption_in_transit(group: Subject, mode: str) -> Verdict:
    """Without TLS, sessions and tokens cross the network readable; where it is only preferred, clients may do without.

    Where AWS tells no mode (engines before 7.0.5 have none), TLS is required of every client.
    """
    if not group.facts["TransitEncryptionEnabled"]:
        return failed("the group is not encrypted in transit")
    told = group.facts.get("TransitEncryptionMode")
    holds = (told or _REQUIRED) in {mode, _REQUIRED}
    return verdict(holds, f"TLS is on, mode {told or 'required (AWS tells none)'}; {mode} is asked for")


@check(
    "elasticache_automatic_failover",
    on=_GROUP,
    severity=MEDIUM,
    title="A replica takes over by itself",
    controls=("cp-10",),
    indicators=("KSI-CNA-OFA",),
    remediation="Add a replica and switch automatic failover on (aws elasticache modify-replication-group "
    "--automatic-failover-enabled, Terraform automatic_failover_enabled).",
)
def automatic_failover(group: Subject) -> Verdict:
    """Without it, the loss of the primary node is an outage until a person acts. What is being enabled is not yet."""
    state = group.facts["AutomaticFailover"]
    return verdict(state == "enabled", f"automatic failover is {state}")


@check(
    "elasticache_multi_az",
    on=_GROUP,
    severity=MEDIUM,
    title="The cache survives the loss of an availability zone",
    controls=("cp-10",),
    indicators=("KSI-CNA-OFA",),
    remediation="Spread the nodes over zones (aws elasticache modify-replication-group --multi-az-enabled, Terraform "
    "multi_az_enabled); automatic failover must be on.",
)
def multi_az(group: Subject) -> Verdict:
    """Replicas in the zone of the primary are lost with it."""
    state = group.facts["MultiAZ"]
    return verdict(state == "enabled", f"Multi-AZ is {state}")


@check(
    "elasticache_backup_retention",
    on=_GROUP,
    severity=HIGH,
    title="Automatic backups are kept long enough",
    controls=("cp-9", "cp-10"),
    indicators=("KSI-RPL-ABO",),
    remediation="Keep them longer (aws elasticache modify-replication-group --snapshot-retention-limit DAYS, Terraform "
    "snapshot_retention_limit).",
    min_days=7,
)
def backup_retention(group: Subject, min_days: int) -> Verdict:
    """What only the cache holds (sessions, queues) is gone with it unless it is backed up. A limit of 0 is off."""
    days = group.facts["SnapshotRetentionLimit"]
    return verdict(days >= min_days, f"automatic backups are kept {days} days; {min_days} are required")


@check(
    "elasticache_auth_enabled",
    on=_CACHE,
    severity=MEDIUM,
    title="Clients of the cache must authenticate",
    controls=("ac-3", "ac-6"),
    indicators=("KSI-IAM-SNU",),
    remediation="Attach a user group (aws elasticache modify-replication-group --user-group-ids-to-add GROUP, "
    "Terraform user_group_ids) or set an AUTH token; both need TLS. Move a cluster that is in no group into one.",
)
def auth_enabled(cache: Subject) -> Verdict:
    """Whoever reaches a cache without authentication reads and writes all of it.

    Looks at replication groups (users and roles, or an AUTH token) and at clusters that belong to none. Memcached
    has no authentication to switch on.
    """
    facts = cache.facts
    if facts.get("Engine") == _MEMCACHED:
        return not_applicable("Memcached has no authentication: only its security group keeps clients out")
    if users := facts.get("UserGroupIds"):
        return passed(f"clients authenticate as users of {', '.join(users)}")
    if facts["AuthTokenEnabled"]:
        return passed("clients authenticate by an AUTH token")
    alone = "" if "ReplicationGroupId" in facts else "; the cluster belongs to no replication group"
    return failed(f"neither a user group nor an AUTH token is set{alone}")


@check(
    "elasticache_minor_version_upgrade",
    on=_CLUSTER,
    severity=HIGH,
    title="Minor engine versions are installed automatically",
    controls=("si-2",),
    remediation="Switch automatic upgrades on (aws elasticache modify-cache-cluster --auto-minor-version-upgrade, of a "
    "group modify-replication-group; Terraform auto_minor_version_upgrade).",
)
def minor_version_upgrade(cluster: Subject) -> Verdict:
    """Minor versions mend security holes; AWS installs them in the maintenance window where it is let.

    The nodes of a replication group are clusters too, and each has the setting. Memcached has no such upgrades.
    """
    if cluster.facts["Engine"] == _MEMCACHED:
        return not_applicable("AWS does not upgrade Memcached by itself")
    on = cluster.facts["AutoMinorVersionUpgrade"]
    return verdict(on, f"automatic minor version upgrade is {'on' if on else 'off'}")


CHECKS: tuple[Check, ...] = (
    encryption_at_rest,
    encryption_in_transit,
    automatic_failover,
    multi_az,
    backup_retention,
    auth_enabled,
    minor_version_upgrade,
)
