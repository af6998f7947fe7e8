"""The states of alarms, made of the simulated datapoints: moto keeps alarms and evaluates none.

Evaluated regularly and whenever somebody looks, by the rules that the CloudWatch user guide documents. Alarms on metric
math and composite ones stay as moto has them.

Invariants: there is one memory of states, whoever looks; each transition is kept once, in its order, until it is taken.
An alarm from before the simulation began has the state of its first look, as if that had come long ago; one that was
put later begins with insufficient data, as PutMetricAlarm does.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm, Comparison, MissingData
from ppbe_observe.cloudwatch.definition import Exporter, Metric
from ppbe_observe.cloudwatch.evaluation import AlarmState, count, outcomes, state, window_of
from ppbe_observe.cloudwatch.query import Datapoint
from ppbe_observe.cloudwatch.windows import Window
from ppbe_observe.errors import DefinitionError
from ppbe_observe.simulate.beyond_moto import Place
from ppbe_observe.simulate.calls import AwsCall
from ppbe_observe.simulate.http import Request, Response
from ppbe_observe.simulate.plane.catalog import Catalog
from ppbe_observe.simulate.plane.get_metric_data import get_metric_data
from ppbe_observe.simulate.protocols.choice import wire_format

OPERATION = "DescribeAlarms"
_DELETION = "DeleteAlarms"
_OK = 200


@dataclass(frozen=True, slots=True)
class Transition:
    """An alarm has gone from one state to another.

    Attributes:
        place: Account and region of the alarm.
        facts: The alarm as DescribeAlarms tells it.
        alarm: The same as a definition, whose name is not the alarm's.
        before: Its state until then.
        after: Its state since then.
        evaluated: The datapoints that were reported and evaluated, oldest first, at most N.
        at: When it was evaluated, in seconds since the epoch.
    """

    place: Place
    facts: Mapping[str, Any]
    alarm: CloudWatchAlarm
    before: AlarmState
    after: AlarmState
    evaluated: tuple[Datapoint, ...]
    at: float


class AlarmStates:
    """Puts the states into what moto answers, and remembers transitions. Used by the server's one event loop.

    Args:
        catalogs: The metrics of each place.
        account_of: Whose an access key is.
        clock: The time of the simulation, in seconds since the epoch.
        began: When the simulation began by the time of the machine, which moto writes on alarms.
    """

    def __init__(
        self,
        catalogs: Mapping[Place, Catalog],
        account_of: Callable[[str], str],
        clock: Callable[[], float],
        began: float,
    ) -> None:
        self._catalogs = catalogs
        self._account_of = account_of
        self._clock = clock
        self._began = began
        self._before: dict[tuple[Place, str], AlarmState] = {}
        self._transitions: deque[Transition] = deque()

    def told(self, call: AwsCall, request: Request, response: Response) -> Response:
        """The answer to a call, with states where it lists alarms in JSON."""
        if response.status != _OK:
            return response
        place = (self._account_of(call.access_key), call.region)
        if call.operation == _DELETION:
            for name in wire_format(request).read(request).get("AlarmNames", ()):
                self._before.pop((place, name), None)
        return self.looked(place, response) if call.operation == OPERATION else response

    def looked(self, place: Place, listing: Response) -> Response:
        """The alarms of a place, as moto lists them, in the states of now."""
        if listing.status != _OK or not listing.body.startswith(b"{"):
            return listing
        answer = orjson.loads(listing.body)
        for facts in answer.get("MetricAlarms", ()):
            if (alarm := _alarm(facts)) is not None:
                facts["StateValue"] = self._state(place, alarm, facts).name
        return Response(listing.status, listing.headers, orjson.dumps(answer))

    def transitions(self) -> Iterator[Transition]:
        """Take what has happened since somebody last took it, oldest first."""
        while self._transitions:
            yield self._transitions.popleft()

    def _state(self, place: Place, alarm: CloudWatchAlarm, facts: Mapping[str, Any]) -> AlarmState:
        now = self._clock()
        window = window_of(alarm, now)
        points = _points(self._catalogs.get(place, Catalog()), alarm, facts, window, now)
        key = (place, facts["AlarmName"])
        known = self._before.get(key)
        if known is None and facts["AlarmConfigurationUpdatedTimestamp"] >= self._began:
            known = AlarmState.INSUFFICIENT_DATA
        before = known or AlarmState(facts["StateValue"].lower())
        after = state(alarm, count(outcomes(alarm, window, points), alarm.of), before)
        self._before[key] = after
        if known not in {None, after}:
            self._transitions.append(Transition(place, facts, alarm, before, after, points[-alarm.of :], now))
        return after


def _points(
    catalog: Catalog, alarm: CloudWatchAlarm, facts: Mapping[str, Any], window: Window, now: float
) -> tuple[Datapoint, ...]:
    """The datapoints of the evaluation range, oldest first."""
    stat = {
        "Metric": {name: facts[name] for name in ("Namespace", "MetricName", "Dimensions")},
        "Stat": alarm.statistic,
        "Period": alarm.seconds,
    }
    asked = {
        "MetricDataQueries": [{"Id": "a", "MetricStat": stat}],
        "StartTime": window.start,
        "EndTime": window.end,
        "ScanBy": "TimestampAscending",
    }
    (found,) = get_metric_data(catalog, asked, now)["MetricDataResults"]
    return tuple(map(Datapoint, found["Timestamps"], found["Values"]))


def _alarm(facts: Mapping[str, Any]) -> CloudWatchAlarm | None:
    """The alarm as a definition; None where it is more than one could declare."""
    statistic = facts.get("Statistic") or facts.get("ExtendedStatistic")
    if not statistic or not facts.get("MetricName"):
        return None
    level = tuple(each["Name"] for each in facts.get("Dimensions", ()))
    metric = Metric(facts["MetricName"], statistic, help="Watched.", counters=())
    try:
        return CloudWatchAlarm(
            name="alarm",
            exporter=Exporter(namespace=facts["Namespace"], metrics=(metric,), dimensions=(level,)),
            metric=metric.name,
            statistic=statistic,
            comparison=Comparison(facts["ComparisonOperator"]),
            threshold=float(facts["Threshold"]),
            period=timedelta(seconds=int(facts["Period"])),
            datapoints=int(facts.get("DatapointsToAlarm") or facts["EvaluationPeriods"]),
            of=int(facts["EvaluationPeriods"]),
            missing=MissingData(facts.get("TreatMissingData") or MissingData.MISSING),
            level=level,
        )
    except (DefinitionError, ValueError, LookupError):
        return None
