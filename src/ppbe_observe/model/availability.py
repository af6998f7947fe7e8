"""What was seen of an objective on one day. Pure.

Invariant: what was not seen is unknown, never good; what was seen to be bad is bad, however little was seen.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from ppbe_observe.model.resources import Labels

DAY_MINUTES = 1440
_DIGITS = 12
"""Decimals of a share: 1 - 0.001 is not always 0.999 as a float."""


class Availability(StrEnum):
    """Whether an objective was met. These words are in records: they do not change."""

    MET = "met"
    MISSED = "missed"
    IDLE = "idle"
    UNKNOWN = "unknown"


class ObjectiveKey(NamedTuple):
    """An objective for one combination of the labels that it is kept by (sorted); none where nothing was counted."""

    slo: str
    labels: Labels


class Span(NamedTuple):
    """Minutes of a day (UTC), one after the other: the first counts from midnight, 0."""

    first: int
    minutes: int


@dataclass(frozen=True, slots=True)
class AvailabilityDay:
    """One objective on one day (UTC).

    Attributes:
        day: The day.
        key: Which objective it is.
        service: What it is about.
        objective: The share of events that must be good.
        events: How many there were; None where nobody knows.
        bad: How many of them were bad; None as well.
        minutes: Minutes of the day that were over when it was looked at; 1440 of a whole day.
        idle_minutes: Those in which there was no event.
        unknown_minutes: Those of which nothing was recorded.
        outages: Those in which the service was out.
    """

    day: date
    key: ObjectiveKey
    service: str
    objective: float
    events: float | None
    bad: float | None
    minutes: int
    idle_minutes: int
    unknown_minutes: int
    outages: tuple[Span, ...] = ()

    @property
    def outage_minutes(self) -> int:
        """How many minutes the service was out."""
        return sum(each.minutes for each in self.outages)


def share_of(events: float | None, bad: float | None) -> float | None:
    """The share of good events; None where there was none, or nobody knows."""
    return None if not events or bad is None else round(1 - bad / events, _DIGITS)


def judged(
    objective: float, events: float | None, bad: float | None, *, minutes: int, unknown_minutes: int
) -> Availability:
    """Whether an objective was met over some time: a day, or many.

    It is missed where too many events are known to be bad. Else it is unknown where no number is known, or nothing was
    recorded of more than half of the minutes; idle where there was no event.
    """
    share = share_of(events, bad)
    if share is not None and share < objective:
        return Availability.MISSED
    if events is None or 2 * unknown_minutes > minutes:
        return Availability.UNKNOWN
    return Availability.MET if events else Availability.IDLE
