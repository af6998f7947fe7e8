"""An incident, minute by minute of simulated time: CloudWatch's alarm, ours, and the alert are of one mind.

The estate's own alarms of five minutes, whose windows slide; datapoints come late and are revised. What the daemon's
job shows is put into a real Prometheus (``support.replay``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from time import time

import pytest

from ppbe_observe.cloudwatch.alarm import DISAGREEING
from ppbe_observe.definitions import load_alarms
from ppbe_observe.model import Snapshot
from support.processes import Peer
from support.project import PROJECT
from support.replay import Clock, Replay, workbench
from support.simulated import simulated_estate

BEGINS, ENDS, LAST = 5, 22, 42
"""Minutes: of the incident, and of the test."""
ALARM = "ppbe-production-db-cpu"


@dataclass(frozen=True, slots=True)
class Seen:
    """Which alarms were in ALARM by the daemon and by CloudWatch after each minute, and a Prometheus with all of it."""

    ours: list[set[str]]
    theirs: list[set[str]]
    peer: Peer
    zero: int

    def asked(self, expression: str, minute: int) -> list[dict[str, str]]:
        """The labels of what Prometheus gives at the end of a minute."""
        at = str(self.zero + 60 * minute)
        answer = self.peer.get("/api/v1/query", query=expression, time=at).json()
        return [each["metric"] for each in answer["data"]["result"]]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    home = tmp_path_factory.mktemp("incident")
    zero = int(time()) // 60 * 60 - 7200
    clock = Clock(zero)
    ours: list[set[str]] = []
    theirs: list[set[str]] = []
    with simulated_estate(clock=clock) as estate, pytest.MonkeyPatch.context() as patch:
        for name, value in estate.environ.items():
            patch.setenv(name, value)
        with workbench(estate, home, PROJECT) as bench:
            (collector,) = bench.collectors({"alarms"}, set())
            replay = Replay(estate, clock, collector)
            for minute in range(LAST):
                clock.now = zero + 60 * minute
                if minute == BEGINS:
                    estate.incidents.start("db-cpu")
                if minute == ENDS:
                    estate.incidents.stop("db-cpu")
                snapshot = replay.look()
                ours.append(alarmed(snapshot, "ppbe_alarm_state"))
                theirs.append(alarmed(snapshot, "ppbe_alarm_cloudwatch_state"))
    with replay.prometheus(home) as peer:
        yield Seen(ours, theirs, peer, zero)


def alarmed(snapshot: Snapshot, family: str) -> set[str]:
    (found,) = [each for each in snapshot.families if each.name == family]
    known = [(dict(sample.labels), sample.value) for sample in found.samples]
    return {labels["alarm_name"] for labels, value in known if labels["state"] == "alarm" and value}


def test_the_alarm_is_raised_once_and_ends(seen: Seen) -> None:
    """Two periods of five minutes have to breach: most of the first, all of the second."""
    raised = [minute for minute, names in enumerate(seen.ours) if ALARM in names]
    assert raised == list(range(raised[0], raised[-1] + 1))
    assert BEGINS + 5 < raised[0] <= BEGINS + 13
    assert ENDS < raised[-1] <= ENDS + 8
    assert set.union(*seen.ours) == {ALARM}


def test_the_daemon_and_cloudwatch_are_of_one_mind_in_every_minute(seen: Seen) -> None:
    assert seen.ours == seen.theirs


def test_the_alert_fires_while_the_alarm_is_raised_and_disagreement_never(seen: Seen) -> None:
    (alarm,) = [each for each in load_alarms(PROJECT) if each.key == "ppbe-db-cpu"]
    for minute in range(LAST):
        assert {each["alarm_name"] for each in seen.asked(alarm.firing, minute)} == seen.ours[minute]
        assert seen.asked(DISAGREEING, minute) == []
