"""The storage of databases: how full, how soon full, what fills it, and how fast the disk is."""

from alerts import rds_storage
from dashboards._rds import ALERTS, DATABASE, IN, SHARE, STORAGE_LIMITS, of
from ppbe_observe.cloudwatch import MAXIMUM, MINIMUM
from ppbe_observe.grafana import BAD, WARN, Query, Row, TimeSeries, Unit, below, limits

DAY = 86_400  # seconds
FILLS_SOON, FILLS_NOW = 4, 4 / 24
"""Days: what RdsStorageFillsInDays and RdsStorageFillsInHours look ahead."""
CREDIT_LIMITS = limits(ALERTS, "RdsEbsIoBalanceLow", "RdsEbsIoBalanceExhausted")
FREE = IN(rds_storage.FREE)
DAYS_LEFT = f"{FREE} / -(deriv({FREE}[6h]) < 0) / {DAY}"

STORAGE = Row(
    "Storage",
    (
        TimeSeries(
            title="Free storage",
            description="As a share of what is allocated. At 0 the database takes no more writes.",
            unit=Unit.RATIO,
            queries=(Query(IN(SHARE), DATABASE),),
            thresholds=STORAGE_LIMITS,
            minimum=0,
            maximum=1,
        ),
        TimeSeries(
            title="Days until full",
            description="At the rate of the last six hours. Storage that autoscaling may still add is not counted.",
            unit=Unit.DAYS,
            queries=(Query(f"{DAYS_LEFT} < 365", DATABASE),),
            thresholds=(below(FILLS_SOON, WARN), below(FILLS_NOW, BAD)),
            minimum=0,
            empty="no instance would be full within a year.",
        ),
        TimeSeries(
            title="Room for autoscaling",
            description="What is allocated of what storage autoscaling may grow to. At 1 it cannot grow any more.",
            unit=Unit.RATIO,
            queries=(Query(f"{IN.joined(rds_storage.ALLOCATED)} / {rds_storage.GROWS_TO}", DATABASE),),
            thresholds=limits(ALERTS, "RdsStorageCannotGrow"),
            minimum=0,
            empty="storage autoscaling is off everywhere.",
        ),
        TimeSeries(
            title="Transaction logs",
            description="Storage held by write-ahead log. It rises when a replication slot or the archiver is stuck.",
            unit=Unit.BYTES,
            queries=(of("TransactionLogsDiskUsage"),),
            minimum=0,
        ),
        TimeSeries(
            title="Slowest replication slot",
            description="Log that the slowest slot still needs. It fills the storage until it is read or dropped.",
            unit=Unit.BYTES,
            queries=(of("OldestReplicationSlotLag"),),
            minimum=0,
            empty="there is no replication slot.",
        ),
        TimeSeries(
            title="Age of the oldest transaction id",
            description="Autovacuum begins at 200 million; near 2.1 billion PostgreSQL takes no more writes.",
            unit=Unit.COUNT,
            queries=(of("MaximumUsedTransactionIDs", MAXIMUM),),
            thresholds=limits(ALERTS, "RdsTransactionIdsAging", "RdsTransactionIdsOld", "RdsTransactionIdsCritical"),
            minimum=0,
        ),
    ),
)

DISK = Row(
    "Disk",
    (
        TimeSeries(
            title="Disk latency",
            description="What one read or write takes. gp3 is built for single-digit milliseconds.",
            unit=Unit.SECONDS,
            queries=(
                of("ReadLatency", legend=f"{DATABASE}: read"),
                of("WriteLatency", legend=f"{DATABASE}: write"),
            ),
            thresholds=limits(ALERTS, "RdsReadLatencyHigh", "RdsWriteLatencyHigh"),
            minimum=0,
        ),
        TimeSeries(
            title="Disk operations",
            description="Reads and writes a second. A flat top is the limit of the volume or of the class.",
            unit=Unit.OPERATIONS_PER_SECOND,
            queries=(of("ReadIOPS", legend=f"{DATABASE}: read"), of("WriteIOPS", legend=f"{DATABASE}: write")),
            minimum=0,
        ),
        TimeSeries(
            title="Disk queue",
            description="Operations that wait. Steadily above the threshold the storage is the bottleneck.",
            unit=Unit.COUNT,
            queries=(of("DiskQueueDepth"),),
            thresholds=limits(ALERTS, "RdsDiskQueueLong"),
            minimum=0,
        ),
        TimeSeries(
            title="Disk throughput",
            description="Bytes read and written a second.",
            unit=Unit.BYTES_PER_SECOND,
            queries=(
                of("ReadThroughput", legend=f"{DATABASE}: read"),
                of("WriteThroughput", legend=f"{DATABASE}: write"),
            ),
            minimum=0,
        ),
        TimeSeries(
            title="Burst credits of the class",
            description="I/O and throughput credits left. At 0 the disk falls to its baseline, often a tenth.",
            unit=Unit.PERCENT,
            queries=(
                of("EBSIOBalance%", MINIMUM, f"{DATABASE}: operations"),
                of("EBSByteBalance%", MINIMUM, f"{DATABASE}: throughput"),
            ),
            thresholds=CREDIT_LIMITS,
            minimum=0,
            maximum=100,
            empty="the classes have no burst credits.",
        ),
        TimeSeries(
            title="Burst credits of gp2 volumes",
            description="I/O credits left of the volume. At 0 its operations fall to the baseline.",
            unit=Unit.PERCENT,
            queries=(of("BurstBalance", MINIMUM),),
            thresholds=limits(ALERTS, "RdsBurstBalanceLow", "RdsBurstBalanceExhausted"),
            minimum=0,
            maximum=100,
            empty="no volume is gp2.",
        ),
    ),
)
