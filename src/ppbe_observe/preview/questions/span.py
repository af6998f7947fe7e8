"""The time that a dashboard shows, and how densely it is asked for. Pure.

Source: Grafana, ``packages/grafana-data/src/datetime/rangeutil.ts`` (``roundInterval``) and the Prometheus data source
(``getRateIntervalScopedVariable``).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from ppbe_observe.errors import SettingsError

SCRAPE = 15.0
"""Seconds between scrapes where neither panel nor query says so: Grafana's own default of a data source."""
_MOST_POINTS = 11_000
"""Of a series, above which Prometheus refuses."""
_ROUNDED = (
    *((0.015, 0.01), (0.035, 0.02), (0.075, 0.05), (0.15, 0.1), (0.35, 0.2), (0.75, 0.5)),
    *((1.5, 1.0), (3.5, 2.0), (7.5, 5.0), (12.5, 10.0), (17.5, 15.0), (25.0, 20.0), (45.0, 30.0)),
    *((90.0, 60.0), (210.0, 120.0), (450.0, 300.0), (750.0, 600.0), (1050.0, 900.0), (1500.0, 1200.0)),
    *((2700.0, 1800.0), (5400.0, 3600.0), (9000.0, 7200.0), (16_200.0, 10_800.0), (32_400.0, 21_600.0)),
    *((86_400.0, 43_200.0), (604_800.0, 86_400.0), (1_814_400.0, 604_800.0), (3_628_800.0, 2_592_000.0)),
)
"""Below the first number of seconds, the interval is the second."""
_YEAR = 31_536_000.0
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0, "y": _YEAR}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdwy])")
_AGO = re.compile(r"now|(?:now-)?(?:\d+(?:\.\d+)?(?:ms|[smhdwy]))+")
_WRITTEN = ("d", "h", "m", "s", "ms")


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, in seconds since the epoch."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.start


def seconds_of(text: str) -> float:
    """``1h30m`` in seconds.

    Raises:
        ValueError: It is no duration.
    """
    parts = _LENGTH.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text!r} is no duration, as 30m, 6h or 7d are")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def written(seconds: float) -> str:
    """Seconds as PromQL takes them, in one unit: ``90s``, ``4m``."""
    milliseconds = max(1, round(seconds * 1000))
    unit = next(each for each in _WRITTEN if milliseconds % round(_UNITS[each] * 1000) == 0)
    return f"{milliseconds // round(_UNITS[unit] * 1000)}{unit}"


def span_of(begin: str, end: str, now: float) -> Span:
    """The time between two moments as a person writes them: ``6h`` (ago), ``now``, ``now-6h``, RFC 3339, or seconds.

    Raises:
        SettingsError: One of them is none of these, or the end is not after the beginning.
    """
    start, stop = _moment("--from", begin, now), _moment("--to", end, now)
    if stop <= start:
        raise SettingsError(f"--from {begin} is not before --to {end}; give an earlier --from")
    return Span(start, stop)


def step_of(span: Span, points: int, least: float) -> float:
    """Seconds between two values: as many as fit into ``points``, rounded, and never less than ``least``."""
    wanted = span.seconds / max(1, points)
    rounded = next((interval for limit, interval in _ROUNDED if wanted < limit), _YEAR)
    return max(rounded, least, span.seconds / _MOST_POINTS)


def built_in(span: Span, step: float, scrape: float) -> dict[str, str]:
    """What Grafana itself fills in."""
    return {
        "__interval": written(step),
        "__interval_ms": f"{step * 1000:.0f}",
        "__rate_interval": written(max(step + scrape, 4 * scrape)),
        "__range": f"{span.seconds:.0f}s",
        "__range_s": f"{span.seconds:.0f}",
        "__range_ms": f"{span.seconds * 1000:.0f}",
        "__from": f"{span.start * 1000:.0f}",
        "__to": f"{span.end * 1000:.0f}",
    }


def _moment(option: str, text: str, now: float) -> float:
    said = text.strip()
    try:
        found = _ago(said, now) if _AGO.fullmatch(said) else _absolute(said)
        if found >= 0:
            return found
    except (ValueError, OverflowError):
        pass
    raise SettingsError(f"{option} {text}: that is no time; write 6h (ago), now, now-7d, or 2026-11-30T12:00:00Z")


def _ago(text: str, now: float) -> float:
    return now if text == "now" else now - seconds_of(text.removeprefix("now-"))


def _absolute(text: str) -> float:
    if re.fullmatch(r"\d{9,11}(?:\.\d+)?", text):
        return float(text)
    if re.fullmatch(r"\d{12,14}", text):  # as Grafana's own addresses have them
        return int(text) / 1000
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
