"""What is remembered of a finding from one evaluation to the next. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from ppbe_observe.model.findings import Outcome, Severity


class FindingKey(NamedTuple):
    """What makes a finding the same one: the check, the ARN, and where it was seen."""

    check: str
    resource: str
    account_id: str
    region: str


@dataclass(frozen=True, slots=True)
class Tracked:
    """A finding that has failed at least once.

    Attributes:
        key: Which one it is.
        severity: As last seen.
        outcome: As last seen; unknown where it could not be judged again.
        open: Whether it has failed, or is accepted, and has not been seen mended since.
        first_seen: When it failed for the first time.
        opened_at: When it last went from mended, or from nothing, to failed: deadlines count from here.
        last_seen: When it was last seen failing; for an open one the evaluation of its check may be newer.
        resolved_at: When it was last seen mended or gone; None while open.
        opened: How often it was opened.
        flaps: How often it went from open to resolved or back, the first opening not counted.
        reason: What was last said of it.
    """

    key: FindingKey
    severity: Severity
    outcome: Outcome
    open: bool
    first_seen: datetime
    opened_at: datetime
    last_seen: datetime
    resolved_at: datetime | None
    opened: int
    flaps: int
    reason: str


@dataclass(frozen=True, slots=True)
class DailyState:
    """What a control or an indicator (``subject``) was on one day (UTC): at last, and at worst."""

    day: date
    subject: str
    id: str
    state: str
    worst: str
