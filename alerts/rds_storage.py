"""Database storage: how full, how soon full, what fills it, how fast the disk is, and transaction ids."""

from alerts._examples import DATABASE, example
from exporters import rds
from ppbe_observe.alerting import (
    BYTES,
    HOUR,
    MINUTE,
    PAGE,
    PERCENT,
    RATIO,
    SECONDS,
    TICKET,
    Alert,
    Record,
    RuleGroup,
    Severity,
)

METRIC = rds.EXPORTER.series_name
FACTS = {each.name: rds.EXPORTER.fact_name(each) for each in rds.EXPORTER.facts}
FREE = METRIC("FreeStorageSpace", "Minimum")
ALLOCATED = FACTS["allocated_storage_bytes"]
GROWS_TO = FACTS["max_allocated_storage_bytes"]
QUEUE = METRIC("DiskQueueDepth", "Average")
SLOT_LAG = METRIC("OldestReplicationSlotLag", "Average")
LOGS = METRIC("TransactionLogsDiskUsage", "Average")
XIDS = METRIC("MaximumUsedTransactionIDs", "Maximum")

GIB = 1 << 30
FREE_SHARE = Record(name="rds:free_storage:ratio", expr=f"{FREE} / on (name) group_left () {ALLOCATED}")
"""Free storage as a share of what is allocated."""

_CREDITS = (
    ("RdsBurstBalance", METRIC("BurstBalance", "Minimum"), "I/O credits of its gp2 volume"),
    ("RdsEbsIoBalance", METRIC("EBSIOBalance%", "Minimum"), "I/O credits of its class"),
    ("RdsEbsByteBalance", METRIC("EBSByteBalance%", "Minimum"), "throughput credits of its class"),
)
_LATENCIES = (
    ("RdsReadLatencyHigh", METRIC("ReadLatency", "Average"), "reads"),
    ("RdsWriteLatencyHigh", METRIC("WriteLatency", "Average"), "writes"),
)


def credits_low(name: str, metric: str, what: str) -> Alert:
    """A balance of credits that is nearly spent."""
    return Alert(
        name=f"{name}Low",
        expr=f"{metric} < 20",
        severity=TICKET,
        owner="sre",
        summary="A database is nearly out of disk credits",
        description="{name} has {value} left of the " + what + " (threshold {threshold}).",
        reason="At 0 the disk falls to its baseline, often a tenth of what it had: EBS user guide, 'Amazon EBS volume "
        "types' and 'Amazon EBS-optimized instances'. A fifth is some minutes of full burst, or hours of moderate one.",
        unit=PERCENT,
        lasts=15 * MINUTE,
        runbook="RdsDiskCreditsLow",
    )


def credits_spent(name: str, metric: str, what: str) -> Alert:
    """A balance of credits that is spent."""
    return Alert(
        name=f"{name}Exhausted",
        expr=f"{metric} < 2",
        severity=PAGE,
        owner="sre",
        summary="A database is out of disk credits",
        description="{name} has {value} left of the "
        + what
        + " (threshold {threshold}): its disk runs at its baseline.",
        reason="As for the low balance; at 2 % and less the disk is throttled already, and requests queue until load "
        "falls.",
        unit=PERCENT,
        lasts=15 * MINUTE,
        keeps=15 * MINUTE,
        runbook="RdsDiskCreditsLow",
    )


def latency_high(name: str, metric: str, what: str) -> Alert:
    """A disk that takes long."""
    return Alert(
        name=name,
        expr=f"{metric} > 0.02",
        severity=TICKET,
        owner="sre",
        summary="The disk of a database is slow",
        description="Disk " + what + " of {name} take {value} on average (threshold {threshold}).",
        reason="gp3 is built for single-digit milliseconds (EBS user guide, 'General Purpose SSD volumes'); 20 ms for "
        "15 minutes is throttling or a fault, not a peak.",
        unit=SECONDS,
        lasts=15 * MINUTE,
        runbook="RdsDiskSlow",
    )


def xids(name: str, millions: int, severity: Severity, what: str) -> Alert:
    """A stage on the way to transaction-id wraparound."""
    return Alert(
        name=name,
        expr=f"{XIDS} > {millions * 1_000_000}",
        severity=severity,
        owner="sre",
        summary=f"Transaction ids of a database {what}",
        description="The oldest transaction id of {name} is {value} transactions old (threshold {threshold}); at 2.1G "
        "PostgreSQL takes no more writes.",
        reason="PostgreSQL documentation, 'Preventing Transaction ID Wraparound Failures': autovacuum begins at 200 "
        "million (autovacuum_freeze_max_age), writes end 3 million before 2^31. 500 million: autovacuum does not keep "
        "up; 1 billion: the half of the way (AWS database blog, 'Implement an early warning system for transaction ID "
        "wraparound'); 1.5 billion: days at some thousand writes a second, and a manual VACUUM FREEZE takes hours.",
        lasts=30 * MINUTE,
        keeps=HOUR,
        runbook="RdsTransactionIds",
    )


GROUP = RuleGroup(
    rules=(
        FREE_SHARE,
        Alert(
            name="RdsStorageLow",
            expr=f"{FREE_SHARE.name} < 0.1",
            severity=TICKET,
            owner="sre",
            summary="A database has little storage left",
            description="{name} has {value} of its storage left (threshold {threshold}).",
            reason="Storage autoscaling begins below 10 % (RDS user guide, 'Managing capacity automatically with "
            "Amazon RDS storage autoscaling'); what is still below it after half an hour does not grow by itself, or "
            "not within six hours of the last growth.",
            unit=RATIO,
            lasts=30 * MINUTE,
            runbook="RdsStorage",
            example=example(
                DATABASE, {FREE: 9 * GIB, ALLOCATED: 100 * GIB}, {FREE: 11 * GIB, ALLOCATED: 100 * GIB}, 0.09
            ),
        ),
        Alert(
            name="RdsStorageCritical",
            expr=f"{FREE_SHARE.name} < 0.05",
            severity=PAGE,
            owner="sre",
            summary="A database is about to run out of storage",
            description="{name} has {value} of its storage left (threshold {threshold}). At 0 it goes to storage-full "
            "and takes no more connections.",
            reason="Twice as far as autoscaling should have let it come. RDS user guide, 'Amazon RDS DB instance "
            "running out of storage': at 0 the instance is down until storage was added, which takes minutes to hours.",
            unit=RATIO,
            lasts=10 * MINUTE,
            keeps=10 * MINUTE,
            runbook="RdsStorage",
            example=example(
                DATABASE, {FREE: 4 * GIB, ALLOCATED: 100 * GIB}, {FREE: 6 * GIB, ALLOCATED: 100 * GIB}, 0.04
            ),
        ),
        Alert(
            name="RdsStorageFillsInDays",
            expr=f"predict_linear({FREE}[12h], {4 * 86_400}) < 0 and on (name) ({FREE_SHARE.name} < 0.4)",
            severity=TICKET,
            owner="sre",
            summary="A database will be full within four days",
            description="At the pace of the last twelve hours {name} will be full in four days ({value} beyond its "
            "storage).",
            reason="Four days are a long weekend: a ticket on Thursday is in time. Twelve hours even out a nightly "
            "load, and below 40 % free even out a new, nearly empty instance.",
            unit=BYTES,
            lasts=HOUR,
            keeps=HOUR,
            runbook="RdsStorage",
            example=example(
                DATABASE,
                {FREE: f"{30 * GIB}-{GIB // 128}x780", ALLOCATED: 100 * GIB},
                {FREE: f"{30 * GIB}-{GIB // 1024}x780", ALLOCATED: 100 * GIB},
                30 * GIB - (4 * 1440 + 61) * (GIB // 128),
                begins=MINUTE,
                minutes=780,
            ),
        ),
        Alert(
            name="RdsStorageFillsInHours",
            expr=f"predict_linear({FREE}[1h], {4 * 3600}) < 0 and on (name) ({FREE_SHARE.name} < 0.25)",
            severity=PAGE,
            owner="sre",
            summary="A database will be full within four hours",
            description="At the pace of the last hour {name} will be full in four hours ({value} beyond its storage).",
            reason="Growing the volume takes minutes to hours, and cannot be done twice in six hours (RDS user guide, "
            "'Increasing DB instance storage capacity'): four hours are the time to act. Below 25 % free an import "
            "that will end by itself has been planned badly, too.",
            unit=BYTES,
            lasts=15 * MINUTE,
            keeps=15 * MINUTE,
            runbook="RdsStorage",
            example=example(
                DATABASE,
                {FREE: f"{20 * GIB}-{GIB // 8}x150", ALLOCATED: 100 * GIB},
                {FREE: f"{20 * GIB}-{GIB // 64}x150", ALLOCATED: 100 * GIB},
                20 * GIB - (240 + 16) * (GIB // 8),
                begins=MINUTE,
            ),
        ),
        Alert(
            name="RdsStorageCannotGrow",
            expr=f"{ALLOCATED} / {GROWS_TO} > 0.8",
            severity=TICKET,
            owner="sre",
            summary="A database is near the end of its storage autoscaling",
            description="{name} has grown to {value} of the most that autoscaling allows (threshold {threshold}).",
            reason="RDS itself warns at 80 % (event RDS-EVENT-0224); beyond the maximum nothing grows any more.",
            unit=RATIO,
            lasts=HOUR,
            runbook="RdsStorage",
            example=example(
                DATABASE,
                {ALLOCATED: 90 * GIB, GROWS_TO: 100 * GIB},
                {ALLOCATED: 80 * GIB, GROWS_TO: 100 * GIB},
                0.9,
            ),
        ),
        Alert(
            name="RdsReplicationSlotLagHigh",
            expr=f"{SLOT_LAG} / on (name) group_left () {ALLOCATED} > 0.1",
            severity=TICKET,
            owner="sre",
            summary="A replication slot holds back much write-ahead log",
            description="The slowest slot of {name} still needs write-ahead log of {value} of its storage (threshold "
            "{threshold}).",
            reason="A slot that nobody reads fills the disk: PostgreSQL documentation, 'Replication Slots'. A tenth "
            "of the storage is what autoscaling may be late by.",
            unit=RATIO,
            lasts=15 * MINUTE,
            runbook="RdsTransactionLogs",
            example=example(
                DATABASE, {SLOT_LAG: 12 * GIB, ALLOCATED: 100 * GIB}, {SLOT_LAG: 10 * GIB, ALLOCATED: 100 * GIB}, 0.12
            ),
        ),
        Alert(
            name="RdsReplicationSlotFillsStorage",
            expr=f"{SLOT_LAG} / on (name) group_left () {ALLOCATED} > 0.25",
            severity=PAGE,
            owner="sre",
            summary="A replication slot is filling the storage of a database",
            description="The slowest slot of {name} still needs write-ahead log of {value} of its storage (threshold "
            "{threshold}).",
            reason="As RdsReplicationSlotLagHigh; at a quarter the log grows faster than anybody reads it, and only "
            "dropping the slot or its reader ends that.",
            unit=RATIO,
            lasts=15 * MINUTE,
            keeps=15 * MINUTE,
            runbook="RdsTransactionLogs",
            example=example(
                DATABASE, {SLOT_LAG: 30 * GIB, ALLOCATED: 100 * GIB}, {SLOT_LAG: 24 * GIB, ALLOCATED: 100 * GIB}, 0.3
            ),
        ),
        Alert(
            name="RdsTransactionLogsHigh",
            expr=f"{LOGS} / on (name) group_left () {ALLOCATED} > 0.2",
            severity=TICKET,
            owner="sre",
            summary="Transaction logs take much of the storage of a database",
            description="Transaction logs of {name} take {value} of its storage (threshold {threshold}).",
            reason="max_wal_size and wal_keep_size keep it at some GB; a fifth of the storage means a stuck slot, "
            "archiver or replica: AWS re:Post, 'Why did I receive a No space left on device error for Amazon RDS for "
            "PostgreSQL'.",
            unit=RATIO,
            lasts=30 * MINUTE,
            runbook="RdsTransactionLogs",
            example=example(
                DATABASE, {LOGS: 25 * GIB, ALLOCATED: 100 * GIB}, {LOGS: 20 * GIB, ALLOCATED: 100 * GIB}, 0.25
            ),
        ),
        Alert(
            name="RdsDiskQueueLong",
            expr=f"{QUEUE} > 10",
            severity=TICKET,
            owner="sre",
            summary="Requests queue for the disk of a database",
            description="{value} requests wait for the disk of {name} on average (threshold {threshold}).",
            reason="EBS wants about one waiting request for each 1,000 provisioned IOPS (EBS user guide, 'I/O "
            "characteristics and monitoring'); gp3 begins with 3,000, so 10 are three times as many. Half an hour "
            "leaves out the backup.",
            lasts=30 * MINUTE,
            runbook="RdsDiskSlow",
        ),
        *(latency_high(*each) for each in _LATENCIES),
        *(credits_low(*each) for each in _CREDITS),
        *(credits_spent(*each) for each in _CREDITS),
        xids("RdsTransactionIdsAging", 500, TICKET, "are not frozen fast enough"),
        xids("RdsTransactionIdsOld", 1000, TICKET, "are half used up"),
        xids("RdsTransactionIdsCritical", 1500, PAGE, "are nearly used up"),
    )
)
