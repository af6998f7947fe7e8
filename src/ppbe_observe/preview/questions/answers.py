"""What is asked of Prometheus, and what it answered. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """One query of a panel, with its variables filled in.

    Attributes:
        expr: PromQL.
        start: The first moment, seconds since the epoch; that of an instant query is ``end``.
        end: The last.
        step: Seconds between two values.
        instant: Whether only the value at ``end`` is wanted.
    """

    expr: str
    start: float
    end: float
    step: float
    instant: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One series of an answer: labels, the name among them, and (seconds since the epoch, value), oldest first."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What Prometheus said to a question; ``error`` is empty unless it refused."""

    series: tuple[Series, ...] = ()
    error: str = ""


Answers = Mapping[Question, Answer]
