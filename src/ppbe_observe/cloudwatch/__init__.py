"""The pure part of the CloudWatch read path: definitions, names, windows, planning, accumulation.

``exporters/`` and ``alerts/`` import their vocabulary from here.
"""

from ppbe_observe.cloudwatch.alarm import (
    BREACHING,
    GREATER,
    GREATER_OR_EQUAL,
    IGNORE,
    LESS,
    LESS_OR_EQUAL,
    MISSING,
    NOT_BREACHING,
    CloudWatchAlarm,
)
from ppbe_observe.cloudwatch.definition import (
    AVERAGE,
    DAY,
    FIVE_MINUTES,
    HOUR,
    MAXIMUM,
    MINIMUM,
    MINUTE,
    SAMPLE_COUNT,
    SUM,
    Exporter,
    Fact,
    Metric,
    percentiles,
)

__all__ = [
    "AVERAGE",
    "BREACHING",
    "DAY",
    "FIVE_MINUTES",
    "GREATER",
    "GREATER_OR_EQUAL",
    "HOUR",
    "IGNORE",
    "LESS",
    "LESS_OR_EQUAL",
    "MAXIMUM",
    "MINIMUM",
    "MINUTE",
    "MISSING",
    "NOT_BREACHING",
    "SAMPLE_COUNT",
    "SUM",
    "CloudWatchAlarm",
    "Exporter",
    "Fact",
    "Metric",
    "percentiles",
]
