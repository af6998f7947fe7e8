"""``ppbe-observe run`` as a real process, with a settings file of its own, on a free loopback port."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeVar

import httpx
import yaml

from ppbe_observe.definitions import load_exporters
from support.processes import free_port
from support.project import PROJECT

T = TypeVar("T")
Series = dict[tuple[str, frozenset[tuple[str, str]]], float]
"""The value of each series, by its name and labels."""

EXPORTERS = tuple(exporter.name for exporter in load_exporters(PROJECT))
MAIN_TARGET: Mapping[str, Any] = {"account_id": "123456789012", "regions": ["us-gov-west-1"]}
_SERIES = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)")
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
READY_WITHIN = 30.0  # seconds; it takes two, on a machine that does nothing else
HAPPENS_WITHIN = 30.0
STOPPED_WITHIN = 35.0


def only(*names: str, interval: str = "2s") -> dict[str, Any]:
    """Exporter settings that leave these on, often enough for a test, and switch all others off."""
    return {name: {"interval": interval} if name in names else {"enabled": False} for name in EXPORTERS}


def settings(**given: Any) -> dict[str, Any]:
    """Settings of the main target that make things happen soon, no checks or alarms; given sections are merged in."""
    usual: dict[str, Any] = {
        "targets": [dict(MAIN_TARGET)],
        "exporters": only("rds"),
        "controls": {"enabled": False},
        "alarms": {"enabled": False},
        "discovery": {"max_age": "1s", "metrics_max_age": "1s"},
        "schedule": {"jitter": 0, "stop_within": "5s"},
        "logging": {"format": "json"},
    }
    for key, value in given.items():
        merged = key in usual and key != "exporters" and isinstance(value, dict)
        usual[key] = {**usual[key], **value} if merged else value
    return usual


@dataclass(slots=True)
class RunningDaemon:
    """A daemon, where it answers, what it logged, and its process."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=10, trust_env=False))

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> list[dict[str, Any]]:
        """Every whole line it logged so far."""
        text = (self.home / "daemon.log").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def events(self, name: str, **fields: object) -> list[dict[str, Any]]:
        """The log lines of one event with these fields."""
        return [each for each in self.log if each["event"] == name and fields.items() <= each.items()]

    def page(self, accept: str = "text/plain") -> str:
        """What /metrics answers."""
        return self.client.get(f"{self.url}/metrics", headers={"Accept": accept}).raise_for_status().text

    def series(self) -> Series:
        """Every series on /metrics."""
        return parse(self.page())

    def readiness(self) -> tuple[int, dict[str, Any]]:
        """Status and body of /readyz."""
        answer = self.client.get(f"{self.url}/readyz")
        return answer.status_code, answer.json()

    def apply(self, given: Mapping[str, Any] | str) -> httpx.Response:
        """Write these settings (text as it is) and ask for a reload."""
        self.write(given)
        return self.client.post(f"{self.url}/-/reload")

    def write(self, given: Mapping[str, Any] | str) -> None:
        """Write these settings; it keeps its port and its state."""
        if isinstance(given, str):
            (self.home / "ppbe-observe.yaml").write_text(given, encoding="utf-8")
        else:
            write_settings(self.home, self.port, given)

    def until(self, look: Callable[[Series], T | None], within: float = HAPPENS_WITHIN) -> T:
        """What ``look`` gives for the series, as soon as that is true."""
        return until(lambda: look(self.series()), within, self.explain)

    def until_ready(self, exporter: str = "") -> None:
        """Wait until /readyz says so of all exporters, or of one; runs may be late, and calls time out."""

        def ready() -> bool:
            checks = self.readiness()[1]["checks"]
            asked = [each["ready"] for each in checks if exporter in {"", each["exporter"]}]
            return bool(asked) and all(asked)

        until(ready, explain=lambda: f"{self.readiness()}\n{self.explain()}")

    def end(self, number: int = signal.SIGTERM, within: float = 30.0) -> int:
        """Send a signal and wait for the exit code."""
        self.process.send_signal(number)
        return self.process.wait(within)

    def explain(self) -> str:
        """The end of its log, for a test that fails."""
        return (self.home / "daemon.log").read_text(encoding="utf-8")[-4000:]


def until(look: Callable[[], T | None], within: float = HAPPENS_WITHIN, explain: Callable[[], str] = str) -> T:
    """What ``look`` gives, as soon as that is true."""
    deadline = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"it did not happen within {within} s\n{explain()}")
        time.sleep(0.1)


def parse(page: str) -> Series:
    """The series of a page in the text format (prometheus_client's parser takes ten times as long)."""
    series: Series = {}
    for line in page.splitlines():
        if line and not line.startswith("#"):
            name, labels, number = _SERIES.fullmatch(line).groups()  # type: ignore[union-attr]  # a line that is none fails
            found = frozenset((key, _unescaped(text)) for key, text in _LABEL.findall(labels or ""))
            assert (name, found) not in series, f"twice: {line}"
            series[name, found] = float(number)
    return series


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] == "n" else match[1], text) if "\\" in text else text


def values(series: Series, name: str, **labels: str) -> list[float]:
    """The values of the series of that name that have these labels, smallest first."""
    return sorted(value for (each, has), value in series.items() if each == name and labels.items() <= has)


def value(series: Series, name: str, **labels: str) -> float | None:
    """The value of the one series of that name that has these labels; None where there is none."""
    found = values(series, name, **labels)
    assert len(found) <= 1, f"{name}{labels} is not one series"
    return found[0] if found else None


def write_settings(home: Path, port: int, given: Mapping[str, Any]) -> Path:
    """The settings file of a daemon in ``home`` that listens on ``port``."""
    usual = {"web": {"listen": f"127.0.0.1:{port}"}, "state": {"url": f"sqlite:///{home}/state.db"}}
    file = home / "ppbe-observe.yaml"
    file.write_text(yaml.safe_dump({**usual, **given}), encoding="utf-8")
    return file


def command(*arguments: str) -> list[str]:
    """The command line of ppbe-observe."""
    return [sys.executable, "-m", "ppbe_observe", *arguments]


@contextmanager
def daemon(
    home: Path,
    given: Mapping[str, Any],
    environ: Mapping[str, str],
    *arguments: str,
    piped: bool = False,
    port: int | None = None,
) -> Iterator[RunningDaemon]:
    """A daemon that is alive (/healthz answers), stopped afterwards; ``home`` may hold the state of an earlier one.

    ``piped`` is for daemons that may not write files: what they log goes through another process. ``port`` is that of
    an earlier one, which others know.
    """
    port = port or free_port()
    file = write_settings(home, port, given)
    with (home / "daemon.log").open("ab") as log, _sink(log, piped=piped) as output:
        process = subprocess.Popen(
            command("run", "--config", str(file), *arguments),
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **environ},
        )
        running = RunningDaemon(home, port, process)
        try:
            until(lambda: _alive(running), READY_WITHIN, running.explain)
            yield running
        finally:
            running.client.close()
            _stop(process)


@contextmanager
def _sink(log: IO[bytes], *, piped: bool) -> Iterator[IO[bytes]]:
    if not piped:
        yield log
        return
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=log) as copier:
        assert copier.stdin is not None
        yield copier.stdin


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _alive(running: RunningDaemon) -> bool:
    assert running.process.poll() is None, running.explain()
    try:
        return running.client.get(f"{running.url}/healthz").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def run(
    *arguments: str, environ: Mapping[str, str] | None = None, cwd: Path | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run a command of ppbe-observe to its end; its exit code is the caller's to judge."""
    return subprocess.run(
        command(*arguments),
        env={**os.environ, **(environ or {})},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
