"""Accumulated counters count every datapoint exactly once, whatever CloudWatch and the process do."""

from array import array
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.cloudwatch.counters import Tally
from ppbe_observe.cloudwatch.query import Datapoint, MetricStat
from ppbe_observe.state.counters import decode, encode

PERIOD = 60
LOOKBACK = 600
STAT = MetricStat("AWS/ApplicationELB", "RequestCount", (("LoadBalancer", "app/a/1"),), "Sum", PERIOD)


def answer(*points: tuple[int, float]) -> tuple[Datapoint, ...]:
    return tuple(Datapoint(at, value) for at, value in points)


def add(tally: Tally, end: int, *points: tuple[int, float], complete: bool = True) -> Tally:
    return tally.add(answer(*points), end=end, lookback=LOOKBACK, complete=complete)


def test_a_repeated_datapoint_counts_once() -> None:
    tally = add(Tally(), 1200, (1080, 5.0), (1140, 7.0))
    tally = add(tally, 1260, (1080, 5.0), (1140, 7.0), (1200, 1.0))
    assert tally.shown == 13.0


def test_a_late_datapoint_counts_when_it_comes() -> None:
    tally = add(Tally(), 1260, (1140, 7.0))
    tally = add(tally, 1320, (1080, 5.0), (1140, 7.0), (1200, 1.0))
    assert tally.shown == 13.0


def test_an_upward_revision_adds_the_difference() -> None:
    assert add(add(Tally(), 1200, (1140, 7.0)), 1260, (1140, 9.0)).shown == 9.0


def test_a_downward_revision_never_lowers_the_counter_and_is_made_up_for() -> None:
    tally = add(add(Tally(), 1200, (1140, 9.0)), 1260, (1140, 4.0))
    assert tally.shown == 9.0
    tally = add(tally, 1320, (1200, 3.0))
    assert tally.shown == 9.0
    assert add(tally, 1380, (1260, 10.0)).shown == 17.0


def test_a_settled_datapoint_is_not_counted_again_by_a_longer_window() -> None:
    tally = add(Tally(), 1200, (1140, 7.0))
    tally = add(tally, 3600, (3540, 1.0))
    assert tally.recent == array("d", [3540, 1.0])
    assert add(tally, 3660, (1140, 7.0), (3540, 1.0)).shown == 8.0


def test_an_incomplete_answer_settles_nothing() -> None:
    tally = add(Tally(), 1200, (1140, 7.0))
    tally = add(tally, 9000, (8940, 1.0), complete=False)
    assert tally.covered == 1200
    assert tally.shown == 8.0
    assert add(tally, 9060, (1200, 2.0), (8940, 1.0)).shown == 10.0


@dataclass
class Feed:
    """CloudWatch's view of one Sum, minute by minute: values, when each becomes visible, when it is revised."""

    values: list[int]
    late: list[int]
    revised_by: list[int]

    def at(self, step: int) -> tuple[Datapoint, ...]:
        first = max(0, step - LOOKBACK // PERIOD)
        return tuple(
            Datapoint(minute * PERIOD, float(self._seen(minute, step)))
            for minute in range(first, step)
            if minute + self.late[minute] < step
        )

    def _seen(self, minute: int, step: int) -> int:
        revised = minute + self.late[minute] + 2 < step
        return self.values[minute] + (self.revised_by[minute] if revised else 0)


QUIET = [0] * 9  # minutes without requests at the end, until the last revision has been seen


@given(st.data())
def test_any_history_ends_at_the_true_sum_and_never_falls(data: st.DataObject) -> None:
    """Late, repeated, revised and lost answers, with restarts from what was saved in between."""
    minutes = data.draw(st.integers(1, 40))

    def column(largest: int) -> list[int]:
        return data.draw(st.lists(st.integers(0, largest), min_size=minutes, max_size=minutes)) + QUIET

    feed = Feed(values=column(50), late=column(5), revised_by=column(50))
    lost = data.draw(st.sets(st.integers(1, minutes)))
    restarts = data.draw(st.sets(st.integers(1, minutes)))
    tally, shown = Tally(), 0.0
    for step in range(1, minutes + len(QUIET)):
        if step in restarts:
            tally = decode(encode({STAT: tally}))[STAT]
        if step not in lost or step % 3 == 0:
            tally = tally.add(feed.at(step), end=step * PERIOD, lookback=LOOKBACK, complete=True)
        assert tally.shown >= shown
        shown = tally.shown
    assert shown == sum(feed.values) + sum(feed.revised_by)
