"""Looks at a plan as at a target: an observation for each region that it makes something in. Pure.

Invariants: a kind is there only where the plan holds one of it, so that nothing is said of others; a kind that a check
uses beside its own is empty where Terraform could describe it, and could not be seen where no plan ever tells of it.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from ppbe_observe.controls.check import Unseen
from ppbe_observe.controls.plan.block import PLAN, untold
from ppbe_observe.controls.plan.facts import PlannedFacts, nothing_of
from ppbe_observe.controls.plan.places import ACCOUNT
from ppbe_observe.controls.plan.planned import Plan, Planned
from ppbe_observe.controls.plan.services import (
    alarms,
    alb,
    cloudtrail,
    ecr,
    ecs,
    elasticache,
    iam,
    kms,
    logs,
    oversight,
    rds,
    s3,
    secrets,
    sns,
    vpc,
    waf,
)
from ppbe_observe.controls.plan.telling import Answerer, Description
from ppbe_observe.model import Answer, Facts, Failure, Found, Labels, Observation, Provenance, Reason, Resource, Target

DESCRIPTIONS: tuple[Description, ...] = (
    *alarms.DESCRIPTIONS,
    *alb.DESCRIPTIONS,
    *cloudtrail.DESCRIPTIONS,
    *ecr.DESCRIPTIONS,
    *ecs.DESCRIPTIONS,
    *elasticache.DESCRIPTIONS,
    *iam.DESCRIPTIONS,
    *kms.DESCRIPTIONS,
    *logs.DESCRIPTIONS,
    *oversight.DESCRIPTIONS,
    *rds.DESCRIPTIONS,
    *s3.DESCRIPTIONS,
    *secrets.DESCRIPTIONS,
    *sns.DESCRIPTIONS,
    *vpc.DESCRIPTIONS,
    *waf.DESCRIPTIONS,
)
"""How every type that is understood tells of our kinds."""

IMAGE, AWS_POLICY = "ecr:image", "iam:aws-policy"
DERIVED = frozenset({IMAGE, AWS_POLICY})
"""Kinds that no type describes: what others name."""

ACCOUNT_WIDE = frozenset({"aws:account", "aws:region"})
KINDS = frozenset(each.kind for each in DESCRIPTIONS) | DERIVED
"""Every kind that a plan can hold."""

Wanted = Mapping[str, AbstractSet[str]]
"""The kinds, each with the operations that tell more of it."""


class _Kinds(dict[str, Found]):
    """What a plan holds by kind. Of another kind there is nothing to judge, and to those who use it, as documented."""

    def __missing__(self, kind: str) -> Found:
        return Found() if kind in KINDS else Found(failures=(untold(f"what {kind} there is").failure,))


def observe_plan(document: Mapping[str, Any], wanted: Wanted, now: datetime) -> tuple[Observation, ...]:
    """What is wanted of a plan, by region; that of the provider comes first, with what is not regional.

    Raises:
        SettingsError: The document is no plan that can be judged.
    """
    return observe(Plan(document), wanted, now)


def observe(plan: Plan, wanted: Wanted, now: datetime) -> tuple[Observation, ...]:
    """The same of a plan that was read."""
    look = _Look(plan, wanted, now)
    found: dict[Target, list[Resource]] = {plan.home: []}
    for each in look.resources():
        found.setdefault(each.target, []).append(each)
    return tuple(Observation(target, now, _by_kind(each, look)) for target, each in found.items() if each)


def _by_kind(resources: list[Resource], look: "_Look") -> _Kinds:
    grouped: dict[str, list[Resource]] = {}
    for each in resources:
        grouped.setdefault(each.kind, []).append(each)
    return _Kinds({kind: Found(tuple(each), untagged=look.untagged.get(kind)) for kind, each in grouped.items()})


class _Look:
    """One look at a plan; ``untagged`` says of which kinds the tags of some cannot be told."""

    def __init__(self, plan: Plan, wanted: Wanted, now: datetime) -> None:
        self.untagged: dict[str, Failure] = {}
        self._plan = plan
        self._wanted = wanted
        self._source = Provenance(PLAN, None, now)

    def resources(self) -> Iterator[Resource]:
        """All that is described, then what it names, then the accounts and regions that it is in."""
        wide: dict[tuple[str, Target], dict[str, Answer | Failure]] = {}
        seen: dict[Target, None] = {self._plan.home: None}
        for description in DESCRIPTIONS:
            for each in self._plan.of(*description.types) if description.kind in self._wanted else ():
                target = self._target(description.kind, each)
                seen[target] = None
                if description.kind in ACCOUNT_WIDE:
                    wide.setdefault((description.kind, target), {}).update(self._details(description, each))
                elif self._counts(description, each):
                    yield self._resource(description, each, target)
        yield from self._derived()
        for target in seen:
            for kind in ("aws:region", *(("aws:account",) if target == self._plan.home else ())):
                if kind in self._wanted:
                    root = f"arn:{target.partition}:iam::{ACCOUNT}:root"
                    yield Resource(root, kind, target, details=wide.get((kind, target), {}), source=self._source)

    def _counts(self, description: Description, planned: Planned) -> bool:
        try:
            return description.only(planned)
        except Unseen:
            return True

    def _target(self, kind: str, planned: Planned) -> Target:
        """IAM is not regional."""
        return self._plan.home if kind.startswith("iam:") or kind == "aws:account" else planned.target

    def _resource(self, description: Description, planned: Planned, target: Target) -> Resource:
        return Resource(
            planned.arn,
            description.kind,
            target,
            tags=self._tags(description.kind, planned),
            facts=PlannedFacts(planned.address, planned, description.facts),
            details=self._details(description, planned),
            source=self._source,
        )

    def _tags(self, kind: str, planned: Planned) -> Labels:
        try:
            return planned.tags()
        except Unseen as unseen:
            self.untagged.setdefault(kind, unseen.failure)
            return ()

    def _details(self, description: Description, planned: Planned) -> dict[str, Answer | Failure]:
        wanted = self._wanted[description.kind]
        asked = {name: tell for name, tell in description.details.items() if name in wanted or name in _ALWAYS}
        told = {name: self._answer(tell, planned, name) for name, tell in asked.items()}
        return {name: each for name, each in told.items() if each is not None}

    def _answer(self, tell: Answerer, planned: Planned, name: str) -> Answer | Failure | None:
        try:
            value = tell(planned)
        except Unseen as unseen:
            return unseen.failure
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            return Failure(Reason.MALFORMED, PLAN, f"{name}: {type(error).__name__}: {error}")
        return None if value is None else Answer(value, (self._source,))

    def _derived(self) -> Iterator[Resource]:
        if IMAGE in self._wanted:
            yield from self._images()
        if AWS_POLICY in self._wanted:
            yield from self._policies()

    def _images(self) -> Iterator[Resource]:
        found: dict[tuple[Target, str], list[tuple[str, Planned, Facts]]] = {}
        for task in self._plan.of(ecs.TASK):
            for arn, name, identity in ecs.images_of(task):
                found.setdefault((task.target, arn), []).append((name, task, identity))
        for (target, arn), named in found.items():
            facts = {**named[0][2], "images": tuple(dict.fromkeys(name for name, _, _ in named))}
            details: dict[str, Answer | Failure] = {
                operation: Answer(nothing_of(_OF_IMAGES.get(operation, operation)), (self._source,))
                for operation in self._wanted[IMAGE]
            }
            tags = self._tags(IMAGE, named[0][1])
            yield Resource(arn, IMAGE, target, tags=tags, facts=facts, details=details, source=self._source)

    def _policies(self) -> Iterator[Resource]:
        arns: dict[str, None] = {}
        for role in self._plan.of("aws_iam_role"):
            try:
                arns.update(dict.fromkeys(each for each in iam.attached(role) if isinstance(each, str)))
            except Unseen:
                continue  # the role itself says so
        for arn in arns:
            failure = untold(f"what the policy {arn} allows, which is not in the plan").failure
            details = dict.fromkeys(self._wanted[AWS_POLICY], failure)
            yield Resource(arn, AWS_POLICY, self._plan.home, details=details, source=self._source)


_OF_IMAGES = {
    "ecr:DescribeImages": "whether the registry has the image",
    "ecr:DescribeImageScanFindings": "what a scan of the image finds",
}
_ALWAYS = frozenset(
    {"elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeRules", "iam:GetRolePolicy"}
)
"""What belongs to the listing of a kind: no check names it among its needs."""
