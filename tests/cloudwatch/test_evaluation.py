"""An alarm is evaluated as CloudWatch documents it, row by row, and nothing but its counts decides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.cloudwatch.alarm import BREACHING, IGNORE, MISSING, NOT_BREACHING, MissingData
from ppbe_observe.cloudwatch.evaluation import AlarmState, Counted, count, outcomes, state, window_of
from ppbe_observe.cloudwatch.query import Datapoint
from ppbe_observe.cloudwatch.windows import Window
from support.alarm_tables import RETAIN, ROWS, Row
from support.alarms import alarm, seconds

STATES = tuple(AlarmState)
MODES = tuple(MissingData)
RANGES = st.lists(st.sampled_from([True, False, None]), min_size=3, max_size=12)


def verdict(m: int, n: int, mode: MissingData, found: list[bool | None], before: AlarmState = AlarmState.OK) -> str:
    return state(alarm(datapoints=m, of=n, missing=mode), count(found, n), before).value


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_row_of_the_documented_tables(row: Row, mode: MissingData) -> None:
    for before in STATES:
        wanted = row.states[mode]
        assert verdict(row.datapoints, 3, mode, list(row.range), before) == (
            before.value if wanted == RETAIN else wanted
        )


@pytest.mark.parametrize(
    ("found", "of", "counted"),
    [
        ([], 3, Counted(0, 0, 0)),
        ([None] * 5, 3, Counted(0, 0, 0)),
        ([True, True, False, True, None], 3, Counted(2, 3, 0)),
        ([None, True, None, None, True], 3, Counted(2, 2, 4)),
        ([True, True, True, True, True], 3, Counted(3, 3, 5)),
        ([False, True, True, None, True], 3, Counted(3, 3, 0)),
        ([None, None, False, None, None], 3, Counted(0, 1, 0)),
    ],
)
def test_what_a_range_counts(found: list[bool | None], of: int, counted: Counted) -> None:
    assert count(found, of) == counted


def test_the_most_recent_datapoints_are_taken_however_old_they_are_within_the_range() -> None:
    """A late datapoint leaves its place to an older one: 2 of 2 stays an alarm while the newest is on its way."""
    assert verdict(2, 2, NOT_BREACHING, [None, True, True, None]) == "alarm"
    assert verdict(2, 2, NOT_BREACHING, [None, True, True, False]) == "ok"
    assert verdict(2, 2, NOT_BREACHING, [True, True, False, None]) == "ok"


@given(RANGES, st.sampled_from(MODES), st.sampled_from(STATES), st.data())
def test_where_enough_was_reported_it_does_not_matter_what_is_made_of_missing_ones(
    found: list[bool | None], mode: MissingData, before: AlarmState, data: st.DataObject
) -> None:
    present = [each for each in found if each is not None]
    n = data.draw(st.integers(1, max(1, len(present))))
    m = data.draw(st.integers(1, n))
    if len(present) >= n:
        enough = sum(present[-n:]) >= m
        assert verdict(m, n, mode, found, before) == ("alarm" if enough else "ok")


@given(RANGES, st.sampled_from([BREACHING, NOT_BREACHING]), st.sampled_from(STATES), st.sampled_from(STATES))
def test_only_an_alarm_that_ignores_missing_ones_remembers(
    found: list[bool | None], mode: MissingData, one: AlarmState, other: AlarmState
) -> None:
    for each in (mode, MISSING):
        assert verdict(2, 3, each, found, one) == verdict(2, 3, each, found, other)


@given(RANGES, st.sampled_from(MODES), st.sampled_from(STATES), st.integers(1, 4), st.data())
def test_one_more_breaching_datapoint_never_ends_an_alarm(
    found: list[bool | None], mode: MissingData, before: AlarmState, m: int, data: st.DataObject
) -> None:
    n = data.draw(st.integers(m, 5))
    place = data.draw(st.integers(0, len(found) - 1))
    if found[place] is not False:
        return
    worse = [*found[:place], True, *found[place + 1 :]]
    if verdict(m, n, mode, found, before) == "alarm":
        assert verdict(m, n, mode, worse, before) == "alarm"


@given(RANGES, st.sampled_from(STATES))
def test_ignoring_differs_from_missing_only_where_nothing_is_decided(
    found: list[bool | None], before: AlarmState
) -> None:
    ignoring, missing = (verdict(2, 3, mode, found, before) for mode in (IGNORE, MISSING))
    counted = count(found, 3)
    decided = counted.breaching >= 2 or counted.reported > counted.breaching
    assert ignoring == (missing if decided else before.value)


@pytest.mark.parametrize(
    ("period", "now", "window"),
    [
        (60, 1_800_000_059.9, Window(1_800_000_000 - 240, 1_800_000_000)),
        (300, 1_800_000_130.0, Window(1_800_000_120 - 1200, 1_800_000_120)),
        (10, 1_800_000_019.0, Window(1_800_000_010 - 40, 1_800_000_010)),
    ],
)
def test_the_range_ends_with_the_last_minute_whatever_the_period_is(period: int, now: float, window: Window) -> None:
    assert window_of(alarm(period=seconds(period)), now) == window


def test_datapoints_have_their_places_in_the_range() -> None:
    five = alarm(period=seconds(300))
    window = window_of(five, 1_800_000_130.0)
    points = [Datapoint(window.start, 90.0), Datapoint(window.start + 600, 80.0)]
    assert outcomes(five, window, points) == (True, None, False, None)
