"""What moto cannot be told through the API, told to its objects in this process.

Each function names the gap; when moto closes it, the function goes.
"""

import re
from typing import Any

from moto.backends import get_backend

from ppbe_observe.simulate.estate.places import PARTITION, Environment

BACKUP_WINDOW = "03:00-04:00"


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


def set_partition(env: Environment, replication_group: str) -> str:
    """Moto puts replication groups into partition ``aws`` and knows no ElastiCache ARN of another; returns the ARN."""
    backend = _backend("elasticache", env)
    backend.arn_regex = re.compile(
        rf"arn:{PARTITION}:elasticache:.+:\d*:(cluster|snapshot|subnetgroup|replicationgroup|user):.+"
    )
    group = backend.replication_groups[replication_group]
    group.arn = env.arn("elasticache", f"replicationgroup:{replication_group}")
    return str(group.arn)


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
