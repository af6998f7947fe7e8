"""Runs checks on what a moto server holds: the real gatherers, questions and evaluation, as in the daemon."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Any

from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.aws.observe import observe
from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.controls.evaluate import evaluate
from ppbe_observe.controls.rules import Override, Rules
from ppbe_observe.model import Finding, Observation, Outcome, Reason
from support.gathering import LocalSession


def rules_for(*checks: str, **parameters: Any) -> Rules:
    """The named checks only, with parameters other than their defaults; the environment is production."""
    chosen = [each for each in CHECKS if each.id in checks]
    assert {each.id for each in chosen} == set(checks), "no such check"
    overrides = {each.id: Override(parameters=parameters) for each in chosen}
    return Rules(chosen, overrides, {}, "production")


def look(session: LocalSession, rules: Rules, now: datetime | None = None) -> Observation:
    """What the rules need to know, gathered from the server; ``now`` is the time that checks are told."""
    at = now or datetime.now(UTC)
    return observe(session, Inventory(session, timedelta(minutes=5)), rules.wanted(), at, monotonic() + 60)


def judge(
    session: LocalSession,
    check: str,
    *,
    now: datetime | None = None,
    kev: Mapping[str, date] | None = None,
    **parameters: Any,
) -> dict[str, Finding]:
    """The findings of one check, by the ARN of the resource."""
    rules = rules_for(check, **parameters)
    findings = evaluate(look(session, rules, now), rules, kev)
    by_arn = {each.resource.arn: each for each in findings}
    assert len(by_arn) == len(findings), "two findings about one resource"
    return by_arn


def only(session: LocalSession, check: str, **keywords: Any) -> tuple[str, str]:
    """Outcome and reason of the one finding of a check."""
    (finding,) = judge(session, check, **keywords).values()
    return finding.outcome.value, finding.verdict.reason


def unseen(session: LocalSession, check: str, operation: str, code: str = "AccessDeniedException") -> None:
    """Assert that the check is unknown, for every resource, when an operation is denied; and say why."""
    session.refuse(operation, code, status=403)
    findings = judge(session, check).values()
    assert findings
    assert {each.outcome for each in findings} == {Outcome.UNKNOWN}
    assert {each.verdict.cause for each in findings} == {Reason.DENIED}
    assert all(each.verdict.reason.startswith(f"denied: {operation}: ") for each in findings)
