"""Findings: one check on one resource, as it was last judged. Pure."""

from datetime import date, datetime

from pydantic import JsonValue

from ppbe_observe.web.records.base import Call, Part, Record


class FindingSummary(Record):
    """A finding in a line."""

    id: str
    """The same in every evaluation, and in every format of `ppbe-observe check`."""
    outcome: str
    """`fail`, `unknown`, `exempt`, `pass` or `not_applicable`."""
    severity: str
    """`critical`, `high`, `medium` or `low`."""
    check: str
    title: str
    """What holds where the check passes."""
    service: str
    resource: str
    """Its ARN; one that ends in `:*` stands for all resources of the kind."""
    kind: str
    account_id: str
    region: str
    reason: str
    """Why the outcome is what it is."""
    controls: tuple[str, ...]
    indicators: tuple[str, ...]
    first_seen: datetime | None
    """When it failed for the first time, where that is remembered."""
    due: datetime | None
    """By when it must be mended, where it fails and a rule says so."""
    overdue: bool
    evaluated_at: datetime


class Findings(Part):
    """Findings, the worst first."""

    outcomes: dict[str, int]
    """How many of all that match have each outcome."""
    judged: bool
    """Whether any target has been judged since the start: without that an empty list says nothing."""
    items: tuple[FindingSummary, ...]


class Deadline(Record):
    """By when a failure must be mended, and whose rule says so."""

    by: datetime | None
    rule: str
    accept_by: datetime
    """When it must be marked as accepted (CR26: 192 days)."""


class Accepted(Record):
    """Who accepts a failure, until when, and why."""

    owner: str
    reason: str
    expires: date


class History(Record):
    """What is remembered of a finding that has failed at least once."""

    open: bool
    first_seen: datetime
    opened_at: datetime
    """When it last went from mended, or from nothing, to failed: deadlines count from here."""
    last_seen: datetime
    resolved_at: datetime | None
    opened: int
    """How often it was opened."""
    flaps: int
    """How often it went from open to resolved or back."""


class Seen(Record):
    """What AWS said of a resource, without what may be a secret."""

    facts: dict[str, JsonValue]
    """What the listing said, under AWS's own names."""
    details: dict[str, JsonValue]
    """What further calls said, by `service:Operation`; a text where the call failed."""
    tags: dict[str, str]
    provenance: tuple[Call, ...]


class FindingDetail(Record):
    """Everything that is known of a finding."""

    finding: FindingSummary
    description: str
    """What the check looks at, and why it matters."""
    remediation: str
    parameters: dict[str, JsonValue]
    """What it was judged by."""
    cause: str | None
    """In one word why it is unknown."""
    operation: str | None
    """The call that did not succeed."""
    deadline: Deadline | None
    accepted: Accepted | None
    history: History | None
    """None where it has never failed, or where that cannot be read: see `notice`."""
    seen: Seen
    notice: str
    """What could not be told, and why; empty where everything could."""
