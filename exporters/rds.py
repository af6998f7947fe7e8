"""Database instances: load, memory, storage, replication and what PostgreSQL must not run out of.

Source: RDS user guide, "Amazon CloudWatch metrics for Amazon RDS" and "... for Performance Insights". Latencies are in
seconds and sizes in bytes, as CloudWatch gives them.
"""

from ppbe_observe.cloudwatch import AVERAGE, FIVE_MINUTES, MAXIMUM, MINIMUM, MINUTE, SUM, Exporter, Fact, Metric

GIBIBYTE = 1 << 30
MEBIBYTE = 1 << 20
DAY_SECONDS = 86_400

EXPORTER = Exporter(
    namespace="AWS/RDS",
    resources="rds:db",
    dimensions=("DBInstanceIdentifier",),
    period=MINUTE,
    metrics=(
        # Load
        Metric(
            "CPUUtilization",
            AVERAGE,
            MAXIMUM,
            help="CPU in use, percent of the instance class. Above 80 for long: queries queue.",
        ),
        Metric(
            "DBLoad",
            AVERAGE,
            MAXIMUM,
            help="Sessions that are active at once. Above the number of vCPUs, sessions wait for a CPU.",
        ),
        Metric("DBLoadCPU", AVERAGE, MAXIMUM, help="Active sessions that wait for or use a CPU."),
        Metric(
            "DBLoadNonCPU",
            AVERAGE,
            MAXIMUM,
            help="Active sessions that wait for something other than a CPU: locks, I/O, the network.",
        ),
        Metric(
            "DBLoadRelativeToNumVCPUs",
            AVERAGE,
            MAXIMUM,
            help="Active sessions per vCPU. Above 1 the instance is overloaded.",
        ),
        Metric(
            "DatabaseConnections",
            AVERAGE,
            MAXIMUM,
            SUM,
            counters=(),
            help="Client connections. Near max_connections new ones are refused.",
        ),
        Metric(
            "CPUCreditBalance",
            AVERAGE,
            MINIMUM,
            period=FIVE_MINUTES,
            help="CPU credits left (vCPU-minutes) on a burstable class. At 0 the CPU is throttled to its baseline.",
        ),
        Metric(
            "CPUCreditUsage",
            AVERAGE,
            period=FIVE_MINUTES,
            help="CPU credits spent in five minutes (vCPU-minutes) on a burstable class.",
        ),
        Metric(
            "CPUSurplusCreditBalance",
            AVERAGE,
            MAXIMUM,
            period=FIVE_MINUTES,
            help="Surplus CPU credits spent beyond the balance (vCPU-minutes), not yet paid back by earned ones.",
        ),
        Metric(
            "CPUSurplusCreditsCharged",
            AVERAGE,
            MAXIMUM,
            period=FIVE_MINUTES,
            help="Surplus CPU credits that could not be paid back (vCPU-minutes): AWS bills them.",
        ),
        # Memory
        Metric(
            "FreeableMemory",
            AVERAGE,
            MINIMUM,
            help="Memory that can be freed, bytes. Near 0 the instance swaps, then the engine restarts.",
        ),
        Metric("SwapUsage", AVERAGE, MAXIMUM, help="Swap in use, bytes. A rise means memory is short."),
        # Storage
        Metric(
            "FreeStorageSpace",
            AVERAGE,
            MINIMUM,
            help="Free storage, bytes. At 0 the database stops taking writes.",
        ),
        Metric("ReadIOPS", AVERAGE, MAXIMUM, help="Disk reads a second."),
        Metric("WriteIOPS", AVERAGE, MAXIMUM, help="Disk writes a second."),
        Metric("ReadLatency", AVERAGE, MAXIMUM, help="Seconds that a disk read takes."),
        Metric("WriteLatency", AVERAGE, MAXIMUM, help="Seconds that a disk write takes."),
        Metric("ReadThroughput", AVERAGE, MAXIMUM, help="Bytes read from disk a second."),
        Metric("WriteThroughput", AVERAGE, MAXIMUM, help="Bytes written to disk a second."),
        Metric(
            "DiskQueueDepth",
            AVERAGE,
            MAXIMUM,
            help="Reads and writes that wait for the disk. Steadily above 10: the storage is the bottleneck.",
        ),
        Metric(
            "BurstBalance",
            AVERAGE,
            MINIMUM,
            help="I/O credits left of a gp2 volume, percent. At 0 its IOPS fall to the baseline.",
        ),
        Metric(
            "EBSIOBalance%",
            AVERAGE,
            MINIMUM,
            help="I/O credits left of the instance class, percent. At 0 its IOPS fall to the baseline.",
        ),
        Metric(
            "EBSByteBalance%",
            AVERAGE,
            MINIMUM,
            help="Throughput credits left of the instance class, percent. At 0 its throughput falls to the baseline.",
        ),
        # Network
        Metric(
            "NetworkReceiveThroughput",
            AVERAGE,
            MAXIMUM,
            help="Bytes received a second, replication and monitoring included.",
        ),
        Metric(
            "NetworkTransmitThroughput",
            AVERAGE,
            MAXIMUM,
            help="Bytes sent a second, replication and monitoring included.",
        ),
        # Replication and PostgreSQL
        Metric(
            "ReplicaLag",
            AVERAGE,
            MAXIMUM,
            help="Seconds that a read replica is behind its source. Readers see data that old.",
        ),
        Metric(
            "OldestReplicationSlotLag",
            AVERAGE,
            MAXIMUM,
            help="Bytes of write-ahead log that the slowest replication slot still needs. It fills the storage.",
        ),
        Metric("ReplicationSlotDiskUsage", AVERAGE, MAXIMUM, help="Storage held by replication slots, bytes."),
        Metric(
            "TransactionLogsDiskUsage",
            AVERAGE,
            MAXIMUM,
            help="Storage held by transaction logs, bytes. A rise means that a slot or the archiver is stuck.",
        ),
        Metric("TransactionLogsGeneration", AVERAGE, MAXIMUM, help="Bytes of transaction log written a second."),
        Metric(
            "MaximumUsedTransactionIDs",
            AVERAGE,
            MAXIMUM,
            help="Age of the oldest transaction id in use. Near 2,000,000,000 PostgreSQL stops taking writes.",
        ),
        Metric(
            "CheckpointLag",
            AVERAGE,
            MAXIMUM,
            help="Seconds since the last checkpoint. The longer, the longer recovery takes after a crash.",
        ),
    ),
    info={
        "engine": "Engine",
        "engine_version": "EngineVersion",
        "class": "DBInstanceClass",
        "status": "DBInstanceStatus",
        "multi_az": "MultiAZ",
        "storage_type": "StorageType",
        "storage_encrypted": "StorageEncrypted",
        "availability_zone": "AvailabilityZone",
        "ca_certificate": "CACertificateIdentifier",
        "replica_of": "ReadReplicaSourceDBInstanceIdentifier",
        "cluster": "DBClusterIdentifier",
    },
    facts=(
        Fact("AllocatedStorage", "allocated_storage_bytes", scale=GIBIBYTE, help="Storage of the instance, bytes."),
        Fact(
            "MaxAllocatedStorage",
            "max_allocated_storage_bytes",
            scale=GIBIBYTE,
            help="How far storage autoscaling may grow, bytes; absent where it is off.",
        ),
        Fact("Iops", "provisioned_iops", help="Provisioned disk operations a second; absent where none are."),
        Fact(
            "StorageThroughput",
            "provisioned_throughput_bytes_per_second",
            scale=MEBIBYTE,
            help="Provisioned disk throughput, bytes a second; absent where none is.",
        ),
        Fact(
            "BackupRetentionPeriod",
            "backup_retention_seconds",
            scale=DAY_SECONDS,
            help="How long automated backups are kept, seconds. At 0 there are none.",
        ),
        Fact(
            "LatestRestorableTime",
            "latest_restorable_timestamp_seconds",
            help="Until when it can be restored, in seconds since the epoch. More than ten minutes ago hurts.",
        ),
        Fact(
            "InstanceCreateTime",
            "created_timestamp_seconds",
            help="When the instance was created, in seconds since the epoch.",
        ),
        Fact(
            "CertificateDetails.ValidTill",
            "certificate_not_after_timestamp_seconds",
            help="When the server certificate expires, in seconds since the epoch. Clients that verify it then fail.",
        ),
        Fact("DeletionProtection", "deletion_protection", help="1 where the instance is protected from deletion."),
    ),
)
