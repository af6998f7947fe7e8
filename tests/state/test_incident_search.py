"""Incidents are found by what they are, a part at a time, on SQLite and PostgreSQL alike."""

import pytest

from ppbe_observe.alerting.incidents import take
from ppbe_observe.state.database import Database
from ppbe_observe.state.incident_search import Search, find, one
from ppbe_observe.state.incidents import IncidentStore
from support.incidents import ARN, sighting

SEARCHES: tuple[tuple[Search, list[int]], ...] = (
    (Search(), [30, 20, 10, 0]),
    (Search(is_open=True), [30, 20, 10]),
    (Search(is_open=False), [0]),
    (Search(severity="ticket"), [30]),
    (Search(alert="RdsCpuHigh"), [20, 10, 0]),
    (Search(text=ARN.upper()), [30, 10, 0]),
    (Search(resource=ARN), [30, 10, 0]),
    (Search(resource=ARN.upper()), []),
    (Search(resource=ARN[:-1]), []),
    (Search(resource='"%_\\\ud800'), []),
    (Search(resource='100%_"sure\\'), [20]),
    (Search(text="cpu OF the"), [30, 20, 10, 0]),
    (Search(text="100%_"), [20]),
    (Search(text="1_0"), []),
    (Search(text="a\x00\ud800\\'\""), []),
    (Search(severity="\x00", alert="\ud800"), []),
    (Search(is_open=True, alert="RdsCpuHigh", text="%"), [20]),
)


@pytest.fixture
def told(database: Database) -> Database:
    known = (
        sighting(0, 5),
        sighting(10),
        sighting(20, name='100%_"sure\\'),
        sighting(30, alertname="Other", severity="ticket"),
    )
    IncidentStore(database).take(known, lambda around, each: take(around, each, each.starts))
    return database


def test_those_that_are_all_of_what_is_asked_for(told: Database) -> None:
    for search, minutes in SEARCHES:
        found, total = find(told, search)
        assert ([each.fired_at.minute for each in found], total) == (minutes, len(minutes)), search


def test_a_part_says_how_many_there_are(told: Database) -> None:
    found, total = find(told, Search(limit=2, offset=1))
    assert ([each.fired_at.minute for each in found], total) == ([20, 10], 4)


def test_one_by_its_id(told: Database) -> None:
    known = find(told, Search())[0]
    assert [one(told, each.id) for each in known] == known
    assert one(told, "nothing") is None
