"""Run every check, and the tests only where the others found nothing: what `make test` and CI do.

    checks.py [ARGUMENTS OF PYTEST ...]

With arguments it is a part of the tests, as a rule, and then coverage is not judged.

Standard library only; the checks themselves run in .venv.
"""

import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"

# One worker more than the cores of CI and of small machines: a third of the tests' time is waiting for servers.
# ARGS="-n 8" overrides it. The tests of a file share servers; conftest.py says which files come first.
PYTEST = ("pytest", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
COVERAGE = ("--cov", "--cov-report", "term:skip-covered")

STATIC: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lint", ("ruff", "check")),
    ("format", ("ruff", "format", "--check")),
    ("types", ("mypy",)),
    ("layers", ("lint-imports",)),
)

# What is started hundreds of times is compiled once, whatever the machine wishes.
ENVIRON = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main(arguments: Sequence[str]) -> int:
    """Run the checks; the exit code is that of the first that failed."""
    took: list[tuple[str, float]] = []
    with ThreadPoolExecutor() as pool:
        for (name, command), (code, output, seconds) in zip(STATIC, pool.map(_captured, STATIC), strict=True):
            _title(name, command)
            sys.stdout.buffer.write(output)
            took.append((name, seconds))
            if code:
                return _failed(took, f"{name} failed: see above", code)
    started = time.monotonic()
    command = (*PYTEST, *(arguments or COVERAGE))
    _title("tests", command)
    code, closing = _shown(command)
    took.append(("tests", time.monotonic() - started))
    if code:
        return _failed(took, closing, code)
    _summary(took)
    print(closing)  # pytest's own last line comes last: it counts the tests
    return 0


def _title(name: str, command: Sequence[str]) -> None:
    print(f"\n== {name}: {' '.join(command)}", flush=True)


def _captured(check: tuple[str, Sequence[str]]) -> tuple[int, bytes, float]:
    """The exit code of a check, what it printed, and the seconds that it took."""
    started = time.monotonic()
    done = subprocess.run(
        _installed(check[1]), cwd=ROOT, env=ENVIRON, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.returncode, done.stdout, time.monotonic() - started


def _shown(command: Sequence[str]) -> tuple[int, str]:
    """Show what the command prints as it comes; its exit code, and its last line."""
    last: deque[str] = deque(maxlen=1)
    with subprocess.Popen(
        _installed(command), cwd=ROOT, env=ENVIRON, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
            if line.strip():
                last.append(line.decode(errors="replace").rstrip("\n"))
    return process.returncode, "".join(last)


def _installed(command: Sequence[str]) -> list[str]:
    return [str(BIN / command[0]), *command[1:]]


def _failed(took: Sequence[tuple[str, float]], closing: str, code: int) -> int:
    _summary(took, failed=took[-1][0])
    print(closing)
    return code


def _summary(took: Sequence[tuple[str, float]], failed: str = "") -> None:
    print("\n== summary")
    for name, seconds in took:
        print(f"  {name:<8} {seconds:6.1f} s  {'FAILED' if name == failed else 'ok'}")
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
