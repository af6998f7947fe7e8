"""Checks of the backups of database instances, on what moto holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ppbe_observe.model import Reason
from support.databases import cluster_told_otherwise, instance, member, told_otherwise
from support.gathering import LocalSession
from support.judging import judge, only, unseen
from support.queryxml import answered

RETENTION, RECENT = "rds_instance_backup_retention", "rds_instance_backup_recent"
ENCRYPTED, NOT_PUBLIC = "rds_snapshots_encrypted", "rds_snapshots_not_public"

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OLD = NOW - timedelta(days=30)


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def taken(session: LocalSession, *snapshots: dict[str, Any]) -> None:
    """Answer with snapshots of the instance; moto takes an automated one when an instance is made, never again."""
    told = [
        {
            "DBSnapshotIdentifier": f"rds:ppbe-{number}",
            "DBSnapshotArn": f"arn:aws-us-gov:rds:us-gov-west-1:123456789012:snapshot:rds:ppbe-{number}",
            "DBInstanceIdentifier": "ppbe",
            "DbiResourceId": session.client("rds").describe_db_instances()["DBInstances"][0]["DbiResourceId"],
            "SnapshotType": "automated",
            "Status": "available",
            "Encrypted": True,
            **each,
        }
        for number, each in enumerate(snapshots)
    ]
    answered(session, "rds:DescribeDBSnapshots", DBSnapshots=told)


def manual(session: LocalSession, *accounts: str) -> str:
    """The ARN of a snapshot that somebody took, and shared."""
    rds = session.client("rds")
    made = rds.create_db_snapshot(DBSnapshotIdentifier="release", DBInstanceIdentifier="ppbe")
    if accounts:
        rds.modify_db_snapshot_attribute(
            DBSnapshotIdentifier="release", AttributeName="restore", ValuesToAdd=list(accounts)
        )
    return str(made["DBSnapshot"]["DBSnapshotArn"])


@pytest.mark.parametrize(("days", "outcome"), [(35, "pass"), (30, "pass"), (29, "fail"), (0, "fail")])
def test_backup_retention(local_session: LocalSession, days: int, outcome: str) -> None:
    instance(local_session, BackupRetentionPeriod=days)
    assert only(local_session, RETENTION) == (
        outcome,
        f"automated backups of the instance are kept {days} days; 30 are required",
    )


@pytest.mark.parametrize("check", [RETENTION, RECENT])
def test_a_read_replica_has_no_backups_of_its_own(local_session: LocalSession, check: str) -> None:
    instance(local_session)
    rds = local_session.client("rds")
    made = rds.create_db_instance_read_replica(DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="ppbe")
    found = judge(local_session, check)[made["DBInstance"]["DBInstanceArn"]]
    assert (found.outcome, found.verdict.reason) == ("not_applicable", "read replica of ppbe")


def test_an_instance_may_be_the_replica_of_a_cluster(local_session: LocalSession) -> None:
    instance(local_session)
    told_otherwise(local_session, ReadReplicaSourceDBClusterIdentifier="shared")  # moto knows no such replicas
    assert only(local_session, RETENTION) == ("not_applicable", "read replica of shared")


@pytest.mark.parametrize(("days", "outcome"), [(30, "pass"), (7, "fail")])
def test_a_cluster_keeps_the_backups_of_its_members(local_session: LocalSession, days: int, outcome: str) -> None:
    member(local_session, BackupRetentionPeriod=days)
    assert only(local_session, RETENTION) == (
        outcome,
        f"automated backups of its cluster shared are kept {days} days; 30 are required",
    )


def test_a_backup_has_just_been_made(local_session: LocalSession) -> None:
    instance(local_session)
    assert only(local_session, RECENT)[0] == "pass"
    outcome, reason = only(local_session, RECENT, now=datetime.now(UTC) + timedelta(hours=27))
    assert outcome == "fail"
    assert "the newest automated snapshot: 27.0 hours ago" in reason


@pytest.mark.parametrize(
    ("snapshot", "restorable", "outcome", "reason"),
    [
        (
            1,
            0.1,
            "pass",
            "11:00 UTC; the latest restorable time: 0.1 hours ago, 2026-11-23 11:54 UTC; 26 hours are allowed",
        ),
        (26, 26, "pass", "snapshot: 26.0 hours ago"),
        (26.1, 0.1, "fail", "the newest automated snapshot: 26.1 hours ago, 2026-11-22 09:54 UTC"),
        (1, 27, "fail", "the latest restorable time: 27.0 hours ago, 2026-11-22 09:00 UTC"),
        (-1, -1, "pass", "the newest automated snapshot: 0.0 hours ago"),
        (1, None, "fail", "the latest restorable time: none; 26 hours are allowed"),
    ],
)
def test_how_old_the_backups_are(
    local_session: LocalSession, *, snapshot: float, restorable: float | None, outcome: str, reason: str
) -> None:
    instance(local_session)
    taken(local_session, {"SnapshotCreateTime": OLD}, {"SnapshotCreateTime": ago(snapshot)})
    until = None if restorable is None else ago(restorable)
    told_otherwise(local_session, InstanceCreateTime=OLD, LatestRestorableTime=until)
    said = only(local_session, RECENT, now=NOW)
    assert said[0] == outcome
    assert reason in said[1]


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"SnapshotType": "awsbackup"}, "pass"),
        ({"SnapshotType": "manual"}, "fail"),
        ({"Status": "creating"}, "fail"),
        ({"DBInstanceIdentifier": "other"}, "fail"),
        ({"DbiResourceId": "db-AN-EARLIER-INSTANCE-OF-THE-SAME-NAME"}, "fail"),
    ],
)
def test_which_snapshots_count(local_session: LocalSession, changed: dict[str, str], outcome: str) -> None:
    instance(local_session)
    taken(local_session, {"SnapshotCreateTime": ago(1), **changed})
    told_otherwise(local_session, InstanceCreateTime=OLD, LatestRestorableTime=ago(0.1))
    said = only(local_session, RECENT, now=NOW)
    assert said[0] == outcome
    assert ("the newest automated snapshot: none" in said[1]) is (outcome == "fail")


@pytest.mark.parametrize(("hours", "outcome"), [(1, "not_applicable"), (26, "not_applicable"), (27, "fail")])
def test_a_young_instance_has_no_backup_yet(local_session: LocalSession, hours: float, outcome: str) -> None:
    instance(local_session)
    taken(local_session)
    told_otherwise(local_session, InstanceCreateTime=ago(hours), LatestRestorableTime=None)
    assert only(local_session, RECENT, now=NOW)[0] == outcome


def test_an_instance_that_is_being_made_has_no_backup_yet(local_session: LocalSession) -> None:
    """AWS tells the time only when it is made."""
    instance(local_session)
    taken(local_session)
    told_otherwise(local_session, DBInstanceStatus="creating", InstanceCreateTime=None, LatestRestorableTime=None)
    outcome, reason = only(local_session, RECENT, now=NOW)
    assert outcome == "not_applicable"
    assert reason.startswith("the database is too young for its first backup: the newest automated snapshot: none;")


def test_backups_that_are_switched_off(local_session: LocalSession) -> None:
    instance(local_session, BackupRetentionPeriod=0)
    assert only(local_session, RECENT) == ("fail", "automated backups are switched off")


@pytest.mark.parametrize(("hours", "outcome"), [(0.1, "pass"), (27, "fail")])
def test_a_cluster_is_backed_up_continuously(local_session: LocalSession, hours: float, outcome: str) -> None:
    member(local_session)
    cluster_told_otherwise(local_session, ClusterCreateTime=OLD, LatestRestorableTime=ago(hours))
    at = f"{ago(hours):%Y-%m-%d %H:%M}"
    assert only(local_session, RECENT, now=NOW) == (
        outcome,
        f"the latest restorable time: {hours:.1f} hours ago, {at} UTC; 26 hours are allowed",
    )


def test_snapshots_are_encrypted_as_their_instance_is(local_session: LocalSession) -> None:
    instance(local_session, "sealed")
    instance(local_session, "open", StorageEncrypted=False)
    found = {arn.split(":snapshot:")[1]: each for arn, each in judge(local_session, ENCRYPTED).items()}
    told = {name[: name.index("-20")]: (each.outcome.value, each.verdict.reason) for name, each in found.items()}
    assert told == {
        "rds:sealed": ("pass", "the snapshot is encrypted"),
        "rds:open": ("fail", "the snapshot is not encrypted"),
    }


@pytest.mark.parametrize(
    ("accounts", "outcome", "reason"),
    [
        ((), "pass", "accounts that it is shared with: none"),
        (("210987654321",), "pass", "accounts that it is shared with: 210987654321"),
        (("all",), "fail", "any AWS account can restore the snapshot"),
        (("210987654321", "all"), "fail", "any AWS account can restore the snapshot"),
    ],
)
def test_whom_a_snapshot_is_shared_with(
    local_session: LocalSession, accounts: tuple[str, ...], outcome: str, reason: str
) -> None:
    instance(local_session)
    arn = manual(local_session, *accounts)
    found = judge(local_session, NOT_PUBLIC)[arn]
    assert (found.outcome, found.verdict.reason) == (outcome, reason)


@pytest.mark.parametrize("attributes", [[], [{"AttributeName": "other", "AttributeValues": ["all"]}]])
def test_a_snapshot_of_which_aws_does_not_tell_who_may_restore_it(
    local_session: LocalSession, attributes: list[dict[str, Any]]
) -> None:
    """An empty list proves nothing: AWS lists the attribute though nobody may."""
    instance(local_session)
    arn = manual(local_session)
    told = {"DBSnapshotIdentifier": "release", "DBSnapshotAttributes": attributes}
    answered(local_session, "rds:DescribeDBSnapshotAttributes", DBSnapshotAttributesResult=told)
    found = judge(local_session, NOT_PUBLIC)[arn]
    assert (found.outcome, found.verdict.cause) == ("unknown", Reason.MALFORMED)


def test_an_automated_snapshot_cannot_be_shared(local_session: LocalSession) -> None:
    instance(local_session)
    assert only(local_session, NOT_PUBLIC) == ("not_applicable", "an automated snapshot cannot be shared")
    assert local_session.calls["rds:DescribeDBSnapshotAttributes"] == 0


def test_a_snapshot_deleted_meanwhile_is_left_out(local_session: LocalSession) -> None:
    instance(local_session)
    arn = manual(local_session)
    local_session.refuse("rds:DescribeDBSnapshotAttributes", "DBSnapshotNotFound", status=404)
    assert arn not in judge(local_session, NOT_PUBLIC)


@pytest.mark.parametrize(
    ("check", "operation"),
    [
        (RETENTION, "rds:DescribeDBInstances"),
        (RECENT, "rds:DescribeDBInstances"),
        (RECENT, "rds:DescribeDBSnapshots"),
        (ENCRYPTED, "rds:DescribeDBSnapshots"),
        (NOT_PUBLIC, "rds:DescribeDBSnapshots"),
    ],
)
def test_backups_that_cannot_be_seen(local_session: LocalSession, check: str, operation: str) -> None:
    instance(local_session)
    unseen(local_session, check, operation)


@pytest.mark.parametrize("check", [RETENTION, RECENT])
def test_backups_of_clusters_that_cannot_be_seen(local_session: LocalSession, check: str) -> None:
    alone = instance(local_session)
    shared = member(local_session)
    local_session.refuse("rds:DescribeDBClusters", "AccessDenied", status=403)
    found = judge(local_session, check)
    assert {arn: each.outcome.value for arn, each in found.items()} == {alone: "pass", shared: "unknown"}
    assert found[shared].verdict.cause == "denied"


def test_sharing_that_cannot_be_seen(local_session: LocalSession) -> None:
    instance(local_session)
    arn = manual(local_session)
    local_session.refuse("rds:DescribeDBSnapshotAttributes", "AccessDenied", status=403)
    found = judge(local_session, NOT_PUBLIC)[arn]
    assert (found.outcome, found.verdict.cause) == ("unknown", "denied")


@pytest.mark.parametrize(
    ("check", "kind"),
    [(RETENTION, "rds:db"), (RECENT, "rds:db"), (ENCRYPTED, "rds:snapshot"), (NOT_PUBLIC, "rds:snapshot")],
)
def test_nothing_to_back_up(local_session: LocalSession, check: str, kind: str) -> None:
    assert only(local_session, check) == ("not_applicable", f"there is no {kind} here")
