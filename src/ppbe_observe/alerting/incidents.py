"""An alert's life: fired, escalated, acknowledged, resolved, fired again. Pure.

What is known of an incident only grows: of each step the first and the last beginning, the latest end and the latest
proof that it fired. So a delivery that is repeated, late or out of order changes nothing that is not new.

Invariants: ``take`` of what it was given before changes nothing; an incident never fires later than was known, and is
resolved only when all of its steps are, or when the same step has fired again, which is another incident; never before
it fired.

Source: Alertmanager's ``types.Alert.Merge`` (an alert keeps its earliest beginning, its latest explicit end rules).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ppbe_observe.alerting.prometheus.rule_file import ESCALATION
from ppbe_observe.model.incidents import Acknowledgement, Around, Identity, Incident, Sighting, Step, Transition

WATCHDOG = "Watchdog"
"""The alert that fires at all times: it is a heartbeat, and no incident."""
MOST_ACKNOWLEDGEMENTS = 100
"""Of one incident; a script that renews a silence every minute must not fill the disk."""

_RESOURCE = ("name", "resource", "instance")
_STATIC = frozenset({"alertname", "severity", "owner", ESCALATION})
"""Labels that say nothing of what is wrong, only of the alert."""


@dataclass(frozen=True, slots=True)
class Change:
    """An incident as it is from now on, and what became of it."""

    incident: Incident
    transitions: tuple[Transition, ...]


def identity_of(labels: Mapping[str, str]) -> Identity:
    """What makes an alert the same one at every step."""
    return Identity(tuple(sorted((name, text) for name, text in labels.items() if text and name != ESCALATION)))


def resource_labels(identity: Identity) -> dict[str, str]:
    """The labels that tell one thing that is wrong from another."""
    return {name: text for name, text in identity.labels if name not in _STATIC}


def named_resource(identity: Identity) -> str:
    """The ARN or other name of what is wrong; empty where no label names it."""
    labels = resource_labels(identity)
    return next((labels[name] for name in _RESOURCE if name in labels), "")


def resource_of(identity: Identity) -> str:
    """What is wrong, for people: its name where there is one, else the labels that tell it apart."""
    labels = resource_labels(identity)
    return named_resource(identity) or ", ".join(f"{name}={text}" for name, text in labels.items())


def take(around: Around, sighting: Sighting, at: datetime) -> tuple[Change, ...]:
    """What changes by a sighting that was told at that time; nothing where all of it is known."""
    if around.own:
        return _merged(around.own, sighting)
    if around.before and _belongs(around.before, sighting):
        return _merged(around.before, sighting)
    over = _superseded(around.before, sighting.starts)
    if around.after and _began(around.after, sighting):
        return (*over, *_merged(around.after, sighting))
    incident = Incident.begun(sighting, at)
    if around.after and incident.resolved_at is None:
        incident = replace(incident, superseded_at=around.after.fired_at)
    ended = (Transition.RESOLVED,) if incident.resolved_at else ()
    return (*over, Change(incident, (Transition.FIRED, *ended)))


def acknowledge(incident: Incident, given: Acknowledgement) -> Change | None:
    """The incident with a silence on it; None where that is known, or too many are."""
    others = tuple(each for each in incident.acknowledgements if each.silence != given.silence)
    if given in incident.acknowledgements or len(others) >= MOST_ACKNOWLEDGEMENTS:
        return None
    known = tuple(sorted((*others, given), key=lambda each: (each.at, each.silence)))
    changed = replace(incident, acknowledgements=known)
    first = incident.acknowledgement is None and changed.acknowledgement is not None
    return Change(changed, (Transition.ACKNOWLEDGED,) if first else ())


def notice_gone(incident: Incident, firing: Iterable[str], at: datetime) -> Change | None:
    """The incident where at that time only these of its steps still fire; None where nothing is new."""
    still = frozenset(firing)
    steps = tuple(
        replace(each, gone=at) if each.over is None and each.name not in still and at > each.seen else each
        for each in incident.steps
    )
    return None if steps == incident.steps else _changed(incident, replace(incident, steps=steps))


def firing(incident: Incident, sighting: Sighting) -> bool:
    """Whether it is known that this step fires."""
    return any(
        each.name == sighting.step and each.starts == sighting.starts and each.over is None for each in incident.steps
    )


def _step(incident: Incident, name: str) -> Step | None:
    return next((each for each in incident.steps if each.name == name), None)


def _belongs(incident: Incident, sighting: Sighting) -> bool:
    """Whether it is of an incident that fired by then: known, a further step, or a step again while others fire."""
    step, over = _step(incident, sighting.step), incident.resolved_at
    if step is None:
        return over is None or sighting.starts <= over
    return sighting.starts <= step.starts or (over is None and step.over is not None)


def _began(incident: Incident, sighting: Sighting) -> bool:
    """Whether a step that was heard of later began before the incident as it is known, and lasted until then."""
    lasted = sighting.ended is None or sighting.ended >= incident.fired_at
    return _step(incident, sighting.step) is None and lasted


def _superseded(incident: Incident | None, at: datetime) -> tuple[Change, ...]:
    if incident is None or incident.resolved_at is not None:
        return ()
    return (Change(replace(incident, superseded_at=at), (Transition.RESOLVED,)),)


def _merged(incident: Incident, sighting: Sighting) -> tuple[Change, ...]:
    known = _step(incident, sighting.step)
    step = _joined(known, sighting) if known else _new(sighting)
    others = (each for each in incident.steps if each.name != sighting.step)
    steps = tuple(sorted((*others, step), key=lambda each: (each.first, each.name)))
    changed = replace(incident, steps=steps, fired_at=min(incident.fired_at, step.first))
    return () if changed == incident else (_changed(incident, changed),)


def _new(sighting: Sighting) -> Step:
    starts = sighting.starts
    return Step(sighting.step, starts, starts, max(starts, sighting.seen), sighting.ended)


def _joined(known: Step, sighting: Sighting) -> Step:
    first = min(known.first, sighting.starts)
    if sighting.starts < known.starts:
        return replace(known, first=first)
    if sighting.starts > known.starts:
        return replace(_new(sighting), first=first)
    ends = [each for each in (known.ended, sighting.ended) if each is not None]
    return replace(known, seen=max(known.seen, sighting.seen), ended=max(ends, default=None))


def _changed(before: Incident, after: Incident) -> Change:
    return Change(after, tuple(_transitions(before, after)))


def _transitions(before: Incident, after: Incident) -> Sequence[Transition]:
    found = [Transition.ESCALATED] if len(after.steps) > len(before.steps) else []
    if before.resolved_at is None and after.resolved_at is not None:
        found.append(Transition.RESOLVED)
    if before.resolved_at is not None and after.resolved_at is None:
        found.append(Transition.REOPENED)
    return found
