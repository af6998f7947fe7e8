"""The availability record, for people and machines: every page, answer and export of availability is made of it. Pure.

Invariants: each day of the period is there, also those of which nothing is known; today is never part of a summary.

Source: FedRAMP Consolidated Rules 2026, CDS-CSO-AVR: current and historical availability over at least 30 days, with
the incidents, in a form for people and one for machines.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import orjson

from ppbe_observe.model.availability import (
    DAY_MINUTES,
    Availability,
    AvailabilityDay,
    ObjectiveKey,
    judged,
    share_of,
)

_JSON = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE

LAG = 3
"""Minutes by which the last look may be behind before what follows it is told as unknown."""
WINDOWS = (30, 90, 365)
"""Days that are summed up."""
DEFINITION = (
    "Availability is the share of good events in all events of a day (UTC), as Prometheus counted them at its end; "
    "where it did not run then, those of the five-minute windows that were recorded. A minute is an outage minute "
    "where at least half of the events of the five minutes up to its end were bad; idle where there was no event; "
    "unknown where nothing was recorded. A period is missed where its share is below the objective; else unknown where "
    "more than half of its minutes are, or no number is known; idle where there was no event; else met. Summaries are "
    "of whole days, and days of which nothing is known count with all of their minutes."
)


@dataclass(frozen=True, slots=True)
class DayEntry:
    """One day of the record; not ``complete`` is today."""

    day: date
    state: Availability
    availability: float | None
    events: float | None
    bad: float | None
    minutes: int
    outage_minutes: int
    idle_minutes: int
    unknown_minutes: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """So many whole days, the last one yesterday; ``known_days`` are those of which a number is known."""

    days: int
    first_day: date
    last_day: date
    state: Availability
    availability: float | None
    events: float | None
    bad: float | None
    known_days: int
    outage_minutes: int
    idle_minutes: int
    unknown_minutes: int


@dataclass(frozen=True, slots=True)
class Outage:
    """Consecutive outage minutes, over midnights; ``ongoing`` where the last minute up to now is one."""

    begin: datetime
    end: datetime
    minutes: int
    ongoing: bool


@dataclass(frozen=True, slots=True)
class ObjectiveRecord:
    """One objective, for one combination of its labels: the days oldest first, the outages newest first."""

    slo: str
    service: str
    labels: dict[str, str]
    objective: float
    days: tuple[DayEntry, ...]
    summaries: tuple[Summary, ...]
    outages: tuple[Outage, ...]


@dataclass(frozen=True, slots=True)
class AvailabilityRecord:
    """The whole record.

    Attributes:
        generated_at: When it was made.
        asked_at: When Prometheus last told of today; None where it did not.
        source: Where the numbers come from.
        definition: What they mean.
        problem: Why nothing is recorded at present; empty where all is well.
        first_day: The first day that is shown.
        last_day: Today.
        since: The first day of which anything was recorded in the year up to today, or in the days that are shown.
        objectives: Each objective, by name and labels.
    """

    generated_at: datetime
    asked_at: datetime | None
    source: str
    definition: str
    problem: str
    first_day: date
    last_day: date
    since: date | None
    objectives: tuple[ObjectiveRecord, ...]

    def as_json(self) -> bytes:
        """All of it, under the names of its fields."""
        return orjson.dumps(self, option=_JSON)


@dataclass(frozen=True, slots=True)
class Look:
    """What was last heard of days that are not recorded yet: when, and why nothing newer was heard."""

    at: datetime | None = None
    days: tuple[AvailabilityDay, ...] = ()
    problem: str = ""


def first_needed(today: date, shown: int) -> date:
    """The first day that a record of so many shown days, today not counted, is made of."""
    return today - timedelta(days=max(shown, *WINDOWS))


def record_of(
    known: Iterable[AvailabilityDay], look: Look, now: datetime, *, shown: int, source: str
) -> AvailabilityRecord:
    """The record as of ``now``: so many whole days and today, out of recorded days and the last look at others."""
    today = now.astimezone(UTC).date()
    by_key: dict[ObjectiveKey, dict[date, AvailabilityDay]] = defaultdict(dict)
    seen = (_as_of(each, now) for each in look.days)
    for each in (*seen, *known):  # what is recorded counts
        if first_needed(today, shown) <= each.day <= today:
            by_key[each.key][each.day] = each
    labelled = {key.slo for key in by_key if key.labels}
    keys = sorted(key for key in by_key if key.labels or key.slo not in labelled)
    return AvailabilityRecord(
        generated_at=now,
        asked_at=look.at,
        source=source,
        definition=DEFINITION,
        problem=look.problem,
        first_day=today - timedelta(days=shown),
        last_day=today,
        since=min((day for days in by_key.values() for day in days), default=None),
        objectives=tuple(_objective(by_key[key], now, shown) for key in keys),
    )


def _as_of(seen: AvailabilityDay, now: datetime) -> AvailabilityDay:
    """What was seen of a day, and unknown from then on: Prometheus has not been heard of since."""
    behind = _over(seen.day, now) - seen.minutes
    if behind <= (LAG if seen.day == now.astimezone(UTC).date() else 0):
        return seen
    return replace(seen, minutes=seen.minutes + behind, unknown_minutes=seen.unknown_minutes + behind)


def _over(day: date, now: datetime) -> int:
    """How many minutes of a day are over."""
    return min(DAY_MINUTES, (now - datetime.combine(day, time(), UTC)) // timedelta(minutes=1))


def _objective(known: Mapping[date, AvailabilityDay], now: datetime, shown: int) -> ObjectiveRecord:
    newest, today = known[max(known)], now.astimezone(UTC).date()
    days = [today - timedelta(days=ago) for ago in range(shown, -1, -1)]
    return ObjectiveRecord(
        slo=newest.key.slo,
        service=newest.service,
        labels=dict(newest.key.labels),
        objective=newest.objective,
        days=tuple(_entry(_on(known, day, now), complete=day < today) for day in days),
        summaries=tuple(_summary(known, now, many) for many in WINDOWS),
        outages=tuple(_outages([known[day] for day in days if day in known]))[::-1],
    )


def _on(known: Mapping[date, AvailabilityDay], day: date, now: datetime) -> AvailabilityDay:
    """A day, or one of which nothing is known; of today, minutes to come are not unknown."""
    if day in known:
        return known[day]
    newest, over = known[max(known)], _over(day, now)
    return AvailabilityDay(day, newest.key, newest.service, newest.objective, None, None, over, 0, over)


def _entry(day: AvailabilityDay, *, complete: bool) -> DayEntry:
    return DayEntry(
        day=day.day,
        state=judged(day.objective, day.events, day.bad, minutes=day.minutes, unknown_minutes=day.unknown_minutes),
        availability=share_of(day.events, day.bad),
        events=day.events,
        bad=day.bad,
        minutes=day.minutes,
        outage_minutes=day.outage_minutes,
        idle_minutes=day.idle_minutes,
        unknown_minutes=day.unknown_minutes,
        complete=complete,
    )


def _summary(known: Mapping[date, AvailabilityDay], now: datetime, many: int) -> Summary:
    today = now.astimezone(UTC).date()
    days = [_on(known, today - timedelta(days=ago), now) for ago in range(many, 0, -1)]
    counted = [(each.events, each.bad) for each in days if each.events is not None and each.bad is not None]
    events = sum(each for each, _ in counted) if counted else None
    bad = sum(each for _, each in counted) if counted else None
    unknown = sum(each.unknown_minutes for each in days)
    objective = known[max(known)].objective
    return Summary(
        days=many,
        first_day=days[0].day,
        last_day=days[-1].day,
        state=judged(objective, events, bad, minutes=many * DAY_MINUTES, unknown_minutes=unknown),
        availability=share_of(events, bad),
        events=events,
        bad=bad,
        known_days=len(counted),
        outage_minutes=sum(each.outage_minutes for each in days),
        idle_minutes=sum(each.idle_minutes for each in days),
        unknown_minutes=unknown,
    )


def _outages(days: Sequence[AvailabilityDay]) -> Iterator[Outage]:
    """Those of some days, in order; one that goes on over midnight is one."""
    begin = end = None
    for start, until in _spans(days):
        if begin and start != end:
            yield _outage(begin, end or start, ongoing=False)
            begin = None
        begin, end = begin or start, until
    if begin and end:
        last = days[-1]
        yield _outage(begin, end, ongoing=last.minutes < DAY_MINUTES and end == _minute(last.day, last.minutes))


def _spans(days: Sequence[AvailabilityDay]) -> Iterator[tuple[datetime, datetime]]:
    for each in days:
        for span in each.outages:
            yield _minute(each.day, span.first), _minute(each.day, span.first + span.minutes)


def _minute(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(minutes=minute)


def _outage(begin: datetime, end: datetime, *, ongoing: bool) -> Outage:
    return Outage(begin, end, (end - begin) // timedelta(minutes=1), ongoing)
