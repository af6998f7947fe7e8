"""The renderer thread: generations, pauses, and going on after a failure."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from structlog.testing import capture_logs

from ppbe_observe.exposition.exposition import Exposition
from ppbe_observe.exposition.own import OwnMetrics
from ppbe_observe.exposition.store import SeriesStore
from support.series import NOON, gauge, snapshot


class Breaking(Collector):
    """A collector that fails while it is told to, and counts how often it was asked."""

    def __init__(self) -> None:
        self.broken = False
        self.asked = 0

    def collect(self) -> Iterator[Metric]:
        self.asked += 1
        if self.broken:
            raise RuntimeError("broken")
        yield GaugeMetricFamily("fine", "Help.", 1)


class Running:
    """An exposition that may be started, on parts that tests can reach."""

    def __init__(self, *, every: float = 5.0, pause: float = 0.01) -> None:
        self.store = SeriesStore()
        self.registry = CollectorRegistry()
        self.breaking = Breaking()
        self.registry.register(self.breaking)
        self.exposition = Exposition(self.store, OwnMetrics(self.registry), every=every, pause=pause)

    def text(self) -> str:
        return b"".join(self.exposition.page(None, None).chunks).decode()

    @contextmanager
    def started(self) -> Iterator[None]:
        self.exposition.start()
        try:
            yield
        finally:
            self.exposition.stop()


def eventually(condition: Callable[[], bool], within: float = 5.0) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.005)
    return condition()


def test_page_is_there_before_anything_was_collected() -> None:
    assert "ppbe_observe_build_info{" in Running().text()


def test_page_changes_only_when_rendered() -> None:
    running = Running()
    running.store.publish(snapshot(gauge("a", {"x": 1})))
    assert 'a{name="x"} 1' not in running.text()
    running.exposition.render()
    assert 'a{name="x"} 1' in running.text()


def test_page_of_a_slow_scrape_stays_whole() -> None:
    """A page that was handed out is the same to its end, whatever is published meanwhile."""
    running = Running()
    running.store.publish(snapshot(*(gauge(f"a{each}", {"x": 1}) for each in range(100))))
    running.exposition.render()
    page = running.exposition.page(None, None)
    before = b"".join(page.chunks)
    running.store.publish(snapshot(gauge("b", {"x": 2}), at=NOON + timedelta(minutes=1)))
    running.exposition.render()
    assert b"".join(page.chunks) == before
    assert "a1{" not in running.text()


def test_generations_are_whole() -> None:
    """Two families of one run always show the same run."""
    running = Running(pause=0.0)
    stop = threading.Event()

    def publish() -> None:
        minute = 0
        while not stop.is_set():
            minute += 1
            at = NOON + timedelta(minutes=minute)
            running.store.publish(snapshot(gauge("a", {"x": minute}), gauge("b", {"x": minute}), at=at))

    thread = threading.Thread(target=publish)
    with running.started():
        thread.start()
        try:
            seen = set()
            for _ in range(200):
                lines = [line for line in running.text().splitlines() if line.startswith(("a{", "b{"))]
                seen.add(len({line.rpartition(" ")[2] for line in lines}))
                time.sleep(0.001)
        finally:
            stop.set()
            thread.join()
    assert seen <= {0, 1}
    assert 1 in seen


def test_thread_renders_what_is_published() -> None:
    running = Running()
    with running.started():
        running.store.publish(snapshot(gauge("a", {"x": 1})))
        assert eventually(lambda: 'a{name="x"} 1' in running.text())


def test_burst_is_rendered_together() -> None:
    running = Running(pause=0.2)
    with running.started():
        asked = running.breaking.asked
        for second in range(100):
            running.store.publish(snapshot(gauge("a", {"x": second}), at=NOON + timedelta(seconds=second)))
        assert eventually(lambda: 'a{name="x"} 99' in running.text())
        assert running.breaking.asked - asked <= 3


def test_own_metrics_are_rendered_without_a_change() -> None:
    running = Running(every=0.01)
    with running.started():
        assert eventually(lambda: running.breaking.asked > 3)


def test_failure_keeps_the_old_page_and_the_thread() -> None:
    running = Running(every=0.01)
    running.store.publish(snapshot(gauge("a", {"x": 1})))
    running.exposition.render()
    running.breaking.broken = True
    with capture_logs() as logs, running.started():
        asked = running.breaking.asked
        assert eventually(lambda: running.breaking.asked > asked + 2)
        assert 'a{name="x"} 1' in running.text()
        running.breaking.broken = False
        running.store.publish(snapshot(gauge("a", {"x": 2}), at=NOON + timedelta(minutes=1)))
        assert eventually(lambda: 'a{name="x"} 2' in running.text())
    assert logs[0]["event"] == "exposition.render_failed"
    failures = running.registry.get_sample_value("ppbe_observe_render_failures_total")
    assert failures is not None
    assert failures >= 2


def test_stop_ends_the_thread_at_once() -> None:
    running = Running(every=60, pause=60)
    running.exposition.start()
    started = time.monotonic()
    running.exposition.stop()
    assert time.monotonic() - started < 5
    assert "renderer" not in [thread.name for thread in threading.enumerate()]
