"""Factories of what the evaluation of controls works with."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from ppbe_observe.controls.check import HIGH, Check, Subject, check, verdict
from ppbe_observe.model import Finding, Found, Observation, Outcome, Reason, Resource, Severity, Target, Verdict

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WEST = Target("123456789012", "us-gov-west-1", partition="aws-us-gov")
EAST = Target("123456789012", "us-gov-east-1", partition="aws-us-gov")


def thing(name: str = "one", tags: Mapping[str, str] | None = None, target: Target = WEST, **facts: Any) -> Resource:
    """A resource of kind ``things:thing``."""
    arn = f"arn:{target.partition}:things:{target.region}:{target.account_id}:thing/{name}"
    return Resource(arn, "things:thing", target, tags=tuple((tags or {}).items()), facts=facts)


def seen(*resources: Resource, target: Target = WEST, at: datetime = NOW, **found: Any) -> Observation:
    """An observation of these things."""
    return Observation(target, at, {"things:thing": Found(resources, **found)})


def thing_check(identifier: str = "thing_good", **declared: Any) -> Check:
    """A check that passes where the fact ``Good`` is true."""

    def judge(subject: Subject, **_: Any) -> Verdict:
        return verdict(subject.facts["Good"], f"Good is {subject.facts['Good']}")

    given: dict[str, Any] = {
        "on": "things:thing",
        "severity": HIGH,
        "title": "Things are good",
        "remediation": "Make it good.",
        "controls": ("ac-2",),
        **declared,
    }
    return check(identifier, **given)(judge)


def finding(
    name: str = "one",
    outcome: Outcome = Outcome.FAIL,
    *,
    check: str = "thing_good",
    severity: Severity = HIGH,
    at: datetime = NOW,
    target: Target = WEST,
    reason: str = "because",
    cause: Reason | None = None,
    due: date | None = None,
    operation: str | None = None,
) -> Finding:
    """A finding about a thing."""
    said = Verdict(outcome, reason, cause, due, operation)
    return Finding(check, severity, thing(name, target=target), said, at)
