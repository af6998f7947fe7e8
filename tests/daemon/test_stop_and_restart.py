"""However the daemon ends, it ends soon, nothing is half written, and its counters go on from where they were."""

import signal
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

import pytest

from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.simulate.faults import Effect, Fault
from support.daemon import Series, daemon, only, settings, until, value
from support.simulated import client, simulated_estate

READ = "cloudwatch:GetMetricData"
LIST = "cloudwatch:ListMetrics"
TOPICS = "sns:ListTopics"
TAGS = "resourcegroupstaggingapi:GetResources"
COUNTER = "aws_ppbe_restart_events_total"
RESTART = """\
from datetime import timedelta
from ppbe_observe.cloudwatch import SUM, Exporter, Metric

SECOND = timedelta(seconds=1)
EXPORTER = Exporter(
    namespace="PPBE/Restart", metrics=(Metric("Events", SUM, help="Events."),), period=SECOND, delay=SECOND,
    static=((("Source", "test"),),),
)
"""


@pytest.fixture(scope="module")
def estate() -> Iterator[SimulatedEstate]:
    with simulated_estate(late=False) as running:
        yield running


@pytest.fixture
def struck(estate: SimulatedEstate) -> Iterator[SimulatedEstate]:
    """The estate, with no call counted yet, and without faults afterwards."""
    estate.requests.clear()
    yield estate
    estate.faults.clear()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_collecting_lets_the_runs_end(
    struck: SimulatedEstate, tmp_path: Path, number: signal.Signals
) -> None:
    struck.faults.add(Fault(READ, Effect.SLOW, seconds=2.0))
    given = settings(exporters=only("rds", interval="1m"), schedule={"stop_within": "20s"})
    with daemon(tmp_path, given, struck.environ) as running:
        until(lambda: struck.requests.count(LIST))
        began = time.monotonic()
        assert running.end(number) == 0
        assert time.monotonic() - began < 15
        (stopped,) = running.events("daemon.stopped")
        assert stopped["all_jobs_finished"] is True
        assert len(running.events("collect.finished", exporter="rds")) == 1, running.explain()
        assert "Traceback" not in running.explain()
    assert sound(tmp_path / "state.db")


@pytest.mark.parametrize(
    ("before", "operation", "effect"),
    [(TOPICS, TAGS, Effect.HANG), (LIST, READ, Effect.HANG), (LIST, READ, Effect.SLOW)],
)
def test_runs_that_do_not_end_are_left_behind(
    struck: SimulatedEstate, tmp_path: Path, before: str, operation: str, effect: Effect
) -> None:
    """A thread in the middle of a call that hangs holds up neither the stop nor the end of the process."""
    struck.faults.add(Fault(operation, effect, seconds=60.0))
    given = settings(exporters=only("sns", interval="1m"), schedule={"stop_within": "1s"}, aws={"read_timeout": "50s"})
    with daemon(tmp_path, given, struck.environ) as running:
        until(lambda: struck.requests.count(before))
        began = time.monotonic()
        assert running.end() == 0
        assert time.monotonic() - began < 5
        (stopped,) = running.events("daemon.stopped")
        assert stopped["all_jobs_finished"] is False
        assert running.events("scheduler.jobs_abandoned")
    assert sound(tmp_path / "state.db")


def test_counters_survive_sigkill_without_a_fall_or_a_gap(estate: SimulatedEstate, tmp_path: Path) -> None:
    """Killed twice, what is shown is always the sum of the first so many datapoints, and in the end of all."""
    began = int(datetime.now(UTC).timestamp())
    seconds = range(-3, 16)
    sums = {0.0, *accumulate(float(100 + second) for second in seconds)}
    data = [
        {
            "MetricName": "Events",
            "Dimensions": [{"Name": "Source", "Value": "test"}],
            "Timestamp": began + second,
            "Value": float(100 + second),
            "StorageResolution": 1,
        }
        for second in seconds
    ]
    client(estate, "cloudwatch").put_metric_data(Namespace="PPBE/Restart", MetricData=data)
    (tmp_path / "exporters").mkdir()
    (tmp_path / "exporters" / "restart.py").write_text(RESTART)
    given = settings(exporters={"restart": {"interval": "1s"}}, definitions=str(tmp_path))
    seen = [0.0]
    for _ in range(2):
        with daemon(tmp_path, given, estate.environ) as running:
            for _ in range(2):
                seen.append(running.until(lambda series: another(series, seen[-1])))
            assert running.end(signal.SIGKILL) == -signal.SIGKILL
    with daemon(tmp_path, given, estate.environ) as running:
        seen.append(running.until(lambda series: value(series, COUNTER)))
        running.until(lambda series: value(series, COUNTER) == max(sums))
        assert running.events("collect.failed") == []
    assert seen == sorted(seen)
    assert set(seen) <= sums
    assert sound(tmp_path / "state.db")


def another(series: Series, than: float) -> float | None:
    """The counter, if it is shown and has changed."""
    now = value(series, COUNTER)
    return None if now == than else now


def sound(file: Path) -> bool:
    """Whether the database is whole and no journal of a half-written transaction is left."""
    with sqlite3.connect(file) as connection:
        return list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
