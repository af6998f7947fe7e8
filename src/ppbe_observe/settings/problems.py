"""What is wrong with the settings, said so that a person can put it right. Pure.

Each line reads ``ppbe-observe.yaml:12: aws.read_timeout: what is wrong; fix: what to write``.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from ppbe_observe.settings.document import Path
from ppbe_observe.settings.environment import reached, variable_of
from ppbe_observe.settings.model import ENV_PREFIX, Settings
from ppbe_observe.settings.tree import EACH, dotted, field_at, known_at, nearest, unknown_step

_LONGEST_VALUE = 80  # characters of a wrong value that are shown
_KEY_OF_A_MAP = "[key]"
_WRONG = {  # pydantic's kinds of error, in fewer words
    "too_short": "is empty",
    "string_pattern_mismatch": "is not well formed",
    "string_type": "should be text",
    "bool_parsing": "should be true or false",
    "bool_type": "should be true or false",
    "int_parsing": "should be a whole number",
    "int_type": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_parsing": "should be a number",
    "float_type": "should be a number",
    "path_type": "should be a path",
    "tuple_type": "should be a list",
    "dict_type": "should be a mapping",
    "model_type": "should be a mapping",
    "model_attributes_type": "should be a mapping",
}

Where = Callable[[Path], str]
"""Says where a setting was given: a line of the file, or a variable."""


def described(error: ValidationError, where: Where) -> Iterator[str]:
    """One line for each thing that pydantic found."""
    found = [(_path(each["loc"]), each["type"], each["msg"], each["input"]) for each in error.errors()]
    for path, kind, text, given in found:
        # A list whose every item is wrong counts as empty, too: that says nothing new.
        if kind == "too_short" and any(other[: len(path)] == path != other for other, *_ in found):
            continue
        place = where(path)
        yield f"{place}: {dotted(path) or 'settings'}: {_message(kind, text, given, path, place)}"


def unknown_variables(named: Mapping[Path, str], data: Mapping[str, Any]) -> Iterator[str]:
    """One line for each variable that sets nothing."""
    for path, name in named.items():
        if not reached(data, path):
            yield f"{name}: names no setting; fix: {_meant(unknown_step(Settings, path), name)}"


def _path(location: tuple[str | int, ...]) -> Path:
    return tuple(step for step in location if step != _KEY_OF_A_MAP)


def _message(kind: str, text: str, given: Any, path: Path, place: str) -> str:
    if kind == "extra_forbidden":
        return f"unknown key; fix: {_meant(path, place)}"
    field = field_at(Settings, path)
    if kind == "missing":
        return f"is missing; fix: add it{_example(field)}"
    text = text.removeprefix("Value error, ")
    if "; fix: " in text:
        return text
    wrong = _WRONG.get(kind) or text.replace("Input should", "should")
    shown = _shown(given, field)
    said = f"{shown} {wrong}" if wrong.startswith("is ") else f"{wrong}, not {shown}"
    return f"{said}; fix: {_advice(field)}"


def _meant(path: Path, place: str) -> str:
    """What to write in place of an unknown key, in the file's or the environment's spelling."""
    variable = place.upper().startswith(ENV_PREFIX)
    if near := nearest(Settings, path):
        names = (variable_of(each) if variable and EACH not in each else dotted(each) for each in near)
        return f"did you mean {' or '.join(names)}?"
    known = known_at(Settings, path[:-1])
    return f"remove it; known here: {', '.join(known)}" if known else "remove it"


def _advice(field: FieldInfo | None) -> str:
    if field is None:
        return "correct the value"
    return f"{(field.description or 'correct the value').rstrip('.')}{_example(field)}"


def _example(field: FieldInfo | None) -> str:
    if field is None or not field.examples:
        return ""
    example = field.examples[0]
    return f"; for example {example if isinstance(example, str) else json.dumps(example)}"


def _shown(value: Any, field: FieldInfo | None) -> str:
    if field is not None and field.annotation is SecretStr:
        return "the value given"
    if isinstance(value, dict | list | tuple):
        return "a mapping" if isinstance(value, dict) else "a list" if value else "the list"
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
