"""When jobs are due: targets are spread, the jobs of one target go together, and the beat is kept."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.scheduler.beat import Beat, phase_of, phases
from support.jobs import job

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
_INTERVALS = st.timedeltas(min_value=timedelta(milliseconds=10), max_value=timedelta(days=1))
_TIMES = st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400))


@given(every=_INTERVALS, since=_TIMES)
def test_the_next_instant_is_on_the_beat_and_at_most_one_interval_away(every: timedelta, since: timedelta) -> None:
    now = START + since
    due = Beat(START, every).get_next_fire_time(None, now)
    assert now < due <= now + every
    assert (due - START) % every == timedelta(0)


@given(name=st.text(max_size=40), spread=_INTERVALS)
def test_a_phase_is_within_the_spread_and_always_the_same(name: str, spread: timedelta) -> None:
    assert timedelta(0) <= phase_of(name, spread) < spread
    assert phase_of(name, spread) == phase_of(name, spread)


def test_a_phase_is_the_same_on_every_machine() -> None:
    """Not of ``hash``, which differs from process to process."""
    assert phase_of("123456789012/us-gov-west-1", timedelta(seconds=5)) == timedelta(seconds=2, microseconds=915522)


def test_a_thousand_targets_are_spread_over_all_of_it() -> None:
    seconds = sorted(phase_of(f"{n:012d}/us-gov-west-1", timedelta(seconds=5)).total_seconds() for n in range(1000))
    tenths = [sum(low <= second < low + 0.5 for second in seconds) for low in (0.5 * n for n in range(10))]
    assert min(tenths) > 70
    assert max(tenths) < 130


@pytest.mark.parametrize(("jitter", "most"), [(5.0, 5.0), (600.0, 60.0), (0.0, 0.0)])
def test_jobs_of_one_target_share_a_phase_no_longer_than_their_shortest_interval(jitter: float, most: float) -> None:
    jobs = [job("rds a", every=60, target_name="a"), job("s3 a", every=86400, target_name="a")]
    found = phases(jobs, timedelta(seconds=jitter))
    assert found == {"a": phase_of("a", timedelta(seconds=most))}


def test_jobs_with_intervals_that_divide_each_other_meet() -> None:
    minute, five = Beat(START, timedelta(minutes=1)), Beat(START, timedelta(minutes=5))
    now = START + timedelta(minutes=4, seconds=30)
    assert minute.get_next_fire_time(None, now) == five.get_next_fire_time(None, now)
