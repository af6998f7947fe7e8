"""Series for the examples of alerts: the estate's resources, steady values, and examples made of them."""

from collections.abc import Mapping
from datetime import timedelta

from ppbe_observe.alerting import Example
from ppbe_observe.alerting.prometheus.examples import PLACE, series_of

MINUTES = 150
"""How long a series is unless told: longer than most alerts and the ladder after them."""
_ARN = "arn:aws-us-gov:{}:us-gov-west-1:123456789012:{}"


def resource(service: str, part: str, **dimensions: str) -> dict[str, str]:
    """The labels of a resource: its ARN, where it is, and its dimensions."""
    named = {f"dimension_{key}": value for key, value in dimensions.items()}
    return {"name": _ARN.format(service, part), **PLACE, **named}


DATABASE = resource("rds", "db:ppbe-production", DBInstanceIdentifier="ppbe-production")
CACHE = resource("elasticache", "cluster:ppbe-production-001", CacheClusterId="ppbe-production-001")

Values = Mapping[str, float | str]
"""What each metric is: a steady value, or promtool's notation."""


def example(
    labels: Mapping[str, str],
    fires: Values,
    quiet: Values,
    value: float,
    *,
    begins: timedelta = timedelta(),
    result: Mapping[str, str] | None = None,
    minutes: int = MINUTES,
) -> Example:
    """An example whose series all have these labels; so does what fires, unless ``result`` says otherwise."""
    return Example(
        fires=series(fires, labels, minutes),
        quiet=series(quiet, labels, minutes),
        labels=labels if result is None else result,
        value=value,
        begins=begins,
    )


def series(values: Values, labels: Mapping[str, str], minutes: int = MINUTES, **more: str) -> dict[str, str]:
    """Series by name, with these labels; a metric may bring some of its own: ``info{class="x"}``."""
    return {_named(metric, {**labels, **more}): steady(value, minutes) for metric, value in values.items()}


def steady(value: float | str, minutes: int = MINUTES) -> str:
    """The same value each minute; a text is a notation already."""
    return value if isinstance(value, str) else f"{value:.17g}x{minutes}"


def _named(metric: str, labels: Mapping[str, str]) -> str:
    name, _, own = metric.partition("{")
    whole = series_of(name, labels)
    return f"{whole[:-1]},{own}" if own else whole
