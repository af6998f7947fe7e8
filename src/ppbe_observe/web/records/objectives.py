"""What Prometheus tells: how objectives stand, and what fires. Pure."""

from datetime import datetime

from ppbe_observe.web.records.base import Record


class Answered(Record):
    """Whether Prometheus has told."""

    configured: bool
    """Whether the settings say where Prometheus is (`prometheus.url`)."""
    answered_at: datetime | None
    """When it told this; None where it has not."""
    notice: str
    """Why it is not told, or is old, and what to do; empty where all is well."""


class Objective(Record):
    """A service level objective for one combination of its labels."""

    slo: str
    service: str
    labels: dict[str, str]
    outcome: str
    """`left`, `spent` or `unknown`: whether there is error budget left."""
    objective: float
    """The share of events that must be good."""
    window_seconds: int
    good: float | None
    """The share of good events of the last five minutes; null where there was no event."""
    budget_left: float | None
    """The share of the budget that is left, negative where it is overspent; null where that is unknown."""
    burn_rates: dict[str, float | None]
    """How many times faster than allowed the budget was spent, over 1h, 6h, 1d and 3d."""
    spent_in_seconds: int | None
    """When nothing is left at the rate of the last hour."""


class Slos(Answered):
    """Every objective that is recorded."""

    items: tuple[Objective, ...]


class Alert(Record):
    """An alert that fires."""

    alert: str
    severity: str
    resource: str
    steps: tuple[str, ...]
    """The steps of its escalation that fire."""
    since: datetime | None
    incident: str
    """The id of the incident that it is known as; empty where there is none."""


class Alerts(Answered):
    """What fires, pages before tickets."""

    items: tuple[Alert, ...]
