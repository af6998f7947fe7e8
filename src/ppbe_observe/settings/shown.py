"""The effective settings, for people: every key with its value and where it came from. Pure.

No password is in what is returned: the values are those of the JSON form of the settings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from ppbe_observe.settings.document import Path
from ppbe_observe.settings.load import Loaded
from ppbe_observe.settings.tree import dotted


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the settings as YAML; only a line with a value has an origin."""

    indent: str
    key: str
    value: str = ""
    origin: str = ""

    def __str__(self) -> str:
        text = f"{self.indent}{self.key}{' ' if self.value else ''}{self.value}"
        return f"{text}  # {self.origin}" if self.origin else text


def as_data(loaded: Loaded) -> dict[str, Any]:
    """``settings`` as JSON would hold them, and the origin of every key, by its dotted name."""
    settings = loaded.settings.model_dump(mode="json")
    return {"settings": settings, "origins": dict(_origins(settings, (), loaded))}


def as_lines(loaded: Loaded) -> Iterator[Line]:
    """The settings as YAML, line by line."""
    yield from _mapping(loaded.settings.model_dump(mode="json"), (), "", loaded)


def _origins(value: Any, path: Path, loaded: Loaded) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, held in value.items():
            yield from _origins(held, (*path, key), loaded)
    elif _sections(value):
        for index, held in enumerate(value):
            yield from _origins(held, (*path, index), loaded)
    else:
        yield dotted(path), loaded.origin(path)


def _sections(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _mapping(value: Mapping[str, Any], path: Path, indent: str, loaded: Loaded) -> Iterator[Line]:
    for key, held in value.items():
        yield from _entry(f"{_flow(key)}:", held, (*path, key), indent, loaded)


def _entry(key: str, held: Any, path: Path, indent: str, loaded: Loaded) -> Iterator[Line]:
    if isinstance(held, Mapping) and held:
        yield Line(indent, key)
        yield from _mapping(held, path, f"{indent}  ", loaded)
    elif _sections(held):
        yield Line(indent, key)
        for index, section in enumerate(held):
            yield from _item(section, (*path, index), f"{indent}  ", loaded)
    else:
        yield Line(indent, key, _flow(held), loaded.origin(path))


def _item(section: Mapping[str, Any], path: Path, indent: str, loaded: Loaded) -> Iterator[Line]:
    start = "- "
    for line in _mapping(section, path, f"{indent}  ", loaded):
        yield Line(indent + start + line.indent[len(indent) + 2 :], line.key, line.value, line.origin)
        start = "  "


def _flow(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=float("inf"), allow_unicode=True, sort_keys=False)
    return text.removesuffix("...\n").strip()
