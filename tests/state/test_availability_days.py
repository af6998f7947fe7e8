"""A day is remembered once, as it was, by whichever daemon was first."""

from collections.abc import Iterator
from datetime import date

import pytest

from ppbe_observe.model import ObjectiveKey
from ppbe_observe.state.availability import AvailabilityStore
from ppbe_observe.state.daily import KEPT_DAYS
from ppbe_observe.state.database import Database
from support.availability import NOW, PRODUCTION, STAGING, TODAY, ago, recorded


@pytest.fixture
def store(database: Database) -> AvailabilityStore:
    return AvailabilityStore(database)


@pytest.fixture
def other(url: str, store: AvailabilityStore) -> Iterator[AvailabilityStore]:
    """Another daemon on the same database."""
    opened = Database(url)
    yield AvailabilityStore(opened)
    opened.close()


def test_what_is_read_is_what_was_written(store: AvailabilityStore, other: AvailabilityStore) -> None:
    odd = ObjectiveKey("shop-latency", (("environment", "a\\b\0ü"), ("name", "x" * 5000)))
    days = [
        recorded(2, outages=((0, 3), (1439, 1)), bad=0.333, idle=7, unknown=9),
        recorded(1, key=ObjectiveKey("shop-availability", ()), events=None, bad=None, unknown=1440),
        recorded(1, key=STAGING),
    ]
    assert store.put(reversed(days), NOW) == 3
    assert store.since(date.min) == days
    assert other.since(date.min) == days
    assert store.since(ago(1)) == days[1:]
    assert store.put([recorded(1, key=odd)], NOW) == 1
    assert store.since(ago(1))[-1].key == odd


def test_a_day_is_written_once(store: AvailabilityStore, other: AvailabilityStore) -> None:
    assert store.put([recorded(1, bad=1)], NOW) == 1
    assert other.put([recorded(1, bad=2), recorded(1, key=STAGING)], NOW) == 1
    assert [(each.key, each.bad) for each in store.since(ago(1))] == [(PRODUCTION, 1), (STAGING, 5)]


def test_nothing_is_no_write(store: AvailabilityStore) -> None:
    assert store.put([], NOW) == 0
    assert store.since(date.min) == []


def test_the_days_that_are_known(store: AvailabilityStore) -> None:
    store.put([recorded(9), recorded(3), recorded(3, key=STAGING), recorded(1)], NOW)
    assert store.days(ago(3)) == {ago(3), ago(1)}


def test_days_longer_ago_than_seven_years_are_forgotten(store: AvailabilityStore) -> None:
    store.put([recorded(KEPT_DAYS + 1), recorded(KEPT_DAYS), recorded(1)], NOW)
    assert store.prune(TODAY) == 1
    assert store.days(date.min) == {ago(KEPT_DAYS), ago(1)}
