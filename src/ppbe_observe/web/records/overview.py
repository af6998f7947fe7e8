"""The estate at a glance. Pure."""

from datetime import datetime

from ppbe_observe.web.records.base import Record
from ppbe_observe.web.records.controls import Coverage, Standing
from ppbe_observe.web.records.findings import FindingSummary
from ppbe_observe.web.records.incidents import Incidents
from ppbe_observe.web.records.objectives import Alerts, Slos


class Fresh(Record):
    """Whether one exporter has succeeded recently on one target."""

    exporter: str
    account_id: str
    region: str
    ready: bool
    reason: str
    """Why it is not, or what failed last; empty where nothing did."""
    last_success: datetime | None


class Freshness(Record):
    """All exporters on all targets; what is late comes first."""

    ready: bool
    reason: str
    """One sentence; empty where everything is fresh."""
    items: tuple[Fresh, ...]


class FreshExporter(Record):
    """One exporter on all of its targets."""

    exporter: str
    targets: int
    late: int
    """On how many of them it has not succeeded recently."""
    oldest_success: datetime | None
    """Of the target that is furthest behind; None where one has not succeeded yet."""


class State(Record):
    """The control checks at a glance."""

    enabled: bool
    judged: int
    """How many targets have been judged since the start."""
    evaluated_at: datetime | None
    """When the evaluation that is furthest behind was made."""
    outcomes: dict[str, int]
    """How many findings have each outcome."""
    overdue: int
    """How many open findings are past their deadline, those among them that cannot be seen now."""
    hidden: int
    """How many open findings cannot be seen now, as their resources could not be listed."""
    undated: int
    """How many failures have no deadline, as the state database that tells since when they are open cannot be read."""
    coverage: Coverage | None
    worst: tuple[Standing, ...]
    """Families that fail or are unknown, the worst first."""
    next_due: tuple[FindingSummary, ...]
    """The failures whose deadlines are next, or past."""


class Link(Record):
    """A page elsewhere that the settings name."""

    name: str
    url: str


class Overview(Record):
    """Is the estate healthy?"""

    at: datetime
    version: str
    environment: str
    health: str
    """`healthy`, `attention` or `unknown`."""
    reasons: tuple[str, ...]
    """What needs somebody, or cannot be told, in sentences."""
    alerts: Alerts
    incidents: Incidents | None
    """The open ones; null where they cannot be read: see `notice`."""
    slos: Slos
    controls: State
    fresh: bool
    exporters: tuple[FreshExporter, ...]
    late: tuple[Fresh, ...]
    """What is late, at most 20."""
    links: tuple[Link, ...]
    notice: str
    """What could not be told, and why; empty where everything could."""
