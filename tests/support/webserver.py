"""A running web server on a free loopback port."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry

from ppbe_observe.exposition.exposition import Exposition
from ppbe_observe.exposition.own import OwnMetrics
from ppbe_observe.exposition.store import SeriesStore
from ppbe_observe.model import Family
from ppbe_observe.settings.values import Listen
from ppbe_observe.web.app import create_app
from ppbe_observe.web.readiness import Check, Readiness
from ppbe_observe.web.server import WebServer
from ppbe_observe.web.views import Recorded, Views
from support.series import WEST, gauge, snapshot
from support.views import Watched, nothing_recorded

LOOPBACK = Listen("127.0.0.1", 0)
READY = Readiness((Check("rds", WEST, ready=True),))


def exposition(*families: Family) -> Exposition:
    """An exposition that has these families, rendered once."""
    store = SeriesStore()
    store.publish(snapshot(*families))
    return Exposition(store, OwnMetrics(CollectorRegistry()))


@contextmanager
def serving(
    *families: Family,
    web_config: Path | None = None,
    ready: Callable[[], Readiness] = lambda: READY,
    reload: Callable[[], None] | None = lambda: None,
    runbooks: Path | None = None,
    availability: Recorded = nothing_recorded,
    views: Views | None = None,
) -> Iterator[WebServer]:
    """A server with one series ``a{name="x"} 1``, unless other families are given."""
    shown = exposition(*(families or (gauge("a", {"x": 1}),)))
    app = create_app(
        shown,
        ready=ready,
        views=views or Watched().views,
        reload=reload,
        runbooks=lambda: runbooks,
        availability=availability,
    )
    server = WebServer(app, LOOPBACK, web_config, stop_within=5)
    server.start()
    try:
        yield server
    finally:
        server.stop()
