"""How fast 100,000 series are rendered and served, and in how much memory.

A child process holds the series as the daemon does (its libraries loaded, the renderer running, the web server
on loopback) and is scraped from this one. Everything is bounded in number and in time.
"""

import gzip
import importlib
import json
import os
import random
import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from benchmarks.figure import Figure
from ppbe_observe.exposition.exposition import Exposition
from ppbe_observe.exposition.own import OwnMetrics
from ppbe_observe.exposition.store import SeriesStore
from ppbe_observe.model import Family, Kind, Labels, Sample, Snapshot, Target
from ppbe_observe.settings.values import Listen
from ppbe_observe.web.app import create_app
from ppbe_observe.web.readiness import Readiness
from ppbe_observe.web.server import WebServer
from support.views import Watched, nothing_recorded

TARGETS = 4
GROUPS = 1_000  # target groups of each target
METRICS = 25
SERIES = TARGETS * GROUPS * METRICS  # 100,000, of 8 labels each

_SCRAPES = 200  # one after the other, for each encoding
_AT_ONCE = 1_000
_GIVE_UP = 60.0  # seconds
_ROUNDS = 5
_BUFFER = 1 << 20
# What `ppbe-observe run` has loaded besides, so that the memory is the daemon's.
_DAEMON = ("apscheduler.schedulers.background", "boto3", "opentelemetry.sdk.trace", "sqlalchemy", "structlog", "typer")


@dataclass(slots=True)
class Estate:
    """Label sets as CloudWatch's load balancers have them; the same objects in every run, as the collector's."""

    chance: random.Random = field(default_factory=lambda: random.Random(1))
    labels: dict[Target, list[Labels]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number in range(TARGETS):
            target = Target(f"{number:012d}", "us-gov-west-1", "aws-us-gov")
            self.labels[target] = [self._labels(target, group) for group in range(GROUPS)]

    def _labels(self, target: Target, group: int) -> Labels:
        balancer = f"app/ppbe-production-{group}/{self.chance.getrandbits(64):016x}"
        arn = f"arn:aws-us-gov:elasticloadbalancing:{target.region}:{target.account_id}"
        return (
            ("name", f"{arn}:loadbalancer/{balancer}"),
            ("account_id", target.account_id),
            ("region", target.region),
            ("dimension_LoadBalancer", balancer),
            ("dimension_TargetGroup", f"targetgroup/ppbe-api-{group}/{self.chance.getrandbits(64):016x}"),
            ("dimension_AvailabilityZone", f"us-gov-west-1{'abc'[group % 3]}"),
            ("tag_Environment", "production"),
            ("tag_Project", "PPBE"),
        )

    def snapshot(self, target: Target) -> Snapshot:
        """One run: half of the metrics are counts, half are averages with all their digits."""
        families = tuple(
            Family(
                f"aws_applicationelb_metric_number_{metric}_average",
                Kind.GAUGE,
                "A metric of the benchmark.",
                tuple(Sample(labels, self._value(metric)) for labels in self.labels[target]),
            )
            for metric in range(METRICS)
        )
        return Snapshot("alb", target, datetime.now(UTC), families)

    def _value(self, metric: int) -> float:
        return self.chance.random() * 1000 if metric % 2 else float(self.chance.randrange(5000))


def serve() -> None:
    """The child: prints its port and figures as JSON, serves until its standard input ends."""
    for name in _DAEMON:
        importlib.import_module(name)
    estate, store = Estate(), SeriesStore()
    own = OwnMetrics(CollectorRegistry())
    empty = _resident_megabytes()
    exposition = Exposition(store, own)
    figures = _rounds(estate, store, exposition)
    server = WebServer(
        create_app(exposition, ready=Readiness, views=Watched().views, availability=nothing_recorded),
        Listen("127.0.0.1", 0),
    )
    exposition.start()
    server.start()
    _tell({"port": server.port, "empty": empty, **figures})
    for line in sys.stdin:  # "publish" starts one more run, "memory" asks for the memory
        if line.strip() == "publish":
            _publish(estate, store)
        _tell(_resident_megabytes())
    server.stop()
    exposition.stop()


def _tell(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _rounds(estate: Estate, store: SeriesStore, exposition: Exposition) -> dict[str, float]:
    publishing, rendering = [], []
    for _ in range(_ROUNDS):
        publishing.append(_publish(estate, store))
        started = time.perf_counter()
        exposition.render()
        rendering.append(time.perf_counter() - started)
    return {
        "publish": statistics.median(publishing),
        "render": statistics.median(rendering),
        "both": max(map(sum, zip(publishing, rendering, strict=True))),
    }


def _publish(estate: Estate, store: SeriesStore) -> float:
    """Every series with a new value; the time it takes without making the values up."""
    seconds = 0.0
    for target in estate.labels:
        snapshot = estate.snapshot(target)
        started = time.perf_counter()
        store.publish(snapshot)
        seconds += time.perf_counter() - started
    return seconds


def _resident_megabytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - not a file on a disk
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1_000_000


@dataclass(slots=True)
class Child:
    """The serving process."""

    process: "subprocess.Popen[str]"
    figures: dict[str, Any]

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.figures["port"])

    def ask(self, command: str) -> int:
        """Have it do something; gives its memory in megabytes."""
        self.tell(command)
        return self.answer()

    def tell(self, command: str) -> None:
        """Have it do something, without waiting."""
        assert self.process.stdin is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def answer(self) -> int:
        """Wait until it has done it."""
        assert self.process.stdout is not None
        return int(json.loads(self.process.stdout.readline()))


@contextmanager
def child() -> Iterator[Child]:
    """The serving process, ended afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.exposition", "serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    try:
        assert process.stdout is not None
        yield Child(process, json.loads(process.stdout.readline()))
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(timeout=30)
        if process.stdout is not None:
            process.stdout.close()


def _request(encoding: str) -> bytes:
    return f"GET /metrics HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: {encoding}\r\n\r\n".encode()


@dataclass(slots=True)
class Scrape:
    """One answer being read; ``left`` is None until its length is known."""

    connection: socket.socket
    started: float
    seconds: float | None = None
    left: int | None = None
    length: int = 0
    head: bytes = b""

    def read(self, buffer: bytearray) -> bool:
        """Read what is there; whether that was the last of it."""
        count = self.connection.recv_into(buffer)
        if not count:
            raise ConnectionError("the answer is cut off")
        if self.left is None:
            self.head += buffer[:count]
            head, found, rest = self.head.partition(b"\r\n\r\n")
            if not found:
                return False
            if not head.startswith(b"HTTP/1.1 200 "):
                raise ConnectionError(head[:100].decode())
            self.length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            self.left, count, self.head = self.length, len(rest), b""
        self.left -= count
        if self.left == 0:
            self.seconds = time.perf_counter() - self.started
        return self.left == 0


def one_after_the_other(port: int, encoding: str, scrapes: int = _SCRAPES) -> tuple[list[float], int]:
    """Seconds of each scrape on one connection, as Prometheus does it, and the bytes of one."""
    buffer = bytearray(_BUFFER)
    seconds: list[float] = []
    with socket.create_connection(("127.0.0.1", port), timeout=_GIVE_UP) as connection:
        for _ in range(scrapes):
            scrape = Scrape(connection, time.perf_counter())
            connection.sendall(_request(encoding))
            while not scrape.read(buffer):
                pass
            assert scrape.seconds is not None
            seconds.append(scrape.seconds)
    return seconds, scrape.length


def at_once(port: int, encoding: str, scrapes: int = _AT_ONCE) -> tuple[list[float], int]:
    """Seconds of each of many scrapes that start together, each on its own connection, and how many failed."""
    buffer = bytearray(_BUFFER)
    done: list[Scrape] = []
    failed = 0
    with selectors.DefaultSelector() as selector:
        for _ in range(scrapes):
            connection = socket.create_connection(("127.0.0.1", port), timeout=_GIVE_UP)
            selector.register(connection, selectors.EVENT_READ)
        began = {key.fd: Scrape(_socket(key.fileobj), time.perf_counter()) for key in selector.get_map().values()}
        for scrape in began.values():
            scrape.started = time.perf_counter()
            scrape.connection.sendall(_request(encoding))
        end = time.monotonic() + _GIVE_UP
        while selector.get_map() and time.monotonic() < end:
            for key, _ in selector.select(timeout=1):
                scrape = began[key.fd]
                try:
                    if not scrape.read(buffer):
                        continue
                    done.append(scrape)
                except OSError:
                    failed += 1
                selector.unregister(scrape.connection)
                scrape.connection.close()
        for key in list(selector.get_map().values()):
            _socket(key.fileobj).close()
            failed += 1
    return [each.seconds for each in done if each.seconds is not None], failed


def _socket(file: object) -> socket.socket:
    assert isinstance(file, socket.socket)
    return file


def series_served(port: int) -> int:
    """How many series of the benchmark one scrape brings, read as a client would."""
    with socket.create_connection(("127.0.0.1", port), timeout=_GIVE_UP) as connection:
        connection.sendall(_request("gzip").replace(b"Host", b"Connection: close\r\nHost"))
        with connection.makefile("rb") as file:
            page = gzip.decompress(file.read().partition(b"\r\n\r\n")[2])
    return sum(line.startswith(b"aws_") for line in page.splitlines())


def p99(seconds: list[float]) -> float:
    """The 99th percentile, in seconds."""
    return sorted(seconds)[max(0, -(-len(seconds) * 99 // 100) - 1)]


def measure() -> dict[str, Figure]:
    """All figures of the issue's table that are about the page."""
    with child() as server:
        if (series := series_served(server.port)) != SERIES:
            raise RuntimeError(f"{series} series are served, not {SERIES}")
        figures = _rendering(server.figures)
        for encoding, name in (("gzip", "gzip"), ("identity", "plain")):
            figures |= _scrapes(server.port, encoding, name)
        figures["memory"] = Figure(
            server.ask("memory"), "MB", 300, f"{server.figures['empty']} MB of it libraries and label sets"
        )
        server.tell("publish")  # all series change and are rendered while this is measured
        seconds, _ = one_after_the_other(server.port, "gzip", 100)
        figures["scrape while all series change, gzip, p99"] = Figure(1000 * p99(seconds), "ms")
        server.answer()
        figures |= _crowd(server)
    return figures


def _rendering(told: dict[str, Any]) -> dict[str, Figure]:
    how = f"median of {_ROUNDS}, every value new"
    return {
        "publish 100,000 series": Figure(told["publish"], "s", None, f"{how}, in the jobs' threads"),
        "render 100,000 series after a change": Figure(told["render"], "s", 1, f"{how}, all formats, gzip too"),
        "publish and render, worst": Figure(told["both"], "s", None),
    }


def _scrapes(port: int, encoding: str, name: str) -> dict[str, Figure]:
    seconds, length = one_after_the_other(port, encoding)
    note = f"{_SCRAPES} on one connection, {length / 1e6:.1f} MB each"
    return {
        f"scrape of 100,000 series, {name}, median": Figure(1000 * statistics.median(seconds), "ms"),
        f"scrape of 100,000 series, {name}, p99": Figure(1000 * p99(seconds), "ms", 100, note),
    }


def _crowd(server: Child) -> dict[str, Figure]:
    seconds, failed = at_once(server.port, "gzip")
    note = "gzip; the client reads every byte, on the same machine"
    return {
        "1,000 scrapes at once, failed": Figure(failed, "scrapes", 0),
        "1,000 scrapes at once, p99": Figure(p99(seconds), "s", 3, note),
        "memory after them": Figure(server.ask("memory"), "MB", 300),
    }


if __name__ == "__main__":
    serve()
