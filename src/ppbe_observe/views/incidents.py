"""Incidents as records: in lines, and with all that happened. Pure."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from ppbe_observe.alerting.incidents import resource_of
from ppbe_observe.model import Acknowledgement, Incident, Resolution, Step
from ppbe_observe.telemetry.plain import text_of
from ppbe_observe.web.queries import IncidentQuery
from ppbe_observe.web.records.incidents import Event, IncidentDetail, Incidents, IncidentSummary

_ENDS = {
    Resolution.RESOLVED: "Alertmanager said so",
    Resolution.NOTICED: "Alertmanager did not have it any more",
    Resolution.SUPERSEDED: "the same alert fired again",
}


def incidents(found: Sequence[Incident], total: int, query: IncidentQuery) -> Incidents:
    """A part of a list."""
    items = tuple(summary(each) for each in found)
    return Incidents(total=total, limit=query.limit, offset=query.offset, items=items)


def summary(incident: Incident) -> IncidentSummary:
    """An incident in a line."""
    given, over = incident.acknowledgement, incident.resolution
    return IncidentSummary(
        id=incident.id,
        state="resolved" if incident.resolved_at else "open",
        alert=text_of(incident.identity.alertname),
        resource=text_of(resource_of(incident.identity)),
        severity=text_of(incident.severity),
        step=text_of(incident.step),
        fired_at=incident.fired_at,
        acknowledged_at=given.at if given else None,
        acknowledged_by=text_of(given.author) if given else "",
        resolved_at=incident.resolved_at,
        resolution=over.value if over else "",
        summary=text_of(incident.summary),
    )


def detail(incident: Incident) -> IncidentDetail:
    """Everything that is known of an incident."""
    given, over = incident.acknowledgement, incident.resolved_at
    return IncidentDetail(
        incident=summary(incident),
        description=text_of(incident.description),
        comment=text_of(given.comment) if given else "",
        labels={text_of(name): text_of(text) for name, text in incident.identity.labels},
        recorded_at=incident.recorded_at,
        muted_before=incident.muted_before,
        seconds_to_acknowledge=_seconds(given.at - incident.fired_at) if given else None,
        seconds_to_resolve=_seconds(over - incident.fired_at) if over else None,
        events=tuple(sorted(_events(incident), key=lambda each: each.at)),
    )


def _events(incident: Incident) -> Iterator[Event]:
    """In the order in which those of one time follow each other."""
    for number, step in enumerate(incident.steps):
        yield from _of_step(step, first=number == 0)
    for each in incident.acknowledgements:
        yield _quiet(each, known=each.at >= incident.fired_at)
    if incident.resolved_at is not None and incident.resolution is not None:
        yield Event(at=incident.resolved_at, what="resolved", detail=_ENDS[incident.resolution])


def _of_step(step: Step, *, first: bool) -> Iterator[Event]:
    name = text_of(step.name)
    yield Event(at=step.first, what="fired" if first else "escalated", detail=f"step {name}" if name else "")
    if step.starts > step.first:
        yield Event(at=step.starts, what="fired", detail=f"again: step {name}" if name else "again")
    if step.over is not None and name:
        yield Event(at=step.over, what="ended", detail=f"step {name}")


def _quiet(given: Acknowledgement, *, known: bool) -> Event:
    by = f"by {text_of(given.author)} until {given.until:%Y-%m-%d %H:%M} UTC: {text_of(given.comment)}"
    return Event(at=given.at, what="acknowledged" if known else "muted", detail=by)


def _seconds(length: timedelta) -> float:
    return length.total_seconds()
