"""The estate at a glance. Pure.

Invariant: what cannot be told is unknown or asks for somebody; it never looks healthy.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice

from ppbe_observe.assessment.latest import Latest, deadline
from ppbe_observe.controls.rollup import State as Judgement
from ppbe_observe.model import Outcome
from ppbe_observe.views.controls import coverage, standings
from ppbe_observe.views.findings import summary
from ppbe_observe.web.queries import By
from ppbe_observe.web.records.controls import Standing
from ppbe_observe.web.records.incidents import Incidents
from ppbe_observe.web.records.objectives import Alerts, Slos
from ppbe_observe.web.records.overview import Freshness, State

WORST = 8
"""Families that are shown."""
NEXT = 5
"""Findings whose deadlines are next."""
_BAD = frozenset({Judgement.FAIL.value, Judgement.UNKNOWN.value})


@dataclass(frozen=True, slots=True)
class Known:
    """All that health is judged by; None is what cannot be read."""

    freshness: Freshness
    alerts: Alerts
    slos: Slos
    incidents: Incidents | None
    controls: State


def state(latest: Latest, now: datetime, *, enabled: bool) -> State:
    """The control checks at a glance; nothing of them where they are switched off."""
    outcomes: Counter[Outcome] = Counter()
    for each in latest.judged.values():
        outcomes.update(each.outcomes)
    due = [each.due for each in latest.judged.values()]
    return State(
        enabled=enabled,
        judged=len(latest.judged),
        evaluated_at=min((each.at for each in latest.judged.values()), default=None),
        outcomes={each.value: outcomes[each] for each in Outcome},
        overdue=sum(bisect_left(rows, now, key=deadline) for rows in due)
        + sum(bisect_left(each.hidden_due, now) for each in latest.judged.values()),
        hidden=sum(each.hidden for each in latest.judged.values()),
        undated=sum(each.undated for each in latest.judged.values()),
        coverage=coverage(latest.rolled.coverage) if latest.rolled else None,
        worst=tuple(_worst(standings(latest, By.FAMILY))),
        next_due=tuple(summary(row, now) for row in islice(merge(*due, key=deadline), NEXT)),
    )


def health(known: Known) -> tuple[str, tuple[str, ...]]:
    """``healthy``, ``attention`` or ``unknown``, and why, in sentences."""
    wrong, unseen = tuple(_wrong(known)), tuple(_unseen(known))
    word = "attention" if wrong else "unknown" if unseen else "healthy"
    return word, (*wrong, *unseen)


def _wrong(known: Known) -> Iterator[str]:
    if many := len(known.alerts.items):
        yield f"{many} alert{_s(many)} fire{_s(many, verb=True)}."
    elif known.incidents and (many := known.incidents.total):
        yield f"{many} incident{_s(many)} {'are' if many > 1 else 'is'} open."
    if many := sum(each.outcome == "spent" for each in known.slos.items):
        yield f"{many} error budget{_s(many)} {'are' if many > 1 else 'is'} spent."
    if many := known.controls.overdue:
        yield f"{many} finding{_s(many)} {'are' if many > 1 else 'is'} past the deadline."
    if many := known.controls.outcomes.get("fail", 0):
        yield f"{many} control check{_s(many)} fail{_s(many, verb=True)}."
    if known.freshness.items and not known.freshness.ready:
        yield f"{known.freshness.reason[:1].upper()}{known.freshness.reason[1:]}."


def _unseen(known: Known) -> Iterator[str]:
    if not known.freshness.items:
        yield "Nothing is collected yet."
    if not known.alerts.answered_at:
        yield "What fires is not known."
    elif known.alerts.notice:
        yield "Prometheus does not answer now: what fires is what it told last."
    if known.incidents is None:
        yield "The open incidents are not known."
    if many := sum(each.outcome == "unknown" for each in known.slos.items):
        yield f"{many} error budget{_s(many)} {'are' if many > 1 else 'is'} unknown."
    elif not known.slos.items:
        yield "How the objectives stand is not known."
    yield from _unjudged(known.controls)


def _unjudged(controls: State) -> Iterator[str]:
    if not controls.enabled:
        yield "The control checks are switched off."
    elif not controls.judged:
        yield "No control check has been judged yet."
    elif many := controls.outcomes.get("unknown", 0):
        yield f"{many} control check{_s(many)} could not be judged."
    elif controls.coverage and (many := controls.coverage.states.get("unknown", 0)):
        yield f"{many} control{_s(many)} could not be judged."
    if many := controls.hidden:
        yield f"{many} open finding{_s(many)} cannot be seen now."
    if many := controls.undated:
        yield f"Since when {many} finding{_s(many)} {'are' if many > 1 else 'is'} open is not known."


def _worst(families: Sequence[Standing]) -> Sequence[Standing]:
    bad = [each for each in families if each.state in _BAD]
    return sorted(bad, key=lambda each: (-each.outcomes.get("fail", 0), -each.outcomes.get("unknown", 0)))[:WORST]


def _s(many: int, *, verb: bool = False) -> str:
    return "s" if (many == 1) is verb else ""
