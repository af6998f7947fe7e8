"""Any value as plain JSON data without secrets: whatever it is, a log line can be written. Pure.

Invariants: never raises; the result holds only dict, list, str, int, float, bool and None; its size is bounded.
"""

import math
import reprlib
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import PosixPath
from typing import Any
from uuid import UUID

from ppbe_observe.telemetry.redaction import HIDDEN, is_secret_key, redact

LONGEST_TEXT = 8192  # characters of one value
_LONGEST_SEEN = 2 * LONGEST_TEXT  # a secret that is cut in half would not be recognised
_DEEPEST = 8  # levels of lists and mappings
_MOST_VALUES = 1000  # in one line
_INT64 = 1 << 63
_SPEAKING = (PosixPath, date, datetime, timedelta, Decimal, UUID)  # whose text says more than their repr


def text_of(value: str) -> str:
    """The text without secrets, cut, and encodable: a lone surrogate becomes its escape."""
    shown = redact(_encodable(value[:_LONGEST_SEEN]))
    if len(value) <= LONGEST_TEXT and len(shown) <= LONGEST_TEXT:
        return shown
    return f"{shown[:LONGEST_TEXT]}… (cut, {len(value)} characters)"


def _encodable(value: str) -> str:
    plain = str.__str__(value)  # of an enumeration, too, its text
    return plain if plain.isascii() else plain.encode("utf-8", "backslashreplace").decode("utf-8")


def plain(value: Any, *, most: int = _MOST_VALUES, known: frozenset[str] = frozenset()) -> Any:
    """The value as JSON data; what is too deep, too long or too much is cut and says so.

    Args:
        value: Anything.
        most: How many values are kept in all.
        known: Keys that look like those of secrets, and are none.
    """
    return _Walk(most, known).value(value, 0)


class _Walk:
    """One pass over one value, with a budget that also ends cycles."""

    def __init__(self, most: int, known: frozenset[str]) -> None:
        self._left = most
        self._known = known
        self._repr = reprlib.Repr()  # it survives a __repr__ that raises
        self._repr.maxother = _LONGEST_SEEN

    def value(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if isinstance(value, dict | list | tuple | set | frozenset):
            return self._container(value, depth)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _number(value)
        if value is None or isinstance(value, bool):
            return value
        return text_of(self._text(value))

    def _text(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, bytes | bytearray):
            return value[:_LONGEST_SEEN].decode("utf-8", "backslashreplace")
        if type(value) in _SPEAKING:
            return str(value)
        return self._repr.repr_instance(value, 1)

    def _container(self, value: Any, depth: int) -> Any:
        if depth >= _DEEPEST or self._left <= 0:
            return "…"
        if isinstance(value, dict):
            return self._mapping(value, depth)
        items = []
        for item in tuple(value):
            if self._left <= 0:
                items.append(f"… ({len(value)} in all)")
                break
            items.append(self.value(item, depth + 1))
        return items

    def _mapping(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, held in tuple(value.items()):  # another thread may change it meanwhile
            if self._left <= 0:
                found["…"] = f"{len(value)} in all"
                break
            name = text_of(self._text(key))
            found[name] = self._held(name, held, depth)
        return found

    def _held(self, name: str, held: Any, depth: int) -> Any:
        if name not in self._known and is_secret_key(name) and held is not None and not isinstance(held, bool):
            self._left -= 1
            return HIDDEN
        return self.value(held, depth + 1)


def _number(value: float) -> Any:
    if isinstance(value, int):
        number = int(value)
        return number if -_INT64 <= number < _INT64 else _long(number)
    return float(value) if math.isfinite(value) else str(float(value))


def _long(number: int) -> str:
    # str() refuses integers of more than 4300 digits; hexadecimal has no such limit.
    return text_of(hex(number))
