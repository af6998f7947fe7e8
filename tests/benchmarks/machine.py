"""What the figures were measured on: they mean little without it."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def facts() -> dict[str, str | int | float]:
    """Processor, memory, load, versions and revision of this run."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": _field("/proc/cpuinfo", "model name"),
        "cores": len(os.sched_getaffinity(0)),
        "memory": _field("/proc/meminfo", "MemTotal"),
        "load": os.getloadavg()[0],
        "kernel": platform.release(),
        "python": platform.python_version(),
        "ppbe_observe": version("ppbe-observe"),
        "revision": _revision(),
    }


def _field(path: str, name: str) -> str:
    """The value of the first ``name : value`` line of a file in /proc."""
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"


def _revision() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent)
    return told.stdout.strip() or "unknown"
