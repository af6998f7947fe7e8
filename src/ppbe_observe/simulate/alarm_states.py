"""The states of alarms, made of the simulated datapoints: moto keeps alarms and evaluates none.

Evaluated when somebody looks, by the rules that the CloudWatch user guide documents. Alarms on metric math and
composite ones stay as moto has them.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import orjson

from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm, Comparison, MissingData
from ppbe_observe.cloudwatch.definition import Exporter, Metric
from ppbe_observe.cloudwatch.evaluation import AlarmState, count, outcomes, state, window_of
from ppbe_observe.cloudwatch.query import Datapoint
from ppbe_observe.errors import DefinitionError
from ppbe_observe.simulate.calls import AwsCall
from ppbe_observe.simulate.http import Response
from ppbe_observe.simulate.plane.catalog import Catalog
from ppbe_observe.simulate.plane.get_metric_data import get_metric_data

OPERATION = "DescribeAlarms"
_OK = 200


class AlarmStates:
    """Puts the states into what moto answers. Used by the server's one event loop."""

    def __init__(
        self,
        catalogs: Mapping[tuple[str, str], Catalog],
        account_of: Callable[[str], str],
        clock: Callable[[], float],
    ) -> None:
        self._catalogs = catalogs
        self._account_of = account_of
        self._clock = clock
        self._before: dict[str, AlarmState] = {}

    def told(self, call: AwsCall, response: Response) -> Response:
        """The answer to a call in JSON, with states where it lists alarms."""
        if call.operation != OPERATION or response.status != _OK or not response.body.startswith(b"{"):
            return response
        catalog = self._catalogs.get((self._account_of(call.access_key), call.region), Catalog())
        answer = orjson.loads(response.body)
        for facts in answer.get("MetricAlarms", ()):
            if (alarm := _alarm(facts)) is not None:
                facts["StateValue"] = self._state(alarm, facts, catalog).name
        return Response(response.status, response.headers, orjson.dumps(answer))

    def _state(self, alarm: CloudWatchAlarm, facts: Mapping[str, Any], catalog: Catalog) -> AlarmState:
        now = self._clock()
        window = window_of(alarm, now)
        stat = {
            "Metric": {name: facts[name] for name in ("Namespace", "MetricName", "Dimensions")},
            "Stat": alarm.statistic,
            "Period": alarm.seconds,
        }
        asked = {
            "MetricDataQueries": [{"Id": "a", "MetricStat": stat}],
            "StartTime": window.start,
            "EndTime": window.end,
        }
        (found,) = get_metric_data(catalog, asked, now)["MetricDataResults"]
        points = map(Datapoint, found["Timestamps"], found["Values"])
        before = self._before.get(facts["AlarmArn"], AlarmState(facts["StateValue"].lower()))
        after = state(alarm, count(outcomes(alarm, window, points), alarm.of), before)
        self._before[facts["AlarmArn"]] = after
        return after


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
