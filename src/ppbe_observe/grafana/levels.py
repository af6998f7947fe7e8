"""How good or bad a value is: thresholds and states, and their colours. Pure.

Invariant: the threshold of an alert is read out of the alert, never written a second time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf, nextafter
from typing import Protocol

from ppbe_observe.cloudwatch.alarm import GREATER, GREATER_OR_EQUAL, CloudWatchAlarm
from ppbe_observe.errors import DefinitionError
from ppbe_observe.promql.expression import Expression


class Level(StrEnum):
    """What a value asks of people, as the name of a colour that Grafana has in both themes."""

    GOOD = "green"
    NOTE = "blue"
    WARN = "orange"
    BAD = "red"
    UNKNOWN = "purple"
    NEUTRAL = "text"


GOOD, NOTE, WARN, BAD, UNKNOWN, NEUTRAL = Level
_WORSE = (GOOD, NEUTRAL, NOTE, UNKNOWN, WARN, BAD)
_TURNED = str.maketrans("<>", "><")
_LEAST = 1e-9
"""More than nothing: Grafana's steps include their number, and ``> 0`` leaves 0 out."""
_OF_SEVERITY = {"info": NOTE, "ticket": WARN, "page": BAD}


class Alerting(Protocol):
    """What is drawn of an alert."""

    @property
    def name(self) -> str:
        """Its name, which is that of its runbook's address, too."""

    @property
    def severity(self) -> str:
        """``page``, ``ticket`` or ``info``."""

    @property
    def parsed(self) -> Expression:
        """Its expression, with the comparison."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """From where on a value is bad.

    Attributes:
        value: In the panel's unit.
        level: How bad it is there.
        below: Whether it is bad below the value, not above.
        alert: The alert that it is the threshold of; empty where it is none's.
    """

    value: float
    level: Level
    below: bool = False
    alert: str = ""

    def holds(self, value: float) -> bool:
        """Whether a value is that bad."""
        return value < self.value if self.below else value >= self.value


@dataclass(frozen=True, slots=True)
class State:
    """What a value, or the text of a label, stands for: ``State(1, "in alarm", BAD)``."""

    value: float | str
    text: str
    level: Level


def above(value: float, level: Level) -> Threshold:
    """Bad from this value on."""
    return Threshold(value, level)


def below(value: float, level: Level) -> Threshold:
    """Bad under this value."""
    return Threshold(value, level, below=True)


def limits(alerts: Iterable[Alerting], *names: str, scale: float = 1.0) -> tuple[Threshold, ...]:
    """The thresholds of these alerts, each as bad as its alert is severe.

    Args:
        alerts: Those of a file: ``rds_storage.GROUP.alerts``.
        names: The alerts whose threshold is about what the panel shows.
        scale: What the alert's number is multiplied by to be in the panel's unit.

    Raises:
        DefinitionError: There is no such alert, or it is not compared with a number.
    """
    known = {each.name: each for each in alerts}
    return tuple(_limit(known, name, scale) for name in names)


def alarm_limit(alarm: CloudWatchAlarm, level: Level, alert: str = "") -> Threshold:
    """The threshold of a CloudWatch alarm, in CloudWatch's unit; ``alert`` is that of the same meaning."""
    return Threshold(alarm.threshold, level, alarm.comparison not in {GREATER, GREATER_OR_EQUAL}, alert)


def steps(thresholds: Sequence[Threshold]) -> Iterator[tuple[float | None, Level]]:
    """The level from each boundary on, the first from minus infinity (None): the worst that holds there."""
    last: Level | None = None
    for start in (-inf, *sorted({each.value for each in thresholds})):
        level = max((each.level for each in thresholds if each.holds(start)), key=_WORSE.index, default=GOOD)
        if level != last:
            yield None if start == -inf else start, level
        last = level


def _limit(known: dict[str, Alerting], name: str, scale: float) -> Threshold:
    alert = known.get(name)
    if alert is None:
        raise DefinitionError(f"there is no alert {name} here; there are {', '.join(sorted(known)) or 'none'}")
    comparison = alert.parsed.comparison
    if comparison is None:
        raise DefinitionError(f"alert {name} is not compared with a number: it has no threshold to draw")
    number = comparison.number * scale
    operator = comparison.operator if scale > 0 else comparison.operator.translate(_TURNED)
    low = operator in {"<", "<="} or (operator == "==" and not number)
    reached = operator in {"<=", "=="} if low else operator == ">"
    if reached:
        number = _just_above(number) if low else number or _LEAST
    return Threshold(number, _OF_SEVERITY[alert.severity], low, name)


def _just_above(number: float) -> float:
    """So that the number itself is still bad: half of the tasks are too few."""
    return nextafter(number, inf) if number else _LEAST
