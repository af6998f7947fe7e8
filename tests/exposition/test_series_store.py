"""The series store and what of it is shown."""

import threading
from datetime import datetime, timedelta

import pytest

from ppbe_observe.exposition.compose import compose
from ppbe_observe.exposition.encoding import LabelBlocks
from ppbe_observe.exposition.formats import Format
from ppbe_observe.exposition.limits import Limits
from ppbe_observe.exposition.renderer import Renderer, Update
from ppbe_observe.exposition.segments import Drop, Source, encode
from ppbe_observe.exposition.store import SeriesStore
from ppbe_observe.model import Family, Kind, Sample
from support.series import EAST, NOON, WEST, counter, gauge, snapshot


class Shown:
    """A store with its renderer: ``lines`` are the samples on the page."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.now = NOON
        self.store = SeriesStore(limits, lambda: self.now)
        self.renderer = Renderer(self.store)

    def update(self, *reserved: str) -> Update:
        return self.renderer.update(frozenset(reserved))

    def text(self) -> str:
        self.renderer.update()
        return b"".join(self.renderer.pages([]).page(Format.TEXT, gzip=False).chunks).decode()

    def lines(self) -> list[str]:
        return [line for line in self.text().splitlines() if not line.startswith("#")]


def test_targets_share_one_header() -> None:
    shown = Shown()
    shown.store.publish(snapshot(gauge("a", {"west": 1})))
    shown.store.publish(snapshot(gauge("a", {"east": 2}), target=EAST))
    assert shown.text() == '# HELP a Help.\n# TYPE a gauge\na{name="east"} 2\na{name="west"} 1\n'


def test_run_replaces_all_that_its_source_brought_before() -> None:
    shown = Shown()
    shown.store.publish(snapshot(gauge("a", {"x": 1, "y": 1}), gauge("b", {"x": 1})))
    shown.store.publish(snapshot(gauge("c", {"x": 5}), exporter="alb"))
    shown.store.publish(snapshot(gauge("a", {"y": 2})))
    assert shown.lines() == ['a{name="y"} 2', 'c{name="x"} 5']


def test_older_run_is_ignored() -> None:
    shown = Shown()
    shown.store.publish(snapshot(gauge("a", {"x": 2}), at=NOON))
    shown.store.publish(snapshot(gauge("a", {"x": 1}), at=NOON - timedelta(minutes=1)))
    assert shown.lines() == ['a{name="x"} 2']


def test_retired_source_is_gone_and_unknown_one_is_no_error() -> None:
    shown = Shown()
    shown.store.publish(snapshot(gauge("a", {"x": 1})))
    shown.store.publish(snapshot(gauge("a", {"y": 1}), target=EAST))
    shown.store.retire("rds", WEST)
    shown.store.retire("rds", WEST)
    assert shown.lines() == ['a{name="y"} 1']


def test_series_of_a_hanging_job_run_out() -> None:
    shown = Shown()
    shown.store.publish(snapshot(gauge("a", {"x": 1})), until=NOON + timedelta(minutes=3))
    shown.now = NOON + timedelta(minutes=3)
    assert shown.lines() == ['a{name="x"} 1']
    shown.now = NOON + timedelta(minutes=3, seconds=1)
    assert shown.lines() == []


def test_publishing_wakes_the_renderer() -> None:
    store = SeriesStore()
    store.publish(snapshot(gauge("a", {"x": 1})))
    assert store.changed.is_set()
    store.take()
    assert not store.changed.is_set()


def test_unchanged_family_is_not_rendered_again() -> None:
    store = SeriesStore()
    store.publish(snapshot(gauge("same", {"x": 1}), gauge("other", {"x": 1})))
    store.take()
    store.publish(snapshot(gauge("same", {"x": 1}), gauge("other", {"x": 2}), at=NOON + timedelta(minutes=1)))
    assert list(store.take().families) == ["other"]


def test_duplicates_are_dropped_and_counted() -> None:
    shown = Shown()
    shown.store.publish(snapshot(gauge("a", {"x": 1}), gauge("a", {"x": 2, "y": 3})))
    assert dict(shown.update().dropped) == {("rds", Drop.DUPLICATE): 1}
    assert shown.lines() == ['a{name="x"} 1', 'a{name="y"} 3']


def test_duplicates_of_another_source_are_dropped_and_counted() -> None:
    """The source that comes first by name keeps the series, whoever published first."""
    shown = Shown()
    shown.store.publish(snapshot(gauge("a", {"x": 1, "z": 1}), exporter="second"))
    shown.store.publish(snapshot(gauge("a", {"x": 2, "y": 2}), exporter="first"))
    assert dict(shown.update().dropped) == {("second", Drop.DUPLICATE): 1}
    assert shown.lines() == ['a{name="x"} 2', 'a{name="y"} 2', 'a{name="z"} 1']


def test_label_sets_that_differ_only_in_order_or_empty_labels_are_one_series() -> None:
    samples = (
        Sample((("a", "1"), ("b", "2")), 1),
        Sample((("b", "2"), ("a", "1")), 2),
        Sample((("a", "1"), ("b", "2"), ("c", "")), 3),
    )
    encoded = encode([Family("x", Kind.GAUGE, "", samples)], LabelBlocks(99), Limits())
    assert encoded.segments["x"].body == b'x{a="1",b="2"} 1\n'
    assert encoded.dropped == {Drop.DUPLICATE: 2}


def test_equal_fingerprints_alone_drop_nothing() -> None:
    """Two series whose hashes collide are both shown."""
    one = encode([gauge("a", {"x": 1})], LabelBlocks(99), Limits()).segments["a"]
    other = encode([gauge("a", {"y": 1})], LabelBlocks(99), Limits()).segments["a"]
    other.fingerprints[0] = one.fingerprints[0]
    sources = (Source("one", "", ""), one), (Source("two", "", ""), other)
    composed = compose(sources, 10, 10)
    assert composed.pieces == (b'a{name="x"} 1\n', b'a{name="y"} 1\n')
    assert composed.dropped == {}


def test_family_limit_keeps_the_first() -> None:
    shown = Shown(Limits(series_per_family=3))
    shown.store.publish(snapshot(gauge("a", {str(each): each for each in range(5)}), target=WEST))
    assert dict(shown.update().dropped) == {("rds", Drop.FAMILY_LIMIT): 2}
    shown.store.publish(snapshot(gauge("a", {"e1": 1, "e2": 1}), target=EAST))
    assert dict(shown.update().dropped) == {}
    shown.store.publish(snapshot(gauge("a", {str(each): each for each in range(5)}), target=WEST))
    assert dict(shown.update().dropped) == {("rds", Drop.FAMILY_LIMIT): 2 + 2}
    assert shown.lines() == ['a{name="e1"} 1', 'a{name="e2"} 1', 'a{name="0"} 0']


def test_total_limit_drops_the_last_families_and_gives_room_back() -> None:
    shown = Shown(Limits(series_total=3))
    shown.store.publish(snapshot(gauge("a", {"x": 1, "y": 1}), gauge("b", {"x": 1, "y": 1}), gauge("c", {"x": 1})))
    update = shown.update()
    assert dict(update.dropped) == {("rds", Drop.TOTAL_LIMIT): 2}
    assert dict(update.series) == {"rds": 3}
    assert shown.lines() == ['a{name="x"} 1', 'a{name="y"} 1', 'b{name="x"} 1']
    assert "# HELP c" not in shown.text()
    shown.store.publish(snapshot(gauge("b", {"x": 1, "y": 1}), gauge("c", {"x": 1})))
    assert dict(shown.update().dropped) == {}
    assert shown.lines() == ['b{name="x"} 1', 'b{name="y"} 1', 'c{name="x"} 1']


def test_loss_counts_once_for_each_run() -> None:
    shown = Shown(Limits(series_total=1))
    for minute in range(2):
        shown.store.publish(snapshot(gauge("a", {"x": minute, "y": 1}), at=NOON + timedelta(minutes=minute)))
        assert dict(shown.update().dropped) == {("rds", Drop.TOTAL_LIMIT): 1}
        assert dict(shown.update().dropped) == {}


@pytest.mark.parametrize("name", ["", "a-b", "1a", "a b", "é", "a\n"])
def test_name_that_not_every_prometheus_takes_is_dropped(name: str) -> None:
    shown = Shown()
    shown.store.publish(snapshot(gauge(name, {"x": 1}), gauge("ok", {"x": 1})))
    assert dict(shown.update().dropped) == {("rds", Drop.INVALID_NAME): 1}
    assert shown.lines() == ['ok{name="x"} 1']


def test_family_of_another_kind_is_dropped() -> None:
    shown = Shown()
    shown.store.publish(snapshot(gauge("a", {"x": 1}), exporter="first"))
    shown.store.publish(snapshot(counter("a", {"y": 1}), exporter="second"))
    assert dict(shown.update().dropped) == {("second", Drop.CONFLICT): 1}
    assert shown.text() == '# HELP a Help.\n# TYPE a gauge\na{name="x"} 1\n'


def test_name_of_the_daemon_is_not_taken() -> None:
    shown = Shown()
    shown.store.publish(snapshot(gauge("up", {"x": 1})))
    assert dict(shown.update("up").dropped) == {("rds", Drop.CONFLICT): 1}
    assert shown.renderer.pages([]).page(Format.TEXT, gzip=False).length == 0


def test_many_threads_publish_at_once() -> None:
    shown = Shown()

    def publish(number: int) -> None:
        for run in range(20):
            at: datetime = NOON + timedelta(seconds=run)
            shown.store.publish(snapshot(gauge("a", {f"s{number}": run}), exporter=f"e{number:02}", at=at))

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shown.lines() == [f'a{{name="s{number}"}} 19' for number in range(8)]
