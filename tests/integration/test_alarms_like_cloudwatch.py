"""CloudWatch's own table of evaluations, through the simulated CloudWatch, the daemon's job and a real Prometheus.

Time is simulated: each minute datapoints arrive (punctual, late, never, or once more with another value), the daemon's
job asks for them over HTTP and what it shows is noted. All of it is put into a Prometheus by ``promtool tsdb
create-blocks-from``, which is then asked for each of the minutes which alerts fire.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import time

import pytest

from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm, MissingData
from ppbe_observe.cloudwatch.evaluation import AlarmState
from ppbe_observe.definitions import load_alarms
from support.alarm_tables import ALARM, OK, RETAIN, ROWS, Row
from support.processes import Peer
from support.replay import Clock, Replay, workbench
from support.simulated import simulated_estate

NAMESPACE = "PPBE/Table"
EXPORTER = """\
from ppbe_observe.cloudwatch import AVERAGE, MINUTE, Exporter, Metric

EXPORTER = Exporter(
    namespace="PPBE/Table", dimensions=("Case",), metrics=(Metric("Level", AVERAGE, help="Level."),), period=MINUTE
)
"""
ALARMS = """\
from exporters import table

from ppbe_observe.cloudwatch import AVERAGE, GREATER, MINUTE, CloudWatchAlarm
from ppbe_observe.cloudwatch.alarm import MissingData

ALARMS = tuple(
    CloudWatchAlarm(
        name=f"{m}-of-{n}-{missing.value}", exporter=table.EXPORTER, metric="Level", statistic=AVERAGE,
        comparison=GREATER, threshold=1, period=MINUTE, datapoints=m, of=n, missing=missing, level=("Case",),
    )
    for m, n in ((3, 3), (2, 3), (2, 2), (1, 4))
    for missing in MissingData
)
"""
LONG_AGO = -60
"""A minute long before all others, in which every series has a datapoint: CloudWatch lists it from then on."""
FIRST, LAST = -8, 12
X, O = 9.0, 0.0  # noqa: E741 - as the tables write them

Arrivals = dict[int, list[tuple[int, list[float]]]]
"""By the minute in which they arrive: the minute that is reported, and the samples in it."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Datapoints as they arrive, and the states of a 2-of-2 alarm after each of the first minutes, in all modes."""

    name: str
    arrivals: Arrivals
    states: tuple[str, ...] = field(default=())


def punctual(*values: float | None, start: int = 0) -> Arrivals:
    """Each datapoint is there when its minute ends."""
    return {minute + 1: [(minute, [value])] for minute, value in enumerate(values, start) if value is not None}


def history(value: float) -> Arrivals:
    """Three datapoints that decide the state, long enough before the table's own range."""
    return punctual(value, value, value, start=FIRST)


TIMELINES = (
    Timeline("punctual", punctual(O, X, X, O), (OK, OK, ALARM, OK)),
    # The second one comes a minute late: until then the one before it is evaluated.
    Timeline("late", {1: [(0, [O])], 2: [(1, [X])], 4: [(2, [X])], 5: [(3, [O])]}, (OK, OK, OK, ALARM, OK)),
    # Two that come late, in the wrong order.
    Timeline("late_twice", {1: [(0, [O])], 4: [(2, [X])], 5: [(1, [X])]}, (OK, OK, OK, OK, ALARM)),
    Timeline("missing", punctual(O, X, None, X), (OK, OK, OK, ALARM)),
    # CloudWatch averages over all samples: one more makes another value.
    Timeline("revised_up", {1: [(0, [O])], 2: [(1, [X])], 3: [(2, [O])], 4: [(2, [X])]}, (OK, OK, OK, ALARM)),
    Timeline("revised_down", {1: [(0, [O])], 2: [(1, [X])], 3: [(2, [2.0])], 4: [(2, [O, O])]}, (OK, OK, ALARM, OK)),
)


def accidental(seed: int) -> Timeline:
    """Anything: datapoints that breach or do not, some missing, some up to three minutes late."""
    draw = random.Random(seed)
    arrivals: Arrivals = {}
    for minute in range(FIRST, LAST):
        if draw.random() < 0.6:
            late = draw.choice((0, 0, 0, 1, 3))
            arrivals.setdefault(minute + 1 + late, []).append((minute, [draw.choice((X, X, O))]))
    return Timeline(f"accidental_{seed}", arrivals)


def of_row(row: Row, before: str) -> Timeline:
    """A row of the table, after a time in which the alarm was in that state."""
    values = [None if each is None else X if each else O for each in row.range]
    return Timeline(f"{row.id}_after_{before}", history(X if before == ALARM else O) | punctual(*values))


CASES = (
    *TIMELINES,
    *(of_row(row, before) for row in ROWS for before in (OK, ALARM)),
    *(accidental(seed) for seed in range(20)),
)

Fired = Mapping[tuple[str, int], set[str]]
"""The cases for which an alarm fires, by the key of the alarm and the minute."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What Prometheus fires, and what the daemon itself says, at the end of each minute."""

    fired: Fired
    judged: Fired

    def state(self, key: str, minute: int, case: str) -> str:
        """Alarm or not, as Prometheus has it."""
        return ALARM if case in self.fired[key, minute] else "no alarm"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("root")
    for name, text in (("exporters", EXPORTER), ("alerts", ALARMS)):
        (home / name).mkdir()
        (home / name / "table.py").write_text(text, encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def alarms(root: Path) -> tuple[CloudWatchAlarm, ...]:
    return load_alarms(root)


@pytest.fixture(scope="module")
def seen(alarms: tuple[CloudWatchAlarm, ...], root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    home = tmp_path_factory.mktemp("replay")
    zero = int(time()) // 60 * 60 - 7200
    clock = Clock(zero + 60 * LONG_AGO)
    with simulated_estate(late=False, clock=clock) as estate, pytest.MonkeyPatch.context() as patch:
        for name, value in estate.environ.items():
            patch.setenv(name, value)
        with workbench(estate, home, root) as bench:
            (collector,) = bench.collectors({"alarms"}, set())
            replay = Replay(estate, clock, collector)
            judged: dict[tuple[str, int], set[str]] = {}
            publish(replay, zero, {each.name: [(LONG_AGO, [O])] for each in CASES})
            for minute in range(FIRST + 1, LAST + 1):
                clock.now = zero + 60 * minute
                publish(replay, zero, {each.name: each.arrivals.get(minute, []) for each in CASES})
                judged |= {(key, minute): cases for key, cases in alarmed(replay).items()}
    with replay.prometheus(home) as peer:
        yield Seen(
            {(each.key, minute): fired(peer, each, zero + 60 * minute) for each in alarms for minute in MINUTES}, judged
        )


MINUTES = range(FIRST + 1, LAST + 1)


def publish(replay: Replay, zero: int, samples: dict[str, list[tuple[int, list[float]]]]) -> None:
    data = [
        {
            "MetricName": "Level",
            "Dimensions": [{"Name": "Case", "Value": case}],
            "Timestamp": zero + 60 * minute,
            "Values": [value],
            "Counts": [1],
        }
        for case, found in samples.items()
        for minute, values in found
        for value in values
    ]
    if data:
        replay.publish(NAMESPACE, data)


def alarmed(replay: Replay) -> dict[str, set[str]]:
    """One run of the daemon's job: the cases that it says are alarms, by the key of each alarm."""
    found: dict[str, set[str]] = {}
    for family in replay.look().families:
        for labels, value in family.samples:
            known = dict(labels)
            if family.name == "ppbe_alarm_state" and known["state"] == AlarmState.ALARM:
                found.setdefault(known["alarm"], set()).update([known["dimension_Case"]] if value else [])
    return found


def fired(peer: Peer, alarm: CloudWatchAlarm, at: int) -> set[str]:
    """By the verdict, and by the expression of a page, which tell the same resources."""
    verdict, page = (
        {each["metric"]["dimension_Case"] for each in answer["data"]["result"]}
        for answer in (
            peer.get("/api/v1/query", query=text, time=str(at)).json() for text in (alarm.firing, alarm.paging)
        )
    )
    assert verdict == page
    return verdict


def key(m: int, n: int, missing: MissingData) -> str:
    return f"{m}-of-{n}-{missing.value}"


@pytest.mark.parametrize("missing", MissingData)
@pytest.mark.parametrize("before", [OK, ALARM])
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_an_alert_fires_where_cloudwatch_documents_an_alarm(
    seen: Seen, row: Row, before: str, missing: MissingData
) -> None:
    wanted = before if row.states[missing] == RETAIN else row.states[missing]
    found = seen.state(key(row.datapoints, 3, missing), len(row.range), of_row(row, before).name)
    assert (found == ALARM) == (wanted == ALARM)


@pytest.mark.parametrize("missing", MissingData)
@pytest.mark.parametrize("timeline", TIMELINES, ids=lambda each: each.name)
def test_punctual_late_missing_and_revised_datapoints(seen: Seen, timeline: Timeline, missing: MissingData) -> None:
    found = [seen.state(key(2, 2, missing), minute, timeline.name) for minute in range(1, len(timeline.states) + 1)]
    assert [each == ALARM for each in found] == [each == ALARM for each in timeline.states]


def test_prometheus_and_the_daemon_agree_about_every_alarm_in_every_minute(
    seen: Seen, alarms: tuple[CloudWatchAlarm, ...]
) -> None:
    """The verdict of the counts in PromQL is that of the evaluation in the daemon, whatever arrives and when."""
    assert seen.fired.keys() == seen.judged.keys()
    assert len(seen.fired) == len(alarms) * len(MINUTES)
    assert {at: cases ^ seen.judged[at] for at, cases in seen.fired.items() if cases != seen.judged[at]} == {}
    assert sum(map(len, seen.fired.values())) > 1000
