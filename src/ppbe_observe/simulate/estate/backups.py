"""AWS Backup: the plan that keeps daily backups in one place."""

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.places import Environment

_KEPT = 35  # days


def build_backup_plan(aws: Aws, env: Environment, key: str) -> None:
    """A vault, and a plan that fills it every day."""
    backup = aws.client("backup")
    vault = env.prefix
    backup.create_backup_vault(BackupVaultName=vault, EncryptionKeyArn=key, BackupVaultTags=dict(env.tags))
    daily = {
        "RuleName": "daily",
        "TargetBackupVaultName": vault,
        "ScheduleExpression": "cron(0 5 ? * * *)",
        "Lifecycle": {"DeleteAfterDays": _KEPT},
    }
    backup.create_backup_plan(BackupPlan={"BackupPlanName": vault, "Rules": [daily]}, BackupPlanTags=dict(env.tags))
