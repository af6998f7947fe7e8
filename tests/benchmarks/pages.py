"""How fast pages are at 100,000 series and 10,000 findings, and what they do to a scrape.

A child process serves as the daemon does; pages are asked for one after the other on one connection, and scrapes are
measured while four readers load pages without a pause.
"""

import importlib
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from prometheus_client import CollectorRegistry

from benchmarks.exposition import SERIES, Estate, one_after_the_other, p99, series_served
from benchmarks.figure import Figure
from ppbe_observe.exposition.exposition import Exposition
from ppbe_observe.exposition.own import OwnMetrics
from ppbe_observe.exposition.store import SeriesStore
from ppbe_observe.model import Finding, Outcome
from ppbe_observe.model.availability_record import AvailabilityRecord, Look, record_of
from ppbe_observe.settings.values import Listen
from ppbe_observe.web.app import create_app
from ppbe_observe.web.queries import FindingQuery
from ppbe_observe.web.server import WebServer
from support.availability import NOW, PRODUCTION, STAGING, recorded
from support.findings import EAST, WEST, finding, thing_check
from support.views import Watched

CHECKS = tuple(thing_check(f"thing_{number}", controls=("ac-2", "sc-7", "si-4")) for number in range(100))
EACH = 5_000  # findings of each of two targets
FINDINGS = 2 * EACH
READERS = 4
DAYS = 365
_TIMES = 200
_FAILS = 4  # one of so many
_OK = 200
_READ = ("/", "/findings", "/controls", "/findings?q=production", "/availability", "/api/v1/findings?limit=500")
_DAEMON = ("apscheduler.schedulers.background", "boto3", "opentelemetry.sdk.trace", "typer")


def _findings(target: object) -> Iterator[Finding]:
    for number in range(EACH):
        outcome = Outcome.PASS if number % _FAILS else Outcome.FAIL
        where = WEST if target is WEST else EAST
        name = f"ppbe-production-{number:05d}"
        yield finding(name, outcome, check=CHECKS[number % len(CHECKS)].id, target=where, reason="storage is as it is")


def _availability(shown: int) -> AvailabilityRecord:
    """That of two objectives over a year, with an outage on each day, made anew for each request."""
    days = [recorded(ago, key=key, outages=((60, 90),)) for key in (PRODUCTION, STAGING) for ago in range(1, DAYS)]
    return record_of(days, Look(NOW), NOW, shown=shown, source="http://prometheus:9090")


def serve() -> None:
    """The child: prints its port and a finding's id, serves until its standard input ends."""
    for name in _DAEMON:
        importlib.import_module(name)
    estate, store, own = Estate(), SeriesStore(), OwnMetrics(CollectorRegistry())
    for target in estate.labels:
        store.publish(estate.snapshot(target))
    exposition, watched = Exposition(store, own), Watched()
    exposition.render()
    for each in (WEST, EAST):
        watched.judge(_findings(each), CHECKS, target=each)
    app = create_app(exposition, ready=lambda: watched.ready, views=watched.views, availability=_availability)
    server = WebServer(app, Listen("127.0.0.1", 0))
    exposition.start()
    server.start()
    identifier = watched.views.findings(FindingQuery(limit=1)).items[0].id
    _tell({"port": server.port, "finding": identifier})
    for _ in sys.stdin:  # each line is one more evaluation of a target
        watched.judge(_findings(WEST), CHECKS, target=WEST)
        _tell({})
    server.stop()
    exposition.stop()


def _tell(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Child:
    """The serving process, where it listens, and the id of a finding."""

    process: "subprocess.Popen[str]"
    port: int
    finding: str

    def judge(self) -> None:
        """Have a target judged once more."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("judge\n")
        self.process.stdin.flush()
        self.process.stdout.readline()


@contextmanager
def child() -> Iterator[Child]:
    """The serving process, ended afterwards."""
    command = [sys.executable, "-m", "benchmarks.pages", "serve"]
    here = Path(__file__).parents[1]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=here) as process:
        assert process.stdout is not None
        yield Child(process, **json.loads(process.stdout.readline()))
        assert process.stdin is not None
        process.stdin.close()


def timed(connection: HTTPConnection, path: str) -> float:
    """Seconds until the whole page is there."""
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    if answer.status != _OK:
        raise RuntimeError(f"{path}: {answer.status}")
    return time.perf_counter() - began


def measure() -> dict[str, Figure]:
    """The pages, and scrapes beside them."""
    with child() as server:
        if (series := series_served(server.port)) != SERIES:
            raise RuntimeError(f"{series} series are served, not {SERIES}")
        connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
        figures = _pages(connection, server)
        figures |= _after_each_evaluation(connection, server)
        connection.close()
        figures |= _beside_pages(server)
    return figures


def _pages(connection: HTTPConnection, server: Child) -> dict[str, Figure]:
    paths = {
        "/": 100.0,
        "/controls": None,
        "/controls?by=control": None,
        "/findings": None,
        "/findings?outcome=pass&q=00042": None,
        "/findings?offset=9900": None,
        f"/findings/{server.finding}": None,
        "/availability": None,
        "/availability?days=365": None,
        "/availability.json?days=365": None,
        "/api/v1/overview": None,
        "/api/v1/findings?limit=500": None,
    }
    figures = {}
    for path, limit in paths.items():
        timed(connection, path)
        seconds = [timed(connection, path) for _ in range(_TIMES)]
        note = f"{_TIMES} one after the other, median {1000 * statistics.median(seconds):.1f} ms"
        title = path.replace(server.finding, "ID")
        figures[f"{title} at {FINDINGS:,} findings, p99"] = Figure(1000 * p99(seconds), "ms", limit, note)
    return figures


def _after_each_evaluation(connection: HTTPConnection, server: Child) -> dict[str, Figure]:
    seconds = []
    for _ in range(20):
        server.judge()
        seconds.append(timed(connection, "/"))
    note = "20 times, each right after a target was judged"
    return {"/ after an evaluation, worst": Figure(1000 * max(seconds), "ms", 100, note)}


def _beside_pages(server: Child) -> dict[str, Figure]:
    alone, _ = one_after_the_other(server.port, "gzip", 100)
    stop, loaded = threading.Event(), [0] * READERS
    threads = [threading.Thread(target=_read, args=(server, stop, loaded, number)) for number in range(READERS)]
    for each in threads:
        each.start()
    time.sleep(0.5)
    beside, _ = one_after_the_other(server.port, "gzip", 100)
    stop.set()
    for each in threads:
        each.join()
    note = f"{READERS} readers loaded {sum(loaded)} pages; alone {1000 * p99(alone):.1f} ms"
    return {"scrape of 100,000 series while pages are loaded, p99": Figure(1000 * p99(beside), "ms", 100, note)}


def _read(server: Child, stop: threading.Event, loaded: list[int], number: int) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    while not stop.is_set():
        for path in _READ:
            timed(connection, path)
            loaded[number] += 1
    connection.close()


if __name__ == "__main__":
    serve()
