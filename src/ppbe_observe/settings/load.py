"""Reads the settings: one YAML file, then the environment over it.

Invariants: nothing is half loaded, an error names every mistake at once; what a message shows never holds a
secret; only the one file is read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from pydantic_settings import InitSettingsSource

from ppbe_observe.errors import SettingsError
from ppbe_observe.settings.document import Document, DocumentError, parse
from ppbe_observe.settings.document import Path as KeyPath
from ppbe_observe.settings.environment import EnvironmentSource, variables
from ppbe_observe.settings.model import Settings
from ppbe_observe.settings.problems import described, unknown_variables
from ppbe_observe.settings.tree import dotted

FILE_VARIABLE = "PPBE_OBSERVE_CONFIG"
DEFAULT_FILE = Path("ppbe-observe.yaml")
_LINE = re.compile(r":(\d+): ")
FILES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "web": ("config_file",),
        "controls": ("kev_catalog",),
        "incidents": ("token_file", "alertmanager_password_file", "alertmanager_ca_file"),
    }
)
"""Settings that name a file, by section: relative to the settings file."""
EXAMPLE = """\
targets:
  - regions: [us-gov-west-1]
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, with where each of them came from."""

    settings: Settings
    file: Path
    lines: Mapping[KeyPath, int]
    variables: Mapping[KeyPath, str]

    def origin(self, path: KeyPath) -> str:
        """``ppbe-observe.yaml:12``, the name of a variable, or ``default``."""
        given = _given(path, self.variables)
        if given is not None:
            return given
        return f"{self.file}:{self.lines[path]}" if path in self.lines else "default"


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the settings.

    Args:
        path: The file; None is ``$PPBE_OBSERVE_CONFIG``, or else ``./ppbe-observe.yaml``.
        environ: Variables named ``PPBE_OBSERVE__…`` override the file.

    Raises:
        SettingsError: The file is not there, or something in it or in the environment is wrong.
    """
    return load(path, environ).settings


def load(path: Path | None, environ: Mapping[str, str]) -> Loaded:
    """``load_settings``, with the origin of each setting."""
    file = path or Path(environ.get(FILE_VARIABLE) or DEFAULT_FILE)
    document = _document(file)
    named = {key: name for name, key in variables(environ)}
    overrides = EnvironmentSource(environ)
    problems = [f"{file}:{each.line}: {dotted(each.path)}: {each.message}" for each in document.problems]
    problems += unknown_variables(named, overrides())
    origin = _Origins(file, document.lines, named)
    beside = InitSettingsSource(Settings, init_kwargs=_anchored(document.data, file.parent))
    try:
        settings = Settings(_build_sources=((overrides, beside), {}))  # earlier sources win
    except ValidationError as error:
        problems += described(error, origin)
    if problems:
        raise SettingsError("\n".join(sorted(dict.fromkeys(problems), key=_by_line)))
    return Loaded(settings, file, document.lines, named)


def _by_line(problem: str) -> tuple[int, str]:
    line = _LINE.search(problem)
    return (int(line[1]) if line else 0, problem)


def _document(file: Path) -> Document:
    try:
        return parse(file.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise SettingsError(_absent(file)) from None
    except OSError as error:
        raise SettingsError(
            f"{file}: cannot be read: {error.strerror}; fix: name a readable file with --config or ${FILE_VARIABLE}"
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SettingsError(f"{file}:{line}: not UTF-8; fix: save the file as UTF-8 text") from None
    except DocumentError as error:
        raise SettingsError(f"{file}:{error.line}: {error}") from None


def _absent(file: Path) -> str:
    example = "".join(f"    {line}\n" for line in EXAMPLE.splitlines())
    return (
        f"{file}: no such file; fix: write it, or name another with --config or ${FILE_VARIABLE}. "
        f"The least that works:\n{example}"
    ).rstrip()


def _anchored(data: Mapping[str, Any], base: Path) -> dict[str, Any]:
    changed = dict(data)
    if isinstance(definitions := changed.get("definitions"), str):
        changed["definitions"] = str(base / definitions)
    for section, names in FILES.items():
        if isinstance(given := changed.get(section), Mapping):
            files = {name: str(base / given[name]) for name in names if isinstance(given.get(name), str)}
            changed[section] = {**given, **files}
    return changed


@dataclass(frozen=True, slots=True)
class _Origins:
    """Says where a value that is wrong was given."""

    file: Path
    lines: Mapping[KeyPath, int]
    variables: Mapping[KeyPath, str]

    def __call__(self, path: KeyPath) -> str:
        if given := _given(path, self.variables) or _below(path, self.variables):
            return given
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return f"{self.file}:{self.lines[path[:end]]}"
        return f"{self.file}:1"


def _given(path: KeyPath, named: Mapping[KeyPath, str]) -> str | None:
    return next((named[path[:end]] for end in range(len(path), 0, -1) if path[:end] in named), None)


def _below(path: KeyPath, named: Mapping[KeyPath, str]) -> str | None:
    return next((name for key, name in named.items() if path and key[: len(path)] == path), None)
