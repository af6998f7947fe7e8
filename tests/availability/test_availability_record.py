"""The record says what was seen, sums it up honestly, and is the same for people and machines."""

from datetime import UTC, date, datetime, timedelta

import orjson
import pytest

from ppbe_observe.model import Availability, AvailabilityDay, ObjectiveKey
from ppbe_observe.model.availability_record import (
    DEFINITION,
    AvailabilityRecord,
    Look,
    ObjectiveRecord,
    Outage,
    record_of,
)
from support.availability import NOW, PRODUCTION, STAGING, TODAY, ago, recorded

MET, MISSED, IDLE, UNKNOWN = (Availability(each) for each in ("met", "missed", "idle", "unknown"))


def record(*known: AvailabilityDay, look: Look | None = None, shown: int = 30) -> AvailabilityRecord:
    return record_of(known, look or Look(), NOW, shown=shown, source="http://prometheus:9090")


def only(*known: AvailabilityDay, look: Look | None = None, shown: int = 30) -> ObjectiveRecord:
    (found,) = record(*known, look=look, shown=shown).objectives
    return found


@pytest.mark.parametrize(
    ("day", "state", "availability"),
    [
        (recorded(events=1000, bad=0), MET, 1.0),
        (recorded(events=1000, bad=1), MET, 0.999),
        (recorded(events=1000, bad=1.001), MISSED, 0.998999),
        (recorded(events=0, bad=0, idle=1440), IDLE, None),
        (recorded(events=None, bad=None, unknown=1440), UNKNOWN, None),
        (recorded(events=None, bad=None, unknown=0), UNKNOWN, None),
        (recorded(unknown=720), MET, 0.9995),
        (recorded(unknown=721), UNKNOWN, 0.9995),
        (recorded(bad=5000, unknown=1430), MISSED, 0.5),
        (recorded(events=0, bad=0, unknown=721), UNKNOWN, None),
    ],
)
def test_the_state_of_a_day(day: AvailabilityDay, state: Availability, availability: float | None) -> None:
    found = only(day).days[-2]
    assert (found.day, found.state, found.availability, found.complete) == (ago(1), state, availability, True)


def test_every_day_of_the_period_is_there_and_one_of_which_nothing_is_known_is_unknown() -> None:
    found = only(recorded(3), recorded(1), shown=3)
    assert [each.day for each in found.days] == [ago(3), ago(2), ago(1), TODAY]
    assert [each.state for each in found.days] == [MET, UNKNOWN, MET, UNKNOWN]
    assert [each.unknown_minutes for each in found.days] == [0, 1440, 0, 720]
    assert [each.minutes for each in found.days] == [1440, 1440, 1440, 720]
    assert [each.complete for each in found.days] == [True, True, True, False]


def test_today_is_what_was_last_heard_of_it_and_in_no_summary() -> None:
    today = recorded(TODAY, events=10, bad=10, minutes=720)
    found = only(recorded(1), look=Look(NOW, (today,)))
    assert (found.days[-1].state, found.days[-1].events, found.days[-1].complete) == (MISSED, 10, False)
    assert (found.summaries[0].events, found.summaries[0].bad) == (10_000, 5)
    assert found.summaries[0].last_day == ago(1)


def test_what_followed_the_last_look_is_unknown() -> None:
    """Prometheus died at 02:00 yesterday, in an outage; today nobody was heard."""
    yesterday = recorded(1, events=100, bad=0, minutes=120, idle=20, outages=((100, 20),))
    found = only(*(recorded(each, events=100, bad=0) for each in range(2, 31)), look=Look(NOW, (yesterday,)))
    day, today = found.days[-2:]
    assert (day.state, day.minutes, day.idle_minutes, day.unknown_minutes) == (UNKNOWN, 1440, 20, 1320)
    assert (today.state, today.minutes, today.unknown_minutes) == (UNKNOWN, 720, 720)
    assert (found.summaries[0].state, found.summaries[0].unknown_minutes) == (MET, 1320)
    assert [each.ongoing for each in found.outages] == [False]


@pytest.mark.parametrize(("minutes", "unknown", "ongoing"), [(720, 0, True), (717, 0, True), (716, 4, False)])
def test_a_look_may_be_a_little_behind(minutes: int, unknown: int, ongoing: bool) -> None:  # noqa: FBT001 - a table's column
    today = recorded(TODAY, minutes=minutes, outages=((minutes - 5, 5),))
    found = only(look=Look(NOW, (today,)))
    assert (found.days[-1].minutes, found.days[-1].unknown_minutes) == (minutes + unknown, unknown)
    assert [each.ongoing for each in found.outages] == [ongoing]


def test_a_summary_is_of_all_events_not_of_the_days_and_counts_what_is_not_known() -> None:
    days = [recorded(each, events=1000, bad=0, idle=10) for each in range(2, 21)]
    found = only(recorded(1, events=81_000, bad=100, outages=((5, 7), (100, 3))), *days)
    month, quarter, year = found.summaries
    assert (month.days, month.first_day, month.last_day) == (30, ago(30), ago(1))
    assert (month.events, month.bad, month.availability, month.state) == (100_000, 100, 0.999, MET)
    assert (month.known_days, month.unknown_minutes) == (20, 10 * 1440)
    assert (month.outage_minutes, month.idle_minutes) == (10, 190)
    assert (quarter.days, quarter.availability, quarter.state) == (90, 0.999, UNKNOWN)
    assert (year.days, year.known_days, year.unknown_minutes) == (365, 20, 345 * 1440)


def test_without_an_event_and_without_a_number_nothing_is_met() -> None:
    assert only(*(recorded(each, events=0, bad=0, idle=1440) for each in range(1, 31))).summaries[0].state == IDLE
    nothing = only(recorded(1, events=None, bad=None, unknown=1440)).summaries[0]
    assert (nothing.state, nothing.availability, nothing.events, nothing.known_days) == (UNKNOWN, None, None, 0)


def minute(day: date, at: int) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=at)


def test_outages_are_told_newest_first_and_go_on_over_midnight() -> None:
    today = recorded(TODAY, minutes=720, outages=((0, 4), (715, 5)))
    found = only(
        recorded(2, outages=((10, 2), (1400, 40))), recorded(1, outages=((1430, 10),)), look=Look(NOW, (today,))
    )
    assert found.outages == (
        Outage(minute(TODAY, 715), minute(TODAY, 720), 5, ongoing=True),
        Outage(minute(ago(1), 1430), minute(TODAY, 4), 14, ongoing=False),
        Outage(minute(ago(2), 1400), minute(ago(1), 0), 40, ongoing=False),
        Outage(minute(ago(2), 10), minute(ago(2), 12), 2, ongoing=False),
    )


def test_an_outage_at_the_end_of_a_whole_day_is_over() -> None:
    (found,) = only(recorded(1, outages=((1430, 10),))).outages
    assert (found.end, found.ongoing) == (minute(TODAY, 0), False)


def test_outages_before_the_days_that_are_shown_are_left_out() -> None:
    assert only(recorded(4, outages=((1, 1),)), recorded(1), shown=3).outages == ()


def test_what_is_recorded_counts_more_than_what_was_heard() -> None:
    heard = Look(NOW, (recorded(1, bad=10_000), recorded(TODAY, minutes=720)))
    assert only(recorded(1, bad=0), look=heard).days[-2].bad == 0
    assert only(look=heard).days[-2].bad == 10_000


def test_objectives_are_told_apart_by_their_labels() -> None:
    found = record(recorded(1, key=STAGING), recorded(1)).objectives
    assert [(each.slo, each.labels) for each in found] == [
        ("shop-availability", {"environment": "production"}),
        ("shop-availability", {"environment": "staging"}),
    ]


def test_an_objective_that_was_never_counted_is_told_and_not_beside_itself() -> None:
    bare = ObjectiveKey("shop-availability", ())
    never = recorded(1, key=bare, events=None, bad=None, unknown=1440)
    assert [each.labels for each in record(never).objectives] == [{}]
    assert [each.labels for each in record(never, recorded(1)).objectives] == [{"environment": "production"}]


def test_the_objective_is_the_newest_one_and_each_day_is_judged_by_its_own() -> None:
    found = only(recorded(2, bad=50, objective=0.99), recorded(1, bad=50))
    assert found.objective == 0.999
    assert [each.state for each in found.days[-3:-1]] == [MET, MISSED]


def test_the_head_of_the_record() -> None:
    found = record(recorded(40), look=Look(None, (), "Prometheus does not answer"), shown=30)
    assert (found.first_day, found.last_day, found.since) == (ago(30), TODAY, ago(40))
    assert (found.generated_at, found.asked_at) == (NOW, None)
    assert (found.source, found.problem) == ("http://prometheus:9090", "Prometheus does not answer")
    assert found.definition == DEFINITION
    assert "at least half of the events" in DEFINITION
    empty = record()
    assert (empty.since, empty.objectives) == (None, ())


def test_days_that_no_part_of_the_record_is_made_of_are_left_out() -> None:
    assert record(recorded(366), recorded(TODAY + timedelta(days=1))).objectives == ()
    assert [each.slo for each in record(recorded(366), shown=366).objectives] == ["shop-availability"]


def test_json_is_the_record_under_the_same_names() -> None:
    found = orjson.loads(record(recorded(1, outages=((0, 1),)), look=Look(NOW), shown=1).as_json())
    (objective,) = found.pop("objectives")
    assert found == {
        "generated_at": "2026-11-23T12:00:30Z",
        "asked_at": "2026-11-23T12:00:30Z",
        "source": "http://prometheus:9090",
        "definition": DEFINITION,
        "problem": "",
        "first_day": "2026-11-22",
        "last_day": "2026-11-23",
        "since": "2026-11-22",
    }
    assert objective["days"][0] == {
        "day": "2026-11-22",
        "state": "met",
        "availability": 0.9995,
        "events": 10_000,
        "bad": 5,
        "minutes": 1440,
        "outage_minutes": 1,
        "idle_minutes": 0,
        "unknown_minutes": 0,
        "complete": True,
    }
    assert objective["outages"] == [
        {"begin": "2026-11-22T00:00:00Z", "end": "2026-11-22T00:01:00Z", "minutes": 1, "ongoing": False}
    ]
    assert objective["labels"] == dict(PRODUCTION.labels)
    assert [each["days"] for each in objective["summaries"]] == [30, 90, 365]
