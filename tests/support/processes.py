"""Real peers on free loopback ports: Prometheus, Alertmanager and their tools, as Debian packages them."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

_READY_WITHIN = 30.0  # seconds; a start takes under one second unless the machine is very busy
_STOPPED_WITHIN = 10.0  # seconds
_ATTEMPTS = 3  # another process may take a free port before the peer listens on it
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Peer:
    """A running server: where it answers, what it wrote, and its process."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    def get(self, path: str, **params: str) -> httpx.Response:
        """GET below the server's address; raises on an error status."""
        return httpx.get(self.url + path, params=params, timeout=10).raise_for_status()

    def post(self, path: str, **params: str) -> httpx.Response:
        """POST below the server's address; raises on an error status."""
        return httpx.post(self.url + path, params=params, timeout=10).raise_for_status()

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The result of a Prometheus instant query."""
        found: list[dict[str, Any]] = self.get("/api/v1/query", query=expression).json()["data"]["result"]
        return found


def require(*names: str) -> str:
    """The path of the first binary that is there; without one the test is skipped, in CI it fails."""
    for name in names:
        if path := shutil.which(name):
            return path
    reason = f"{' or '.join(names)} is not installed; `make test` installs Debian's package"
    if "CI" in os.environ:
        pytest.fail(reason)
    pytest.skip(reason)


def promtool(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run promtool to its end; its exit code is the caller's to judge."""
    return _run(require("promtool"), arguments, stdin)


def amtool(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run amtool to its end; its exit code is the caller's to judge."""
    return _run(require("amtool"), arguments, stdin)


@contextmanager
def prometheus(config: Path, directory: Path, *flags: str) -> Iterator[Peer]:
    """A Prometheus with this configuration file, its data and log in ``directory``, stopped afterwards."""
    binary = require("prometheus")

    def command(port: int) -> list[str]:
        return [
            binary,
            f"--config.file={config}",
            f"--storage.tsdb.path={directory / 'prometheus'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--web.enable-lifecycle",
            *flags,
        ]

    with serving(command, directory / "prometheus.log", ready="/-/ready") as peer:
        yield peer


@contextmanager
def alertmanager(config: Path, directory: Path, *flags: str) -> Iterator[Peer]:
    """A single Alertmanager with this configuration file, stopped afterwards."""
    binary = require("prometheus-alertmanager", "alertmanager")

    def command(port: int) -> list[str]:
        return [
            binary,
            f"--config.file={config}",
            f"--storage.path={directory / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",  # no gossip: nothing listens beyond loopback
            *flags,
        ]

    with serving(command, directory / "alertmanager.log", ready="/-/ready") as peer:
        yield peer


@contextmanager
def serving(command: Callable[[int], Sequence[str]], log: Path, *, ready: str, host: str = _LOOPBACK) -> Iterator[Peer]:
    """Start ``command(port)`` on a free port, wait until ``ready`` answers 200, stop it afterwards."""
    peer = _start(command, log, ready, host)
    try:
        yield peer
    finally:
        _stop(peer.process)


def free_port() -> int:
    """A TCP port on loopback that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(binary: str, arguments: Sequence[str | Path], stdin: str) -> subprocess.CompletedProcess[str]:
    command = [binary, *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, check=False)


def _start(command: Callable[[int], Sequence[str]], log: Path, ready: str, host: str) -> Peer:
    for _ in range(_ATTEMPTS):
        port = free_port()
        with log.open("ab") as output:
            process = subprocess.Popen(command(port), stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        peer = Peer(url=f"http://{host}:{port}", log=log, process=process)
        if _answers(peer, ready):
            return peer
        _stop(process)
    raise AssertionError(f"{command(0)[0]} did not become ready; its log:\n{log.read_text()}")


def _answers(peer: Peer, path: str) -> bool:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline and peer.process.poll() is None:
        try:
            if httpx.get(peer.url + path, timeout=2).status_code == httpx.codes.OK:
                return True
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOPPED_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
