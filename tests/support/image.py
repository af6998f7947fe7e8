"""The container image, built without an engine, and its file system entered as a container engine would."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.project import PROJECT

# What `docker run --read-only --volume .../var/lib/ppbe-observe` gives, as root in a namespace of its own: the
# tree read-only, devices, processes, and one writable volume; PID 1 is the image's entrypoint.
_ENTER = """
set -e
mount --bind "$1" "$1"
mount -o remount,bind,ro "$1"
mount --rbind /dev "$1/dev"
mount -t proc proc "$1/proc"
mount --bind "$2" "$1/var/lib/ppbe-observe"
tree=$1
shift 2
exec chroot --userspec=1001:1001 "$tree" "$@"
"""


def missing() -> str | None:
    """Why the image cannot be built here; None where it can."""
    if os.geteuid() != 0:
        return "building a root file system needs root"
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    absent = [each for each in ("buildah", "debootstrap", "unshare") if not shutil.which(each, path=path)]
    return f"{', '.join(absent)} not installed; `make check-image` installs them" if absent else None


@dataclass(frozen=True, slots=True)
class Image:
    """A built image: its root file system and its configuration as ``docker inspect`` shows it."""

    root: Path
    config: Mapping[str, Any]

    def run(self, volume: Path, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command as the image's user, on a read-only root, to its end."""
        with self.started(volume, *command) as process:
            output, errors = process.communicate(timeout=60)
        return subprocess.CompletedProcess(command, process.returncode, output, errors)

    @contextmanager
    def started(self, volume: Path, *command: str, **environ: str) -> Iterator[subprocess.Popen[str]]:
        """Start a command as the image's user, on a read-only root; whatever still runs is killed afterwards."""
        os.chown(volume, 1001, 1001)
        inside = dict(each.split("=", 1) for each in self.config["Env"]) | environ
        namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        enter = ["sh", "-c", _ENTER, "enter", str(self.root), str(volume), *self._in_workdir(command)]
        process = subprocess.Popen(
            [*namespaces, *enter], env=inside, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def _in_workdir(self, command: Sequence[str]) -> list[str]:
        return ["env", f"--chdir={self.config['WorkingDir']}", *command]


def build(directory: Path, environ: Mapping[str, str]) -> Image:
    """Build the image of this checkout, with the environment that says how this machine fetches packages.

    Raises:
        subprocess.CalledProcessError: The build failed; what it printed is shown by pytest.
    """
    subprocess.run([str(PROJECT / "tools/chroot_image.sh"), str(directory)], env=environ, check=True, timeout=1500)
    inspected = json.loads((directory / "config.json").read_text())
    return Image(root=directory / "root", config=inspected["Docker"]["config"])


def first_process(process: subprocess.Popen[str]) -> int:
    """The id, seen from outside, of PID 1 inside: ``unshare`` waits for it and does not pass signals on."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return int(children[0])
