"""The directory that generated files are written to, or compared with. I/O.

Invariant: only files that begin with our header, dashboards that are called after their own file, and what is generated
now are ever replaced or removed.
"""

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

from ppbe_observe.errors import SettingsError
from ppbe_observe.generate.output import DASHBOARDS, Files
from ppbe_observe.grafana.renderer import is_ours

_OURS = "# Written by ppbe-observe generate"


class OutputError(SettingsError):
    """The directory cannot be read or written."""


def write(directory: Path, files: Files) -> tuple[list[Path], list[Path]]:
    """Make the directory hold exactly these of our files; gives those written and those removed.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        written = [path for name, text in files.items() if _put(path := directory / name, text)]
        gone = [path for path in _ours(directory) if path.relative_to(directory).as_posix() not in files]
        for path in gone:
            path.unlink()
    except OSError as error:
        raise OutputError(f"{directory}: {error.strerror}: {error.filename}; give another --out") from error
    return written, gone


def differences(directory: Path, files: Files) -> str:
    """A unified diff from what the directory holds to what is generated now; empty where they are the same.

    Raises:
        OutputError: It cannot be read.
    """
    try:
        # JSON has no comments: a file without our header is ours where it is generated now.
        known = {*_ours(directory), *(path for name in files if (path := directory / name).is_file())}
        there = {path.relative_to(directory).as_posix(): path.read_text("utf-8") for path in known}
    except OSError as error:
        raise OutputError(f"{directory}: {error.strerror}: {error.filename}") from error
    names = sorted({*there, *files})
    return "".join(line for name in names for line in _diff(name, there.get(name, ""), files.get(name, "")))


def _put(path: Path, text: str) -> bool:
    if path.is_file() and path.read_text("utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return True


def _ours(directory: Path) -> Iterator[Path]:
    for path in sorted((*directory.rglob("*.yml"), *directory.rglob("*.yaml"))):
        with path.open(encoding="utf-8") as file:
            if file.readline().startswith(_OURS):
                yield path
    for path in sorted((directory / DASHBOARDS).glob("*.json")):
        if is_ours(path.stem, path.read_text("utf-8", "replace")):
            yield path


def _diff(name: str, before: str, after: str) -> Iterator[str]:
    old, new = f"a/{name}" if before else "/dev/null", f"b/{name}" if after else "/dev/null"
    return unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), fromfile=old, tofile=new)
