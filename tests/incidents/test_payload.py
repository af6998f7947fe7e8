"""What is believed of a payload, and what is told of one that is none."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.incidents.payload import Believable, PayloadError, read
from support.incidents import LABELS, at, sighting
from support.webhook import alert, payload

BELIEVABLE = Believable(max_age=timedelta(days=1), keep=timedelta(days=2555), skew=timedelta(minutes=5))
NOW = at(30)
DAY = 24 * 60


def test_a_payload_is_read() -> None:
    found = read(payload(alert(0), alert(15, 20, step="l2"), truncatedAlerts=3), NOW, BELIEVABLE)
    first, second = found.sightings
    assert (first.identity, first.step, first.starts, first.seen, first.ended) == (
        sighting(0).identity,
        "l1",
        at(0),
        at(0),
        None,
    )
    assert (second.step, second.starts, second.ended) == ("l2", at(15), at(20))
    assert (first.summary, first.description) == ("CPU of the database is high.", "95 percent, more than 80.")
    assert (found.refused, found.watchdog, found.truncated, found.believed) == ((), False, 3, True)


def test_members_of_newer_versions_are_left_alone() -> None:
    found = read(payload({**alert(0), "new": 1}, notificationReason="first"), NOW, BELIEVABLE)
    assert len(found.sightings) == 1


def test_go_writes_nanoseconds_and_zones() -> None:
    given = {**alert(0), "startsAt": "2026-11-23T07:00:00.123456789-05:00"}
    (found,) = read(payload(given), NOW, BELIEVABLE).sightings
    assert found.starts == at(0) + timedelta(microseconds=123456)


def test_the_watchdog_is_a_heartbeat_and_no_incident() -> None:
    found = read(payload(alert(-9 * DAY, alertname="Watchdog")), NOW, BELIEVABLE)
    assert (found.sightings, found.watchdog, found.believed) == ((), True, True)
    over = read(payload(alert(0, 9, alertname="Watchdog")), NOW, BELIEVABLE)
    assert (over.sightings, over.watchdog, over.believed) == ((), False, False)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (alert(36), "it begins in the future; check the clocks"),
        (alert(0, 36), "it ended in the future; check the clocks"),
        (alert(-2 * DAY, 29 - DAY), "it ended longer ago than incidents.max_age"),
        (alert(-2556 * DAY), "it began before any record that is kept"),
        (alert(10, 9), "it is resolved, and does not end after it begins"),
        ({**alert(0, 9), "endsAt": None}, "it is resolved, and does not end after it begins"),
        (alert(0, alertname=""), "it has no label alertname"),
    ],
)
def test_times_that_are_not_believed(given: dict[str, Any], why: str) -> None:
    found = read(payload(alert(0), given), NOW, BELIEVABLE)
    assert found.refused == (f"alerts.1: {why}",)
    assert len(found.sightings) == 1
    assert not read(payload(given), NOW, BELIEVABLE).believed


@pytest.mark.parametrize(
    "given", [alert(34), alert(0, 34), alert(-2 * DAY, 31 - DAY), alert(-30 * DAY), alert(5, 5)], ids=str
)
def test_times_that_are_just_believed(given: dict[str, Any]) -> None:
    assert read(payload(given), NOW, BELIEVABLE).refused == ()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "body: Invalid JSON"),
        (b"\xff\xfe", "body: Invalid JSON"),
        (b"[]", "body: Input should be an object"),
        (b"[" * 5000, "body: Invalid JSON"),
        (payload(version="3"), "version: Input should be '4'"),
        (payload(alert(0), version=...), "version: Field required"),
        (payload(), "alerts: Tuple should have at least 1 item"),
        (payload({**alert(0), "status": "flapping"}), "alerts.0.status: Input should be 'firing' or 'resolved'"),
        (payload({**alert(0), "labels": {}}), "alerts.0.labels: Dictionary should have at least 1 item"),
        (
            payload({**alert(0), "labels": {"alertname": 1}}),
            "alerts.0.labels.alertname: Input should be a valid string",
        ),
        (payload({**alert(0), "startsAt": "yesterday"}), "alerts.0.startsAt: Input should be a valid datetime"),
        (payload({**alert(0), "startsAt": 0}), "alerts.0.startsAt: Input should be a valid datetime"),
        (payload({**alert(0), "startsAt": "2026-11-23T12:00:00"}), "alerts.0.startsAt: Input should have timezone"),
        (payload({**alert(0), "startsAt": "0001-01-01T00:00:00+05:00"}), "alerts.0.startsAt: Value error, not a time"),
        (payload(*[{**alert(0), "status": ""}] * 8), "and 4 more"),
    ],
)
def test_what_is_malformed_is_told_without_repeating_it(body: bytes, told: str) -> None:
    with pytest.raises(PayloadError) as refused:
        read(body, NOW, BELIEVABLE)
    assert told in str(refused.value)
    assert "flapping" not in str(refused.value).replace("'firing'", "")
    assert len(str(refused.value)) <= 1000


def test_a_long_name_does_not_make_a_long_message() -> None:
    with pytest.raises(PayloadError) as refused:
        read(payload({**alert(0), "labels": {"x" * 9999: 1}}), NOW, BELIEVABLE)
    assert len(str(refused.value)) == 1000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["firing", "4", "2026-11-23T12:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*alert(0), *LABELS, "x"]), inner),
    max_leaves=12,
)


@given(st.binary(max_size=200) | JSON.map(lambda value: _dumped({"version": "4", "alerts": [value]})))
def test_nothing_else_is_ever_raised(body: bytes) -> None:
    try:
        found = read(body, NOW, BELIEVABLE)
    except PayloadError:
        return
    assert len(found.sightings) + len(found.refused) + found.watchdog <= 1


def _dumped(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # an integer beyond 64 bits, a lone surrogate
        return b"{}"
