"""Incidents: one alert on one resource, from when it fired until it was resolved. Pure."""

from datetime import datetime

from ppbe_observe.web.records.base import Part, Record


class IncidentSummary(Record):
    """An incident in a line."""

    id: str
    state: str
    """`open` or `resolved`."""
    alert: str
    resource: str
    """The ARN where there is one, else the labels that tell it apart."""
    severity: str
    step: str
    """The step of the escalation that was reached last; empty where the alert does not escalate."""
    fired_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str
    resolved_at: datetime | None
    resolution: str
    """How it is known that it is over: `resolved`, `noticed` or `superseded`; empty while it is open."""
    summary: str


class Incidents(Part):
    """Incidents, the newest first."""

    items: tuple[IncidentSummary, ...]


class Event(Record):
    """What happened at one time."""

    at: datetime
    what: str
    """`fired`, `escalated`, `acknowledged`, `muted`, `ended` or `resolved`."""
    detail: str


class IncidentDetail(Record):
    """Everything that is known of an incident."""

    incident: IncidentSummary
    description: str
    comment: str
    """Of who acknowledged it."""
    labels: dict[str, str]
    recorded_at: datetime
    muted_before: bool
    """Whether it was quiet from its beginning, as in a maintenance."""
    seconds_to_acknowledge: float | None
    seconds_to_resolve: float | None
    events: tuple[Event, ...]
    """What happened, the oldest first."""
