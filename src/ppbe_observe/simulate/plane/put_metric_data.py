"""PutMetricData: values, values with counts, and statistic sets, stored for later questions.

Limits from the API reference: 1,000 metrics a request, 150 values a metric, timestamps from two weeks ago to two
hours ahead. A metric sent through an Entity (EntityMetricData) is not taken.
"""

import math
from typing import Any

from ppbe_observe.simulate.plane.aggregate import Aggregate, merge
from ppbe_observe.simulate.plane.catalog import Catalog
from ppbe_observe.simulate.plane.errors import invalid_combination, invalid_value, missing
from ppbe_observe.simulate.plane.parameters import Parameters, dimensions, items, number, text
from ppbe_observe.simulate.plane.series import MINUTE, Identity

MOST_METRICS = 1_000
MOST_VALUES = 150
_OLDEST = 14 * 86400
_AHEAD = 2 * 3600
_LARGEST = 2.0**360  # the API reference: values outside +-2^360 are rejected


def put_metric_data(catalog: Catalog, parameters: Parameters, now: float) -> dict[str, Any]:
    """Store every datum, or none where one is wrong."""
    namespace = text(parameters, "Namespace")
    if namespace.startswith(("AWS/", ":")):
        raise invalid_value(f"The value {namespace} for parameter Namespace is invalid.")
    data = items(parameters, "MetricData")
    if not data:
        raise missing("MetricData")
    if len(data) > MOST_METRICS:
        raise invalid_value(f"The collection MetricData must not have a size greater than {MOST_METRICS}.")
    read = [(_identity(namespace, datum), _second(datum, now), _sample(datum), datum) for datum in data]
    for identity, second, sample, datum in read:
        catalog.published(identity, _resolution(datum)).add(second, sample)
    return {}


def _identity(namespace: str, datum: Parameters) -> Identity:
    return Identity(namespace, text(datum, "MetricName"), dimensions(datum), datum.get("Unit") or "None")


def _second(datum: Parameters, now: float) -> float:
    if datum.get("Timestamp") is None:
        return now
    second = number(datum, "Timestamp")
    if second < now - _OLDEST or second > now + _AHEAD:
        raise invalid_value(
            "The parameter MetricData.member.Timestamp must specify a time no more than two weeks in the past "
            "and no more than two hours in the future."
        )
    return second


def _resolution(datum: Parameters) -> int:
    resolution = datum.get("StorageResolution") or MINUTE
    if resolution not in (1, MINUTE):
        raise invalid_value(f"The value {resolution} for parameter StorageResolution is invalid: use 1 or 60.")
    return int(resolution)


def _sample(datum: Parameters) -> Aggregate:
    given = [name for name in ("Value", "Values", "StatisticValues") if datum.get(name) is not None]
    if len(given) != 1:
        raise invalid_combination(
            f"Specify exactly one of Value, Values and StatisticValues for {datum.get('MetricName')}; "
            f"given: {', '.join(given) or 'none'}."
        )
    if given == ["Value"]:
        return _weighted([_value(number(datum, "Value"))], [1.0])
    return _values(datum) if given == ["Values"] else _statistic_set(datum["StatisticValues"])


def _values(datum: Parameters) -> Aggregate:
    values = [_value(each) for each in items(datum, "Values")]
    counts = [_value(each) for each in items(datum, "Counts")] or [1.0] * len(values)
    if not values or len(values) > MOST_VALUES or len(values) != len(counts):
        raise invalid_value(f"Values needs 1 to {MOST_VALUES} members, and Counts as many.")
    return _weighted(values, counts)


def _weighted(values: list[float], counts: list[float]) -> Aggregate:
    parts = (
        Aggregate(count, value * count, value, value, ((value, count),))
        for value, count in zip(values, counts, strict=True)
    )
    return merge(parts) or Aggregate(0.0, 0.0, 0.0, 0.0)


def _statistic_set(given: Parameters) -> Aggregate:
    count, total = _value(number(given, "SampleCount")), _value(number(given, "Sum"))
    low, high = _value(number(given, "Minimum")), _value(number(given, "Maximum"))
    if count <= 0 or low > high:
        raise invalid_value("StatisticValues needs SampleCount above 0 and Minimum not above Maximum.")
    return Aggregate(count, total, low, high)


def _value(value: float) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > _LARGEST:
        raise invalid_value(f"The value {value} for a MetricDatum is not a number that CloudWatch takes.")
    return float(value)
