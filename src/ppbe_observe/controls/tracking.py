"""What an evaluation changes in what is remembered. Pure.

Invariants: what could not be judged again stays as it was, only its outcome becomes unknown; what is no longer there is
resolved only where its check could judge everything; a row is given back only where it changed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ppbe_observe.model import Finding, FindingKey, Outcome, Tracked

GONE = "it is no longer there"
OFF = "the check is switched off"

_OPEN = frozenset({Outcome.FAIL, Outcome.EXEMPT})


class Change(StrEnum):
    """What happened to a finding."""

    OPENED = "opened"
    REOPENED = "reopened"
    RESOLVED = "resolved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of one finding."""

    change: Change
    tracked: Tracked


def key_of(finding: Finding) -> FindingKey:
    """Which finding it is."""
    target = finding.resource.target
    return FindingKey(finding.check, finding.resource.arn, target.account_id, target.region)


def follow(current: Mapping[FindingKey, Tracked], findings: Sequence[Finding], now: datetime) -> list[Transition]:
    """What changes in what is remembered of a target, from all findings on it."""
    found = {key_of(each): each for each in findings}
    judged = {each.check for each in findings}
    sighted = verified(findings)
    changes = [_seen(current.get(key), key, finding, now) for key, finding in found.items()]
    for key, last in current.items():
        if key not in found and last.open:
            blind = key.check in judged and key.check not in sighted
            changes.append(_blinded(last) if blind else _gone(last, GONE if key.check in judged else OFF, now))
    return [each for each in changes if each is not None]


def verified(findings: Iterable[Finding]) -> set[str]:
    """The checks that could judge everything they had to."""
    outcomes: dict[str, bool] = {}
    for each in findings:
        outcomes[each.check] = outcomes.get(each.check, True) and each.outcome is not Outcome.UNKNOWN
    return {check for check, whole in outcomes.items() if whole}


def rows(transitions: Iterable[Transition]) -> Iterator[Tracked]:
    """What has to be written."""
    return (each.tracked for each in transitions)


def _seen(last: Tracked | None, key: FindingKey, finding: Finding, now: datetime) -> Transition | None:
    if finding.outcome in _OPEN:
        return _failing(last, key, finding, now)
    if last is None or not last.open:
        return None
    if finding.outcome is Outcome.UNKNOWN:
        return _blinded(last)
    return Transition(Change.RESOLVED, _resolved(last, finding.outcome, finding.verdict.reason, now))


def _failing(last: Tracked | None, key: FindingKey, finding: Finding, now: datetime) -> Transition | None:
    if last is None:
        return Transition(Change.OPENED, _opened(key, finding, now))
    if not last.open:
        return Transition(Change.REOPENED, _reopened(last, finding, now))
    if (last.outcome, last.severity) == (finding.outcome, finding.severity):
        return None  # a reason may name an age or a count: that it differs is no change
    reason = finding.verdict.reason
    again = replace(last, outcome=finding.outcome, severity=finding.severity, reason=reason, last_seen=now)
    return Transition(Change.CHANGED, again)


def _opened(key: FindingKey, finding: Finding, now: datetime) -> Tracked:
    return Tracked(
        key=key,
        severity=finding.severity,
        outcome=finding.outcome,
        open=True,
        first_seen=now,
        opened_at=now,
        last_seen=now,
        resolved_at=None,
        opened=1,
        flaps=0,
        reason=finding.verdict.reason,
    )


def _reopened(last: Tracked, finding: Finding, now: datetime) -> Tracked:
    return replace(
        last,
        severity=finding.severity,
        outcome=finding.outcome,
        open=True,
        opened_at=now,
        last_seen=now,
        resolved_at=None,
        opened=last.opened + 1,
        flaps=last.flaps + 1,
        reason=finding.verdict.reason,
    )


def _resolved(last: Tracked, outcome: Outcome, reason: str, now: datetime) -> Tracked:
    return replace(last, outcome=outcome, open=False, resolved_at=now, flaps=last.flaps + 1, reason=reason)


def _gone(last: Tracked, reason: str, now: datetime) -> Transition:
    return Transition(Change.RESOLVED, _resolved(last, Outcome.NOT_APPLICABLE, reason, now))


def _blinded(last: Tracked) -> Transition | None:
    """It stays open, and as it was last seen."""
    if last.outcome is Outcome.UNKNOWN:
        return None
    return Transition(Change.CHANGED, replace(last, outcome=Outcome.UNKNOWN))
