"""The exposition: renders off the request path and hands out ready pages.

Invariant: the pages of one generation are swapped by one reference, so that a scrape sees a whole old or a
whole new state and waits for nobody.
"""

import threading
import time

import structlog

from ppbe_observe.exposition.formats import choose_format, choose_gzip
from ppbe_observe.exposition.own import OwnMetrics
from ppbe_observe.exposition.page import Page, Pages
from ppbe_observe.exposition.registry import OwnFamily, OwnRegistry
from ppbe_observe.exposition.renderer import Renderer
from ppbe_observe.exposition.store import SeriesStore

_EVERY = 5.0  # seconds; ages and counters of the daemon's own are never older than this on the page
_PAUSE = 1.0  # seconds between two renderings, so that a burst of runs is rendered once
_SHARE = 0.1  # of one core, at most: the pause grows with what rendering costs

log = structlog.get_logger(__name__)


class Exposition:
    """Keeps the current generation of pages.

    ``render`` may be called at any time; between ``start`` and ``stop`` a thread calls it when the store has
    changed, and every five seconds.
    """

    def __init__(self, store: SeriesStore, own: OwnMetrics, *, every: float = _EVERY, pause: float = _PAUSE) -> None:
        self._store = store
        self._own = own
        self._every = every
        self._pause = pause
        self._registry = OwnRegistry(own.registry, store.limits.label_length)
        self._renderer = Renderer(store)
        self._rendering = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._own_names: frozenset[str] = frozenset()
        self._pages: Pages = self._render()

    def page(self, accept: str | None, accept_encoding: str | None) -> Page:
        """The current page in the format and encoding that these request headers ask for."""
        return self._pages.page(choose_format(accept), gzip=choose_gzip(accept_encoding))

    def render(self) -> None:
        """Render what has changed and the own registry, now; the new pages are served from here on."""
        self._pages = self._render()

    def start(self) -> None:
        """Render in a thread from now on."""
        self._thread = threading.Thread(target=self._run, name="renderer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Render no more; the last pages stay. Returns once the thread has ended."""
        self._stopping.set()
        self._store.changed.set()
        if self._thread is not None:
            self._thread.join()

    def _render(self) -> Pages:
        with self._rendering:
            started = time.perf_counter()
            update = self._renderer.update(self._own_names)
            for (exporter, reason), count in update.dropped.items():
                self._own.series_dropped(exporter, reason.value, count)
            self._own.new_page(update.series)
            pages = self._renderer.pages(self._own_families())
            self._own.rendered(time.perf_counter() - started)
            return pages

    def _own_families(self) -> list[OwnFamily]:
        own = self._registry.families()
        self._own_names = frozenset(each.name for each in own)
        return own

    def _run(self) -> None:
        while not self._stopping.is_set():
            cpu = time.thread_time()
            self._try_to_render()
            cost = time.thread_time() - cpu
            self._stopping.wait(max(self._pause, cost * (1 / _SHARE - 1)))
            self._store.changed.wait(self._every)

    def _try_to_render(self) -> None:
        try:
            self.render()
        except Exception:  # the thread is a job of its own: without it every series would silently stand still
            self._own.render_failed()
            log.exception("exposition.render_failed")
