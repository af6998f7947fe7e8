"""See to programs that Debian and Ubuntu package: Prometheus, Alertmanager, the tools that build images.

    debian.py need PACKAGE ...     install what is missing; without the right to, say how, and fail only in CI
    debian.py offer PACKAGE ...    ask on a terminal first; never fails

Standard library only. Where nothing is missing, nothing is said.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / "build" / "apt.log"
SERVICES = Path("/run/systemd/system")  # exists where systemd runs (sd_booted(3))

PROGRAMS = {
    "postgresql": ("initdb",),
    "prometheus-alertmanager": ("amtool",),
    "chromium": ("chromium", "chromium-browser", "google-chrome"),  # Ubuntu and CI have it under the other names
}
"""What to look for where a package's program is not called like the package, or others are as good."""

OFF_PATH = ("usr/sbin", "usr/lib/postgresql/*/bin")
"""Where programs are too: only root's PATH has the first, which holds debootstrap, nobody's has the second."""


def main(arguments: Sequence[str]) -> int:
    """Install what is missing, as far as it may; the exit code is 1 only where CI lacks something."""
    how, *packages = arguments
    missing = [package for package in packages if not _present(package)]
    if not missing:
        return 0
    right = _right_to_install()
    if right is None or (how == "offer" and not _agreed(missing, right)):
        _say_how(missing)
        return int(how == "need" and "CI" in os.environ)
    if _install(missing, right):
        return 0
    _say_how(missing)
    return int(how == "need" and "CI" in os.environ)


def _present(package: str) -> bool:
    return any(map(_found, PROGRAMS.get(package, (package,))))


def _found(program: str) -> bool:
    return shutil.which(program) is not None or any(any(Path("/").glob(f"{place}/{program}")) for place in OFF_PATH)


def _right_to_install() -> list[str] | None:
    """What to put in front of apt-get; None where it cannot be used."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    silent = ["sudo", "-n"]
    if subprocess.run([*silent, "true"], capture_output=True, check=False).returncode == 0:
        return silent
    return ["sudo"] if _terminal() else None


def _terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _agreed(missing: Sequence[str], right: Sequence[str]) -> bool:
    if not _terminal():
        return not right  # root's own script; sudo is never used unasked
    try:
        answer = input(f"Install {' and '.join(missing)} with apt-get? [Y/n] ")
    except EOFError:
        return False
    return answer.strip().lower() in {"", "y", "yes"}


def _install(missing: Sequence[str], right: Sequence[str]) -> bool:
    started = time.monotonic()
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_text("")
    print(f"  installing {', '.join(missing)} with apt-get", flush=True)
    # The lists may be missing or old: a fresh image has none. A repository that does not answer is no reason
    # to stop, as only the installation counts.
    done = _apt(right, "install", *missing) or (_apt(right, "update"), _apt(right, "install", *missing))[1]
    if done:
        _stop_services(missing, right)
        print(f"  installed {', '.join(missing):<28} {time.monotonic() - started:5.1f} s", flush=True)
    else:
        print(f"  apt-get failed; see {LOG.relative_to(ROOT)}", file=sys.stderr)
    return done and all(map(_present, missing))


def _apt(right: Sequence[str], verb: str, *packages: str) -> bool:
    command = [*right, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", verb]
    options = ["--yes", "--no-install-recommends"] if packages else []
    with LOG.open("a") as log:
        return not subprocess.run(
            [*command, *options, *packages], stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False
        ).returncode


def _stop_services(packages: Sequence[str], right: Sequence[str]) -> None:
    """Only the programs are wanted: Debian's packages would listen on every interface from now on."""
    if SERVICES.exists():
        with LOG.open("a") as log:
            stop = [*right, "systemctl", "disable", "--now", *packages]
            subprocess.run(stop, stdout=log, stderr=log, check=False)


def _say_how(missing: Sequence[str]) -> None:
    print(f"  not installed: {', '.join(missing)}. To install:", file=sys.stderr)
    print(f"      sudo apt-get install --no-install-recommends {' '.join(missing)}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
