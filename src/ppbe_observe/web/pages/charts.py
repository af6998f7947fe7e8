"""Small charts as shapes that the templates draw as SVG, with their text alternatives. Pure.

Invariant: what is not known is not drawn as if it were good: it is a gap, or hatched.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ppbe_observe.model.availability_record import DayEntry, ObjectiveRecord
from ppbe_observe.web.pages.words import percent
from ppbe_observe.web.records.controls import Day
from ppbe_observe.web.records.findings import FindingDetail
from ppbe_observe.web.records.objectives import Objective

WIDTH = 100.0
"""Units of a bar, so that they are percent."""
LOW = 0.25
"""A quarter of the budget: what deployments are held back for."""
_ROOM = 0.05
"""Of the time line, before the first and after the last moment."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How much of a budget is left: the length in percent, how good that is, and the same in words."""

    length: float
    state: str
    text: str


def budget(objective: Objective) -> Bar:
    """The error budget of an objective."""
    left = objective.budget_left
    if left is None:
        return Bar(0.0, "unknown", "unknown")
    state = "fail" if left <= 0 else "warn" if left <= LOW else "pass"
    return Bar(round(WIDTH * min(1.0, max(0.0, left)), 1), state, f"{100 * left:.1f} %")


@dataclass(frozen=True, slots=True)
class Cell:
    """One day in a strip."""

    x: int
    state: str
    text: str


def strip(days: Sequence[Day], until: date, length: int) -> tuple[Cell, ...]:
    """The worst state of each of so many days up to one; a day that nothing is known of says so."""
    known = {each.day: each for each in days}
    return tuple(_cells(known, until - timedelta(days=length - 1), length))


def _cells(known: dict[date, Day], first: date, length: int) -> Iterator[Cell]:
    for x in range(length):
        day = first + timedelta(days=x)
        found = known.get(day)
        if found is None:
            yield Cell(x, "nothing", f"{day}: nothing is known")
        else:
            then = "" if found.state == found.worst else f", at last {found.state.replace('_', ' ')}"
            yield Cell(x, found.worst, f"{day}: {found.worst.replace('_', ' ')}{then}")


def availability(record: ObjectiveRecord) -> tuple[Cell, ...]:
    """Each day of an objective, the oldest first."""
    return tuple(Cell(x, each.state.value, _told(each)) for x, each in enumerate(record.days))


def _told(day: DayEntry) -> str:
    share = "" if day.availability is None else f", {percent(day.availability)}"
    outage = f", {day.outage_minutes} outage minutes" if day.outage_minutes else ""
    return f"{day.day}: {day.state.value}{share}{outage}"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point on a time line: where it is in percent, what it is called, and when it was."""

    x: float
    name: str
    at: datetime
    row: int


@dataclass(frozen=True, slots=True)
class TimeLine:
    """The life of a finding, from when it failed for the first time until now, or until its deadline."""

    moments: tuple[Moment, ...]
    opened: float
    closed: float
    text: str


def time_line(detail: FindingDetail, now: datetime) -> TimeLine | None:
    """None where it has never failed."""
    history = detail.history
    if history is None:
        return None
    named = [("first failed", history.first_seen)]
    if history.opened_at != history.first_seen:
        named.append(("opened again", history.opened_at))
    if history.resolved_at:
        named.append(("resolved", history.resolved_at))
    if history.open and detail.finding.due:
        named.append(("due", detail.finding.due))
    named.append(("now", now))
    named.sort(key=lambda each: each[1])
    scale = _Scale(named[0][1], named[-1][1])
    moments = tuple(Moment(scale.of(at), name, at, row % 2) for row, (name, at) in enumerate(named))
    text = ", ".join(f"{each.name} {each.at:%Y-%m-%d %H:%M} UTC" for each in moments)
    return TimeLine(moments, scale.of(history.opened_at), scale.of(history.resolved_at or now), text)


@dataclass(frozen=True, slots=True)
class _Scale:
    first: datetime
    last: datetime

    def of(self, at: datetime) -> float:
        length = (self.last - self.first).total_seconds()
        share = (at - self.first).total_seconds() / length if length else 0.5
        return round(WIDTH * (_ROOM + (1 - 2 * _ROOM) * share), 2)
