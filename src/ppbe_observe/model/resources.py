"""Whom AWS is asked about, what it answered, and what could not be seen. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

Labels = tuple[tuple[str, str], ...]
"""Label names with their values, not yet escaped. The exposition sorts them by name and leaves out empty values."""

Facts = Mapping[str, Any]
"""What an AWS describe call returned for one resource, under AWS's own names."""


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role to assume (STS AssumeRole)."""

    arn: str
    external_id: str | None = None
    session_name: str = "ppbe-observe"


@dataclass(frozen=True, slots=True)
class Target:
    """One AWS account in one region, with the role to assume there."""

    account_id: str
    region: str
    partition: str = "aws"
    role: Role | None = None
    profile: str | None = None
    fips: bool = False

    @property
    def name(self) -> str:
        """``account/region``: how logs, spans and the command line name the target."""
        return f"{self.account_id}/{self.region}"


class Reason(StrEnum):
    """Why something could not be seen. These words are label values: they do not change."""

    THROTTLED = "throttled"
    DENIED = "denied"
    EXPIRED = "expired"
    SKEWED = "skewed"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    SERVER = "server"
    PARTIAL = "partial"
    MALFORMED = "malformed"
    UNSUPPORTED = "unsupported"
    REJECTED = "rejected"
    BUDGET = "budget"
    STATE = "state"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that could not be seen: the reason, the AWS operation, and what AWS said."""

    reason: Reason
    operation: str
    detail: str

    def __str__(self) -> str:
        return f"{self.operation}: {self.reason}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Provenance:
    """The AWS call that told something: ``service:Operation``, AWS's id of the request, when it was answered."""

    operation: str
    request_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What AWS said to one question, as it said it, and the calls (pages) that it took."""

    value: Mapping[str, Any] = field(hash=False)
    provenance: tuple[Provenance, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """One AWS thing, with its facts as AWS returned them.

    ``kind`` is ``service:type`` as in its ARN (``rds:db``). ``dimensions`` are those under which CloudWatch
    files its metrics, ``aliases`` further ones, of parts that may not be resources of their own (the nodes of a
    replication group). ``details`` are what further operations said about it, by ``service:Operation``: only checks
    ask for them. ``source`` is the call that told ``facts``.
    """

    arn: str
    kind: str
    target: Target
    dimensions: Labels = ()
    tags: Labels = ()
    aliases: tuple[Labels, ...] = ()
    facts: Facts = field(default_factory=dict, hash=False)
    details: Mapping[str, Answer | Failure] = field(default_factory=dict, hash=False)
    source: Provenance | None = field(default=None, compare=False)

    @property
    def provenance(self) -> tuple[Provenance, ...]:
        """Every call that told something of it."""
        told = (each for each in self.details.values() if isinstance(each, Answer))
        own = (self.source,) if self.source else ()
        return tuple(dict.fromkeys((*own, *(call for answer in told for call in answer.provenance))))


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind on one target.

    ``failures`` are why the listing as a whole could not be seen: then ``resources`` proves nothing. ``missed`` tells,
    by ARN, why one that was listed could not be read; it is not among the resources. ``untagged`` is why their tags
    could not be seen.
    """

    resources: tuple[Resource, ...] = ()
    failures: tuple[Failure, ...] = ()
    missed: Mapping[str, Failure] = field(default_factory=dict)
    untagged: Failure | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One look at one target for the checks: what was found, by kind."""

    target: Target
    at: datetime
    kinds: Mapping[str, Found]
