"""GetMetricData: 500 queries and 100,800 datapoints a call, paged. Pure.

Metric math is answered with a validation error: the exporter does its arithmetic in PromQL.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ppbe_observe.simulate.plane.catalog import Catalog
from ppbe_observe.simulate.plane.errors import missing, validation
from ppbe_observe.simulate.plane.parameters import Parameters, dimensions, items, number, query_id, text
from ppbe_observe.simulate.plane.series import Series
from ppbe_observe.simulate.plane.statistics import Statistic, statistic_named
from ppbe_observe.simulate.plane.tokens import read_token, write_token
from ppbe_observe.simulate.plane.window import Window, check_period

NAME = "GetMetricData"
MOST_QUERIES = 500
MOST_DATAPOINTS = 100_800
_SCANS = ("TimestampDescending", "TimestampAscending")


class _Query(NamedTuple):
    id: str
    label: str
    series: Series | None
    statistic: Statistic
    period: int


class _Page(NamedTuple):
    query: int
    delivered: int
    limit: int


def get_metric_data(catalog: Catalog, parameters: Parameters, now: float) -> dict[str, Any]:
    """One page of results."""
    queries = _queries(catalog, parameters)
    start, end = number(parameters, "StartTime"), number(parameters, "EndTime")
    if start >= end:
        raise validation("The parameter StartTime must be less than the parameter EndTime.")
    scan = parameters.get("ScanBy") or _SCANS[0]
    if scan not in _SCANS:
        raise validation(f"The value {scan} for parameter ScanBy is not one of {', '.join(_SCANS)}")
    page, asked_at = _page(parameters, now)
    return _Answer(Window(start, end, asked_at), newest_first=scan == _SCANS[0]).results(queries, page)


class _Answer:
    """Fills one page, query by query."""

    def __init__(self, window: Window, *, newest_first: bool) -> None:
        self._window = window
        self._newest_first = newest_first
        self._periods: dict[int, range] = {}

    def results(self, queries: Sequence[_Query], page: _Page) -> dict[str, Any]:
        """Results up to the page's limit, and the token of the next page where there is more."""
        found: list[dict[str, Any]] = []
        room, skip = page.limit, page.delivered
        for index in range(page.query, len(queries)):
            if room == 0:
                return self._paged(found, index, 0)
            times, values = self._datapoints(queries[index])
            more = len(times) - skip > room
            times, values = times[skip : skip + room], values[skip : skip + room]
            found.append(_result(queries[index], times, values, "PartialData" if more else "Complete"))
            if more:
                return self._paged(found, index, skip + room)
            room -= len(times)
            skip = 0
        return {"MetricDataResults": found, "Messages": []}

    def _paged(self, found: list[dict[str, Any]], query: int, delivered: int) -> dict[str, Any]:
        token = write_token(NAME, query, delivered, self._window.now)
        return {"MetricDataResults": found, "Messages": [], "NextToken": token}

    def _datapoints(self, query: _Query) -> tuple[list[int], list[float]]:
        times: list[int] = []
        values: list[float] = []
        if query.series is None:
            return times, values
        aggregate, shape, statistic = query.series.aggregate, query.series.shape, query.statistic
        period, now = query.period, self._window.now
        for start in self._starts(period):
            found = aggregate(start, period, now)
            if found is not None:
                times.append(start)
                values.append(statistic(found, shape))
        return times, values

    def _starts(self, period: int) -> range:
        known = self._periods.get(period)
        if known is None:
            known = self._window.periods(period)
            self._periods[period] = known = known[::-1] if self._newest_first else known
        return known


def _result(query: _Query, times: list[int], values: list[float], status: str) -> dict[str, Any]:
    return {
        "Id": query.id,
        "Label": query.label,
        "Timestamps": times,
        "Values": values,
        "StatusCode": status,
    }


def _page(parameters: Parameters, now: float) -> tuple[_Page, float]:
    """Where this page begins, and the moment at which the first page was asked for."""
    limit = parameters.get("MaxDatapoints") or MOST_DATAPOINTS
    if not isinstance(limit, int) or not 1 <= limit <= MOST_DATAPOINTS:
        raise validation(f"The value {limit} for parameter MaxDatapoints is not between 1 and {MOST_DATAPOINTS}")
    token = parameters.get("NextToken")
    if not token:
        return _Page(0, 0, limit), now
    query, delivered, asked_at = read_token(NAME, token, 3)
    return _Page(int(query), int(delivered), limit), asked_at


def _queries(catalog: Catalog, parameters: Parameters) -> list[_Query]:
    found = items(parameters, "MetricDataQueries")
    if not found:
        raise missing("MetricDataQueries")
    if len(found) > MOST_QUERIES:
        raise validation(f"The collection MetricDataQueries must not have a size greater than {MOST_QUERIES}.")
    seen: set[str] = set()
    queries = ((each, _query(catalog, each, position, seen)) for position, each in enumerate(found, 1))
    return [query for each, query in queries if each.get("ReturnData") is not False]


def _query(catalog: Catalog, query: Parameters, position: int, seen: set[str]) -> _Query:
    member = f"MetricDataQueries.member.{position}"
    identifier = query_id(query, position, seen)
    stat = query.get("MetricStat")
    if query.get("Expression") is not None:
        raise validation(f"{member}.Expression: this simulated CloudWatch does not evaluate metric math")
    if not isinstance(stat, dict):
        raise missing(f"{member}.MetricStat")
    metric = stat.get("Metric")
    if not isinstance(metric, dict):
        raise missing(f"{member}.MetricStat.Metric")
    name = text(stat, "Stat")
    statistic = statistic_named(name)
    if statistic is None:
        raise validation(f"The value {name} for parameter {member}.MetricStat.Stat is not a valid statistic")
    metric_name = text(metric, "MetricName")
    series = catalog.find(text(metric, "Namespace"), metric_name, dimensions(metric))
    unit = stat.get("Unit")
    if series is not None and unit and unit != series.identity.unit:
        series = None
    period = check_period(stat.get("Period"))
    return _Query(identifier, query.get("Label") or metric_name, series, statistic, period)
