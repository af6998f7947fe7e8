"""Where an axis of values begins and ends, and where its lines are. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from ppbe_observe.preview.values.fields import Field
from ppbe_observe.preview.values.units import factor_of, is_binary

_LINES = 5
_NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
_NICE_BINARY = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0)
_TIMES = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 21_600.0, 43_200.0)
_DAY = 86_400.0
_IN_SECONDS = {"s": 1.0, "ms": 0.001, "m": 60.0, "h": 3600.0, "d": _DAY, "dtdurations": 1.0}
_ROOM = 0.05
"""Of the height, left above and below."""


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of values: its ends, and its lines with what stands beside them."""

    low: float
    high: float
    at: tuple[float, ...]
    texts: tuple[str, ...]


def axis_of(values: Iterable[float], field: Field) -> Axis:
    """The axis on which all the values are; with the ends that the field has, where it has them."""
    low, high = _ends([each for each in values if math.isfinite(each)], field)
    step = _step((high - low) / _LINES, field.unit)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    at = tuple(number * step for number in range(first, last + 1))
    return Axis(low, high, at, tuple(field.number(round(each, 12)) for each in at))


def _ends(values: list[float], field: Field) -> tuple[float, float]:
    least, most = field.limit("min"), field.limit("max")
    low = min(values, default=0.0) if least is None else least
    high = max(values, default=1.0) if most is None else most
    if high <= low:
        room = abs(low) * _ROOM or 1.0
        return (low if least is not None else low - room), low + room
    room = (high - low) * _ROOM
    if low >= 0 and least is None:  # never below zero for what is not
        return max(0.0, low - room), high if most is not None else high + room
    return low if least is not None else low - room, high if most is not None else high + room


def _step(least: float, unit: str) -> float:
    """The nearest distance of lines that people can count in."""
    if unit in _IN_SECONDS:
        return _time_step(least * _IN_SECONDS[unit]) / _IN_SECONDS[unit]
    wanted = least * factor_of(unit)
    base, nice = (1024.0, _NICE_BINARY) if is_binary(unit) and wanted >= 1 else (10.0, _NICE)
    size = base ** math.floor(math.log(wanted, base))
    return next(each * size for each in nice if each * size >= wanted * (1 - 1e-9)) / factor_of(unit)


def _time_step(seconds: float) -> float:
    found = next((each for each in _TIMES if each >= seconds), 0.0)
    if found and seconds >= _TIMES[0]:
        return found
    whole = _DAY if seconds > _TIMES[-1] else 1.0
    wanted = seconds / whole
    size = 10.0 ** math.floor(math.log10(wanted))
    return next(each * size for each in _NICE if each * size >= wanted * (1 - 1e-9)) * whole
