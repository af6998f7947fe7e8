"""Buckets: backups that stop coming, backups that go, and logs that stop. S3 reports once a day."""

from alerts._examples import example, resource
from exporters import s3
from ppbe_observe.alerting import BYTES, COUNT, DAY, HOUR, MINUTE, PAGE, RATIO, TICKET, Alert, RuleGroup

BY = "name, account_id, region, tag_Environment"
BACKUPS, LOGS = 'dimension_BucketName=~".+-backups"', 'dimension_BucketName=~".+-logs"'
SIZE = s3.EXPORTER.series_name("BucketSizeBytes", "Average")
OBJECTS = s3.EXPORTER.series_name("NumberOfObjects", "Average")
GIB = 1 << 30

BUCKET = {
    **resource("s3", "", BucketName="ppbe-production-backups", StorageType="StandardStorage"),
    "name": "arn:aws-us-gov:s3:::ppbe-production-backups",
    "tag_Environment": "production",
}
ALL = {**BUCKET, "dimension_StorageType": "AllStorageTypes"}
LOG_BUCKET = {**ALL, "name": "arn:aws-us-gov:s3:::ppbe-production-logs", "dimension_BucketName": "ppbe-production-logs"}
SUMMED = {key: label for key, label in BUCKET.items() if not key.startswith("dimension_")}
THREE_DAYS, ONE_DAY = 3 * DAY // MINUTE, DAY // MINUTE


def total(metric: str, matcher: str, ago: str = "") -> str:
    """The sum over the storage classes of each bucket, now or some time ago."""
    return f"sum by ({BY}) ({metric}{{{matcher}}}{f' offset {ago}' if ago else ''})"


GROUP = RuleGroup(
    tested_every=15 * MINUTE,
    rules=(
        Alert(
            name="S3BackupsNotGrowing",
            expr=f"{total(SIZE, BACKUPS)} - {total(SIZE, BACKUPS, '3d')} <= 0",
            severity=TICKET,
            owner="sre",
            summary="No backups have arrived for three days",
            description="{name} has grown by {value} in three days.",
            reason="CP-9: a backup is written each night, so a bucket grows each day until the first ones expire "
            "after seven years. S3 reports a day late (S3 user guide, 'Amazon S3 daily storage metrics'), and a value "
            "is held until the next: three days are the first time at which one missed night is sure.",
            unit=BYTES,
            lasts=6 * HOUR,
            keeps=HOUR,
            runbook="S3Backups",
            example=example(
                BUCKET,
                {SIZE: 5 * GIB},
                {SIZE: f"{5 * GIB}+{GIB // 1024}x{THREE_DAYS + 600}"},
                0,
                begins=3 * DAY,
                result=SUMMED,
                minutes=THREE_DAYS + 600,
            ),
        ),
        Alert(
            name="S3BackupsShrunk",
            expr=f"{total(SIZE, BACKUPS)} / {total(SIZE, BACKUPS, '2d')} < 0.9",
            severity=PAGE,
            owner="isso",
            summary="Backups have gone",
            description="{name} holds {value} of what it held two days ago (threshold {threshold}).",
            reason="CP-9 and seven years of retention: nothing but the expiry of one night in 2,555 takes anything "
            "away. A tenth is no expiry; it is a wrong lifecycle rule or somebody who deletes versions. Two days "
            "because S3 reports a day late.",
            unit=RATIO,
            lasts=15 * MINUTE,
            keeps=HOUR,
            runbook="S3Backups",
            example=example(
                BUCKET,
                {SIZE: f"{100 * GIB}x{2 * ONE_DAY} {80 * GIB}x200"},
                {SIZE: f"{100 * GIB}x{2 * ONE_DAY} {95 * GIB}x200"},
                0.8,
                begins=2 * DAY + 15 * MINUTE,
                result=SUMMED,
            ),
        ),
        Alert(
            name="S3BackupObjectsLost",
            expr=f"{total(OBJECTS, BACKUPS)} / {total(OBJECTS, BACKUPS, '2d')} < 0.9",
            severity=PAGE,
            owner="isso",
            summary="Objects of the backups have gone",
            description="{name} holds {value} of the objects that it held two days ago (threshold {threshold}).",
            reason="As S3BackupsShrunk, counted in objects: many small ones may go without the size telling.",
            unit=RATIO,
            lasts=15 * MINUTE,
            keeps=HOUR,
            runbook="S3Backups",
            example=example(
                ALL,
                {OBJECTS: f"1000x{2 * ONE_DAY} 700x200"},
                {OBJECTS: f"1000x{2 * ONE_DAY} 950x200"},
                0.7,
                begins=2 * DAY + 15 * MINUTE,
                result=SUMMED,
            ),
        ),
        Alert(
            name="S3LogsNotArriving",
            expr=f"{total(OBJECTS, LOGS)} - {total(OBJECTS, LOGS, '3d')} == 0",
            severity=TICKET,
            owner="isso",
            summary="No access logs have arrived for three days",
            description="{name} holds exactly as many objects as three days ago ({value} more).",
            reason="AU-2 and AU-12: the load balancer writes a log every five minutes while there are requests, "
            "health checks of monitoring included. The same number to the object is no traffic, or no delivery; three "
            "days as for backups.",
            unit=COUNT,
            lasts=6 * HOUR,
            keeps=HOUR,
            example=example(
                LOG_BUCKET,
                {OBJECTS: 48_000},
                {OBJECTS: f"48000+1x{THREE_DAYS + 600}"},
                0,
                begins=3 * DAY,
                result={**SUMMED, "name": LOG_BUCKET["name"]},
                minutes=THREE_DAYS + 600,
            ),
        ),
    ),
)
