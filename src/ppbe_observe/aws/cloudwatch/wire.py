"""CloudWatch's JSON protocol: requests to bytes, answers to values. Pure.

Invariants: no answer, however wrong, raises anything but AwsError(malformed); a value that cannot be trusted is
a failure of its result, never a datapoint; one bad result leaves the others alone.
Field names: the CloudWatch API reference, GetMetricData and ListMetrics.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate, chain, repeat
from operator import itemgetter, lt
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import orjson

from ppbe_observe.cloudwatch.query import Datapoint, ListedMetric, MetricStat
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Labels, Reason

GET_METRIC_DATA = "cloudwatch:GetMetricData"
LIST_METRICS = "cloudwatch:ListMetrics"
COMPLETE = "Complete"  # the StatusCode of a result that is whole

_NUMBERS = frozenset({int, float})  # and not bool, which is an int too
_ABSENT: Mapping[str, Any] = MappingProxyType({"StatusCode": "", "Timestamps": [], "Values": []})
_COLUMNS = itemgetter(*_ABSENT)
_LAST_SECOND = 253_402_300_799  # of the year 9999: datetime holds no later one


_Points = tuple[Datapoint, ...]
Found = _Points | Failure


class Result(NamedTuple):
    """What one page says about one query: ``place`` is the query's index in the request.

    Datapoints are oldest first, one for each timestamp; a failure stands where they cannot be trusted.
    """

    place: int
    found: Found
    status: str
    messages: str = ""


_Row = TypeVar("_Row", bound=tuple[Any, ...])


def rows(kind: type[_Row], columns: Iterable[Any]) -> Iterator[_Row]:
    """NamedTuples of plain tuples: ``map(kind._make, columns)``, in half its time; an answer takes thousands."""
    make: Any = tuple.__new__
    return map(make, repeat(kind), columns)


@dataclass(frozen=True, slots=True)
class DataPage:
    """One page of GetMetricData, column by column: 500 objects less where nothing is in doubt."""

    places: list[int]
    found: Sequence[Found]
    statuses: list[str]
    remarks: list[str]
    token: str | None = None
    messages: str = ""

    def results(self) -> Iterator[Result]:
        """The same, result by result."""
        return rows(Result, zip(self.places, self.found, self.statuses, self.remarks, strict=True))

    def answers_all(self, asked: int) -> bool:
        """Whether every query is answered in full, in the order asked, and no page follows: nearly always."""
        return (
            self.token is None
            and self.places == list(range(asked))
            and set(self.statuses) <= {COMPLETE}
            and set(map(type, self.found)) <= {tuple}
            and all(self.found)
        )


@dataclass(frozen=True, slots=True)
class MetricsPage:
    """One page of ListMetrics."""

    metrics: tuple[ListedMetric, ...]
    token: str | None


def encode_get_metric_data(
    stats: Sequence[MetricStat], start: datetime, end: datetime, token: str | None = None
) -> bytes:
    """The body of GetMetricData; the query at index n is called ``qn``, oldest datapoints are asked for first.

    Raises:
        AwsError: A name cannot be written as UTF-8 (reason ``rejected``).
    """
    body: dict[str, Any] = {
        "MetricDataQueries": orjson.Fragment(_queries(stats)),
        "StartTime": _seconds(start),
        "EndTime": _seconds(end),
        "ScanBy": "TimestampAscending",
    }
    if token is not None:
        body["NextToken"] = token
    return _encoded(body, GET_METRIC_DATA)


def encode_list_metrics(namespace: str, token: str | None = None) -> bytes:
    """The body of ListMetrics for one namespace."""
    body = {"Namespace": namespace}
    return _encoded(body if token is None else {**body, "NextToken": token}, LIST_METRICS)


def decode_json(operation: str, body: bytes) -> dict[str, Any]:
    """The object that an answer holds.

    Raises:
        AwsError: It is no JSON object (reason ``malformed``).
    """
    try:
        decoded = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise malformed(operation, f"the answer is not JSON: {error}") from error
    if not isinstance(decoded, dict):
        raise malformed(operation, f"the answer is a {type(decoded).__name__}, not an object")
    return decoded


def decode_metric_data(document: Mapping[str, Any], asked: int) -> DataPage:
    """One page of answers to ``asked`` queries; results of queries that were not asked are left out.

    Raises:
        AwsError: The page as a whole cannot be read (reason ``malformed``).
    """
    places, results = _known(_list(document, "MetricDataResults", GET_METRIC_DATA), asked)
    statuses, timestamps, values = _columns(results)
    return DataPage(
        places=places,
        found=_points_or_failures(timestamps, values),
        statuses=statuses,
        remarks=[_messages(each) if each.get("Messages") else "" for each in results],
        token=_token(document, GET_METRIC_DATA),
        messages=_messages(document),
    )


def decode_metrics(document: Mapping[str, Any]) -> MetricsPage:
    """One page of ListMetrics.

    Raises:
        AwsError: The page cannot be read (reason ``malformed``).
    """
    try:
        metrics = tuple(_metric(each) for each in _list(document, "Metrics", LIST_METRICS))
    except (KeyError, TypeError, AttributeError) as error:
        raise malformed(LIST_METRICS, f"a metric that cannot be read: {error!r}") from error
    return MetricsPage(metrics, _token(document, LIST_METRICS))


def malformed(operation: str, what: str) -> AwsError:
    """An answer that cannot be trusted."""
    return AwsError(_malformed(operation, what))


def _malformed(operation: str, what: str) -> Failure:
    return Failure(Reason.MALFORMED, operation, what[:200])


def _queries(stats: Sequence[MetricStat]) -> str:
    """The JSON list of queries, put together of parts that most queries of a call share with others."""
    heads: dict[tuple[str, str, str, int], str] = {}
    queries: list[str] = []
    dimensions: Labels | None = None
    tail = ""
    for place, stat in enumerate(stats):
        key = (stat.namespace, stat.metric, stat.statistic, stat.period)
        head = heads.get(key) or heads.setdefault(key, _head(stat))
        if stat.dimensions != dimensions:  # the stats of one resource stand together
            dimensions = stat.dimensions
            tail = _dimensions(dimensions)
        queries.append(f'{{"Id":"q{place}","MetricStat":{{{head}{tail}}}}}}}')
    return f"[{','.join(queries)}]"


def _head(stat: MetricStat) -> str:
    names = {"Namespace": stat.namespace, "MetricName": stat.metric}
    whole = {"Stat": stat.statistic, "Period": stat.period, "Metric": names}
    return f"{_json(whole)[1:-2]},"


def _dimensions(dimensions: Labels) -> str:
    return f'"Dimensions":{_json([{"Name": name, "Value": value} for name, value in dimensions])}'


def _json(value: Any) -> str:
    return _encoded(value, GET_METRIC_DATA).decode()


def _encoded(body: Any, operation: str) -> bytes:
    try:
        return orjson.dumps(body)
    except orjson.JSONEncodeError as error:  # a lone surrogate in a dimension's value
        failure = Failure(Reason.REJECTED, operation, f"cannot be sent: {error}")
        raise AwsError(failure) from error


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


@lru_cache(maxsize=8)
def _names(asked: int) -> list[str]:
    return [f"q{place}" for place in range(asked)]


def _known(results: list[Any], asked: int) -> tuple[list[int], list[Mapping[str, Any]]]:
    """The results of queries that were asked, with their places; all of them, in order, nearly always."""
    names = _names(asked)
    ids = [each.get("Id") if isinstance(each, dict) else None for each in results]
    if ids == names:
        return list(range(asked)), results
    places = {name: place for place, name in enumerate(names)}
    known = [(places[str(name)], each) for name, each in zip(ids, results, strict=True) if str(name) in places]
    return [place for place, _ in known], [each for _, each in known]


def _columns(results: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[Any], list[Any]]:
    """StatusCode, Timestamps and Values of all results; empty where they are absent."""
    try:
        table = list(map(_COLUMNS, results))
    except KeyError:
        table = [tuple(each.get(key, absent) for key, absent in _ABSENT.items()) for each in results]
    statuses, timestamps, values = zip(*table, strict=True) if table else ((), (), ())
    return list(map(str, statuses)), list(timestamps), list(values)


def _points_or_failures(timestamps: list[Any], values: list[Any]) -> Sequence[Found]:
    """What each result holds; where one of them is wrong, each is looked at alone."""
    try:
        return _points(timestamps, values)
    except (TypeError, ValueError, OverflowError) as error:
        if len(values) == 1:
            return [_malformed(GET_METRIC_DATA, str(error))]
        pairs = zip(timestamps, values, strict=True)
        return [found for times, each in pairs for found in _points_or_failures([times], [each])]


def _points(timestamps: list[Any], values: list[Any]) -> list[_Points]:
    if not set(map(type, chain(timestamps, values))) <= {list}:
        raise TypeError("Timestamps or Values is not a list")
    lengths = list(map(len, values))
    if lengths != list(map(len, timestamps)):
        raise ValueError("there are not as many Timestamps as Values")
    periods = _Periods()
    begins = periods.begins(timestamps)
    finite = _finite(list(chain.from_iterable(values)))
    cut = _cut(tuple(rows(Datapoint, zip(begins, finite, strict=True))), lengths)
    return cut if periods.ascend else list(map(_in_order, cut))


def _cut(points: _Points, lengths: list[int]) -> list[_Points]:
    """The points of each result, of which it has so many; the same for all of them as a rule."""
    if lengths and lengths[0] and len(set(lengths)) == 1:
        return list(zip(*[iter(points)] * lengths[0], strict=True))
    return [points[end - length : end] for end, length in zip(accumulate(lengths), lengths, strict=True)]


def _in_order(points: _Points) -> _Points:
    return tuple(sorted({each.at: each for each in points}.values()))


def _finite(values: list[Any]) -> Iterable[float]:
    kinds = set(map(type, values))
    if not kinds <= _NUMBERS:
        raise TypeError("a value is not a number")
    # A finite sum has finite parts; an infinite one may be large numbers added up.
    if not math.isfinite(sum(values)) and not all(map(math.isfinite, values)):
        raise ValueError("a value is not a finite number")
    return map(float, values) if int in kinds else values


class _Periods(dict[tuple[Any, ...], tuple[int, ...]]):
    """The Timestamps of a result as whole seconds, read once for all results of a page that share them."""

    def __init__(self) -> None:
        super().__init__()
        self.ascend = True

    def begins(self, timestamps: list[list[Any]]) -> Iterator[int]:
        """The seconds of all results, one after the other."""
        first = timestamps[0] if timestamps else []
        shared = self[tuple(first)]
        return chain.from_iterable([shared if each == first else self[tuple(each)] for each in timestamps])

    def __missing__(self, timestamps: tuple[Any, ...]) -> tuple[int, ...]:
        self[timestamps] = begins = tuple(map(_whole_second, timestamps))
        self.ascend = self.ascend and all(map(lt, begins, begins[1:]))
        return begins


def _whole_second(at: Any) -> int:
    """A timestamp as the JSON protocol has it (seconds, perhaps as 1.7E9), or as ISO 8601."""
    seconds = _of_iso(at) if isinstance(at, str) else at
    if type(seconds) not in _NUMBERS or not 0 <= seconds <= _LAST_SECOND or seconds != int(seconds):
        raise ValueError(f"{at!r:.40} is not the second at which a period begins")
    return int(seconds)


def _of_iso(text: str) -> float:
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _metric(metric: Any) -> ListedMetric:
    dimensions: Labels = tuple((_text(each["Name"]), _text(each["Value"])) for each in metric.get("Dimensions") or ())
    return ListedMetric(_text(metric["MetricName"]), dimensions)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is not text")
    return value


def _list(document: Mapping[str, Any], key: str, operation: str) -> list[Any]:
    found = document.get(key)
    if not isinstance(found, list):
        raise malformed(operation, f"{key} is missing or not a list")
    return found


def _token(document: Mapping[str, Any], operation: str) -> str | None:
    token = document.get("NextToken")
    if token is not None and not isinstance(token, str):
        raise malformed(operation, "NextToken is not text")
    return token or None


def _messages(holder: Mapping[str, Any]) -> str:
    """The Messages of an answer or a result, in one line."""
    messages = holder.get("Messages")
    if not isinstance(messages, list):
        return ""
    told = (each for each in messages if isinstance(each, dict))
    return "; ".join(f"{each.get('Code', '')}: {each.get('Value', '')}" for each in told)[:200]
