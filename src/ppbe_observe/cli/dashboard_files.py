"""Where ``ppbe-observe dashboards`` has dashboards from, and where it puts the pages that it draws."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from ppbe_observe.cli.output import check_output, write_output
from ppbe_observe.errors import DefinitionError, SettingsError
from ppbe_observe.generate.estate import RUNBOOKS_URL, read_estate
from ppbe_observe.generate.output import DASHBOARDS, Peers, dashboard_files
from ppbe_observe.preview.addresses import Other
from ppbe_observe.preview.library import library
from ppbe_observe.preview.page import Picture, entry, index, page

Dashboards = Mapping[str, dict[str, Any]]
"""What Grafana gets, by the names of the files."""

INDEX = "index.html"
DIRECTORY = Path("preview")
"""Where several pages are written unless somebody says otherwise."""


def declared(definitions: Path | None) -> Dashboards:
    """The dashboards of an estate root.

    Raises:
        DefinitionError: A definition is wrong, or there is none.
    """
    return _parsed(dashboard_files(read_estate(definitions).dashboards, RUNBOOKS_URL, Peers()))


def generated(directory: Path) -> Dashboards:
    """The dashboards that ``ppbe-observe generate`` has written into a directory.

    Raises:
        SettingsError: A file cannot be read.
        DefinitionError: There is none.
    """
    try:
        paths = sorted((directory / DASHBOARDS).glob("*.json"))
        return _parsed({f"{DASHBOARDS}/{path.name}": path.read_text("utf-8") for path in paths})
    except (OSError, ValueError) as error:
        raise SettingsError(f"--generated {directory}: {error}; run ppbe-observe generate --out {directory}") from error


class Target:
    """Where the pages of some dashboards go: one into a file, several into a directory with a list of them.

    Raises:
        SettingsError: It cannot be written.
    """

    def __init__(self, dashboards: Dashboards, out: Path | None) -> None:
        self._dashboards = dashboards
        alone = len(dashboards) == 1 and not (out and out.is_dir())
        self._directory = None if alone else out or DIRECTORY
        self._file = out or Path(f"{next(iter(dashboards))}.html")
        if self._directory:
            _make(self._directory)
        else:
            check_output(self._file)

    @property
    def others(self) -> Mapping[str, Other]:
        """The pages that one page can lead to, by the uid of their dashboard."""
        if not self._directory:
            return {}
        return {each["uid"]: Other(each["title"], f"{name}.html") for name, each in self._dashboards.items()}

    def write(self, pictures: Mapping[str, Picture]) -> Iterator[Path]:
        """Each page whole, or not at all; gives what a person opens."""
        for name, each in pictures.items():
            path = self._directory / f"{name}.html" if self._directory else self._file
            write_output(path, page(each, library()).encode())
            if not self._directory:
                yield path
        if self._directory:
            entries = [entry(each, f"{name}.html") for name, each in self._dashboards.items()]
            write_output(self._directory / INDEX, index(entries, alone=True).encode())
            yield self._directory / INDEX


def _make(directory: Path) -> None:
    try:
        directory.mkdir(exist_ok=True)
    except OSError as error:
        raise SettingsError(f"--out {directory}: {error.strerror}; name a directory that can be written") from error
    check_output(directory / INDEX)


def _parsed(files: Mapping[str, str]) -> Dashboards:
    found = {
        path.rpartition("/")[2].removesuffix(".json"): orjson.loads(text)
        for path, text in files.items()
        if path.startswith(DASHBOARDS)
    }
    if not found:
        raise DefinitionError("there are no dashboards; declare some in dashboards/, or say where they are")
    return found
