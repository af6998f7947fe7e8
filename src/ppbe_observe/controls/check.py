"""What a check is, and the words that its function uses. Pure.

Invariants: a check sees values only; what it may ask for is declared, and what could not be seen can neither pass nor
fail: ``Subject.detail`` and ``Subject.all`` raise ``Unseen``, which evaluation turns into unknown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ppbe_observe.model import Answer, Facts, Failure, Found, Outcome, Reason, Resource, Severity, Verdict

CRITICAL, HIGH, MEDIUM, LOW = Severity

Parameters = Mapping[str, Any]
"""Parameters by name: integers, strings, booleans, and tuples of them."""


class Unseen(Exception):  # noqa: N818 - it is an answer, not an error
    """What the check needs could not be seen; ``failure`` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


@dataclass(frozen=True, slots=True)
class World:
    """What a check may look at beside its resource: the other kinds on the same target, the time, and CISA's catalog.

    ``kev`` gives the due date of each known exploited vulnerability by its CVE; None where no catalog was given.
    ``regions`` are those of the account that are judged; any may be where it is empty.
    """

    now: datetime
    kinds: Mapping[str, Found] = field(default_factory=dict)
    kev: Mapping[str, date] | None = None
    regions: frozenset[str] = frozenset()

    def judges(self, region: str) -> bool:
        """Whether a region of the account may be judged."""
        return not self.regions or region in self.regions


@dataclass(frozen=True, slots=True)
class Subject:
    """The resource that is judged, and what is known beside it."""

    resource: Resource
    world: World

    @property
    def arn(self) -> str:
        """The resource's ARN."""
        return self.resource.arn

    @property
    def facts(self) -> Facts:
        """What the listing said of it, under AWS's own names."""
        return self.resource.facts

    @property
    def tags(self) -> dict[str, str]:
        """Its tags."""
        return dict(self.resource.tags)

    @property
    def now(self) -> datetime:
        """When it was looked at."""
        return self.world.now

    def detail(self, operation: str) -> Mapping[str, Any] | None:
        """What a further operation said of it, as AWS said it; None where there was nothing to ask.

        Raises:
            Unseen: The call failed.
        """
        found = self.resource.details.get(operation)
        if isinstance(found, Failure):
            raise Unseen(found)
        return found.value if isinstance(found, Answer) else None

    def told(self, operation: str) -> Mapping[str, Any]:
        """The same where there is always something to ask: empty only where AWS said that there is none.

        Raises:
            Unseen: The call failed, or was not made.
        """
        if (answer := self.detail(operation)) is None:
            raise Unseen(Failure(Reason.UNSUPPORTED, operation, "was not asked"))
        return answer

    def all(self, kind: str) -> tuple["Subject", ...]:
        """Every resource of another kind on the target.

        Raises:
            Unseen: They could not be listed, or one of them could not be read.
        """
        found = self.world.kinds[kind]
        for failure in (*found.failures, *found.missed.values()):
            raise Unseen(failure)
        return tuple(Subject(each, self.world) for each in found.resources)


Judge = Callable[..., Verdict]
"""The function of a check: of a subject and the parameters by name."""

JudgeTogether = Callable[..., Verdict | None]
"""The same of all resources of a kind together; None where nothing is to be said of them."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule about one kind of resource.

    Attributes:
        id: Its name everywhere: settings, metrics, reports.
        on: The kind it judges (``rds:db``).
        needs: Operations whose details it reads, of its own kind and of those it uses.
        uses: Other kinds that it looks at.
        title: What holds where it passes, in a few words.
        description: What it looks at and why it matters.
        remediation: What to do where it fails.
        controls: NIST 800-53 Rev5 controls (``cp-9``).
        indicators: FedRAMP Key Security Indicators (``KSI-RPL-ABO``).
        only_in: Environments that it applies to; all where empty.
        parameters: Their defaults.
        judge: The rule.
        together: What else it says of all resources of the kind together (that a required one does not exist, that
            there rightly is none); its subject stands for all of them.
        service: The service as boto3 calls it; set by the registry.
    """

    id: str
    on: str
    severity: Severity
    title: str
    description: str
    remediation: str
    controls: tuple[str, ...]
    indicators: tuple[str, ...]
    needs: tuple[str, ...]
    uses: tuple[str, ...]
    only_in: tuple[str, ...]
    parameters: Parameters
    judge: Judge
    together: JudgeTogether | None = None
    service: str = ""


def check(
    identifier: str,
    *,
    on: str,
    severity: Severity,
    title: str,
    remediation: str,
    controls: tuple[str, ...],
    indicators: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
    uses: tuple[str, ...] = (),
    only_in: tuple[str, ...] = (),
    together: JudgeTogether | None = None,
    **parameters: Any,
) -> Callable[[Judge], Check]:
    """Declare a check; its description is the docstring of the function, its parameters are the function's own."""

    def declared(judge: Judge) -> Check:
        return Check(
            id=identifier,
            on=on,
            severity=severity,
            title=title,
            description=" ".join((judge.__doc__ or "").split()),
            remediation=remediation,
            controls=controls,
            indicators=indicators,
            needs=needs,
            uses=uses,
            only_in=only_in,
            parameters=parameters,
            judge=judge,
            together=together,
        )

    return declared


def passed(reason: str) -> Verdict:
    """It is as it should be."""
    return Verdict(Outcome.PASS, reason)


def failed(reason: str, *, due: date | None = None) -> Verdict:
    """It is not."""
    return Verdict(Outcome.FAIL, reason, due=due)


def verdict(holds: bool, reason: str) -> Verdict:  # noqa: FBT001 - reads as a sentence
    """Pass where it holds, else fail; the reason is true of both: it states what is."""
    return passed(reason) if holds else failed(reason)


def not_applicable(reason: str) -> Verdict:
    """The rule does not concern this resource."""
    return Verdict(Outcome.NOT_APPLICABLE, reason)


def unknown(cause: Reason, reason: str) -> Verdict:
    """It cannot be told, though every call succeeded."""
    return Verdict(Outcome.UNKNOWN, reason, cause)
