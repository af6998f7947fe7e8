"""What Alertmanager's API tells completes what its webhook did not, and nothing is taken for over that may not be."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from ppbe_observe.alerting.escalation.matchers import Matcher
from ppbe_observe.alerting.silences import Silence
from ppbe_observe.exposition.incidents import IncidentMetrics
from ppbe_observe.incidents.answers import Active
from ppbe_observe.incidents.ledger import Ledger
from ppbe_observe.incidents.told import Told
from ppbe_observe.model import Incident, Resolution, Sighting
from ppbe_observe.state.database import Database
from ppbe_observe.state.incidents import IncidentStore
from support.incidents import ARN, NOON, at, sighting
from support.loglines import log_lines

LONG_AGO = NOON - timedelta(days=1)
ON_IT = (Matcher("alertname", "=", "RdsCpuHigh"), Matcher("name", "=", ARN))


class Book:
    """A ledger on a database in memory, and an Alertmanager's answers."""

    def __init__(self, database: Database) -> None:
        self.registry = CollectorRegistry()
        self.store = IncidentStore(database)
        self.ledger = Ledger(self.store, IncidentMetrics(self.registry), 2555)

    def told(
        self,
        minute: float,
        *active: Sighting,
        silences: tuple[Silence, ...] = (),
        silenced_by: tuple[str, ...] = (),
        started: datetime = LONG_AGO,
    ) -> None:
        self.ledger.reconcile(Told(at(minute), started, [Active(each, silenced_by) for each in active], silences))

    def take(self, *sightings: Sighting) -> None:
        self.ledger.take(sightings, at(60))

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"ppbe_incidents_{name}", labels)

    @property
    def known(self) -> list[Incident]:
        return self.store.current(NOON - timedelta(days=9999))

    @property
    def one(self) -> Incident:
        (found,) = self.known
        return found


@pytest.fixture
def book() -> Iterator[Book]:
    database = Database("sqlite://")
    yield Book(database)
    database.close()


def silence(starts: float, ends: float = 120, *matchers: Matcher, name: str = "s") -> Silence:
    return Silence(name, matchers or ON_IT, at(starts), at(ends), "m.sample", "looking")


def test_what_the_webhook_did_not_tell_is_learnt(book: Book) -> None:
    book.told(30, sighting(0, seen=29), sighting(15, seen=29, step="l2"))
    assert (book.one.fired_at, book.one.step, book.one.recorded_at) == (at(0), "l2", at(30))
    assert book.value("total", alertname="RdsCpuHigh", severity="page") == 1
    assert book.value("open", alertname="RdsCpuHigh", severity="page") == 1
    before = book.one
    book.told(31, sighting(0, seen=30), sighting(15, seen=30, step="l2"))
    assert book.one == before


def test_a_silence_acknowledges(book: Book) -> None:
    book.take(sighting(0))
    with log_lines() as lines:
        book.told(20, sighting(0), silences=(silence(10),), silenced_by=("s",))
        book.told(21, sighting(0), silences=(silence(10),), silenced_by=("s",))
    assert [line["event"] for line in lines.all] == ["incident.acknowledged"]
    assert (lines.all[0]["author"], lines.all[0]["comment"], lines.all[0]["silence"]) == ("m.sample", "looking", "s")
    assert book.value("time_to_acknowledge_seconds_sum", severity="page") == 600
    first = book.one.acknowledgement
    assert first is not None
    assert (first.at, first.until) == (at(10), at(120))


@pytest.mark.parametrize(
    ("on_it", "named", "acknowledged"),
    [
        pytest.param(silence(10), (), True, id="its labels match"),
        pytest.param(silence(10, 120, *ON_IT, Matcher("escalation", "=", "l1")), (), True, id="of one step"),
        pytest.param(silence(10, 120, *ON_IT, Matcher("escalation", "=~", "l2|l3")), (), True, id="of those to come"),
        pytest.param(silence(10, 120, Matcher("escalation", "=~", "l2|l3")), (), False, id="of a step of anything"),
        pytest.param(silence(10, 120, Matcher("name", "!=", "x")), (), True, id="of all but another"),
        pytest.param(silence(10, 120, Matcher("name", "!=", ARN)), (), False, id="of all but this"),
        pytest.param(silence(10, 120, Matcher("absent", "=", "")), (), True, id="of a label that is not there"),
        pytest.param(silence(10, 120, Matcher("name", "=~", ".*")), (), False, id="of a pattern, not named"),
        pytest.param(silence(10, 120, Matcher("name", "=~", ".*")), ("s",), True, id="of a pattern, named"),
        pytest.param(silence(25), (), False, id="that begins later"),
        pytest.param(silence(-9, -1), (), False, id="that was over before"),
        pytest.param(silence(5, 6), (), True, id="that is over"),
    ],
)
def test_which_silences_acknowledge(book: Book, on_it: Silence, named: tuple[str, ...], *, acknowledged: bool) -> None:
    book.take(sighting(0))
    book.told(20, sighting(0), silences=(on_it,), silenced_by=named)
    assert (book.one.acknowledgement is not None) == acknowledged


def test_a_silence_from_before_is_no_acknowledgement(book: Book) -> None:
    book.told(20, sighting(0), silences=(silence(-10),), silenced_by=("s",))
    assert book.one.muted_before
    assert book.one.acknowledgement is None
    assert book.value("time_to_acknowledge_seconds_count", severity="page") is None


def test_a_silence_is_learnt_after_the_incident_is_over(book: Book) -> None:
    """The daemon was down in between."""
    book.take(sighting(0, 40))
    book.told(600, silences=(silence(10, 20), silence(50, name="later")))
    assert [each.silence for each in book.one.acknowledgements] == ["s"]


def test_what_a_long_running_alertmanager_does_not_have_is_over(book: Book) -> None:
    """It tells nobody that a silenced alert has ended."""
    book.take(sighting(0), sighting(15, step="l2"))
    book.told(30)
    assert (book.one.resolved_at, book.one.resolution) == (at(30), Resolution.NOTICED)
    assert book.value("time_to_resolve_seconds_sum", severity="page") == 1800
    assert book.value("open", alertname="RdsCpuHigh", severity="page") is None


def test_what_an_alertmanager_that_was_just_started_does_not_have_is_not_over(book: Book) -> None:
    book.take(sighting(0))
    for minute in (21, 25, 29):
        book.told(minute, started=at(20))
        assert book.one.resolved_at is None
    book.told(30, started=at(20))
    assert book.one.resolved_at == at(30)


def test_what_it_had_since_its_start_and_has_no_more_is_over(book: Book) -> None:
    book.take(sighting(0))
    book.told(21, sighting(0), started=at(20))
    book.told(22, started=at(20))
    assert book.one.resolved_at == at(22)


def test_what_it_had_before_it_was_started_again_is_not_over(book: Book) -> None:
    book.told(10, sighting(0), started=at(5))
    book.told(21, started=at(20))
    assert book.one.resolved_at is None
    book.told(22, sighting(0, seen=21), started=at(20))
    book.told(24, started=at(20))
    assert book.one.resolved_at == at(24)


def test_what_began_a_moment_ago_may_be_on_its_way(book: Book) -> None:
    book.take(sighting(0))
    book.told(0.5)
    assert book.one.resolved_at is None
    book.told(2)
    assert book.one.resolved_at == at(2)


def test_one_step_that_is_over_leaves_the_incident_open(book: Book) -> None:
    book.take(sighting(0), sighting(15, step="l2"))
    book.told(30, sighting(15, step="l2"))
    assert book.one.resolved_at is None
    book.told(31)
    assert book.one.resolved_at == at(31)


def test_what_fires_after_all_is_open_again(book: Book) -> None:
    book.take(sighting(0, 10))
    book.told(20, sighting(0, seen=19))
    assert book.one.resolved_at is None
    assert book.value("open", alertname="RdsCpuHigh", severity="page") == 1


def test_the_watchdog_is_no_incident(book: Book) -> None:
    book.told(20, sighting(0, alertname="Watchdog"), sighting(0, alertname=""))
    assert book.known == []


def test_records_are_kept_for_so_many_days(book: Book) -> None:
    book.take(sighting(0, 10), sighting(0, name="open"))
    book.ledger.keep(at(10) + timedelta(days=2555))
    assert len(book.known) == 2
    book.ledger.keep(at(10) + timedelta(days=2555, minutes=1))
    assert len(book.known) == 2  # once a day
    book.ledger.keep(at(10) + timedelta(days=2556))
    assert [each.identity.get("name") for each in book.known] == ["open"]


@st.composite
def events(draw: st.DrawFn) -> list[tuple[Sighting, ...]]:
    """Deliveries and answers, of which any may be lost: steps of two alerts, that fire or have ended."""
    starts = st.integers(0, 30)
    steps = st.builds(sighting, starts, st.none(), st.sampled_from(["l1", "l2"]), name=st.sampled_from(["a", "b"]))
    ended = st.builds(lambda one, after: replace(one, ended=one.starts + timedelta(minutes=after)), steps, starts)
    return draw(st.lists(st.lists(steps | ended, max_size=3).map(tuple), max_size=8))


@given(events())
@settings(max_examples=25)  # each is a database
def test_whatever_is_told_or_lost_an_incident_is_not_over_before_it_fired(told: list[tuple[Sighting, ...]]) -> None:
    database = Database("sqlite://")
    book = Book(database)
    for minute, each in enumerate(told, 31):
        book.take(*each)
        still = [one for one in each if one.ended is None]
        book.told(minute, *still, silences=(silence(minute - 5),), started=at(30))
        for incident in book.known:
            assert incident.resolved_at is None or incident.resolved_at >= incident.fired_at
            given_at = incident.acknowledgement
            assert given_at is None or given_at.at >= incident.fired_at
    known = book.known
    for each in told:
        book.take(*each)
    assert [each.id for each in book.known] == [each.id for each in known]
    database.close()


def test_labels_are_bounded(book: Book) -> None:
    book.take(*(sighting(0, alertname=f"A{number}", severity=f"odd-{number}") for number in range(510)))
    assert book.value("total", alertname="A499", severity="other") == 1
    assert book.value("total", alertname="other", severity="other") == 10
    assert book.value("open", alertname="other", severity="other") == 10
