"""GetMetricStatistics: 1,440 datapoints of one metric, in no order. Pure."""

from typing import Any

from ppbe_observe.simulate.plane.aggregate import Aggregate
from ppbe_observe.simulate.plane.catalog import Catalog
from ppbe_observe.simulate.plane.errors import (
    ServiceError,
    invalid_combination,
    invalid_value,
    missing,
)
from ppbe_observe.simulate.plane.parameters import Parameters, dimensions, items, number, text
from ppbe_observe.simulate.plane.series import Series
from ppbe_observe.simulate.plane.statistics import Statistic, statistic_named
from ppbe_observe.simulate.plane.window import Window, check_period

MOST_DATAPOINTS = 1_440
_BASIC = frozenset({"Average", "Sum", "Minimum", "Maximum", "SampleCount"})


def get_metric_statistics(catalog: Catalog, parameters: Parameters, now: float) -> dict[str, Any]:
    """The datapoints of one metric."""
    metric = text(parameters, "MetricName")
    series = catalog.find(text(parameters, "Namespace"), metric, dimensions(parameters))
    basic, extended = _statistics(parameters)
    window, period = _window(parameters, now)
    unit = parameters.get("Unit")
    if series is None or (unit and unit != series.identity.unit):
        return {"Label": metric, "Datapoints": []}
    found = ((start, series.aggregate(start, period, now)) for start in window.periods(period))
    datapoints = [_datapoint(start, each, series, basic, extended) for start, each in found if each is not None]
    return {"Label": metric, "Datapoints": datapoints[1::2] + datapoints[::2]}


def _window(parameters: Parameters, now: float) -> tuple[Window, int]:
    window = Window(number(parameters, "StartTime"), number(parameters, "EndTime"), now)
    if window.start >= window.end:
        raise invalid_value("The parameter StartTime must be less than the parameter EndTime.")
    period = _period(parameters)
    asked = int(window.end - window.start) // period
    if asked > MOST_DATAPOINTS:
        raise invalid_combination(
            f"You have requested up to {asked:,} datapoints, which exceeds the limit of {MOST_DATAPOINTS:,}. "
            "You may reduce the datapoints requested by increasing Period, or decreasing the time range."
        )
    return window, period


def _period(parameters: Parameters) -> int:
    if parameters.get("Period") is None:
        raise missing("Period")
    try:
        return check_period(parameters["Period"])
    except ServiceError as error:
        raise invalid_value(error.message) from None


def _statistics(parameters: Parameters) -> tuple[dict[str, Statistic], dict[str, Statistic]]:
    basic = _known(items(parameters, "Statistics"))
    extended = _known(items(parameters, "ExtendedStatistics"))
    if not basic and not extended:
        raise ServiceError(
            "InvalidParameterCombinationException",
            "InvalidParameterCombination",
            "At least one of the parameters Statistics and ExtendedStatistics must be specified.",
        )
    if not basic.keys() <= _BASIC:
        raise invalid_value(f"The value {min(basic.keys() - _BASIC)} for parameter Statistics is not valid.")
    return basic, extended


def _known(names: Any) -> dict[str, Statistic]:
    found = {name: statistic_named(str(name)) for name in names}
    for name, statistic in found.items():
        if statistic is None:
            raise invalid_value(f"The value {name} for parameter ExtendedStatistics is not supported.")
    return {name: statistic for name, statistic in found.items() if statistic is not None}


def _datapoint(
    start: int,
    found: Aggregate,
    series: Series,
    basic: dict[str, Statistic],
    extended: dict[str, Statistic],
) -> dict[str, Any]:
    datapoint: dict[str, Any] = {"Timestamp": start, "Unit": series.identity.unit}
    datapoint |= {name: statistic(found, series.shape) for name, statistic in basic.items()}
    if extended:
        datapoint["ExtendedStatistics"] = {name: statistic(found, series.shape) for name, statistic in extended.items()}
    return datapoint
