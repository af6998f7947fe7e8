"""Database instances (RDS): how they are set up.

What a DB cluster decides for its members (Aurora, Multi-AZ DB clusters, Neptune, DocumentDB) is judged by the
cluster's own settings; the finding is about each member.
"""

from collections.abc import Mapping, Sequence

from ppbe_observe.controls.check import (
    CRITICAL,
    HIGH,
    LOW,
    MEDIUM,
    Check,
    Subject,
    check,
    failed,
    not_applicable,
    passed,
    verdict,
)
from ppbe_observe.controls.checks import rds_backups, rds_software, rds_transport
from ppbe_observe.controls.checks.rds_clusters import DESCRIBE_CLUSTERS, decider
from ppbe_observe.controls.reading.keys import is_alias_of_aws
from ppbe_observe.model import Verdict

_DB = "rds:db"
_DESCRIBE_KEY = "kms:DescribeKey"

_EXPORTABLE: Mapping[str, frozenset[str]] = {
    "aurora-mysql": frozenset({"audit", "error", "general", "slowquery", "instance", "iam-db-auth-error"}),
    "aurora-postgresql": frozenset({"postgresql", "instance", "iam-db-auth-error"}),
    "db2": frozenset({"diag.log", "notify.log", "iam-db-auth-error"}),
    "docdb": frozenset({"audit", "profiler"}),
    "mariadb": frozenset({"audit", "error", "general", "slowquery", "iam-db-auth-error"}),
    "mysql": frozenset({"audit", "error", "general", "slowquery", "iam-db-auth-error"}),
    "neptune": frozenset({"audit", "slowquery"}),
    "oracle": frozenset({"alert", "audit", "listener", "trace", "oemagent"}),
    "postgres": frozenset({"postgresql", "upgrade", "iam-db-auth-error"}),
    "sqlserver": frozenset({"agent", "error"}),
}
"""The logs that an engine can export (API references of RDS, DocumentDB and Neptune); of others, what is required.

The editions of an engine (``oracle-se2``, ``sqlserver-ex``) export the same.
"""
_WITH_EDITIONS = ("db2", "oracle", "sqlserver")


@check(
    "rds_instance_storage_encrypted",
    on=_DB,
    needs=(_DESCRIBE_KEY,),
    severity=HIGH,
    title="Storage is encrypted with a customer-managed key",
    controls=("sc-28", "sc-28.1", "sc-13"),
    indicators=("KSI-SVC-SIN",),
    remediation="Encryption cannot be switched on in place: restore a copy of a snapshot that was encrypted with a "
    "customer-managed KMS key (aws rds copy-db-snapshot --kms-key-id KEY), and point the application at it.",
    require_cmk=True,
)
def storage_encrypted(db: Subject, require_cmk: bool) -> Verdict:
    """Data at rest must not be readable from a stolen disk or snapshot; only a customer-managed key can be revoked."""
    if not db.facts["StorageEncrypted"]:
        return failed("storage is not encrypted")
    if not require_cmk:
        return passed("storage is encrypted")
    key = db.detail(_DESCRIBE_KEY)
    if key is None:
        return failed("storage is encrypted, but no KMS key is named")
    manager = "AWS" if is_alias_of_aws(db.facts["KmsKeyId"]) else key["KeyMetadata"]["KeyManager"]
    by = "the customer" if manager == "CUSTOMER" else manager
    return verdict(manager == "CUSTOMER", f"storage is encrypted with {db.facts['KmsKeyId']}, a key managed by {by}")


@check(
    "rds_instance_multi_az",
    on=_DB,
    needs=(DESCRIBE_CLUSTERS,),
    severity=MEDIUM,
    title="The database survives the loss of an availability zone",
    controls=("cp-10", "cp-2"),
    indicators=("KSI-CNA-OFA",),
    remediation="Add a standby in another zone (aws rds modify-db-instance --multi-az, Terraform aws_db_instance "
    "multi_az); in a cluster, add an instance in another zone.",
    only_in=("production",),
)
def multi_az(db: Subject) -> Verdict:
    """Without a standby in another availability zone, the loss of one is an outage until a backup is restored.

    A member of a cluster is judged by whether the cluster has instances in several zones.
    """
    where, facts = decider(db)
    on = facts["MultiAZ"]
    return verdict(on, f"Multi-AZ of {where} is {'on' if on else 'off'}")


@check(
    "rds_instance_no_public_access",
    on=_DB,
    severity=CRITICAL,
    title="The database has no public address",
    controls=("ac-3", "ac-4", "sc-7"),
    indicators=("KSI-CNA-MAT",),
    remediation="Take its public address away (aws rds modify-db-instance --no-publicly-accessible, Terraform "
    "aws_db_instance publicly_accessible = false) and keep it in private subnets.",
)
def no_public_access(db: Subject) -> Verdict:
    """A public address leaves only a security group and a password between the database and the internet."""
    public = db.facts["PubliclyAccessible"]
    return verdict(not public, f"the instance is {'publicly accessible' if public else 'not publicly accessible'}")


@check(
    "rds_instance_deletion_protection",
    on=_DB,
    needs=(DESCRIBE_CLUSTERS,),
    severity=MEDIUM,
    title="The database cannot be deleted by one call",
    controls=("cm-3", "cp-2"),
    remediation="Switch deletion protection on (aws rds modify-db-instance --deletion-protection, of a cluster "
    "modify-db-cluster; Terraform deletion_protection).",
)
def deletion_protection(db: Subject) -> Verdict:
    """Deletion takes the automated backups along; protection makes it two deliberate steps.

    Of a cluster it is the cluster that is protected: its members may come and go.
    """
    where, facts = decider(db)
    on = facts["DeletionProtection"]
    return verdict(on, f"deletion protection of {where} is {'on' if on else 'off'}")


@check(
    "rds_instance_log_exports",
    on=_DB,
    needs=(DESCRIBE_CLUSTERS,),
    severity=MEDIUM,
    title="The database's logs are exported to CloudWatch Logs",
    controls=("au-2", "au-3", "au-12"),
    indicators=("KSI-MLA-LET",),
    remediation="Export them (aws rds modify-db-instance --cloudwatch-logs-export-configuration "
    '\'{"EnableLogTypes":["postgresql","upgrade"]}\', of a cluster modify-db-cluster; Terraform '
    "enabled_cloudwatch_logs_exports).",
    required_logs=("postgresql", "upgrade"),
)
def log_exports(db: Subject, required_logs: tuple[str, ...]) -> Verdict:
    """Logs that stay on the instance are deleted after days, and nobody watches them.

    Of required_logs, those count that the engine has; where it has none of them, something must be exported at least.
    """
    where, facts = decider(db)
    exported = facts.get("EnabledCloudwatchLogsExports") or ()
    engine = facts["Engine"]
    family = engine.partition("-")[0]
    exportable = _EXPORTABLE.get(family if family in _WITH_EDITIONS else engine, frozenset(required_logs))
    required = [each for each in required_logs if each in exportable]
    said = f"{where} exports {_listed(exported)} to CloudWatch Logs"
    if required or not required_logs:
        return verdict(set(required) <= set(exported), f"{said}; required: {_listed(required)}")
    said = f"{said}; {engine} has none of the required ones: {_listed(required_logs)}"
    return not_applicable(said) if exported else failed(said)


def _listed(logs: Sequence[str]) -> str:
    return ", ".join(logs) or "no log"


@check(
    "rds_instance_minor_version_upgrade",
    on=_DB,
    severity=MEDIUM,
    title="Minor engine versions are installed automatically",
    controls=("si-2",),
    remediation="Switch automatic upgrades on (aws rds modify-db-instance --auto-minor-version-upgrade, Terraform "
    "aws_db_instance auto_minor_version_upgrade).",
)
def minor_version_upgrade(db: Subject) -> Verdict:
    """Minor versions mend security holes; AWS installs them in the maintenance window where it is let."""
    if db.facts["Engine"] == "docdb":
        return not_applicable("DocumentDB ignores the setting: it has no minor version upgrades")
    on = db.facts["AutoMinorVersionUpgrade"]
    return verdict(on, f"automatic minor version upgrade is {'on' if on else 'off'}")


@check(
    "rds_instance_enhanced_monitoring",
    on=_DB,
    severity=LOW,
    title="Enhanced Monitoring reports on the operating system",
    controls=("ca-7", "si-2"),
    indicators=("KSI-MLA-LET",),
    remediation="Switch Enhanced Monitoring on (aws rds modify-db-instance --monitoring-interval 60 "
    "--monitoring-role-arn ROLE, Terraform aws_db_instance monitoring_interval).",
)
def enhanced_monitoring(db: Subject) -> Verdict:
    """Processes and memory of the host show what the metrics of the hypervisor hide. An interval of 0 is off."""
    if db.facts["Engine"] in {"docdb", "neptune"}:
        return not_applicable(f"{db.facts['Engine']} has no Enhanced Monitoring")
    seconds = db.facts.get("MonitoringInterval") or 0
    return verdict(seconds > 0, f"the interval of Enhanced Monitoring is {seconds} s; 0 is off")


CHECKS: tuple[Check, ...] = (
    storage_encrypted,
    multi_az,
    rds_backups.backup_retention,
    rds_backups.backup_recent,
    no_public_access,
    deletion_protection,
    log_exports,
    rds_transport.transport_encrypted,
    minor_version_upgrade,
    rds_software.engine_supported,
    enhanced_monitoring,
    rds_software.certificate_expiration,
    rds_backups.snapshots_encrypted,
    rds_backups.snapshots_not_public,
)
