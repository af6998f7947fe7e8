"""What moto cannot be told through the API, told to its objects in this process.

Each function names the gap; when moto closes it, the function goes.
"""

import json
import re
from datetime import timedelta
from typing import Any

from moto.backends import get_backend
from moto.core.utils import utcnow

from ppbe_observe.simulate.estate.places import PARTITION, Environment

BACKUP_WINDOW = "03:00-04:00"
_CERTIFICATE_DAYS = 1200
_ROTATES_EVERY = 30  # days
_ROTATED_DAYS_AGO = 12


def set_backup_window(env: Environment, identifier: str) -> None:
    """Moto takes a backup window that ends when maintenance begins for an overlap; AWS does not."""
    _backend("rds", env).databases[identifier].preferred_backup_window = BACKUP_WINDOW


def set_running(env: Environment, cluster: str, service: str, running: int) -> None:
    """Moto runs no tasks: what a service runs, and so what its deployment does, is said here."""
    found = _backend("ecs", env).services[f"{cluster}:{service}"]
    found.running_count = running
    found.pending_count = found.desired_count - running
    whole = running >= found.desired_count
    inside = _backend("ecs", env).clusters[cluster]
    inside.active_services_count = 1
    inside.running_tasks_count, inside.pending_tasks_count = running, found.pending_count
    for deployment in found.deployments:
        deployment["runningCount"] = running
        deployment["pendingCount"] = found.desired_count - running
        deployment["rolloutState"] = "COMPLETED" if whole else "IN_PROGRESS"
        deployment["rolloutStateReason"] = (
            f"ECS deployment {deployment['id']} {'completed' if whole else 'in progress'}."
        )


def follow_updates(env: Environment) -> None:
    """Moto's deployments keep the task definition that a service began with; it answers with the name it was given."""
    backend = _backend("ecs", env)
    whole = backend.update_service

    def update_service(properties: dict[str, Any]) -> Any:
        service = whole(properties)
        service.task_definition = backend.describe_task_definition(service.task_definition).arn
        for deployment in service.deployments:
            deployment["taskDefinition"] = service.task_definition
        return service

    backend.update_service = update_service


def set_partition(env: Environment, replication_group: str) -> str:
    """Moto puts replication groups into partition ``aws`` and knows no ElastiCache ARN of another; returns the ARN."""
    backend = _backend("elasticache", env)
    backend.arn_regex = re.compile(
        rf"arn:{PARTITION}:elasticache:.+:\d*:(cluster|snapshot|subnetgroup|replicationgroup|user):.+"
    )
    group = backend.replication_groups[replication_group]
    group.arn = env.arn("elasticache", f"replicationgroup:{replication_group}")
    return str(group.arn)


def set_certificate(env: Environment, identifier: str) -> None:
    """Moto's databases have no server certificate."""
    instance = _backend("rds", env).databases[identifier]
    instance.certificate_details = {
        "CAIdentifier": "rds-ca-rsa2048-g1",
        "ValidTill": utcnow() + timedelta(days=_CERTIFICATE_DAYS),
    }


def drop_network_acls(env: Environment, vpc: str) -> None:
    """Moto neither deletes the network ACL of a VPC with it nor lets anybody delete it before."""
    acls = _backend("ec2", env).network_acls
    for name in [name for name, acl in acls.items() if acl.vpc_id == vpc]:
        del acls[name]


def set_rotation(env: Environment, name: str) -> None:
    """Moto rotates a secret only through a function that it would run in a container."""
    secret = _backend("secretsmanager", env).secrets[name]
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = env.arn("lambda", f"function:{env.prefix}-rotation")
    secret.auto_rotate_after_days = _ROTATES_EVERY
    last = utcnow() - timedelta(days=_ROTATED_DAYS_AGO)
    secret.last_rotation_date = int(last.timestamp())
    secret.next_rotation_date = int((last + timedelta(days=_ROTATES_EVERY)).timestamp())


def set_scanned(env: Environment, repository: str, digest: str) -> None:
    """Moto scans nothing: it answers with a made-up vulnerability of its own."""
    found = _backend("ecr", env).repositories[repository]
    image = next(each for each in found.images if each.image_digest == digest)
    now = utcnow().isoformat(timespec="seconds") + "Z"
    image.last_scan = utcnow()
    image.scan_finding_results[json.dumps({"imageDigest": digest})] = {
        "registryId": env.account_id,
        "repositoryName": repository,
        "imageId": {"imageDigest": digest},
        "imageScanStatus": {"status": "ACTIVE", "description": "Continuous scan is selected for image."},
        "imageScanFindings": {
            "enhancedFindings": [],
            "findingSeverityCounts": {},
            "imageScanCompletedAt": now,
            "vulnerabilitySourceUpdatedAt": now,
        },
    }


def keep_ingesting(env: Environment, group: str, stream: str) -> None:
    """Moto's streams hold what was put into them; the API's goes on: whenever it is looked at, a line has just come."""
    found = _backend("logs", env).groups[group].streams[stream]
    whole = found.to_describe_dict

    def described() -> dict[str, Any]:
        found.last_ingestion_time = utcnow()
        return dict(whole())

    found.to_describe_dict = described


def keep_delivering(env: Environment, trail: str) -> None:
    """Moto's trails say nothing of CloudWatch Logs: events arrive there when log files arrive in the bucket."""
    status = _backend("cloudtrail", env).trails[trail].status
    whole = status.description

    def description() -> dict[str, Any]:
        told = dict(whole())
        return {**told, "LatestCloudWatchLogsDeliveryTime": told["LatestDeliveryTime"]}

    status.description = description


def set_old(env: Environment, user: str, days: int) -> None:
    """Moto's users are as old as the process: this one, with its password and key, was made long ago."""
    found = get_backend("iam")[env.account_id][PARTITION].users[user]
    found.create_date -= timedelta(days=days)
    for key in found.access_keys:
        key.create_date -= timedelta(days=days)


def set_healthy(env: Environment, target_group: str, *, healthy: bool) -> None:
    """Moto's registered targets are always healthy; here their health check fails, or passes again."""
    group = _backend("elbv2", env).target_groups[target_group]
    vars(group).pop("health_for", None)
    if healthy:
        return
    whole = group.health_for

    def failing(target: dict[str, Any], ec2_backend: Any) -> Any:
        status = whole(target, ec2_backend)
        status.status, status.reason = "unhealthy", "Target.FailedHealthChecks"
        status.description = "Health checks failed"
        return status

    group.health_for = failing


def _backend(service: Any, env: Environment) -> Any:
    return get_backend(service)[env.account_id][env.region]
