"""The whole daemon at 100,000 series: memory, CPU of a cycle, and scrapes meanwhile. AWS is simulated beside it.

The daemon and the simulated estate are processes of their own, so that each one's memory and CPU are its own.
"""

import gzip
import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figure import Figure
from support.processes import free_port

METRICS = 66_660
"""Half of them gauges of one series, half counts of two (gauge and accumulated counter): 99,990 series."""
CYCLES = 3
SCRAPES = 60
READY_WITHIN = 120.0  # seconds; the estate is built, and everything is asked for the first time
CYCLE = 60.0  # seconds
MEMORY_LIMIT = 300  # MB
SETTINGS = """\
targets:
  - account_id: "123456789012"
    regions: [us-gov-west-1]
definitions: {home}
state:
  url: sqlite:///{home}/state.db
web:
  listen: 127.0.0.1:{port}
"""
DEFINITION = """\
from ppbe_observe.cloudwatch import AVERAGE, SUM, Exporter, Metric

EXPORTER = Exporter(
    namespace="PPBE/Load",
    metrics=(
        *(Metric(f"Level{each:02d}", AVERAGE, help="A level.") for each in range(1, 20, 2)),
        *(Metric(f"Events{each:02d}", SUM, help="Events.") for each in range(0, 20, 2)),
    ),
)
"""


def measure() -> dict[str, Figure]:
    """Resident memory after some cycles, CPU of each, and the scrapes in between."""
    with TemporaryDirectory() as name, _estate() as url:
        home = Path(name)
        (home / "exporters").mkdir()
        (home / "exporters" / "load.py").write_text(DEFINITION)
        port = free_port()
        (home / "ppbe-observe.yaml").write_text(SETTINGS.format(home=home, port=port))
        command = ["run", "--config", str(home / "ppbe-observe.yaml")]
        with _program(
            command,
            f"http://127.0.0.1:{port}/readyz",
            {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "simulated", "AWS_SECRET_ACCESS_KEY": "simulated"},
        ) as daemon:
            return _measured(daemon.pid, f"http://127.0.0.1:{port}/metrics")


def _measured(pid: int, url: str) -> dict[str, Figure]:
    _scrape(url)
    cpu = _cpu(pid)
    waits = []
    until = time.monotonic() + CYCLES * CYCLE
    while time.monotonic() < until:
        waits.append(_scrape(url)[0])
        time.sleep(CYCLES * CYCLE / SCRAPES)
    spent = (_cpu(pid) - cpu) / CYCLES
    series = _scrape(url)[1]
    worst = statistics.quantiles(waits, n=100)[98]
    rss, peak = (_memory(pid, field) for field in ("VmRSS", "VmHWM"))
    during = f"{len(waits)} scrapes (gzip) over {CYCLES} cycles; median {statistics.median(waits) * 1000:.0f} ms"
    return {
        "memory of the daemon at 100,000 series": Figure(
            rss, "MB", MEMORY_LIMIT, f"{series:,} series; peak {peak:.0f} MB"
        ),
        "CPU of a cycle at 100,000 series": Figure(
            spent, "s", None, f"{METRICS:,} metrics asked, counters saved, rendered"
        ),
        "scrape while collecting, p99": Figure(worst * 1000, "ms", 100, during),
    }


@contextmanager
def _estate() -> Iterator[str]:
    url = f"http://127.0.0.1:{(port := free_port())}"
    code = f"from ppbe_observe.simulate import Options, serve; serve('127.0.0.1', {port}, Options(series={METRICS}))"
    with _running([sys.executable, "-c", code], f"{url}/_simulate/health", {}):
        yield url


@contextmanager
def _program(arguments: list[str], ready: str, environ: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    with _running([sys.executable, "-m", "ppbe_observe", *arguments], ready, environ) as process:
        yield process


@contextmanager
def _running(command: list[str], ready: str, environ: dict[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + READY_WITHIN
            while not _answers(ready):
                if time.monotonic() > until or process.poll() is not None:
                    raise RuntimeError(f"{ready} does not answer")
                time.sleep(0.2)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _scrape(url: str) -> tuple[float, int]:
    """Seconds of one scrape with gzip, and how many series it brought."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    began = time.monotonic()
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read()
    seconds = time.monotonic() - began
    return seconds, sum(line.startswith(b"aws_") for line in gzip.decompress(body).splitlines())


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int, field: str) -> float:
    """Megabytes of a line of /proc/PID/status."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith(field))
