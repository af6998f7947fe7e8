"""What a check says of a resource. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from ppbe_observe.model.resources import Reason, Resource


class Severity(StrEnum):
    """How much harm a failed check can do, the worst first. These words are label values: they do not change."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Outcome(StrEnum):
    """What became of one check on one resource, the worst first. These words are label values: they do not change."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    EXEMPT = "exempt"
    PASS = "pass"  # noqa: S105 - not a password
    NOT_APPLICABLE = "not_applicable"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Outcome).index(self)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check concludes, for a person to read.

    ``cause`` says in one word why it is unknown, ``operation`` which call did not succeed. ``due`` is a date by which
    it must be mended whatever its severity: that of CISA's catalog of known exploited vulnerabilities.
    """

    outcome: Outcome
    reason: str
    cause: Reason | None = None
    due: date | None = None
    operation: str | None = None


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why a failed check is accepted on some resources, who answers for it, and the last day that it holds (UTC)."""

    check: str
    resource: str
    reason: str
    owner: str
    expires: date


@dataclass(frozen=True, slots=True)
class Finding:
    """One check on one resource at one time, with the parameters that it was judged by.

    Where the resources could not be listed, there are none, or something is said of all of them together, ``resource``
    stands for all of its kind on the target: its ARN ends in ``:*``.
    """

    check: str
    severity: Severity
    resource: Resource
    verdict: Verdict
    at: datetime
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)
    exemption: Exemption | None = None

    @property
    def outcome(self) -> Outcome:
        """The verdict, or exempt where it is a failure that is accepted."""
        exempt = self.exemption is not None and self.verdict.outcome is Outcome.FAIL
        return Outcome.EXEMPT if exempt else self.verdict.outcome
