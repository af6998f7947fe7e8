"""Units of what is alerted on: how a value reads in an annotation. Pure.

Invariant: ``show`` gives what Prometheus makes of ``template``, so that the expected text of a rule's unit test and the
threshold in a description read like the value beside them.

Source: Prometheus documentation, "Template reference" (humanize, humanize1024, humanizePercentage, humanizeDuration).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

_LARGE = ("k", "M", "G", "T", "P", "E", "Z", "Y")
_SMALL = ("m", "u", "n", "p", "f", "a", "z", "y")
_BINARY = ("ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi")
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit.

    Attributes:
        name: What it is called, singular.
        template: The text that Prometheus expands, with ``$value`` in it.
        show: The same for a number at hand.
    """

    name: str
    template: str
    show: Callable[[float], str]


def _plain(number: float) -> str:
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "+Inf" if number > 0 else "-Inf"
    return "%.4g" % number  # noqa: UP031 - the format that Go's %.4g is compared with


def _down(number: float, base: int, prefixes: tuple[str, ...]) -> str:
    shown = ""
    for prefix in prefixes:
        if abs(number) < base:
            break
        shown, number = prefix, number / base
    return f"{_plain(number)}{shown}"


def _up(number: float) -> str:
    shown = ""
    for prefix in _SMALL:
        if abs(number) >= 1:
            break
        shown, number = prefix, number * 1000
    return f"{_plain(number)}{shown}"


def _humanize(number: float) -> str:
    if not number or not math.isfinite(number):
        return _plain(number)
    return _down(number, 1000, _LARGE) if abs(number) >= 1 else _up(number)


def _bytes(number: float) -> str:
    odd = not math.isfinite(number) or abs(number) <= 1
    return f"{_plain(number) if odd else _down(number, 1024, _BINARY)}B"


def _duration(seconds: float) -> str:
    if not math.isfinite(seconds):
        return _plain(seconds)
    if abs(seconds) < _MINUTE:
        return f"{_plain(seconds) if not seconds or abs(seconds) >= 1 else _up(seconds)}s"
    whole = int(abs(seconds))
    parts = ((whole // _DAY, "d"), (whole // _HOUR % 24, "h"), (whole // _MINUTE % 60, "m"), (whole % 60, "s"))
    first = next(place for place, (many, _) in enumerate(parts) if many)
    return ("-" if seconds < 0 else "") + " ".join(f"{many}{letter}" for many, letter in parts[first:])


COUNT = Unit("count", "{{ $value | humanize }}", _humanize)
PERCENT = Unit("percent", '{{ $value | printf "%.4g" }} %', lambda number: f"{_plain(number)} %")
RATIO = Unit("ratio", "{{ $value | humanizePercentage }}", lambda number: f"{_plain(100 * number)}%")
BYTES = Unit("byte", "{{ $value | humanize1024 }}B", _bytes)
SECONDS = Unit("second", "{{ $value | humanizeDuration }}", _duration)
