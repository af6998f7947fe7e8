"""Numbers as people read them, in the units that Grafana has. Pure.

Source: Grafana, ``packages/grafana-data/src/valueFormats``.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

Form = Callable[[float, int | None], str]

_THREE_DIGITS = 2
"""Digits behind the first one."""
_DIGITS_OF_A_FLOAT = 15
_SAME = 1e-12
"""What reckoning in floats makes of a whole number."""
_SHORT = ("", " K", " Mil", " Bil", " Tri", " Quadr", " Quint")
_COUNT = ("", "K", "M", "B", "T")
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL = ("", "k", "M", "G", "T", "P", "E")
_TIMES = (
    (1e-6, 1e-9, " ns"),
    (1e-3, 1e-6, " µs"),
    (1.0, 1e-3, " ms"),
    (60.0, 1.0, " s"),
    (3600.0, 60.0, " min"),
    (86_400.0, 3600.0, " hour"),
    (604_800.0, 86_400.0, " day"),
    (31_536_000.0, 604_800.0, " week"),
    (math.inf, 31_536_000.0, " year"),
)
"""Below so many seconds, the unit has so many seconds and this name."""
_WORDS = frozenset({" hour", " day", " week", " year"})
_PARTS = ((31_536_000, "year"), (86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
_SHOWN_PARTS = 2


def shown(value: float, unit: str = "", decimals: int | None = None) -> str:
    """A value with its unit; three significant digits where their number is not given. What has no unit is text."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    form = FORMS.get(unit)
    return form(value, decimals) if form else f"{plain(value, decimals)} {unit}".rstrip()


def plain(value: float, decimals: int | None = None) -> str:
    """A number without a unit."""
    places = _places(value) if decimals is None else decimals
    return f"{value:.{places}f}".replace("-0", "0") if not round(value, places) else f"{value:.{places}f}"


def is_binary(unit: str) -> bool:
    """Whether its prefixes are powers of 1024."""
    return unit in _BINARIES


def factor_of(unit: str) -> float:
    """What a value is multiplied by before it is written: an axis is divided in what stands there."""
    return 100.0 if unit == "percentunit" else 1.0


def _places(value: float) -> int:
    if math.isclose(value, round(value), rel_tol=_SAME):
        return 0
    return min(_DIGITS_OF_A_FLOAT, max(0, _THREE_DIGITS - math.floor(math.log10(abs(value)))))


def _scaled(prefixes: tuple[str, ...], unit: str = "", base: float = 1000.0, lead: str = "") -> Form:
    def form(value: float, decimals: int | None) -> str:
        power = 0
        while abs(value) >= base and power < len(prefixes) - 1:
            value /= base
            power += 1
        text = plain(abs(value), decimals)
        return f"{'-' if value < 0 and float(text) else ''}{lead}{text}{prefixes[power]}{unit}"

    return form


def _percent(factor: float) -> Form:
    return lambda value, decimals: f"{plain(value * factor, decimals)}%"


def _time(seconds_in_unit: float) -> Form:
    def form(value: float, decimals: int | None) -> str:
        seconds = value * seconds_in_unit
        if not seconds:
            return "0 s"
        size, name = next((size, name) for below, size, name in _TIMES if abs(seconds) < below)
        text = plain(seconds / size, decimals)
        return f"{text}{name}{'s' if name in _WORDS and text != '1' else ''}"

    return form


def _duration(value: float, _decimals: int | None) -> str:
    """``2 days, 3 hours``: the two largest parts."""
    left, parts = abs(round(value)), []
    for size, name in _PARTS:
        many, left = divmod(left, size)
        if many:
            parts.append(f"{many} {name}{'' if many == 1 else 's'}")
    return ("-" if value < 0 else "") + (", ".join(parts[:_SHOWN_PARTS]) or "0 seconds")


def _moment(value: float, _decimals: int | None) -> str:
    """Of milliseconds since the epoch, UTC."""
    try:
        return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return plain(value)


def _yes_or_no(value: float, _decimals: int | None) -> str:
    return "Yes" if value else "No"


_BINARIES = frozenset({"bytes", "binBps", "bits", "binbps"})
FORMS: Mapping[str, Form] = {
    "": plain,
    "none": plain,
    "string": plain,
    "short": _scaled(_SHORT),
    "percent": _percent(1.0),
    "percentunit": _percent(100.0),
    "s": _time(1.0),
    "ms": _time(1e-3),
    "m": _time(60.0),
    "h": _time(3600.0),
    "d": _time(86_400.0),
    "dtdurations": _duration,
    "bytes": _scaled(tuple(f" {each}B" for each in _BINARY), base=1024.0),
    "decbytes": _scaled(tuple(f" {each}B" for each in _DECIMAL)),
    "binBps": _scaled(tuple(f" {each}B/s" for each in _BINARY), base=1024.0),
    "Bps": _scaled(tuple(f" {each}B/s" for each in _DECIMAL)),
    "cps": _scaled(_COUNT, " c/s"),
    "ops": _scaled(_COUNT, " ops/s"),
    "reqps": _scaled(_COUNT, " req/s"),
    "iops": _scaled(_COUNT, " io/s"),
    "currencyUSD": _scaled(_COUNT, lead="$"),
    "dateTimeAsIso": _moment,
    "bool_yes_no": _yes_or_no,
}
