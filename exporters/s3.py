"""Buckets: how much they hold. S3 reports it once a day, some hours after the day has ended.

Source: S3 user guide, "Amazon S3 metrics and dimensions".
"""

from ppbe_observe.cloudwatch import AVERAGE, DAY, HOUR, Exporter, Fact, Metric

EXPORTER = Exporter(
    namespace="AWS/S3",
    resources="s3:bucket",
    dimensions=("BucketName", "StorageType"),
    period=DAY,
    interval=HOUR,
    metrics=(
        Metric(
            "BucketSizeBytes",
            AVERAGE,
            help="Bytes stored, by storage class, old versions and unfinished uploads included.",
        ),
        Metric(
            "NumberOfObjects",
            AVERAGE,
            help="Objects stored, in all storage classes, old versions included. A fall in a backup bucket hurts.",
        ),
    ),
    facts=(Fact("CreationDate", "created_timestamp_seconds", help="When it was created, in seconds since the epoch."),),
)
