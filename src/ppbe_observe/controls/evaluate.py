"""Judges what was observed. Pure.

Invariants: every check that applies on the target leaves at least one finding; what could not be seen leaves unknown,
never pass; no resources leave not applicable only where the listing itself succeeded.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from typing import TypeVar

from ppbe_observe.controls.check import Check, Subject, Unseen, World, not_applicable
from ppbe_observe.controls.rules import Rule, Rules
from ppbe_observe.model import (
    Exemption,
    Failure,
    Finding,
    Found,
    Observation,
    Outcome,
    Reason,
    Resource,
    Target,
    Verdict,
)

V = TypeVar("V", bound=Verdict | None)

_UNDOCUMENTED = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
_WORDS = {Reason.UNSUPPORTED: "not supported here"}


def evaluate(observation: Observation, rules: Rules, kev: Mapping[str, date] | None = None) -> tuple[Finding, ...]:
    """Every finding on one target; a kind that was not looked at has none."""
    world = World(observation.at, observation.kinds, kev, rules.regions_of(observation.target.account_id))
    return tuple(
        finding
        for check in rules.checks
        if (found := observation.kinds.get(check.on)) is not None
        for finding in _findings(check, found, world, rules, observation.target)
    )


def because(failure: Failure) -> Verdict:
    """Unknown, since something could not be seen."""
    word = _WORDS.get(failure.reason, failure.reason.value)
    reason = f"{word}: {failure.operation}: {failure.detail}"
    return Verdict(Outcome.UNKNOWN, reason, failure.reason, operation=failure.operation)


def whole(kind: str, target: Target) -> Resource:
    """Stands for all resources of a kind on a target."""
    service = kind.partition(":")[0]
    return Resource(f"arn:{target.partition}:{service}:{target.region}:{target.account_id}:*", kind, target)


def _findings(check: Check, found: Found, world: World, rules: Rules, target: Target) -> Iterator[Finding]:
    if found.failures:
        yield _finding(check, whole(check.on, target), because(found.failures[0]), world, rules)
        return
    judged = [each for resource in found.resources if (each := _judged(check, resource, found, world, rules))]
    yield from judged
    for arn, failure in found.missed.items():
        yield _finding(check, Resource(arn, check.on, target), because(failure), world, rules)
    every = whole(check.on, target)
    if verdict := _together(check, every, world, rules):
        yield _finding(check, every, verdict, world, rules)
    elif not judged and not found.missed:
        none = f"it is switched off for every {check.on} here" if found.resources else f"there is no {check.on} here"
        yield _finding(check, every, not_applicable(none), world, rules)


def _together(check: Check, every: Resource, world: World, rules: Rules) -> Verdict | None:
    """What the check says of all of its kind together."""
    rule = rules.of(check, rules.environment)
    return _verdict(rule, check.together, every, world) if rule and check.together else None


def _judged(check: Check, resource: Resource, found: Found, world: World, rules: Rules) -> Finding | None:
    """None where the check is switched off in the environment of the resource."""
    if found.untagged and rules.by_environment(check):
        return _finding(check, resource, because(found.untagged), world, rules)
    environment = rules.environment_of(resource)
    rule = rules.of(check, environment)
    if rule is None:
        return None
    if check.only_in and environment not in check.only_in:
        verdict = not_applicable(f"applies to {', '.join(check.only_in)}; this is {environment}")
    else:
        verdict = _verdict(rule, check.judge, resource, world)
    return _accepted(Finding(check.id, rule.severity, resource, verdict, world.now, rule.parameters), rules)


def _finding(check: Check, resource: Resource, verdict: Verdict, world: World, rules: Rules) -> Finding:
    """Of what belongs to no environment, or to one that is not known."""
    rule = rules.anywhere(check)
    return _accepted(Finding(check.id, rule.severity, resource, verdict, world.now, rule.parameters), rules)


def _verdict(rule: Rule, judge: Callable[..., V], resource: Resource, world: World) -> V | Verdict:
    if failure := _unseen(rule.check, resource, world):
        return because(failure)
    try:
        return judge(Subject(resource, world), **rule.parameters)
    except Unseen as unseen:
        return because(unseen.failure)
    except _UNDOCUMENTED as error:
        told = f"the answer is not as documented: {type(error).__name__}: {error}"
        return because(Failure(Reason.MALFORMED, _read(rule.check, resource), told))


def _read(check: Check, resource: Resource) -> str:
    """What a check read: the call that told the resource, else the first of what it looks at beside it."""
    return resource.source.operation if resource.source else (*check.needs, *check.uses, check.on)[0]


def _unseen(check: Check, resource: Resource, world: World) -> Failure | None:
    for operation in check.needs:
        if isinstance(detail := resource.details.get(operation), Failure):
            return detail
    for kind in check.uses:
        found = world.kinds[kind]
        for failure in (*found.failures, *found.missed.values()):
            return failure
    return None


def _accepted(finding: Finding, rules: Rules) -> Finding:
    """The finding with the exemption that covers it; one that has expired is named in the reason."""
    if finding.verdict.outcome is not Outcome.FAIL:
        return finding
    expired: Exemption | None = None
    for each in rules.exemptions.get(finding.check, ()):
        if fnmatchcase(finding.resource.arn, each.resource):
            if finding.at.date() <= each.expires:
                return replace(finding, exemption=each)
            expired = each
    if expired is None:
        return finding
    said = f"{finding.verdict.reason} (the exemption by {expired.owner} expired on {expired.expires})"
    return replace(finding, verdict=replace(finding.verdict, reason=said))
