"""Findings as rows of their table, and back. Pure."""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import Row

from ppbe_observe.model import FindingKey, Outcome, Severity, Tracked
from ppbe_observe.state.tables import finding

COLUMNS = tuple(column for column in finding.columns if column.name != "id")

_SEVERITIES = {each.value: each for each in Severity}
_OUTCOMES = {each.value: each for each in Outcome}


def key_of(key: FindingKey) -> dict[str, Any]:
    """The primary key of a finding; a digest stands for the ARN, which has no limit."""
    digest = sha256(f"{key.check}\0{key.resource}".encode("utf-8", "surrogatepass")).digest()
    return {"account_id": key.account_id, "region": key.region, "id": digest}


def state_of(tracked: Tracked) -> dict[str, Any]:
    """What of a finding may change."""
    return {
        "severity": tracked.severity.value,
        "outcome": tracked.outcome.value,
        "open": tracked.open,
        "first_seen": tracked.first_seen,
        "opened_at": tracked.opened_at,
        "last_seen": tracked.last_seen,
        "resolved_at": tracked.resolved_at,
        "opened": tracked.opened,
        "flaps": tracked.flaps,
        "reason": tracked.reason,
    }


def row_of(tracked: Tracked) -> dict[str, Any]:
    """All that is stored of a finding."""
    told = {"check": tracked.key.check, "resource": tracked.key.resource}
    return key_of(tracked.key) | told | state_of(tracked)


def tracked_of(rows: Iterable[Row[Any]]) -> Iterator[Tracked]:
    """The findings of rows that hold ``COLUMNS``; what many of them share is in memory once."""
    seen: dict[Any, Any] = {}
    shared = seen.setdefault
    for row in rows:
        account_id, region, check, arn, severity, outcome, *rest = tuple(row)
        is_open, first_seen, opened_at, last_seen, resolved_at, opened, flaps, reason = rest
        yield Tracked(
            key=FindingKey(shared(check, check), arn, shared(account_id, account_id), shared(region, region)),
            severity=_SEVERITIES[severity],
            outcome=_OUTCOMES[outcome],
            open=is_open,
            first_seen=shared(first_seen, first_seen),
            opened_at=shared(opened_at, opened_at),
            last_seen=shared(last_seen, last_seen),
            resolved_at=shared(resolved_at, resolved_at),
            opened=opened,
            flaps=flaps,
            reason=shared(reason, reason),
        )
