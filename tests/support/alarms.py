"""Definitions of alarms for tests."""

from datetime import timedelta
from typing import Any

from ppbe_observe.cloudwatch import AVERAGE, MAXIMUM, MINUTE, SUM, Exporter, Metric
from ppbe_observe.cloudwatch.alarm import GREATER, MISSING, CloudWatchAlarm

DATABASES = Exporter(
    name="rds",
    namespace="AWS/RDS",
    resources="rds:db",
    dimensions=("DBInstanceIdentifier",),
    period=MINUTE,
    metrics=(
        Metric("CPUUtilization", AVERAGE, MAXIMUM, help="CPU in use."),
        Metric("Errors", SUM, help="Errors.", nil_to_zero=True),
    ),
)


def alarm(**given: Any) -> CloudWatchAlarm:
    """An alarm on the CPU of databases: more than 80 for 2 of 2 datapoints of a minute."""
    usual: dict[str, Any] = {
        "name": "ppbe-{Environment}-db-cpu",
        "exporter": DATABASES,
        "metric": "CPUUtilization",
        "statistic": AVERAGE,
        "comparison": GREATER,
        "threshold": 80,
        "period": MINUTE,
        "datapoints": 2,
        "of": 2,
        "missing": MISSING,
        "level": ("DBInstanceIdentifier",),
    }
    return CloudWatchAlarm(**usual | given)


def seconds(number: float) -> timedelta:
    """So many seconds."""
    return timedelta(seconds=number)
