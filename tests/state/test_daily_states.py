"""Each day keeps its last and its worst state."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from ppbe_observe.controls.rollup import State
from ppbe_observe.model import DailyState
from ppbe_observe.state.daily import KEPT_DAYS, DailyStates
from ppbe_observe.state.database import Database

RANK = {state.value: rank for rank, state in enumerate(State)}
TODAY = date(2026, 11, 23)
AC_2 = ("control", "ac-2")
KSI = ("indicator", "KSI-IAM-MFA")


@pytest.fixture
def days(database: Database) -> DailyStates:
    return DailyStates(database, RANK)


def day(state: str, worst: str, what: tuple[str, str] = AC_2, on: date = TODAY) -> DailyState:
    return DailyState(on, *what, state, worst)


def test_nothing_is_known_at_first(days: DailyStates) -> None:
    assert days.record(TODAY, {}) == 0
    assert days.since(date.min) == []


@pytest.mark.parametrize(
    ("course", "state", "worst"),
    [
        (["pass"], "pass", "pass"),
        (["pass", "fail", "pass"], "pass", "fail"),
        (["unknown", "pass"], "pass", "unknown"),
        (["unknown", "fail"], "fail", "fail"),
        (["fail", "unknown"], "unknown", "fail"),
        (["not_automated", "not_applicable", "pass", "exempt"], "exempt", "exempt"),
        (["a word of another version", "pass"], "pass", "pass"),
    ],
)
def test_a_day_keeps_the_last_and_the_worst(days: DailyStates, course: list[str], state: str, worst: str) -> None:
    for each in course:
        days.record(TODAY, {AC_2: each})
    assert days.since(TODAY) == [day(state, worst)]


def test_days_controls_and_indicators_are_kept_apart_and_in_order(url: str, days: DailyStates) -> None:
    yesterday = TODAY - timedelta(days=1)
    days.record(yesterday, {KSI: "fail"})
    days.record(TODAY, {KSI: "pass", AC_2: "unknown"})
    other = Database(url)
    expected = [day("unknown", "unknown"), day("pass", "pass", KSI)]
    assert DailyStates(other, RANK).since(TODAY) == expected
    assert DailyStates(other, RANK).since(yesterday) == [day("fail", "fail", KSI, yesterday), *expected]
    other.close()


@pytest.mark.parametrize(
    ("again", "rows"),
    [
        ({AC_2: "pass", KSI: "fail"}, 0),
        ({AC_2: "fail", KSI: "fail"}, 1),
        ({AC_2: "fail", KSI: "pass"}, 2),
    ],
)
def test_only_what_changes_is_written(days: DailyStates, again: Mapping[tuple[str, str], str], rows: int) -> None:
    assert days.record(TODAY, {AC_2: "pass", KSI: "fail"}) == 2
    assert days.record(TODAY, again) == rows


def test_days_longer_ago_than_seven_years_are_forgotten(days: DailyStates) -> None:
    last = TODAY - timedelta(days=KEPT_DAYS)
    for each in (last - timedelta(days=1), last, TODAY):
        days.record(each, {AC_2: "pass"})
    assert days.prune(TODAY) == 1
    assert [each.day for each in days.since(date.min)] == [last, TODAY]
    assert days.prune(TODAY, days=0) == 1
    assert [each.day for each in days.since(date.min)] == [TODAY]


def test_the_days_of_one_control_since_a_day(days: DailyStates) -> None:
    for ago, state in ((3, "pass"), (2, "fail"), (1, "unknown")):
        days.record(TODAY - timedelta(days=ago), {AC_2: state, KSI: "pass"})
    two, one = (TODAY - timedelta(days=ago) for ago in (2, 1))
    assert days.of(*AC_2, two) == [day("fail", "fail", on=two), day("unknown", "unknown", on=one)]
    assert days.of("control", "nothing", date.min) == []
