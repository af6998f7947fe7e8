"""Database instances: is one short of CPU, memory, storage or connections, how fast is its disk, could it be restored.

The thresholds are those of the alerts in alerts/rds.py, rds_storage.py, rds_recovery.py and of the alarm in alarms.py.
"""

from alerts import alarms, rds_recovery, rds_storage
from alerts import rds as rds_alerts
from dashboards._rds import ALERTS, DATABASE, FACTS, IN, INFO, METRIC, SHARE, STORAGE_LIMITS, of
from dashboards._rds_storage import DISK, STORAGE
from dashboards._shared import MARKS, PLACE, number, some
from ppbe_observe.cloudwatch import AVERAGE, MAXIMUM, MINIMUM
from ppbe_observe.grafana import (
    BAD,
    WARN,
    Column,
    Dashboard,
    Query,
    Row,
    Stat,
    Table,
    TimeSeries,
    Unit,
    above,
    alarm_limit,
    alert_table,
    dashboard,
    limits,
)

CPU_LIMIT = (alarm_limit(alarms.DB_CPU, BAD, "DbCpuHigh"),)
CONNECTION_LIMITS = limits(ALERTS, "RdsConnectionsHigh", "RdsConnectionsExhausted")
RESTORE_LIMITS = limits(ALERTS, "RdsRestorePointOld", "RdsRestorePointLost")

NOT_AVAILABLE = IN(INFO, 'status!="available"')
CPU = IN(METRIC("CPUUtilization", AVERAGE))
USED = f"{IN(rds_alerts.CONNECTIONS)} / on (name) group_left () {rds_alerts.LIMIT}"
RESTORABLE_AGO = f"time() - {IN.joined(rds_recovery.RESTORABLE)}"
NO_REPLICAS = "no instance is a read replica."

GLANCE = Row(
    "At a glance",
    (
        number(
            "Databases",
            "Instances that the daemon sees. What is missing here is watched by nobody.",
            Unit.COUNT,
            f"count({IN(INFO)})",
        ),
        number(
            "Not available",
            "Instances that are being changed, or broken; their status is in the table below.",
            Unit.COUNT,
            some(NOT_AVAILABLE, IN(INFO)),
            above(1, WARN),
        ),
        number(
            "Busiest CPU",
            "The highest CPU of all: above the alarm's threshold queries queue.",
            Unit.PERCENT,
            f"max({CPU})",
            *CPU_LIMIT,
        ),
        number(
            "Least free storage",
            "The fullest instance. At 0 it takes no more writes.",
            Unit.RATIO,
            f"min({IN(SHARE)})",
            *STORAGE_LIMITS,
        ),
        number(
            "Most connections",
            "The largest share of max_connections in use. At 1 new connections are refused.",
            Unit.RATIO,
            f"max({USED})",
            *CONNECTION_LIMITS,
        ),
        number(
            "Oldest restore point",
            "What was written since could not be brought back. Up to 15 minutes are normal.",
            Unit.DURATION,
            f"max({RESTORABLE_AGO})",
            *RESTORE_LIMITS,
        ),
        alert_table(
            "Firing for databases",
            "Alerts of the databases that are chosen.",
            'alertname=~"Rds.+|DbCpuHigh"',
            'name=~"$resource"',
            *PLACE,
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
