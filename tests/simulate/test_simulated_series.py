from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.simulate.plane.series import DAY, Identity, Lateness, MergedSeries
from ppbe_observe.simulate.plane.signals import Countdown, Drift, Events, Latency, Level, Signal, Volume
from support.metrics import NOON, simulated

LONG_AFTER = NOON + 90 * DAY
SIGNALS: dict[str, Callable[[], Signal]] = {
    "level": lambda: Level(40.0, 20.0, 5.0, ceiling=100.0, spread=0.2, samples=3),
    "drift": lambda: Drift(100.0, -1.0),
    "countdown": lambda: Countdown(NOON + 30 * DAY),
    "events": lambda: Events(50.0),
    "rare events": lambda: Events(0.2),
    "volume": lambda: Volume(9000.0),
    "latency": lambda: Latency(0.05, 0.7, Events(50.0)),
}


@pytest.mark.parametrize("name", SIGNALS)
def test_five_minutes_are_the_merge_of_their_minutes(name: str) -> None:
    series = simulated(SIGNALS[name]())
    for start in range(NOON, NOON + 3600, 300):
        minutes = [series.aggregate(start + offset, 60, LONG_AFTER) for offset in range(0, 300, 60)]
        seen = [each for each in minutes if each is not None]
        whole = series.aggregate(start, 300, LONG_AFTER)
        if not seen:
            assert whole is None
            continue
        assert whole is not None
        assert whole.total == pytest.approx(sum(each.total for each in seen))
        assert whole.samples == sum(each.samples for each in seen)
        assert whole.low == min(each.low for each in seen)
        assert whole.high == max(each.high for each in seen)


@pytest.mark.parametrize("name", SIGNALS)
def test_the_mean_lies_between_the_extremes(name: str) -> None:
    series = simulated(SIGNALS[name]())
    for start in range(NOON - DAY, NOON, 1800):
        found = series.aggregate(start, 60, LONG_AFTER)
        if found is not None:
            assert found.low - 1e-9 <= found.total / found.samples <= found.high + 1e-9


def test_datapoints_depend_on_the_seed_and_on_the_metric_alone() -> None:
    def values(metric: str, seed: int) -> list[object]:
        series = simulated(Level(40.0, 20.0, 5.0), metric, seed=seed)
        return [series.aggregate(start, 60, LONG_AFTER) for start in range(NOON, NOON + 600, 60)]

    assert values("A", 1) == values("A", 1)
    assert values("A", 1) != values("B", 1)
    assert values("A", 1) != values("A", 2)


def test_a_weekday_noon_is_busier_than_its_night_and_than_a_sunday() -> None:
    series = simulated(Events(1000.0))

    def requests(start: int) -> float:
        found = series.aggregate(start, 3600, LONG_AFTER)
        return 0.0 if found is None else found.total

    noon, night, sunday = (requests(NOON + hours * 3600) for hours in (4, 19, 4 - 24))
    assert noon > 2 * night
    assert noon > 2 * sunday


def test_a_datapoint_appears_late_and_is_half_filled_first() -> None:
    """As AWS does: absent, then a part of the Sum, then the final Sum, which never changes again."""
    series = simulated(Events(600.0), lateness=Lateness(lag=20.0, settle=60.0, straggler=0.0, behind=0.0))
    seen = [series.aggregate(NOON, 60, NOON + 60 + age) for age in range(0, 120, 1)]
    totals = [None if each is None else each.total for each in seen]
    assert totals[0] is None
    assert len({total for total in totals if total is not None}) == 2
    final = totals[-1]
    assert final is not None
    partial = next(total for total in totals if total is not None)
    assert 0.5 * final < partial < final
    known = [total for total in totals if total is not None]
    assert known == sorted(known)


def test_a_gauge_is_not_half_filled() -> None:
    series = simulated(Level(40.0, jitter=3.0), lateness=Lateness())
    seen = {series.aggregate(NOON, 60, NOON + 60 + age) for age in range(300)}
    assert len(seen - {None}) == 1


@given(st.integers(0, 400), st.integers(0, 10_000))
def test_five_minutes_agree_with_their_minutes_at_every_moment(age: int, minute: int) -> None:
    """Also while some of the minutes are late or half filled."""
    start = (NOON + minute * 60) // 300 * 300
    series = simulated(Events(80.0), lateness=Lateness())
    now = start + age
    minutes = [series.aggregate(start + offset, 60, now) for offset in range(0, 300, 60)]
    whole = series.aggregate(start, 300, now)
    assert (0.0 if whole is None else whole.total) == sum(each.total for each in minutes if each is not None)


def test_events_that_are_sparse_are_absent_rather_than_zero() -> None:
    sparse, dense = simulated(Events(0.0)), simulated(Events(0.0, sparse=False))
    assert sparse.aggregate(NOON, 60, LONG_AFTER) is None
    zero = dense.aggregate(NOON, 60, LONG_AFTER)
    assert zero is not None
    assert zero.total == 0.0


def test_a_metric_that_went_quiet_keeps_its_past() -> None:
    series = simulated(Level(1.0), until=NOON)
    assert series.aggregate(NOON - 60, 60, LONG_AFTER) is not None
    assert series.aggregate(NOON, 60, LONG_AFTER) is None
    assert series.active(NOON - 60, NOON)
    assert not series.active(NOON, NOON + 60)


def test_a_daily_metric_has_one_datapoint_in_the_period_of_its_midnight() -> None:
    series = simulated(Level(7.0), step=DAY)
    midnight = NOON // DAY * DAY
    assert series.aggregate(midnight, 300, LONG_AFTER) == (1.0, 7.0, 7.0, 7.0, ())
    assert series.aggregate(midnight + 300, 300, LONG_AFTER) is None


def test_the_whole_is_the_sum_of_its_zones() -> None:
    parts = tuple(simulated(Events(20.0), dimensions=(("AZ", zone),)) for zone in "abc")
    whole = MergedSeries(Identity("AWS/Test", "M", (), "Count"), parts).aggregate(NOON, 60, LONG_AFTER)
    zones = [part.aggregate(NOON, 60, LONG_AFTER) for part in parts]
    assert whole is not None
    assert whole.total == sum(each.total for each in zones if each is not None)
