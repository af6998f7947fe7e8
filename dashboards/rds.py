"""Database instances: is one short of CPU, memory, storage or connections, how fast is its disk, could it be restored.

The thresholds are those of the alerts in alerts/rds.py, rds_storage.py, rds_recovery.py and of the alarm in alarms.py.
"""

from alerts import alarms, rds_recovery, rds_storage
from alerts import rds as rds_alerts
from dashboards._shared import MARKS
from exporters import rds
from ppbe_observe.cloudwatch import AVERAGE, MAXIMUM, MINIMUM
from ppbe_observe.grafana import (
    BAD,
    WARN,
    Column,
    Dashboard,
    Query,
    Row,
    Scope,
    Stat,
    Table,
    Threshold,
    TimeSeries,
    Unit,
    above,
    alarm_limit,
    alert_table,
    below,
    dashboard,
    limits,
)

METRIC = rds.EXPORTER.series_name
FACTS = {each.name: rds.EXPORTER.fact_name(each) for each in rds.EXPORTER.facts}
INFO = rds_alerts.INFO_SERIES
IN = Scope(INFO)
DATABASE = "{{dimension_DBInstanceIdentifier}}"
ALERTS = (*rds_alerts.GROUP.alerts, *rds_storage.GROUP.alerts, *rds_recovery.GROUP.alerts)
SHARE = rds_storage.FREE_SHARE.name
DAY = 86_400  # seconds
FILLS_SOON, FILLS_NOW = 4, 4 / 24
"""Days: what RdsStorageFillsInDays and RdsStorageFillsInHours look ahead."""

CPU_LIMIT = (alarm_limit(alarms.DB_CPU, BAD, "DbCpuHigh"),)
STORAGE_LIMITS = limits(ALERTS, "RdsStorageLow", "RdsStorageCritical")
CONNECTION_LIMITS = limits(ALERTS, "RdsConnectionsHigh", "RdsConnectionsExhausted")
RESTORE_LIMITS = limits(ALERTS, "RdsRestorePointOld", "RdsRestorePointLost")
CREDIT_LIMITS = limits(ALERTS, "RdsEbsIoBalanceLow", "RdsEbsIoBalanceExhausted")

NOT_AVAILABLE = IN(INFO, 'status!="available"')
CPU = IN(METRIC("CPUUtilization", AVERAGE))
FREE = IN(rds_storage.FREE)
USED = f"{IN(rds_alerts.CONNECTIONS)} / on (name) group_left () {rds_alerts.LIMIT}"
RESTORABLE_AGO = f"time() - {IN.joined(rds_recovery.RESTORABLE)}"
DAYS_LEFT = f"{FREE} / -(deriv({FREE}[6h]) < 0) / {DAY}"
NO_REPLICAS = "no instance is a read replica."


def of(metric: str, statistic: str = AVERAGE, legend: str = DATABASE) -> Query:
    """A CloudWatch metric of each database that is chosen."""
    return Query(IN(METRIC(metric, statistic)), legend)


def worst(title: str, description: str, unit: Unit, expr: str, thresholds: tuple[Threshold, ...]) -> Stat:
    """The worst of all databases that are chosen, in one number."""
    return Stat(title=title, description=description, unit=unit, queries=(Query(expr),), thresholds=thresholds)


GLANCE = Row(
    "At a glance",
    (
        worst(
            "Databases",
            "Instances that the daemon sees. What is missing here is watched by nobody.",
            Unit.COUNT,
            f"count({IN(INFO)})",
            (),
        ),
        worst(
            "Not available",
            "Instances that are being changed, or broken; their status is in the table below.",
            Unit.COUNT,
            f"count({NOT_AVAILABLE}) or vector(0)",
            (above(1, WARN),),
        ),
        worst(
            "Busiest CPU",
            "The highest CPU of all: above the alarm's threshold queries queue.",
            Unit.PERCENT,
            f"max({CPU})",
            CPU_LIMIT,
        ),
        worst(
            "Least free storage",
            "The fullest instance. At 0 it takes no more writes.",
            Unit.RATIO,
            f"min({IN(SHARE)})",
            STORAGE_LIMITS,
        ),
        worst(
            "Most connections",
            "The largest share of max_connections in use. At 1 new connections are refused.",
            Unit.RATIO,
            f"max({USED})",
            CONNECTION_LIMITS,
        ),
        worst(
            "Oldest restore point",
            "What was written since could not be brought back. Up to 15 minutes are normal.",
            Unit.DURATION,
            f"max({RESTORABLE_AGO})",
            RESTORE_LIMITS,
        ),
        alert_table(
            "Firing for databases",
            "Alerts of the databases that are chosen.",
            'alertname=~"Rds.+|DbCpuHigh"',
            'name=~"$resource"',
            height=7,
        ),
    ),
)

INSTANCES = Row(
    "Instances",
    (
        Table(
            title="Instances",
            description="What each instance is, and how near it is to its limits. The fullest is first.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "count by (name, account_id, region, tag_Environment, dimension_DBInstanceIdentifier, class, "
                    f"engine_version, status, multi_az, replica_of) ({IN(INFO)})"
                ),
                Query(f"avg by (name) ({CPU})"),
                Query(f"100 * avg by (name) ({IN(SHARE)})"),
                Query(f"100 * avg by (name) ({USED})"),
                Query(f"avg by (name) ({IN.joined(FACTS['allocated_storage_bytes'])}) / {rds_storage.GIB}"),
            ),
            columns=(
                Column("dimension_DBInstanceIdentifier", "Database"),
                Column("tag_Environment", "Environment"),
                Column("account_id", "Account"),
                Column("region", "Region"),
                Column("status", "Status"),
                Column("class", "Class"),
                Column("engine_version", "Version"),
                Column("multi_az", "Multi-AZ"),
                Column("replica_of", "Replica of"),
                Column(1, "CPU, %", CPU_LIMIT),
                Column(2, "Free storage, %", limits(ALERTS, "RdsStorageLow", "RdsStorageCritical", scale=100)),
                Column(3, "Connections, %", limits(ALERTS, "RdsConnectionsHigh", "RdsConnectionsExhausted", scale=100)),
                Column(4, "Storage, GiB"),
            ),
            sort="Free storage, %",
            descending=False,
            decimals=1,
            height=8,
        ),
    ),
)

LOAD = Row(
    "Load",
    (
        TimeSeries(
            title="CPU",
            description="CPU in use. Long above the threshold queries queue: beside it is what they wait for.",
            unit=Unit.PERCENT,
            queries=(of("CPUUtilization"),),
            thresholds=CPU_LIMIT,
            minimum=0,
            maximum=100,
        ),
        TimeSeries(
            title="Active sessions per vCPU",
            description="Above 1 sessions wait for a CPU or a lock (Performance Insights).",
            unit=Unit.COUNT,
            queries=(of("DBLoadRelativeToNumVCPUs"),),
            thresholds=limits(ALERTS, "RdsLoadHigh"),
            minimum=0,
        ),
        TimeSeries(
            title="What sessions wait for",
            description="Active sessions that use or want a CPU, and those that wait for locks, I/O or the network.",
            unit=Unit.COUNT,
            queries=(
                of("DBLoadCPU", legend=f"{DATABASE}: CPU"),
                of("DBLoadNonCPU", legend=f"{DATABASE}: other"),
            ),
            stacked=True,
            minimum=0,
        ),
        TimeSeries(
            title="Connections",
            description="Client connections. A step at a deployment is normal, a slope is a leak.",
            unit=Unit.COUNT,
            queries=(of("DatabaseConnections", MAXIMUM),),
            minimum=0,
        ),
        TimeSeries(
            title="Connections of the limit",
            description="Of max_connections, reckoned from the memory of the class. At 1 new ones are refused.",
            unit=Unit.RATIO,
            queries=(Query(USED, DATABASE),),
            thresholds=CONNECTION_LIMITS,
            minimum=0,
        ),
        TimeSeries(
            title="CPU credits",
            description="Credits left of a burstable class, in vCPU-minutes. At 0 it is throttled, or billed for more.",
            unit=Unit.COUNT,
            queries=(of("CPUCreditBalance", MINIMUM),),
            thresholds=limits(ALERTS, "RdsCpuCreditsLow"),
            minimum=0,
            empty="no instance is of a burstable class.",
        ),
    ),
)

MEMORY = Row(
    "Memory",
    (
        TimeSeries(
            title="Freeable memory",
            description="Memory that can be freed, the page cache among it. Near 0 the instance swaps, then restarts.",
            unit=Unit.BYTES,
            queries=(of("FreeableMemory", MINIMUM),),
            thresholds=limits(ALERTS, "RdsMemoryLow", "RdsMemoryExhausted"),
            width=12,
            minimum=0,
        ),
        TimeSeries(
            title="Swap in use",
            description="A few MB are normal. More means that the working set does not fit.",
            unit=Unit.BYTES,
            queries=(of("SwapUsage"),),
            thresholds=limits(ALERTS, "RdsSwapHigh"),
            width=12,
            minimum=0,
        ),
    ),
)

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

RECOVERY = Row(
    "Replication and recovery",
    (
        TimeSeries(
            title="Replica lag",
            description="How far a read replica is behind its source: readers see data that old.",
            unit=Unit.SECONDS,
            queries=(of("ReplicaLag"),),
            thresholds=limits(ALERTS, "RdsReplicaLagHigh"),
            minimum=0,
            empty=NO_REPLICAS,
        ),
        TimeSeries(
            title="Age of the restore point",
            description="Nothing newer could be brought back. RDS saves transaction logs every five minutes.",
            unit=Unit.SECONDS,
            queries=(Query(RESTORABLE_AGO, DATABASE),),
            thresholds=RESTORE_LIMITS,
            minimum=0,
        ),
        TimeSeries(
            title="Checkpoint lag",
            description="Time since the last checkpoint: the longer, the longer recovery takes after a crash.",
            unit=Unit.SECONDS,
            queries=(of("CheckpointLag", MAXIMUM),),
            minimum=0,
        ),
        Stat(
            title="Backups kept",
            description="How long automated backups are kept; this estate wants 30 days. At 0 there are none.",
            unit=Unit.DURATION,
            queries=(Query(IN.joined(rds_recovery.RETENTION), DATABASE),),
            thresholds=limits(ALERTS, "RdsBackupsOff"),
            width=12,
            height=6,
        ),
        Stat(
            title="Certificate expires in",
            description="The server certificate: clients that verify it cannot connect afterwards.",
            unit=Unit.DURATION,
            queries=(Query(f"{IN.joined(rds_recovery.NOT_AFTER)} - time()", DATABASE),),
            thresholds=limits(
                ALERTS, "RdsCertificateExpiresIn44Days", "RdsCertificateExpiresIn14Days", "RdsCertificateExpiresIn3Days"
            ),
            width=12,
            height=6,
        ),
    ),
)

NETWORK = Row(
    "Network",
    (
        TimeSeries(
            title="Received",
            description="Bytes received a second, replication and monitoring included.",
            unit=Unit.BYTES_PER_SECOND,
            queries=(of("NetworkReceiveThroughput"),),
            width=12,
            minimum=0,
        ),
        TimeSeries(
            title="Sent",
            description="Bytes sent a second, replication and monitoring included.",
            unit=Unit.BYTES_PER_SECOND,
            queries=(of("NetworkTransmitThroughput"),),
            width=12,
            minimum=0,
        ),
    ),
    collapsed=True,
)

DASHBOARD = Dashboard(
    title="Databases (RDS)",
    description="For whoever is on call: which database is in trouble, how near it is to its limits, and since when.",
    variables=IN.variables,
    annotations=MARKS,
    links=(dashboard("overview", "Overview"),),
    rows=(GLANCE, INSTANCES, LOAD, MEMORY, STORAGE, DISK, RECOVERY, NETWORK),
)
