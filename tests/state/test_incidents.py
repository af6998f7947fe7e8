"""Incidents outlive the process, whole, on SQLite and PostgreSQL."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ppbe_observe.alerting.incidents import Change, acknowledge, notice_gone, take
from ppbe_observe.model import Acknowledgement, Around, Incident, Resolution, Sighting
from ppbe_observe.state.database import Database
from ppbe_observe.state.incidents import IncidentStore
from support.histories import SPAWN, finish, process
from support.incidents import ARN, NOON, Known, at, sighting, tell_often

ODD = "a \\ b \0 é 'quoted' % \U0001f525"


@pytest.fixture
def store(database: Database) -> IncidentStore:
    return IncidentStore(database)


def tell(store: IncidentStore, *sightings: Sighting) -> list[str]:
    """Take them; the transitions."""
    changes = store.take(sightings, decided)
    return [each.value for _, change in changes for each in change.transitions]


def decided(around: Around, given: Sighting) -> tuple[Change, ...]:
    return take(around, given, given.starts + timedelta(seconds=30))


def everything(store: IncidentStore) -> list[Incident]:
    return sorted(store.current(NOON - timedelta(days=9999)), key=lambda each: (each.fired_at, each.id))


def test_nothing_is_known_at_first(store: IncidentStore) -> None:
    assert store.current() == []
    assert store.take([], decided) == []
    assert store.open_counts() == {}


def test_an_incident_is_read_as_it_was_written(url: str, store: IncidentStore) -> None:
    odd = replace(sighting(0, name=ODD, Zone="ü"), summary=ODD, description="")
    assert tell(store, odd, replace(odd, step="l2", starts=at(15), seen=at(15))) == ["fired", "escalated"]
    silence = Acknowledgement("3f4e6b1c-0000-4000-8000-000000000000", at(17), at(137), "m.sample", ODD)
    (change,) = store.revise(NOON, partial(_acknowledge, silence=silence))
    other = Database(url)
    (found,) = IncidentStore(other).current()
    other.close()
    assert found == change.incident
    assert found.identity.get("name") == ODD
    assert found.acknowledgements == (silence,)
    assert [each.name for each in found.steps] == ["l1", "l2"]


TOLD = [
    sighting(0),
    sighting(15, step="l2"),
    sighting(0, 20),
    sighting(15, 21, step="l2"),
    sighting(60),
    sighting(60, seen=62),
    sighting(90),
    sighting(90, 95, name="another"),
]


def test_what_is_stored_is_what_the_core_decides(store: IncidentStore) -> None:
    known = Known()
    for each in TOLD:
        assert tell(store, each) == tell_known(known, each)
    assert everything(store) == known.all
    assert tell(store, *TOLD) == []
    assert everything(store) == known.all


def tell_known(known: Known, given: Sighting) -> list[str]:
    already = len(known.told)
    return known.tell(given).told[already:]


@given(st.permutations(TOLD[:7]))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_any_order_too(store: IncidentStore, told: list[Sighting]) -> None:
    store.prune(at(60 * 24 * 365), 0)
    store.revise(NOON, partial(_close, at=at(60 * 24 * 300)))
    store.prune(at(60 * 24 * 365), 0)
    assert everything(store) == []
    known = Known().tell(*told)
    tell(store, *told)
    assert everything(store) == known.all


def _acknowledge(known: Sequence[Incident], silence: Acknowledgement) -> list[Change]:
    return [change for each in known if (change := acknowledge(each, silence))]


def _close(known: Sequence[Incident], at: datetime) -> list[Change]:
    return [change for each in known if (change := notice_gone(each, (), at))]


def test_open_ones_are_counted_by_alert_and_severity(store: IncidentStore) -> None:
    tell(store, sighting(0), sighting(0, name="b"), sighting(0, 9, name="c"), sighting(0, severity="ticket"))
    assert store.open_counts() == {("RdsCpuHigh", "page"): 2, ("RdsCpuHigh", "ticket"): 1}


def test_current_ones_are_the_open_and_the_lately_resolved(store: IncidentStore) -> None:
    tell(store, sighting(0), sighting(10, 20, name="b"), sighting(30, 40, name="c"))
    assert [each.fired_at for each in store.current()] == [at(0)]
    assert [each.fired_at for each in store.current(at(25))] == [at(30), at(0)]
    assert [each.fired_at for each in store.current(at(20))] == [at(30), at(10), at(0)]


def test_only_resolved_ones_are_ever_forgotten(store: IncidentStore) -> None:
    tell(store, sighting(0), sighting(0, 9, name="b"), sighting(0, 11, name="c"))
    assert store.prune(at(10) + timedelta(days=2555), 2555) == 1
    assert [each.identity.get("name") for each in everything(store)] in (["c", ARN], [ARN, "c"])
    assert tell(store, sighting(0, 9, name="b")) == ["fired", "resolved"]


def test_a_payload_is_taken_whole_or_not_at_all(store: IncidentStore) -> None:
    def breaks(around: Around, given: Sighting) -> tuple[Change, ...]:
        if given.step == "l2":
            raise RuntimeError("a bug")
        return decided(around, given)

    with pytest.raises(RuntimeError):
        store.take([sighting(0), sighting(15, step="l2")], breaks)
    assert everything(store) == []


def test_of_several_daemons_none_writes_an_incident_twice(url: str, database: Database) -> None:
    """All of them get every notification, as behind a load balancer that repeats."""
    store, gate = IncidentStore(database), SPAWN.Barrier(3)
    assert store.current() == []
    finish([process(tell_often, url, TOLD, gate) for _ in range(3)])
    assert everything(store) == Known().tell(*TOLD, *TOLD).all


def test_many_are_read_with_their_steps(database: Database, store: IncidentStore) -> None:
    tell(store, *(sighting(0, name=f"db-{number}") for number in range(600)))
    assert len(store.current()) == 600
    assert {each.step for each in store.current()} == {"l1"}


def test_how_it_ended_is_kept_for_queries(database: Database, store: IncidentStore) -> None:
    tell(store, sighting(0), sighting(60, 70))
    found = database.read(
        lambda connection: connection.exec_driver_sql(
            "SELECT alertname, severity, resolution FROM incident ORDER BY fired_at"
        ).all()
    )
    assert [tuple(each) for each in found] == [
        ("RdsCpuHigh", "page", Resolution.SUPERSEDED.value),
        ("RdsCpuHigh", "page", Resolution.RESOLVED.value),
    ]
