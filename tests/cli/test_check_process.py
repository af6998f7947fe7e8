"""``ppbe-observe check`` as a process: on a terminal, in a pipe that ends, on a full disk, and when Ctrl-C comes."""

import fcntl
import os
import pty
import re
import resource
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
import yaml
from rich.cells import cell_len

from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.simulate.faults import Effect, Fault
from support.daemon import command, until
from support.simulated import remembering_estate

TARGETS = [{"account_id": "123456789012", "regions": ["us-gov-west-1", "us-gov-east-1"]}]
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
SNS = ("check", "--service", "sns")


@pytest.fixture(scope="module")
def shared() -> Iterator[SimulatedEstate]:
    with remembering_estate() as (running, _):
        yield running


@pytest.fixture
def estate(shared: SimulatedEstate, tmp_path: Path) -> Iterator[SimulatedEstate]:
    """The estate, and settings in the directory of the test."""
    (tmp_path / "ppbe-observe.yaml").write_text(yaml.safe_dump({"targets": TARGETS}))
    shared.requests.clear()
    yield shared
    shared.faults.clear()


@contextmanager
def started(
    estate: SimulatedEstate, home: Path, *arguments: str, out: int = subprocess.PIPE
) -> "Iterator[subprocess.Popen[bytes]]":
    """A command, killed where the block ends before it."""
    with subprocess.Popen(
        command(*arguments),
        cwd=home,
        env={**os.environ, **estate.environ},
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def on_terminal(estate: SimulatedEstate, home: Path, width: int, *arguments: str) -> tuple[int, str]:
    """Exit code and standard output of a command whose standard output and error are a terminal."""
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    environ = {**os.environ, **estate.environ, "TERM": "xterm-256color"}
    environ.pop("COLUMNS", None)
    with subprocess.Popen(command(*arguments), cwd=home, env=environ, stdout=terminal, stderr=terminal) as process:
        os.close(terminal)
        written = b"".join(_read(controller))
    os.close(controller)
    return process.returncode, written.decode()


def _read(controller: int) -> Iterator[bytes]:
    while True:
        try:
            part = os.read(controller, 65536)
        except OSError:  # Linux tells so that nobody has the terminal open any more
            return
        yield part


def test_on_a_terminal_progress_is_shown_and_the_table_fits(estate: SimulatedEstate, tmp_path: Path) -> None:
    code, written = on_terminal(estate, tmp_path, 80, *SNS)
    assert code == 1
    assert "judging targets" in written
    assert re.search(r"[1-9]\d* calls", written)
    lines = [_CONTROL.sub("", each.rpartition("\x1b[2K")[2]).strip("\r") for each in written.split("\n")]
    assert max(map(cell_len, lines)) <= 80
    assert "fail high  Messages are encrypted with a customer-managed key" in lines
    assert any(each.strip().startswith("→ Name a customer-managed KMS key") for each in lines)
    assert any("manual-test-topic" in each for each in lines)


@pytest.mark.parametrize("form", ["json", "table"])
def test_a_reader_that_goes_away_is_no_traceback(estate: SimulatedEstate, tmp_path: Path, form: str) -> None:
    with started(estate, tmp_path, *SNS, "--all", "--format", form) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) != 0


def test_a_full_standard_output_is_told(estate: SimulatedEstate, tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full, started(estate, tmp_path, *SNS, out=full.fileno()) as process:
        _, told = process.communicate(timeout=60)
    assert process.returncode == 3
    assert told.startswith(b"error: standard output: No space left on device")
    assert b"Traceback" not in told


def test_a_full_disk_leaves_the_file_that_was_there(estate: SimulatedEstate, tmp_path: Path) -> None:
    """The limit on the size of files stands for the disk: every write beyond it fails."""
    (tmp_path / "findings.json").write_text("of yesterday")
    with started(estate, tmp_path, *SNS, "-f", "json", "-o", "findings.json") as process:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1000, 1000))
        out, told = process.communicate(timeout=60)
    assert (process.returncode, out) == (3, b"")
    assert b"--output findings.json: File too large; nothing was written" in told
    assert (tmp_path / "findings.json").read_text() == "of yesterday"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["findings.json", "ppbe-observe.yaml"]


def test_ctrl_c_leaves_at_once_and_writes_nothing(estate: SimulatedEstate, tmp_path: Path) -> None:
    estate.faults.add(Fault("sns:GetTopicAttributes", Effect.HANG, seconds=60.0))
    with started(estate, tmp_path, *SNS, "-f", "json", "-o", "findings.json") as process:
        until(lambda: estate.requests.count("sns:ListTopics"))
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, told = process.communicate(timeout=30)
        assert time.monotonic() - began < 5
    assert (process.returncode, out) == (130, b"")
    assert told.decode().strip() == "interrupted: nothing was written"
    assert not (tmp_path / "findings.json").exists()


LOST = """
import os, signal, time
from ppbe_observe.cli.check import heard
with heard():
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(60)
    except KeyboardInterrupt:
        pass  # as Python does where it comes within a callback
    time.sleep(60)
"""


def test_an_interrupt_that_is_lost_leaves_all_the_same() -> None:
    done = subprocess.run([sys.executable, "-c", LOST], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.strip() == "interrupted: nothing was written"


def test_nothing_but_the_result_is_on_standard_output(estate: SimulatedEstate, tmp_path: Path) -> None:
    """A warning of any library goes to standard error, and a locale that knows only ASCII ends nothing."""
    environ = {**os.environ, **estate.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    for form in ("json", "table"):
        done = subprocess.run(
            command(*SNS, "--format", form), cwd=tmp_path, env=environ, capture_output=True, timeout=60, check=False
        )
        assert (done.returncode, done.stderr) == (1, b"")
        assert orjson.loads(done.stdout) if form == "json" else b" -> Name a customer-managed" in done.stdout
