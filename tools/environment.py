"""Make .venv and install into it what requirements/NAME.txt pins, showing what goes on; then this project, editable.

    environment.py demo|dev

Run by the machine's own Python, before anything is installed: standard library only. What was installed is
stamped with the digest of its pins, so that a second run returns at once.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = ROOT / "build" / "install.log"
QUIET_INTERVAL = 10.0  # seconds between two lines of progress where there is no terminal
TAIL = 25  # lines of the log that are shown when a step fails

# pip must not ask, nor judge its own version; what else it needs (an index, certificates) is the machine's to say.
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input")


def main(arguments: Sequence[str]) -> int:
    """Bring .venv up to date; the exit code is 1 where a step failed."""
    name = arguments[0]
    pins = (ROOT / "requirements" / "build.txt", ROOT / "requirements" / f"{name}.txt")
    stamp = VENV / f".installed-{name}"
    digest = _digest(*pins, ROOT / "pyproject.toml", Path(sys.executable))
    if stamp.exists() and stamp.read_text() == digest and PYTHON.exists():
        return 0
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_text("")
    try:
        _install(pins)
    except subprocess.CalledProcessError as failure:
        _explain(failure)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; run the same command again to go on", file=sys.stderr)
        return 130
    stamp.write_text(digest)
    return 0


def _install(pins: tuple[Path, ...]) -> None:
    print("Installing into .venv:", flush=True)
    if not _usable():
        _create()
    files = [part for path in pins for part in ("--requirement", str(path))]
    # The pins name every package there is to install, so nothing is left to resolve.
    pinned = [*PIP, "install", "--no-deps", "--require-hashes", "--progress-bar=off", *files]
    names = {name for path in pins for name in re.findall(r"^([\w.-]+)==", path.read_text(), re.MULTILINE)}
    _step("installing packages", [str(PYTHON), *pinned], expected=len(names))
    editable = [*PIP, "install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    _step("installing ppbe-observe", [str(PYTHON), *editable])


def _create() -> None:
    """Make .venv, wholly or not at all: half of one would pass for usable."""
    try:
        _step("creating .venv", [sys.executable, "-m", "venv", "--clear", str(VENV)])
    except BaseException:
        shutil.rmtree(VENV, ignore_errors=True)
        raise


def _usable() -> bool:
    """Whether .venv holds a Python that still runs; its base may have been replaced since."""
    if not PYTHON.exists():
        return False
    probe = [str(PYTHON), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _step(what: str, command: Sequence[str], expected: int = 0) -> None:
    started = time.monotonic()
    shown = started
    with LOG.open("a") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        log.flush()
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            while process.poll() is None:
                shown = _progress(what, started, shown, expected)
                time.sleep(0.2)
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise
    _clear()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    print(f"  {what:<28} {time.monotonic() - started:5.1f} s", flush=True)


def _progress(what: str, started: float, shown: float, expected: int) -> float:
    now = time.monotonic()
    terminal = sys.stdout.isatty()
    if not terminal and now - shown < QUIET_INTERVAL:
        return shown
    line = f"  {what:<28} {now - started:5.1f} s{_fetched(expected)}"
    print(f"\r{line}\033[K" if terminal else line, end="" if terminal else "\n", flush=True)
    return now


def _fetched(expected: int) -> str:
    if not expected:
        return ""
    log = LOG.read_text(errors="replace")
    if "Installing collected packages" in log:
        return "   unpacking"
    seen = len(re.findall(r"^(?:Collecting|Ignoring|Requirement already satisfied:) ", log, re.MULTILINE))
    return f"   {min(seen, expected)} of {expected}"


def _clear() -> None:
    if sys.stdout.isatty():
        print("\r\033[K", end="")


def _explain(failure: subprocess.CalledProcessError) -> None:
    print(f"\nThis step failed with exit code {failure.returncode}:", file=sys.stderr)
    for line in LOG.read_text(errors="replace").splitlines()[-TAIL:]:
        print(f"    {line}", file=sys.stderr)
    print(f"The whole log is in {LOG.relative_to(ROOT)}.", file=sys.stderr)


def _digest(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
