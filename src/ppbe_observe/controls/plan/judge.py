"""Judges a plan by the rules of the settings. Pure.

Invariants: nothing is said of what the plan does not hold; a failure that rests on something being nowhere in the plan
is none, where it may exist outside of it: then it is unknown.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from ppbe_observe.controls.check import Check
from ppbe_observe.controls.evaluate import evaluate
from ppbe_observe.controls.plan.block import PLAN
from ppbe_observe.controls.plan.observe import ACCOUNT_WIDE, observe
from ppbe_observe.controls.plan.planned import Plan
from ppbe_observe.controls.rules import Rules
from ppbe_observe.model import Finding, Observation, Outcome, Reason, Verdict

_ELSEWHERE = frozenset({"ec2:vpc-endpoint", "ec2:vpc-flow-log"})
"""Kinds of which a resource that exists already may have some that this plan does not hold."""


def judge_plan(
    document: Mapping[str, Any], rules: Rules, now: datetime, kev: Mapping[str, date] | None = None
) -> tuple[Finding, ...]:
    """Every finding on what a plan makes.

    Raises:
        SettingsError: The document is no plan that can be judged.
    """
    plan = Plan(document)
    made = {each.arn for each in plan.resources if plan.certain_of(each)}
    checks = {each.id: each for each in rules.checks}
    return tuple(
        _certain(finding, checks[finding.check], made)
        for seen in observe(plan, rules.wanted(), now)
        for finding in evaluate(seen, _narrowed(rules, seen), kev)
    )


def _narrowed(rules: Rules, seen: Observation) -> Rules:
    return rules.narrowed(lambda check, _: told_of(check, seen))


def told_of(check: Check, seen: Observation) -> bool:
    """Whether the plan holds what a check looks at; of what is set for a whole account it may hold nothing."""
    if check.on not in ACCOUNT_WIDE or (found := seen.kinds.get(check.on)) is None:
        return True
    if check.uses:
        return all(kind in seen.kinds for kind in check.uses)
    return all(name in each.details for each in found.resources for name in check.needs)


def _certain(finding: Finding, check: Check, made: set[str]) -> Finding:
    """The finding; unknown where it fails for what may be outside of the plan."""
    resource, verdict = finding.resource, finding.verdict
    account_wide = resource.kind in ACCOUNT_WIDE and bool(check.uses)
    of_all = resource.arn.endswith(":*")
    of_parts = not _ELSEWHERE.isdisjoint(check.uses) and resource.arn not in made
    if verdict.outcome is not Outcome.FAIL or not (account_wide or of_all or of_parts):
        return finding
    said = f"of what the plan holds: {verdict.reason}; a plan does not tell what exists outside of it"
    doubtful = Verdict(Outcome.UNKNOWN, said, Reason.UNSUPPORTED, operation=PLAN)
    return replace(finding, verdict=doubtful, exemption=None)
