"""From ``ppbe-observe run`` to the first answer of /healthz: a real process, cold and then warm file caches."""

import os
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figure import Figure
from support.processes import free_port

REPEATS = 5
GIVE_UP = 30.0
SETTINGS = """\
targets:
  - account_id: "123456789012"
    regions: [us-gov-west-1]
state:
  url: sqlite:///{home}/state.db
web:
  listen: 127.0.0.1:{port}
"""


def measure() -> dict[str, Figure]:
    """Seconds to /healthz, the median of five starts; AWS is a closed port, so that nothing waits for it."""
    with TemporaryDirectory() as home:
        starts = [_start(Path(home)) for _ in range(REPEATS)]
    note = f"median of {REPEATS}; slowest {max(starts):.2f} s"
    return {"`ppbe-observe run` to /healthz": Figure(statistics.median(starts), "s", 3, note)}


def _start(home: Path) -> float:
    port = free_port()
    config = home / "ppbe-observe.yaml"
    config.write_text(SETTINGS.format(home=home, port=port))
    environment = {**os.environ, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"}
    began = time.monotonic()
    command = [sys.executable, "-m", "ppbe_observe", "run", "--config", str(config)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            while not _healthy(port):
                if time.monotonic() - began > GIVE_UP or process.poll() is not None:
                    raise RuntimeError("the daemon did not start")
                time.sleep(0.01)
            return time.monotonic() - began
        finally:
            process.kill()


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
