"""The job records each day that is over, once, and says what it could not."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from time import monotonic

import pytest
from prometheus_client import CollectorRegistry

from ppbe_observe.alerting.slo.daily import COUNTED, SEEN
from ppbe_observe.availability.keeper import EMPTY_FOR, NO_PROMETHEUS, NOT_YET, REACHES, Keeper
from ppbe_observe.errors import PeerError
from ppbe_observe.exposition.availability import AvailabilityMetrics
from ppbe_observe.model import Reason
from ppbe_observe.model.availability_record import DayEntry
from ppbe_observe.peers.prometheus import Result
from ppbe_observe.scheduler import Outcome
from ppbe_observe.state.availability import AvailabilityStore
from ppbe_observe.state.database import Database
from support.availability import NOW, TODAY, ago

SHOP = {"slo": "shop-availability", "service": "shop"}
PRODUCTION = {**SHOP, "environment": "production"}


class Shop:
    """A Prometheus that has recorded 100 events a minute, one of which is bad, since a day; it may be down."""

    url = "http://prometheus:9090"

    def __init__(self, since: date) -> None:
        self.since = since
        self.down = False
        self.asked: list[date] = []
        self.answering: Callable[[], None] = lambda: None

    def query(self, expression: str, at: float | None = None) -> list[Result]:
        assert expression == COUNTED
        if at is None or datetime.fromtimestamp(at, UTC).date() <= self.since:
            return []
        return [self._result(kind, "1d", ((at, count * 1440),)) for kind, count in (("total", 100.0), ("bad", 1.0))]

    def query_range(self, expression: str, start: float, end: float, step: float) -> list[Result]:
        if self.down:
            raise PeerError("Prometheus at http://prometheus:9090 does not answer")
        assert (expression, step) == (SEEN, 60)
        day = datetime.fromtimestamp(start, UTC).date()
        self.asked.append(day)
        self.answering()
        if day < self.since:
            return []
        times = [start + step * each for each in range(round((end - start) / step) + 1)]
        facts = Result({"__name__": "slo:objective:ratio", **SHOP}, tuple((at, 0.999) for at in times))
        return [
            facts,
            *(
                self._result(kind, "5m", tuple((at, count * 5) for at in times))
                for kind, count in (("total", 100.0), ("bad", 1.0))
            ),
        ]

    def _result(self, kind: str, window: str, points: tuple[tuple[float, float], ...]) -> Result:
        return Result({"__name__": f"slo:sli_{kind}:increase{window}", **PRODUCTION}, points)


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Scene:
    """A keeper on a database in memory."""

    def __init__(self, database: Database, shop: Shop | None) -> None:
        self.registry = CollectorRegistry()
        self.clock = Clock()
        self.store = AvailabilityStore(database)
        metrics = AvailabilityMetrics(self.registry, lambda: self.clock.now.timestamp() + 90)
        self.keeper = Keeper(shop, self.store, metrics, self.clock)

    def run(self, within: float = 60) -> Outcome:
        return self.keeper.run(monotonic() + within)

    def days(self, shown: int = 3) -> tuple[DayEntry, ...]:
        (found,) = self.keeper.record(shown).objectives
        return found.days

    def value(self, name: str) -> float | None:
        return self.registry.get_sample_value(f"ppbe_observe_availability_{name}")


@pytest.fixture
def database() -> Iterator[Database]:
    opened = Database("sqlite://")
    yield opened
    opened.close()


@pytest.fixture
def shop() -> Shop:
    return Shop(ago(3))


@pytest.fixture
def scene(database: Database, shop: Shop) -> Scene:
    return Scene(database, shop)


def test_every_day_that_prometheus_knows_is_recorded_and_today_is_shown(scene: Scene) -> None:
    assert scene.run() == Outcome()
    assert scene.store.days(date.min) == {ago(3), ago(2), ago(1)}
    assert [(each.events, each.bad, each.complete) for each in scene.days()] == [
        (144_000, 1440, True),
        (144_000, 1440, True),
        (144_000, 1440, True),
        (72_000, 720, False),
    ]
    record = scene.keeper.record(3)
    assert (record.asked_at, record.problem, record.source) == (NOW, "", "http://prometheus:9090")


def test_what_is_recorded_and_what_prometheus_does_not_know_is_not_asked_for_again(scene: Scene, shop: Shop) -> None:
    scene.run()
    assert shop.asked == [TODAY, *(ago(each) for each in range(1, REACHES + 1))]
    shop.asked.clear()
    assert scene.run() == Outcome()
    assert shop.asked == [TODAY]


def test_a_hole_is_filled(scene: Scene, shop: Shop, database: Database) -> None:
    scene.clock.now = NOW - timedelta(days=2)
    scene.run()
    again = Scene(database, shop)
    again.run()
    assert again.store.days(date.min) == {ago(3), ago(2), ago(1)}


def test_a_day_is_recorded_when_its_rules_have_been_evaluated(scene: Scene) -> None:
    scene.run()
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    scene.clock.now = midnight + timedelta(minutes=4)
    scene.run()
    assert TODAY not in scene.store.days(date.min)
    assert [(each.day, each.events) for each in scene.days(1)] == [(TODAY, 144_000), (midnight.date(), None)]
    scene.clock.now = midnight + timedelta(minutes=6)
    scene.run()
    assert TODAY in scene.store.days(date.min)
    assert [each.events for each in scene.days(1)] == [144_000, 500]


def test_what_is_filled_in_later_is_recorded(scene: Scene, shop: Shop) -> None:
    scene.run()
    shop.since = ago(5)
    scene.run()
    assert ago(4) not in scene.store.days(date.min)
    scene.clock.now = NOW + EMPTY_FOR
    scene.run()
    assert scene.store.days(date.min) == {ago(each) for each in range(1, 6)}


def test_while_a_day_is_recorded_it_is_shown_as_before(scene: Scene, shop: Shop) -> None:
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    scene.clock.now = midnight + timedelta(minutes=4)
    scene.run()
    seen = []
    shop.answering = lambda: seen.append(scene.days(1)[0])
    scene.clock.now = midnight + timedelta(minutes=6)
    scene.run()
    assert len(seen) == 2  # today, and the day before
    assert {(each.day, each.events) for each in [*seen, scene.days(1)[0]]} == {(TODAY, 144_000)}


def test_a_prometheus_that_is_down_is_told_and_what_was_known_stays(scene: Scene, shop: Shop) -> None:
    scene.run()
    shop.down = True
    scene.clock.now = NOW + timedelta(minutes=5)
    (failure,) = scene.run().failures
    assert (failure.reason, failure.operation) == (Reason.UNREACHABLE, "prometheus:query")
    record = scene.keeper.record(3)
    assert record.problem == "Prometheus at http://prometheus:9090 does not answer"
    assert (record.asked_at, record.objectives[0].days[-1].events) == (NOW, 72_000)
    shop.down = False
    assert scene.run() == Outcome()
    assert scene.keeper.record(3).problem == ""


def test_without_time_it_goes_on_in_the_next_run(scene: Scene) -> None:
    (failure,) = scene.run(within=-1).failures
    assert (failure.reason, failure.detail) == (Reason.TIMEOUT, "35 days are not recorded yet; the next run goes on")
    assert scene.value("recorded_timestamp_seconds") is None
    assert scene.run() == Outcome()
    assert scene.store.days(date.min) == {ago(3), ago(2), ago(1)}


def test_without_a_prometheus_nothing_is_recorded_and_the_record_says_why(database: Database) -> None:
    scene = Scene(database, None)
    assert scene.run() == Outcome()
    record = scene.keeper.record(30)
    assert (record.problem, record.source, record.objectives) == (NO_PROMETHEUS, "", ())


def test_before_the_first_run_the_record_says_so(scene: Scene) -> None:
    assert scene.keeper.record(30).problem == NOT_YET


def test_it_is_counted(scene: Scene) -> None:
    assert scene.value("records_total") == 0
    scene.run()
    assert (scene.value("records_total"), scene.value("recorded_timestamp_seconds")) == (3, NOW.timestamp())
    assert scene.value("recorded_age_seconds") == 90
    scene.run()
    assert scene.value("records_total") == 3


def test_days_longer_ago_than_seven_years_are_forgotten(scene: Scene) -> None:
    scene.run()
    scene.clock.now = NOW + timedelta(days=2555)
    scene.run()
    assert ago(1) not in scene.store.days(date.min)
