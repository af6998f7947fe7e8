"""The values of a series as promtool's unit tests write them. Pure.

Source: Prometheus documentation, "Unit testing for rules", expanding notation.
"""

import math
import re
from collections.abc import Iterator, Sequence

from ppbe_observe.errors import DefinitionError

Value = float | None
"""None is a sample that did not come."""

_NUMBER = r"[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+|Inf|NaN)"
_RUN = re.compile(rf"(?P<start>{_NUMBER})(?:(?P<step>[+-](?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)))?x(?P<times>\d+)")
_PAIR = 2
_GAP = re.compile(r"_(?:x(\d+))?")


def expand(notation: str) -> list[Value]:
    """Every value, one a minute.

    Raises:
        DefinitionError: It is no notation of promtool's.
    """
    return [value for part in notation.split() for value in _values(part)]


def write(values: Sequence[Value]) -> str:
    """These values, with those that rise or fall evenly, are equal or did not come written as one run."""
    parts: list[str] = []
    first = 0
    while first < len(values):
        many, step = _evenly(values, first)
        parts.append(_run(values[first], many, step))
        first += many
    return " ".join(parts)


def gap(values: Sequence[Value], first: int, last: int) -> list[Value]:
    """The same without the samples from ``first`` to ``last``, the latter included."""
    return [None if first <= position <= last else value for position, value in enumerate(values)]


def _values(part: str) -> Iterator[Value]:
    if found := _GAP.fullmatch(part):
        yield from (None for _ in range(int(found[1] or 1)))
    elif found := _RUN.fullmatch(part):
        start, step = float(found["start"]), float(found["step"] or 0)
        yield from (start + step * number for number in range(int(found["times"]) + 1))
    elif re.fullmatch(_NUMBER, part):
        yield float(part)
    else:
        raise DefinitionError(f"{part!r} is no value of promtool's notation, such as 1, 0+60x120 or _x3")


def _evenly(values: Sequence[Value], first: int) -> tuple[int, float]:
    """How many values from the first on are one run, and its step; two that differ are none yet."""
    start = values[first]
    following = values[first + 1] if first + 1 < len(values) else None
    step = 0.0 if start is None or following is None or following == start else following - start
    if not math.isfinite(step):
        return 1, 0.0
    many = 1
    while first + many < len(values) and values[first + many] == (None if start is None else start + step * many):
        many += 1
    return (many, step) if many > _PAIR or not step else (1, 0.0)


def _run(value: Value, many: int, step: float) -> str:
    if value is None:
        return f"_x{many}"
    shown = f"{value:.17g}".replace("inf", "Inf").replace("nan", "NaN")
    if many == 1:
        return shown
    return f"{shown}{step:+.17g}x{many - 1}" if step else f"{shown}x{many - 1}"
