"""Starts the programs of the demo, waits until each answers, and stops all of them together. I/O."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

import urllib3
from rich.console import Console
from rich.markup import escape

from ppbe_observe.errors import ObserveError

START_WITHIN = 90
STOP_WITHIN = 35
LAST_LINES = 20
ANSWERS = 200


def free_port(preferred: int) -> int:
    """The preferred loopback port, or any other where it is taken."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ObserveError("no free loopback port is left")


@dataclass(frozen=True, slots=True)
class Child:
    """A program that runs."""

    name: str
    url: str
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def port(self) -> int:
        """The port in its address."""
        return int(self.url.rsplit(":", 1)[1])

    def last_lines(self) -> str:
        """The end of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LAST_LINES:])


class Supervisor:
    """Programs that live and die together."""

    def __init__(self, home: Path, console: Console) -> None:
        self._home = home
        self._console = console
        self._children: list[Child] = []
        self._http = urllib3.PoolManager(retries=False, timeout=2)
        self._stopping = False

    def __enter__(self) -> Self:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self._stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        with self._console.status("stopping"):
            for child in reversed(self._children):
                if child.process.poll() is None:
                    child.process.terminate()
            for child in reversed(self._children):
                _end(child.process)

    def start(self, name: str, command: Sequence[str], url: str, ready: str, environment: Mapping[str, str]) -> Child:
        """Start a program and wait until ``url`` + ``ready`` answers 200.

        Raises:
            ObserveError: It ended, or did not answer in time; the message has the end of its log.
        """
        log = self._home / f"{name.replace(' ', '-').lower()}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own program and Prometheus, without a shell
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **environment},
                start_new_session=True,
            )
        child = Child(name, url, log, process)
        self._children.append(child)
        began = time.monotonic()
        with self._console.status(f"starting {name} ..."):
            while not self._answers(url + ready):
                self._check(child, time.monotonic() - began)
                time.sleep(0.1)
        self._console.print(f"[green]✓[/] {name} ({time.monotonic() - began:.1f} s)", highlight=False)
        return child

    def wait(self, meanwhile: Callable[[], None]) -> Child | None:
        """Wait until a signal comes (None) or a program ends on its own (that one), and do something all the time."""
        while not self._stopping:
            for child in self._children:
                if child.process.poll() is not None:
                    self._console.print(
                        f"[bold red]{child.name} has ended[/]; its last lines:\n{escape(child.last_lines())}"
                    )
                    return child
            meanwhile()
            time.sleep(0.2)
        return None

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _check(self, child: Child, waited: float) -> None:
        if self._stopping:
            raise KeyboardInterrupt
        if child.process.poll() is not None:
            raise ObserveError(f"{child.name} ended at once; its last lines:\n{child.last_lines()}")
        if waited > START_WITHIN:
            raise ObserveError(
                f"{child.name} is not ready after {START_WITHIN} s; its last lines:\n{child.last_lines()}"
            )

    def _answers(self, url: str) -> bool:
        try:
            return self._http.request("GET", url).status == ANSWERS
        except urllib3.exceptions.HTTPError:
            return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
