"""Backups of database instances (RDS): how long they are kept, whether they are made, who can read them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ppbe_observe.controls.check import (
    CRITICAL,
    HIGH,
    MEDIUM,
    Check,
    Subject,
    check,
    failed,
    not_applicable,
    passed,
    verdict,
)
from ppbe_observe.controls.checks.rds_clusters import DESCRIBE_CLUSTERS, cluster_of, decider
from ppbe_observe.model import Verdict

_DB = "rds:db"
_SNAPSHOT = "rds:snapshot"
_ATTRIBUTES = "rds:DescribeDBSnapshotAttributes"
_UNATTENDED = frozenset({"automated", "awsbackup"})
"""Types of snapshots that are taken on schedule: by RDS itself, or by AWS Backup in its place."""


@check(
    "rds_instance_backup_retention",
    on=_DB,
    needs=(DESCRIBE_CLUSTERS,),
    severity=MEDIUM,
    title="Automated backups are kept long enough",
    controls=("cp-9", "cp-10", "si-12"),
    indicators=("KSI-RPL-ABO",),
    remediation="Raise the backup retention period (aws rds modify-db-instance --backup-retention-period DAYS, of a "
    "cluster modify-db-cluster; Terraform backup_retention_period). RDS keeps them 35 days at most.",
    min_days=30,
)
def backup_retention(db: Subject, min_days: int) -> Verdict:
    """Automated backups allow recovery to any point in time they cover. A read replica's source holds the copy."""
    if source := _source(db):
        return not_applicable(f"read replica of {source}")
    where, facts = decider(db)
    days = facts["BackupRetentionPeriod"]
    return verdict(days >= min_days, f"automated backups of {where} are kept {days} days; {min_days} are required")


@check(
    "rds_instance_backup_recent",
    on=_DB,
    uses=(_SNAPSHOT,),
    needs=(DESCRIBE_CLUSTERS,),
    severity=HIGH,
    title="Automated backups are made as they should be",
    controls=("cp-9", "cp-10"),
    remediation="See why none was made (aws rds describe-events --source-type db-instance --event-categories backup): "
    "the instance may be stopped, out of storage, or without automated backups. Take one by hand meanwhile "
    "(aws rds create-db-snapshot).",
    max_age_hours=26,
)
def backup_recent(db: Subject, max_age_hours: int) -> Verdict:
    """A setting is no backup: the newest automated snapshot, and the time up to which can be restored, must be recent.

    A cluster backs up continuously: of it the time counts. Nothing is expected yet of what is younger than the limit.
    """
    if source := _source(db):
        return not_applicable(f"read replica of {source}")
    cluster = cluster_of(db)
    facts, since = (db.facts, "InstanceCreateTime") if cluster is None else (cluster, "ClusterCreateTime")
    if not facts["BackupRetentionPeriod"]:
        return failed("automated backups are switched off")
    limit = timedelta(hours=max_age_hours)
    signs = {"the latest restorable time": facts.get("LatestRestorableTime")}
    if cluster is None:
        signs = {"the newest automated snapshot": _newest(db)} | signs
    created = facts.get(since)
    if None in signs.values() and (created is None or db.now - created <= limit):
        return not_applicable("the database is too young for its first backup: " + "; ".join(_told(signs, db.now)))
    recent = all(at is not None and db.now - at <= limit for at in signs.values())
    return verdict(recent, f"{'; '.join(_told(signs, db.now))}; {max_age_hours} hours are allowed")


@check(
    "rds_snapshots_encrypted",
    on=_SNAPSHOT,
    severity=HIGH,
    title="Snapshots are encrypted",
    controls=("sc-28", "sc-28.1", "cp-9"),
    indicators=("KSI-SVC-SIN",),
    remediation="Copy it with a KMS key (aws rds copy-db-snapshot --kms-key-id KEY), then delete the one that is not "
    "encrypted. Snapshots are encrypted as their instance is.",
)
def snapshots_encrypted(snapshot: Subject) -> Verdict:
    """A snapshot holds all that the database held; what is not encrypted can be shared with anybody, and be read."""
    encrypted = snapshot.facts["Encrypted"]
    return verdict(encrypted, f"the snapshot is {'encrypted' if encrypted else 'not encrypted'}")


@check(
    "rds_snapshots_not_public",
    on=_SNAPSHOT,
    needs=(_ATTRIBUTES,),
    severity=CRITICAL,
    title="Snapshots are not public",
    controls=("ac-3", "ac-4", "sc-7"),
    indicators=("KSI-SVC-SIN",),
    remediation="Take the permission back at once (aws rds modify-db-snapshot-attribute --attribute-name restore "
    "--values-to-remove all), and treat what it holds as disclosed.",
)
def snapshots_not_public(snapshot: Subject) -> Verdict:
    """Any AWS account can restore a public snapshot and read all of it.

    AWS lists who may restore it even where that is nobody: without that list nothing is known.
    """
    answer = snapshot.detail(_ATTRIBUTES)
    if answer is None:
        return not_applicable("an automated snapshot cannot be shared")
    attributes = answer["DBSnapshotAttributesResult"]["DBSnapshotAttributes"]
    told = {each["AttributeName"]: each.get("AttributeValues", ()) for each in attributes}
    accounts = told["restore"]
    if "all" in accounts:
        return failed("any AWS account can restore the snapshot")
    return passed(f"accounts that it is shared with: {', '.join(accounts) or 'none'}")


def _source(db: Subject) -> str | None:
    facts = db.facts
    found = facts.get("ReadReplicaSourceDBInstanceIdentifier") or facts.get("ReadReplicaSourceDBClusterIdentifier")
    return str(found) if found else None


def _newest(db: Subject) -> datetime | None:
    """When the newest finished snapshot was taken that nobody had to ask for."""
    return max(
        (
            each.facts["SnapshotCreateTime"]
            for each in db.all(_SNAPSHOT)
            if each.facts["SnapshotType"] in _UNATTENDED
            and each.facts["Status"] == "available"
            and _is_of(each.facts, db.facts)
        ),
        default=None,
    )


def _is_of(snapshot: Mapping[str, Any], db: Mapping[str, Any]) -> bool:
    """An instance of the same name that was deleted may have left snapshots: DbiResourceId tells them apart."""
    same = ("DBInstanceIdentifier", "DbiResourceId")
    return all(snapshot.get(name) == db.get(name) for name in same)


def _told(signs: Mapping[str, datetime | None], now: datetime) -> Iterator[str]:
    for name, at in signs.items():
        if at is None:
            yield f"{name}: none"
        else:
            hours = max(0.0, (now - at) / timedelta(hours=1))
            yield f"{name}: {hours:.1f} hours ago, {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


CHECKS: tuple[Check, ...] = (backup_retention, backup_recent, snapshots_encrypted, snapshots_not_public)
