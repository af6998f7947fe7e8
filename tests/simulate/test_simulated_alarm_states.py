"""An alarm of the simulated CloudWatch is in the state that its datapoints make."""

from collections.abc import Iterator
from typing import Any

import pytest

from ppbe_observe.simulate import SimulatedEstate
from support.replay import Clock
from support.simulated import client, simulated_estate

START = 1_800_000_000
CPU = "ppbe-production-db-cpu"


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def estate(clock: Clock) -> Iterator[SimulatedEstate]:
    with simulated_estate(late=False, clock=clock) as running:
        yield running
        client(running, "cloudwatch").delete_alarms(AlarmNames=["own", "math"])


def state(estate: SimulatedEstate, name: str) -> str:
    (found,) = client(estate, "cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(found["StateValue"])


def put(estate: SimulatedEstate, name: str, **given: Any) -> None:
    usual: dict[str, Any] = {
        "AlarmName": name,
        "EvaluationPeriods": 2,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    client(estate, "cloudwatch").put_metric_alarm(**usual, **given)


def test_an_incident_raises_the_alarm_of_its_environment_and_ends_it(estate: SimulatedEstate, clock: Clock) -> None:
    assert state(estate, CPU) == "OK"
    estate.incidents.start("db-cpu")
    clock.now += 300
    assert state(estate, CPU) == "OK"
    clock.now += 300
    assert state(estate, CPU) == "ALARM"
    assert state(estate, "ppbe-staging-db-cpu") == "OK"
    estate.incidents.stop("db-cpu")
    clock.now += 300
    assert state(estate, CPU) == "OK"


def test_missing_data_means_what_the_alarm_says_and_is_remembered(estate: SimulatedEstate, clock: Clock) -> None:
    metric = {"Namespace": "PPBE/Own", "MetricName": "Level", "Statistic": "Maximum", "Period": 60}
    put(estate, "own", **metric, TreatMissingData="ignore")
    data = [{"MetricName": "Level", "Timestamp": START + 60 * minute, "Value": 5.0} for minute in (0, 1)]
    client(estate, "cloudwatch").put_metric_data(Namespace="PPBE/Own", MetricData=data)
    clock.now += 120
    assert state(estate, "own") == "ALARM"
    clock.now += 1200
    assert state(estate, "own") == "ALARM"
    put(estate, "own", **metric, TreatMissingData="missing")
    assert state(estate, "own") == "INSUFFICIENT_DATA"
    put(estate, "own", **metric)
    assert state(estate, "own") == "INSUFFICIENT_DATA"
    put(estate, "own", **metric, TreatMissingData="notBreaching")
    assert state(estate, "own") == "OK"


def test_an_alarm_on_metric_math_is_as_moto_has_it(estate: SimulatedEstate) -> None:
    stat = {"Metric": {"Namespace": "PPBE/Own", "MetricName": "Level"}, "Period": 60, "Stat": "Maximum"}
    put(estate, "math", Metrics=[{"Id": "m", "MetricStat": stat, "ReturnData": True}])
    assert state(estate, "math") == "OK"
