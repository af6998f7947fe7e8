"""The daemon evaluates the alarms of ``alerts/`` beside the exporters: metrics, readiness, reload, denial of a call."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.simulate.faults import Effect, Fault
from support.daemon import RunningDaemon, Series, daemon, only, settings, value, values
from support.simulated import simulated_estate

NAMES = {
    f"ppbe-{env}-{name}" for env in ("production", "staging") for name in ("api-error-rate", "api-memory", "db-cpu")
}


@pytest.fixture(scope="module")
def estate() -> Iterator[SimulatedEstate]:
    with simulated_estate(late=False) as running:
        yield running


def alarms(**given: Any) -> dict[str, Any]:
    return settings(exporters=only(), alarms={"enabled": True, "interval": "1s"}, **given)


@pytest.fixture
def running(estate: SimulatedEstate, tmp_path: Path) -> Iterator[RunningDaemon]:
    with daemon(tmp_path, alarms(), estate.environ) as found:
        found.until_ready()
        found.until(lambda series: names(series, "ppbe_alarm_state") == NAMES)  # the page is made after the run
        yield found
        estate.faults.clear()


def names(series: Series, metric: str) -> set[str]:
    return {
        name for (each, labels), _ in series.items() if each == metric for key, name in labels if key == "alarm_name"
    }


def test_every_alarm_of_the_estate_is_judged_and_mirrored(running: RunningDaemon) -> None:
    series = running.until(
        lambda found: found if value(found, "ppbe_observe_collect_success", exporter="alarms") else None
    )
    assert names(series, "ppbe_alarm_breaching_datapoints") == NAMES
    assert names(series, "ppbe_alarm_cloudwatch_state") >= NAMES
    for name in NAMES:
        assert values(series, "ppbe_alarm_state", alarm_name=name) == [0.0, 0.0, 1.0]
        assert values(series, "ppbe_alarm_cloudwatch_state", alarm_name=name) == [0.0, 0.0, 1.0]
    assert values(series, "ppbe_alarm_threshold", alarm="ppbe-db-cpu") == [80.0, 80.0]
    assert value(series, "ppbe_observe_metrics_requested_total", exporter="alarms")


def test_a_denied_listing_of_alarms_leaves_our_own_verdicts(estate: SimulatedEstate, running: RunningDaemon) -> None:
    estate.faults.add(Fault("cloudwatch:DescribeAlarms", Effect.DENIED))
    running.until(lambda found: value(found, "ppbe_observe_collect_success", exporter="alarms") == 0.0)
    running.until(
        lambda found: values(found, "ppbe_observe_collect_failures_total", exporter="alarms", reason="denied")
    )
    series = running.until(lambda found: found if not names(found, "ppbe_alarm_cloudwatch_state") else None)
    assert names(series, "ppbe_alarm_state") == NAMES
    (check,) = [each for each in running.readiness()[1]["checks"] if each["exporter"] == "alarms"]
    assert "cloudwatch:DescribeAlarms: denied" in check["reason"]
    estate.faults.clear()
    running.until(lambda found: names(found, "ppbe_alarm_cloudwatch_state") >= NAMES)


def test_switched_off_by_a_reload_nothing_of_them_is_left(running: RunningDaemon) -> None:
    running.apply(settings(exporters=only("rds"))).raise_for_status()
    series = running.until(lambda found: found if not names(found, "ppbe_alarm_state") else None)
    assert not values(series, "ppbe_observe_collect_success", exporter="alarms")
    assert {each["exporter"] for each in running.readiness()[1]["checks"]} == {"rds"}


def test_a_wrong_alarm_is_refused_and_the_old_ones_stay(
    running: RunningDaemon, tmp_path: Path, estate: SimulatedEstate
) -> None:
    root = tmp_path / "estate"
    (root / "alerts").mkdir(parents=True)
    (root / "exporters").mkdir()
    exporter = (
        "from ppbe_observe.cloudwatch import SUM, Exporter, Metric\nEXPORTER = Exporter(namespace='X', metrics=())\n"
    )
    (root / "exporters" / "x.py").write_text(exporter, encoding="utf-8")
    (root / "alerts" / "x.py").write_text("ALARMS = [1]\n", encoding="utf-8")
    refused = running.apply({**alarms(definitions=str(root)), "exporters": {}})
    assert refused.status_code == 422
    assert f"{root}/alerts/x.py:1: ALARMS is not a tuple of CloudWatchAlarms" in refused.text
    assert names(running.series(), "ppbe_alarm_state") == NAMES
