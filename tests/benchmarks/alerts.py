"""What the alerts take: evaluating all rules on a real Prometheus with 1,000 resources, and generating everything.

Run it by itself with ``python -m benchmarks alerts`` in tests/; it takes six minutes.
"""

import os
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import httpx

from benchmarks.figure import Figure
from ppbe_observe.generate.directory import write
from ppbe_observe.generate.estate import Estate, Options, read_estate
from ppbe_observe.generate.output import PROMETHEUS, Peers
from support import remote_write
from support.large_estate import told
from support.large_series import Series, Wanted, large_series, wanted_of
from support.processes import Peer, prometheus
from support.tracks import Track

FASTER = 3
"""Every interval is a third of the generated one, so that a cycle of 30 s takes 10."""
EVERY = 30 // FASTER  # seconds between evaluations of most groups
LONGEST = 8
"""Cycles in which every group is evaluated at least once: the rarest are evaluated every four minutes."""
WARM_UP = LONGEST + 1  # cycles before the first that counts: nobody has read the blocks yet
CYCLES = 2 * LONGEST
HISTORY = timedelta(hours=6)
"""Of every series; of those that a rule looks at for longer, as long as it does."""
SCRAPED = 30  # seconds, as generated
WINDOW = 1_800
"""Seconds that are written of all series before any later ones: Prometheus takes nothing an hour older than these."""
AT_ONCE = 2_000  # series in a request
COSTLIEST = 3
RUNS = 3
EVALUATION_LIMIT = 1.0  # seconds
GENERATION_LIMIT = 2.0  # seconds
FLAGS = ("--web.enable-remote-write-receiver", "--storage.tsdb.retention.time=40d")


def measure() -> dict[str, Figure]:
    """Both."""
    return {**_generation(), **_evaluation()}


def _generation() -> dict[str, Figure]:
    runs = [_generated() for _ in range(RUNS)]
    began = time.perf_counter()
    estate = read_estate(None)
    read = time.perf_counter()
    files = estate.files(Options())
    done = time.perf_counter()
    return {
        "generation of everything": Figure(
            min(wall for wall, _ in runs), "s", GENERATION_LIMIT, f"whole process, best of {RUNS}; {len(files)} files"
        ),
        "its CPU": Figure(min(cpu for _, cpu in runs), "s", None, f"best of {RUNS}; start and imports included"),
        "the same in a process that runs": Figure(
            done - began, "s", None, f"definitions read and judged in {read - began:.2f} s, the rest is rendering"
        ),
    }


def _generated() -> tuple[float, float]:
    """Seconds and CPU seconds of a process of its own."""
    with TemporaryDirectory() as out:
        command = [sys.executable, "-m", "ppbe_observe", "generate", "--out", out]
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, "ppbe-observe generate has failed"
    return wall, used.ru_utime + used.ru_stime


def _evaluation() -> dict[str, Figure]:
    estate = read_estate(None)
    wanted = wanted_of(estate.subjects)
    series = large_series(estate.subjects, wanted)
    with TemporaryDirectory() as name, _serving(series) as daemon, _serving(()) as alertmanager:
        home = Path(name)
        config = home / "generated" / PROMETHEUS
        config.parent.mkdir(parents=True)
        config.write_text("global: {}\n")
        with prometheus(config, home, *FLAGS) as peer:
            samples = _backfill(peer, series, wanted, daemon)
            _configure(estate, home / "generated", Peers(daemon, peer.url.removeprefix("http://"), (alertmanager,)))
            peer.post("/-/reload")
            return _figures(peer, _cycles(peer), len(series), samples)


def _backfill(peer: Peer, series: Sequence[Series], wanted: Wanted, daemon: str) -> int:
    """Write the past of all series, oldest first, up to now; gives the number of samples."""
    whose = {"job": "ppbe-observe", "instance": daemon}
    known = [
        (
            max(HISTORY, wanted.reach(each)).total_seconds(),
            remote_write.labels(each.metric, {**each.labels, **whose}),
            each.track,
        )
        for each in series
    ]
    began = time.time() // SCRAPED * SCRAPED
    at = began - max(reach for reach, _, _ in known)
    written = 0
    with httpx.Client() as client:
        while (until := min(at + WINDOW, time.time() // SCRAPED * SCRAPED)) > at:
            times = [at + SCRAPED * each for each in range(int((until - at) / SCRAPED))]
            sampled: dict[Track, bytes] = {}
            due = [(labels, track) for reach, labels, track in known if at >= began - reach]
            for _, track in due:
                if track not in sampled:
                    sampled[track] = remote_write.samples(times, map(track.at, times))
            for first in range(0, len(due), AT_ONCE):
                part = [(labels, sampled[track]) for labels, track in due[first : first + AT_ONCE]]
                remote_write.write(client, peer.url, part)
            written += len(due) * len(times)
            at = until
    return written


def _configure(estate: Estate, directory: Path, peers: Peers) -> None:
    """What is generated, evaluated more often."""
    files = estate.files(Options(peers=peers))
    often = {
        name: re.sub(r"(?m)^( *(?:evaluation_)?interval): (\d+[sm])$", _faster, text)
        for name, text in files.items()
        if name.startswith("prometheus/") and "/tests/" not in name
    }
    write(directory, often)


def _faster(interval: re.Match[str]) -> str:
    seconds = int(interval[2][:-1]) * (60 if interval[2].endswith("m") else 1)
    return f"{interval[1]}: {seconds // FASTER}s"


@dataclass(frozen=True, slots=True)
class _Cycle:
    """What was evaluated: its seconds in all, those of each rule, and Prometheus' CPU meanwhile."""

    seconds: float
    rules: Counter[str]
    cpu: float


def _cycles(peer: Peer) -> list[_Cycle]:
    """Warm cycles, one after the other, each with the groups that were due in it; every rule has worked."""
    time.sleep((WARM_UP + 1) * EVERY)
    found = []
    last = _groups(peer)
    for _ in range(CYCLES):
        before = _cpu(peer)
        time.sleep(EVERY)
        spent = _cpu(peer) - before
        groups = _groups(peer)
        due = [group for name, group in groups.items() if group["lastEvaluation"] != last[name]["lastEvaluation"]]
        found.append(_cycle(due, spent))
        last = groups
    assert all(each["evaluationTime"] for each in last.values()), "not every group was evaluated"
    return found


def _groups(peer: Peer) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in peer.get("/api/v1/rules").json()["data"]["groups"]}


def _cpu(peer: Peer) -> float:
    fields = Path(f"/proc/{peer.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _cycle(groups: Sequence[dict[str, Any]], cpu: float) -> _Cycle:
    rules: Counter[str] = Counter()
    for rule in (each for group in groups for each in group["rules"]):
        assert rule["health"] == "ok", f"{rule['name']}: {rule.get('lastError', 'not evaluated')}"
        rules[rule["name"]] += rule["evaluationTime"]
    return _Cycle(sum(group["evaluationTime"] for group in groups), rules, cpu)


def _figures(peer: Peer, cycles: Sequence[_Cycle], many: int, samples: int) -> dict[str, Figure]:
    total = [each.seconds for each in cycles]
    spent = sum((each.rules for each in cycles), Counter[str]())
    costliest = (f"{name} {seconds / len(cycles) * 1000:.0f} ms" for name, seconds in spent.most_common(COSTLIEST))
    active = peer.query("count(ALERTS)")[0]["value"][1]
    measured = (
        f"{told()}; {many:,} series, each with 6 h of samples every {SCRAPED} s or as far back as a rule looks at it, "
        f"up to 30 days ({samples / 1e6:.1f} million; what rules record is as young as the measurement); {active} "
        "alerts pending or firing; intervals are a third of those generated, the scrapes' included"
    )
    return {
        "rule evaluation of the whole set, 1,000 resources": Figure(
            statistics.mean(total), "s", EVALUATION_LIMIT, f"mean of {CYCLES} warm cycles; {measured}"
        ),
        "its slowest cycle": Figure(
            max(total),
            "s",
            EVALUATION_LIMIT,
            f"of {CYCLES}, that with the budgets of 30 days; costliest rules: {', '.join(costliest)}",
        ),
        "CPU of Prometheus in a cycle": Figure(
            statistics.median(each.cpu for each in cycles),
            "s",
            None,
            f"median; scrapes included; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs: "
            "the seconds above are of the clock, and grow where others work",
        ),
    }


@contextmanager
def _serving(series: Sequence[Series]) -> Iterator[str]:
    """A page with these series at each scrape, which takes alerts, too; gives host and port."""
    lines = [(each.text, each.track) for each in series]

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            now = time.time()
            values = {track: repr(track.at(now)) for _, track in lines}
            self._answer("".join(f"{text} {values[track]}\n" for text, track in lines).encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(b"{}")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
