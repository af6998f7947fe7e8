"""What a database can be brought back from: replicas, backups, its certificate, and its state."""

from alerts._examples import DATABASE, example
from exporters import rds
from ppbe_observe.alerting import (
    HOUR,
    MINUTE,
    PAGE,
    SECONDS,
    TICKET,
    Alert,
    Case,
    RuleGroup,
    Severity,
)
from ppbe_observe.alerting.prometheus.examples import series_of

FACTS = {each.name: rds.EXPORTER.fact_name(each) for each in rds.EXPORTER.facts}
LAG = rds.EXPORTER.series_name("ReplicaLag", "Average")
CPU = rds.EXPORTER.series_name("CPUUtilization", "Average")
RESTORABLE = FACTS["latest_restorable_timestamp_seconds"]
RETENTION = FACTS["backup_retention_seconds"]
NOT_AFTER = FACTS["certificate_not_after_timestamp_seconds"]
INFO_SERIES = "aws_rds_info"
DAY_SECONDS = 86_400
_BROKEN = (
    "failed|storage-full|incompatible-.*|inaccessible-encryption-credentials.*|insufficient-capacity|restore-error"
)
_REPLICA = series_of(INFO_SERIES, {**DATABASE, "replica_of": "ppbe-production"})


def restore_point_old(name: str, minutes: int, severity: Severity, what: str) -> Alert:
    """Nothing newer than this could be restored."""
    return Alert(
        name=name,
        expr=f"time() - {RESTORABLE} > {minutes * 60}",
        severity=severity,
        owner="sre",
        summary=what,
        description="{name} can only be restored to a time {value} ago (threshold {threshold}): what was written "
        "since would be lost.",
        reason="RDS uploads transaction logs every five minutes (RDS user guide, 'Restoring a DB instance to a "
        "specified time'), and the daemon describes an instance every ten: up to 15 minutes are normal.",
        unit=SECONDS,
        lasts=10 * MINUTE,
        keeps=15 * MINUTE,
        runbook="RdsRestorePointOld",
        example=example(
            DATABASE,
            {RESTORABLE: -(minutes * 60 + 60)},
            {RESTORABLE: f"{-(minutes * 60 - 60)}+60x60"},
            minutes * 60 + 60 + 600,
        ),
    )


def certificate_expires(days: int, severity: Severity) -> Alert:
    """The server certificate expires within some days."""
    return Alert(
        name=f"RdsCertificateExpiresIn{days}Days",
        expr=f"{NOT_AFTER} - time() < {days * DAY_SECONDS}",
        severity=severity,
        owner="sre",
        summary=f"The certificate of a database expires within {days} days",
        description="The server certificate of {name} expires in {value}; clients that verify it cannot connect "
        "afterwards.",
        reason="44, 14 and 3 days are the stages of every certificate here. RDS renews it by itself, but some engine "
        "versions need a restart for it, or a new certificate authority is to be chosen by hand: RDS user guide, "
        "'Rotating your SSL/TLS certificate'. A change of the CA has to be in the clients' trust store first, which "
        "takes a release.",
        unit=SECONDS,
        lasts=30 * MINUTE,
        runbook="RdsCertificateExpires",
        example=example(
            DATABASE,
            {NOT_AFTER: days * DAY_SECONDS - 60},
            {NOT_AFTER: days * DAY_SECONDS + 7 * DAY_SECONDS},
            days * DAY_SECONDS - 60 - 1800,
        ),
    )


GROUP = RuleGroup(
    rules=(
        Alert(
            name="RdsInstanceBroken",
            expr=f'{INFO_SERIES}{{status=~"{_BROKEN}"}} == 0',
            severity=PAGE,
            owner="sre",
            summary="A database instance is in a state that it does not leave by itself",
            description="{name} is {status}.",
            reason="RDS user guide, 'Viewing Amazon RDS DB instance status': these states need a person. Ten minutes "
            "because the daemon describes an instance every ten.",
            lasts=5 * MINUTE,
            example=example(
                DATABASE,
                {f'{INFO_SERIES}{{status="storage-full"}}': 0},
                {f'{INFO_SERIES}{{status="modifying"}}': 0},
                0,
                result={**DATABASE, "status": "storage-full"},
            ),
        ),
        Alert(
            name="RdsMetricsMissing",
            expr=f'({INFO_SERIES}{{status="available"}} unless on (name) {CPU}) == 0',
            severity=TICKET,
            owner="sre",
            summary="A database is there, but CloudWatch says nothing of it",
            description="{name} is available, but has no CPU metric: none of its alerts can fire.",
            reason="RDS reports each minute (RDS user guide, 'Monitoring metrics with CloudWatch') and a value is "
            "held for ten; half an hour without any is not lateness. No other alert tells: without data all keep "
            "quiet.",
            lasts=30 * MINUTE,
            example=example(
                DATABASE,
                {f'{INFO_SERIES}{{status="available"}}': 0},
                {f'{INFO_SERIES}{{status="available"}}': 0, CPU: 5},
                0,
                result={**DATABASE, "status": "available"},
            ),
        ),
        Alert(
            name="RdsReplicaLagHigh",
            expr=f"{LAG} > 600",
            severity=TICKET,
            owner="sre",
            summary="A read replica is far behind",
            description="{name} is {value} behind its source (threshold {threshold}): readers see data that old.",
            reason="An idle source alone makes a replica up to five minutes old (RDS user guide, 'Monitoring read "
            "replication'); twice that is a replica that does not keep up.",
            unit=SECONDS,
            lasts=15 * MINUTE,
        ),
        restore_point_old("RdsRestorePointOld", 30, TICKET, "A database could not be restored to a recent time"),
        restore_point_old("RdsRestorePointLost", 120, PAGE, "A database has had no restorable backup for two hours"),
        Alert(
            name="RdsBackupsOff",
            expr=f'{RETENTION} == 0 unless on (name) {INFO_SERIES}{{replica_of!=""}}',
            severity=PAGE,
            owner="sre",
            summary="Automated backups of a database are switched off",
            description="{name} keeps no automated backups: RDS has deleted those that were there.",
            reason="Setting the retention to 0 deletes every automated backup at once (RDS user guide, 'Backup "
            "retention period'). Read replicas have none by default: their source holds the copy.",
            unit=SECONDS,
            lasts=5 * MINUTE,
            example=example(DATABASE, {RETENTION: 0}, {RETENTION: 30 * DAY_SECONDS}, 0),
            cases=(
                Case(
                    "keeps quiet about a read replica",
                    {series_of(RETENTION, DATABASE): "0x60", _REPLICA: "0x60"},
                    HOUR,
                ),
            ),
        ),
        certificate_expires(44, TICKET),
        certificate_expires(14, TICKET),
        certificate_expires(3, PAGE),
    )
)
