"""The pure part of the CloudWatch read path: definitions, names, windows, planning, accumulation.

``exporters/`` imports its vocabulary from here.
"""

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
    "DAY",
    "FIVE_MINUTES",
    "HOUR",
    "MAXIMUM",
    "MINIMUM",
    "MINUTE",
    "SAMPLE_COUNT",
    "SUM",
    "Exporter",
    "Fact",
    "Metric",
    "percentiles",
]
