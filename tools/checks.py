"""Run every check, one after the other, and stop at the first that fails: what `make test` and CI do.

    checks.py [ARGUMENTS OF PYTEST ...]

With arguments it is a part of the tests, as a rule, and then coverage is not judged.

Standard library only; the checks themselves run in .venv.
"""

import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"

# Two workers: the cores of CI and of small machines. ARGS="-n 8" overrides it. The tests of a file share servers.
PYTEST = ("pytest", "-n", "2", "--dist", "loadfile")
COVERAGE = ("--cov", "--cov-report", "term:skip-covered")

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lint", ("ruff", "check")),
    ("format", ("ruff", "format", "--check")),
    ("types", ("mypy",)),
    ("layers", ("lint-imports",)),
    ("tests", PYTEST),
)


def main(arguments: Sequence[str]) -> int:
    """Run the steps; the exit code is that of the first that failed."""
    took: list[tuple[str, float]] = []
    closing = ""
    for name, command in STEPS:
        extra = (arguments or COVERAGE) if name == "tests" else ()
        print(f"\n== {name}: {' '.join([*command, *extra])}", flush=True)
        started = time.monotonic()
        code, closing = _run([str(BIN / command[0]), *command[1:], *extra])
        took.append((name, time.monotonic() - started))
        if code:
            _summary(took, failed=name)
            print(closing if name == "tests" else f"{name} failed: see above")
            return code
    _summary(took)
    print(closing)  # pytest's own last line comes last: it counts the tests
    return 0


def _run(command: Sequence[str]) -> tuple[int, str]:
    """Show what the command prints as it comes; its exit code, and its last line."""
    last: deque[str] = deque(maxlen=1)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        for line in process.stdout:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
            if line.strip():
                last.append(line.decode(errors="replace").rstrip("\n"))
    return process.returncode, "".join(last)


def _summary(took: Sequence[tuple[str, float]], failed: str = "") -> None:
    print("\n== summary")
    for name, seconds in took:
        print(f"  {name:<8} {seconds:6.1f} s  {'FAILED' if name == failed else 'ok'}")
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
