"""The settings as a tree of keys: what there is, what holds it, what it is called. Pure."""

import difflib
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ppbe_observe.settings.document import Path

ANY_NAME = "<name>"
EACH = "[]"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One key that can be set: the way to it, its field, and the section it stands in."""

    path: tuple[str, ...]
    field: FieldInfo
    section: type[BaseModel]

    @property
    def name(self) -> str:
        """The way to it, for people: ``targets[].role.arn``."""
        return dotted(self.path)


def dotted(path: Path) -> str:
    """``targets[0].regions[1]`` for ``("targets", 0, "regions", 1)``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step == EACH:
            text += step
        else:
            name = step if step and step.isprintable() else repr(step)  # nothing a terminal would obey
            text += f".{name}" if text else name
    return text


def leaves(section: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Every key below a section, in the order in which it is declared."""
    for name, field in section.model_fields.items():
        step, held = held_by(field.annotation)
        here = (*path, name, *step)
        if held is None:
            yield Leaf((*path, name), field, section)
        else:
            yield from leaves(held, here)


def held_by(annotation: Any) -> tuple[tuple[str, ...], type[BaseModel] | None]:
    """The section that a field holds, once, in a list or by name; None where it holds plain values."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return held_by(get_args(annotation)[0])
    if origin in {Union, types.UnionType}:
        return next((found for each in get_args(annotation) if (found := held_by(each))[1]), ((), None))
    if origin is tuple:
        return (EACH,), held_by(get_args(annotation)[0])[1]
    if origin is dict:
        return (ANY_NAME,), held_by(get_args(annotation)[1])[1]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (), annotation
    return (), None


def section_at(root: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The section that a path leads to, if it leads to one."""
    here: type[BaseModel] | None = root
    inside = False  # of a list or a mapping, whose next step is an index or a free name
    for step in path:
        if inside:
            inside = False
        elif here is not None and step in here.model_fields:
            steps, here = held_by(here.model_fields[str(step)].annotation)
            inside = bool(steps)
        else:
            return None
    return None if inside else here


def field_at(root: type[BaseModel], path: Path) -> FieldInfo | None:
    """The field that a path names, or that holds the list or mapping in which it ends."""
    for end in range(len(path), 0, -1):
        section = section_at(root, path[: end - 1])
        if section is not None and path[end - 1] in section.model_fields:
            return section.model_fields[str(path[end - 1])]
    return None


def unknown_step(root: type[BaseModel], path: Path) -> Path:
    """The beginning of a path up to its first step that names nothing."""
    for end in range(1, len(path)):
        if section_at(root, path[: end - 1]) is not None and field_at(root, path[:end]) is None:
            return path[:end]
    return path


def nearest(root: type[BaseModel], path: Path) -> tuple[Path, ...]:
    """What was probably meant by a path whose last step names nothing: that, or nothing."""
    *parent, key = path
    section = section_at(root, tuple(parent))
    known = sorted(section.model_fields) if section is not None else []
    if elsewhere := tuple(leaf.path for leaf in leaves(root) if leaf.path[-1] == key):
        return elsewhere
    return tuple((*parent, close) for close in difflib.get_close_matches(str(key), known, n=1, cutoff=0.6))


def known_at(root: type[BaseModel], path: Path) -> tuple[str, ...]:
    """The keys of the section that a path leads to."""
    section = section_at(root, path)
    return tuple(sorted(section.model_fields)) if section is not None else ()
