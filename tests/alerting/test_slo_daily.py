"""A day out of the recorded series: every minute is seen, idle, an outage or unknown, and nothing is made up."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.alerting.slo.daily import COUNTED, OUTAGE_SHARE, SEEN, Series, days_of
from ppbe_observe.model import AvailabilityDay, ObjectiveKey, Span
from ppbe_observe.model.availability_record import DEFINITION

DAY, MIDNIGHT = date(2026, 11, 22), 1_795_305_600.0
SHOP = {"slo": "shop-availability", "service": "shop"}
HERE = {"environment": "production"}
NAN = float("nan")


def series(name: str, points: Mapping[int, float], **labels: str) -> Series:
    """A recorded series of the shop, by the minutes of the day at whose end each point is."""
    return {"__name__": name, **SHOP, **labels}, [(MIDNIGHT + 60 * at, value) for at, value in points.items()]


def windows(kind: str, points: Mapping[int, float]) -> Series:
    return series(f"slo:sli_{kind}:increase5m", points, **HERE)


def whole(kind: str, value: float) -> Series:
    return series(f"slo:sli_{kind}:increase1d", {1440: value}, **HERE)


def steady(value: float, minutes: int = 1440) -> dict[int, float]:
    return dict.fromkeys(range(1, minutes + 1), value)


OBJECTIVE = series("slo:objective:ratio", {1: 0.99, 1440: 0.999})


def day(*seen: Series, counted: tuple[Series, ...] = (), minutes: int = 1440) -> AvailabilityDay:
    (found,) = days_of(DAY, MIDNIGHT, minutes, (OBJECTIVE, *seen), counted)
    return found


def test_a_whole_day_is_what_was_counted_at_its_end() -> None:
    counted = (whole("total", 12_000.0004), whole("bad", 3.0006))
    found = day(windows("total", steady(50)), windows("bad", steady(0)), counted=counted)
    assert found == AvailabilityDay(
        day=DAY,
        key=ObjectiveKey("shop-availability", (("environment", "production"),)),
        service="shop",
        objective=0.999,
        events=12_000,
        bad=3.001,
        minutes=1440,
        idle_minutes=0,
        unknown_minutes=0,
    )


@pytest.mark.parametrize("counted", [(), (whole("total", 9.0),), (whole("total", NAN), whole("bad", 1.0))])
def test_without_the_count_of_the_day_the_windows_that_were_seen_are_added_up(counted: tuple[Series, ...]) -> None:
    seen = windows("total", steady(50, 100)), windows("bad", steady(1, 100))
    found = day(*seen, counted=counted)
    assert (found.events, found.bad, found.unknown_minutes) == (1000, 20, 1340)


def test_of_a_day_that_is_not_over_only_its_minutes_count() -> None:
    found = day(windows("total", steady(10, 12)), windows("bad", steady(0, 12)), minutes=12)
    assert (found.events, found.minutes, found.unknown_minutes) == (20, 12, 0)


@pytest.mark.parametrize(
    ("kind", "told", "outages"),
    [
        ("bad", {6: 49.9, 7: 50.0, 8: 100.0, 10: 60.0}, (Span(6, 2), Span(9, 1))),
        ("good", {6: 50.1, 7: 50.0, 8: 0.0, 10: 40.0}, (Span(6, 2), Span(9, 1))),
    ],
)
def test_a_minute_is_out_from_half_of_the_events_on(
    kind: str, told: dict[int, float], outages: tuple[Span, ...]
) -> None:
    usual = steady(0 if kind == "bad" else 100, 12)
    found = day(windows("total", steady(100, 12)), windows(kind, usual | told), minutes=12)
    assert (found.outages, found.outage_minutes) == (outages, 3)


def test_an_outage_of_a_whole_day_is_one() -> None:
    assert day(windows("total", steady(9)), windows("bad", steady(9))).outages == (Span(0, 1440),)


def test_a_minute_without_an_event_is_idle_and_no_outage() -> None:
    found = day(windows("total", steady(0)), windows("bad", steady(0)))
    assert (found.events, found.bad, found.idle_minutes, found.unknown_minutes) == (0, 0, 1440, 0)
    assert found.outages == ()


@pytest.mark.parametrize(
    "seen",
    [
        (windows("total", steady(10)),),
        (windows("bad", steady(0)),),
        (windows("total", steady(NAN)), windows("bad", steady(0))),
    ],
)
def test_what_is_counted_in_part_is_unknown(seen: tuple[Series, ...]) -> None:
    found = day(*seen)
    assert (found.events, found.bad, found.unknown_minutes, found.idle_minutes) == (None, None, 1440, 0)


def test_more_good_events_than_events_is_no_bad_one() -> None:
    """Of a minute, the good ones may be read first."""
    found = day(windows("total", steady(10, 5)), windows("good", steady(11, 5)), minutes=5)
    assert (found.events, found.bad, found.outages) == (10, 0, ())


def test_an_objective_that_is_declared_and_was_never_counted_is_unknown() -> None:
    found = day()
    assert (found.key, found.service, found.events) == (ObjectiveKey("shop-availability", ()), "shop", None)
    assert found.unknown_minutes == 1440


def test_series_of_an_objective_that_is_not_declared_are_left_out() -> None:
    assert days_of(DAY, MIDNIGHT, 1440, (windows("total", steady(1)), windows("bad", steady(0))), ()) == ()


def test_each_combination_of_labels_is_one_in_order() -> None:
    def of(environment: str) -> tuple[Series, Series]:
        total, bad = (
            series(f"slo:sli_{kind}:increase5m", steady(1), environment=environment) for kind in ("total", "bad")
        )
        return total, bad

    found = days_of(DAY, MIDNIGHT, 1440, (*of("staging"), OBJECTIVE, *of("production")), ())
    assert [dict(each.key.labels)["environment"] for each in found] == ["production", "staging"]


def test_what_is_asked_for_is_what_is_recorded() -> None:
    assert COUNTED == '{__name__=~"slo:sli_total:increase1d|slo:sli_bad:increase1d|slo:sli_good:increase1d"}'
    assert SEEN == (
        '{__name__=~"slo:objective:ratio|slo:sli_total:increase5m|slo:sli_bad:increase5m|slo:sli_good:increase5m"}'
    )


def test_the_record_tells_the_share_that_is_used() -> None:
    assert OUTAGE_SHARE == 0.5
    assert "where at least half of the events of the five minutes up to its end were bad" in DEFINITION


WINDOW = st.one_of(st.none(), st.tuples(st.floats(0, 1e6), st.floats(0, 1)))
"""Of a minute: nothing, or the number of events and the share of bad ones."""


@given(st.lists(WINDOW, max_size=60))
def test_every_minute_is_counted_once_and_nothing_is_made_up(minutes: list[tuple[float, float] | None]) -> None:
    known = {at: each for at, each in enumerate(minutes, 1) if each}
    total = windows("total", {at: events for at, (events, _) in known.items()})
    bad = windows("bad", {at: events * share for at, (events, share) in known.items()})
    (found,) = days_of(DAY, MIDNIGHT, len(minutes), (OBJECTIVE, total, bad), ())
    out = {minute for each in found.outages for minute in range(each.first + 1, each.first + each.minutes + 1)}
    assert found.unknown_minutes == len(minutes) - len(known)
    assert out <= known.keys()
    assert len(out) == found.outage_minutes
    assert len(out) + found.idle_minutes + found.unknown_minutes <= len(minutes)
    assert (found.events is None) == all(at % 5 for at in known)
    if found.events is not None:
        assert found.bad is not None
        assert 0 <= found.bad <= found.events
    for before, after in pairwise(found.outages):
        assert before.first + before.minutes < after.first
