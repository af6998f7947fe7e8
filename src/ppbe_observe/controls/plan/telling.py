"""How attributes of the provider tell facts of AWS: the words of the tables in ``services``. Pure.

Each word gives a function of a resource or block. An attribute that is null is one that neither the configuration nor
the provider gives a value: each word says what that means.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ppbe_observe.controls.check import Unseen
from ppbe_observe.controls.plan.block import PLAN, Block, untold
from ppbe_observe.controls.plan.facts import ABSENT, PlannedFacts, nothing_of
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.model import Failure, Reason


class Source(Protocol):
    """What has attributes: a resource, or a block in one."""

    def __getitem__(self, name: str) -> Any:
        """An attribute."""
        ...

    def holds(self, name: str) -> bool:
        """Whether the plan says anything of it."""
        ...


Tell = Callable[[Source], Any]
Teller = Callable[[Planned], Any]
Tellers = Mapping[str, Teller]
Answerer = Callable[[Planned], Mapping[str, Any] | None]
"""What a further operation says of a resource; None where there is nothing to ask."""


@dataclass(frozen=True, slots=True)
class Description:
    """How a type of the provider tells of a kind of ours.

    Attributes:
        types: The types (``aws_lb``).
        kind: Our kind.
        facts: What the listing says, by AWS's names.
        details: What further operations say.
        only: Which resources of the types count.
    """

    types: tuple[str, ...]
    kind: str
    facts: Tellers = field(default_factory=dict)
    details: Mapping[str, Answerer] = field(default_factory=dict)
    only: Callable[[Planned], bool] = lambda _: True


def told(name: str) -> Tell:
    """The attribute itself; where it is null AWS chooses, which a plan does not tell."""

    def tell(source: Source) -> Any:
        if (value := source[name]) is None:
            raise Unseen(Failure(Reason.PARTIAL, PLAN, f"not set, so that AWS chooses: {name}"))
        return value

    return tell


def optional(name: str) -> Tell:
    """The attribute; where it is null or empty, AWS leaves the member out."""
    return lambda source: _or_absent(source[name])


def given(name: str, otherwise: Any) -> Tell:
    """The attribute; what AWS documents as its default where it is null."""
    return lambda source: otherwise if source[name] is None else source[name]


def newer(name: str, tell: Tell, otherwise: Any) -> Tell:
    """The same for an attribute that not all versions of the provider have: these cannot change the default."""
    return lambda source: tell(source) if source.holds(name) else otherwise


def flag(name: str) -> Tell:
    """A boolean, in the provider sometimes as text; null is false."""
    return lambda source: str(source[name]).lower() == "true"


def number(name: str) -> Tell:
    """A number, where AWS leaves out what is not given; the provider writes 0 for that."""
    return lambda source: source[name] or ABSENT


def switch(name: str) -> Tell:
    """The same as ElastiCache says it."""
    return lambda source: "enabled" if flag(name)(source) else "disabled"


def always(value: Any) -> Tell:
    """What is so of every resource that Terraform manages."""
    return lambda _: value


def absent(_: Source) -> Any:
    """A member that AWS leaves out of the answer about such a resource."""
    return ABSENT


def never(what: str) -> Tell:
    """What no plan tells."""

    def tell(_: Source) -> Any:
        raise untold(what)

    return tell


def unless_set(name: str, otherwise: Any) -> Teller:
    """The attribute; where the configuration leaves it out, what AWS documents as its default."""
    return lambda planned: otherwise if planned.leaves_out(name) or not planned.holds(name) else told(name)(planned)


def time_of(name: str) -> Tell:
    """A time; AWS leaves it out where there is none."""
    return lambda source: datetime.fromisoformat(source[name]) if source[name] else ABSENT


def named(name: str, *types: str) -> Teller:
    """The ARN of the resource that the attribute names, also where that is only known after apply."""

    def tell(planned: Planned) -> Any:
        found = planned.plan.named(planned, name, *types)
        return _or_absent(found.pseudonym if isinstance(found, Planned) else found)

    return tell


def key(name: str = "kms_key_id") -> Teller:
    """The KMS key that encrypts it."""
    return named(name, *KEYS)


KEYS = ("aws_kms_key", "aws_kms_replica_key", "aws_kms_external_key", "aws_kms_replica_external_key")


def own_key(name: str = "kms_key_id") -> Answerer:
    """What ``kms:DescribeKey`` says of that key: one that Terraform makes is the customer's."""

    def describe(planned: Planned) -> Mapping[str, Any] | None:
        found = planned.plan.named(planned, name, *KEYS)
        if isinstance(found, str) and found.rpartition(":")[2].startswith("alias/aws/"):
            return {"KeyMetadata": {"KeyManager": "AWS"}}
        if isinstance(found, str):
            raise untold(f"who manages the key {found}, which is not in the plan")
        return {"KeyMetadata": {"KeyManager": "CUSTOMER"}} if found else None

    return describe


def untold_answer(operation: str) -> Answerer:
    """What a further operation says of it, of which a plan tells nothing."""
    return lambda _: nothing_of(operation)


def answer(operation: str, tellers: Tellers) -> Answerer:
    """What a further operation says, told by attributes of the resource itself."""
    return lambda planned: PlannedFacts(f"{operation} of {planned.address}", planned, tellers)


def part(block: Block, tellers: Mapping[str, Callable[[Block], Any]]) -> PlannedFacts:
    """A structure within a fact, told by a block."""
    return PlannedFacts(block.path("")[:-1], block, tellers)


def json_of(source: Source, name: str) -> Any:
    """What stands in an attribute as JSON text.

    Raises:
        ValueError: It is not JSON.
    """
    return json.loads(source[name])


def _or_absent(value: Any) -> Any:
    return ABSENT if value is None or value == "" else value
