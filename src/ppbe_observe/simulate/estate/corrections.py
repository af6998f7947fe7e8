"""What moto cannot be told through the API, told to its objects in this process.

Each function names the gap; when moto closes it, the function goes.
"""

from typing import Any

from moto.backends import get_backend

from ppbe_observe.simulate.estate.places import Environment

BACKUP_WINDOW = "03:00-04:00"


def set_backup_window(env: Environment, identifier: str) -> None:
    """Moto takes a backup window that ends when maintenance begins for an overlap; AWS does not."""
    _backend("rds", env).databases[identifier].preferred_backup_window = BACKUP_WINDOW


def set_running(env: Environment, cluster: str, service: str, running: int) -> None:
    """Moto runs no tasks: what a service runs, and so what its deployment does, is said here."""
    found = _backend("ecs", env).services[f"{cluster}:{service}"]
    found.running_count = running
    found.pending_count = found.desired_count - running
    for deployment in found.deployments:
        whole = running >= found.desired_count
        deployment["runningCount"] = running
        deployment["pendingCount"] = found.desired_count - running
        deployment["rolloutState"] = "COMPLETED" if whole else "IN_PROGRESS"


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
