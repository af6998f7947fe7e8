"""CloudWatch Logs: the groups of an environment, and a few lines of the API."""

import json
from typing import Any

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.corrections import keep_ingesting
from ppbe_observe.simulate.estate.places import Environment

RETENTION = 90  # days: the rule of this estate


def build_log_groups(aws: Aws, env: Environment, key: str, now: float) -> tuple[str, ...]:
    """The names of the groups."""
    logs = aws.client("logs")
    groups = (
        f"/ecs/{env.prefix}/api",
        f"/vpc/{env.prefix}/flow",
        f"/aws/rds/instance/{env.prefix}/postgresql",
        web_acl_log_group(env),
    )
    for group in groups:
        make_log_group(aws, env, group, key)
    _write(logs, env, groups[0], int(now * 1000))
    return groups


def make_log_group(aws: Aws, env: Environment, name: str, key: str) -> None:
    """A group as this estate wants them: encrypted, kept, tagged."""
    logs = aws.client("logs")
    logs.create_log_group(logGroupName=name, kmsKeyId=key, tags=dict(env.tags))
    logs.put_retention_policy(logGroupName=name, retentionInDays=RETENTION)


def web_acl_log_group(env: Environment) -> str:
    """Where WAF writes; it insists on the beginning of the name (WAF developer guide, "CloudWatch Logs log groups")."""
    return f"aws-waf-logs-{env.prefix}"


def _write(logs: Any, env: Environment, group: str, millis: int) -> None:
    stream = "api/ppbe-api/0a1b2c3d4e5f"
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    event = {"timestamp": millis - 1000, "message": json.dumps(_request_line(env))}
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])
    keep_ingesting(env, group, stream)


def _request_line(env: Environment) -> dict[str, Any]:
    return {
        "level": "info",
        "message": "HTTP Request",
        "service": "ppbe-api",
        "environment": env.name,
        "version": "2.14.0",
        "method": "GET",
        "url": "/api/v1/programs",
        "status": 200,
        "duration": 41,
        "userId": "u-1042",
        "ip": "198.51.100.23",
        "userAgent": "Mozilla/5.0",
    }
