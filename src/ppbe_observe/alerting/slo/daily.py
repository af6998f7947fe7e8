"""How available the watched system was on a day, out of the recorded series of its objectives. Pure.

Invariant: a minute counts as seen only where the numbers of all events and of the bad or good ones were recorded.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from ppbe_observe.alerting.slo.burn import DAY, MINUTE
from ppbe_observe.alerting.slo.recording import BAD, GOOD, OBJECTIVE, TOTAL, increase_name
from ppbe_observe.model import AvailabilityDay, ObjectiveKey, Span

OUTAGE_SHARE = 0.5
"""From this share of bad events in five minutes on the service is out. ``model.availability_record`` tells it."""
FIVE = 5
"""Minutes that each recorded point of ``SEEN`` counts, up to its time."""

_KINDS = (TOTAL, BAD, GOOD)


def _names(window: timedelta) -> tuple[str, ...]:
    return tuple(increase_name(kind, window) for kind in _KINDS)


COUNTED = f'{{__name__=~"{"|".join(_names(DAY))}"}}'
"""To be asked for at the end of a day: what it counted."""
SEEN = f'{{__name__=~"{"|".join((OBJECTIVE, *_names(FIVE * MINUTE)))}"}}'
"""To be asked for at the end of each minute of a day: what is declared, and what was counted up to then."""

Series = tuple[Mapping[str, str], Sequence[tuple[float, float]]]
"""The labels, the name among them, and (seconds since the epoch, value)."""

_OWN = frozenset({"__name__", "slo", "service"})


@dataclass(slots=True)
class _Numbers:
    """What is known of an objective: by kind, at the end of each minute, and at the end of the day."""

    service: str = ""
    minutes: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    day: dict[str, float] = field(default_factory=dict)


def days_of(
    day: date, midnight: float, minutes: int, seen: Iterable[Series], counted: Iterable[Series]
) -> tuple[AvailabilityDay, ...]:
    """Each objective that is declared on a day, for each combination of labels that was counted; else without labels.

    Args:
        day: The day (UTC).
        midnight: Its beginning, in seconds since the epoch.
        minutes: How many minutes of it are over.
        seen: What ``SEEN`` was at the end of each minute.
        counted: What ``COUNTED`` was at the end of the day; empty where it is not over.
    """
    objectives, known = _read(seen, midnight)
    for labels, points in counted:
        if (kind := _kind(labels, DAY)) and points and math.isfinite(points[-1][1]):
            known[_key(labels)].day[kind] = points[-1][1]
    labelled = {key.slo for key in known}
    for slo in objectives.keys() - labelled:
        known[ObjectiveKey(slo, ())].service = objectives[slo][0]
    return tuple(
        _day(day, key, objectives[key.slo][1], numbers, minutes)
        for key, numbers in sorted(known.items())
        if key.slo in objectives
    )


def _read(
    seen: Iterable[Series], midnight: float
) -> tuple[dict[str, tuple[str, float]], defaultdict[ObjectiveKey, _Numbers]]:
    """The service and the objective of each that is declared, and the numbers of those that were counted."""
    objectives: dict[str, tuple[str, float]] = {}
    known: defaultdict[ObjectiveKey, _Numbers] = defaultdict(_Numbers)
    for labels, points in seen:
        if labels["__name__"] == OBJECTIVE:
            if points:
                objectives[labels.get("slo", "")] = labels.get("service", ""), points[-1][1]
        elif kind := _kind(labels, FIVE * MINUTE):
            numbers = known[_key(labels)]
            numbers.service = labels.get("service", "")
            ends = ((round((at - midnight) / 60), value) for at, value in points if math.isfinite(value))
            numbers.minutes[kind].update(ends)
    return objectives, known


def _kind(labels: Mapping[str, str], window: timedelta) -> str:
    return next((kind for kind in _KINDS if labels["__name__"] == increase_name(kind, window)), "")


def _key(labels: Mapping[str, str]) -> ObjectiveKey:
    by = tuple(sorted((name, value) for name, value in labels.items() if name not in _OWN))
    return ObjectiveKey(labels.get("slo", ""), by)


def _day(day: date, key: ObjectiveKey, objective: float, numbers: _Numbers, minutes: int) -> AvailabilityDay:
    by_minute = {minute: pair for minute in range(1, minutes + 1) if (pair := _pair(_at(numbers, minute)))}
    out = [minute for minute, (events, bad) in by_minute.items() if events and bad / events >= OUTAGE_SHARE]
    events, bad = _pair(numbers.day) or _added_up(by_minute)
    return AvailabilityDay(
        day=day,
        key=key,
        service=numbers.service,
        objective=objective,
        events=events,
        bad=bad,
        minutes=minutes,
        idle_minutes=sum(not each for each, _ in by_minute.values()),
        unknown_minutes=minutes - len(by_minute),
        outages=tuple(_spans(out)),
    )


def _at(numbers: _Numbers, minute: int) -> dict[str, float]:
    return {kind: found[minute] for kind, found in numbers.minutes.items() if minute in found}


def _pair(numbers: Mapping[str, float]) -> tuple[float, float] | None:
    """All events and the bad ones, to a thousandth: Prometheus extrapolates."""
    if TOTAL not in numbers or not {BAD, GOOD} & numbers.keys():
        return None
    events = max(0.0, numbers[TOTAL])
    bad = numbers[BAD] if BAD in numbers else events - numbers[GOOD]
    return round(events, 3), round(min(events, max(0.0, bad)), 3)


def _added_up(by_minute: Mapping[int, tuple[float, float]]) -> tuple[float, float] | tuple[None, None]:
    """Those of the windows that follow each other, as far as they were seen."""
    windows = [pair for minute, pair in by_minute.items() if minute % FIVE == 0]
    if not windows:
        return None, None
    return round(sum(events for events, _ in windows), 3), round(sum(bad for _, bad in windows), 3)


def _spans(ends: Sequence[int]) -> Iterator[Span]:
    """Minutes, told by their ends, as spans of those that follow each other."""
    first = last = 0
    for end in ends:
        if first and end != last + 1:
            yield Span(first - 1, last - first + 1)
            first = 0
        first, last = first or end, end
    if first:
        yield Span(first - 1, last - first + 1)
