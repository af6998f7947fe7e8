"""The vocabulary of ``alerts/``: alerts, recording rules and their groups. Pure.

Invariant: what exists is whole. An alert whose expression is no PromQL, whose description names what it cannot know, or
that says no reason is refused where it is written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ppbe_observe.alerting.text import THRESHOLD, VALUE, fields
from ppbe_observe.alerting.units import COUNT, Unit
from ppbe_observe.errors import DefinitionError
from ppbe_observe.place import place
from ppbe_observe.promql.expression import ABSENT, Expression, parsed

ZERO = timedelta()
_ALERT_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_RECORD_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


class Severity(StrEnum):
    """What an alert asks of people. These words are label values: they do not change."""

    PAGE = "page"
    TICKET = "ticket"
    INFO = "info"


PAGE, TICKET, INFO = Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Series that fire an alert, and series that do not: what its unit tests are made of.

    Attributes:
        fires: Series in promtool's notation (``up{job="x"}``) and their values a minute (``0+60x120``).
        quiet: The same where nothing may fire, as near to the threshold as it makes sense.
        labels: The labels of what fires, without those that every rule of the alert has.
        value: The value of what fires, when it first does.
        begins: How long after the first minute the expression first holds.
        absent: Whether nothing at all fires it, too.
    """

    fires: Mapping[str, str]
    quiet: Mapping[str, str]
    labels: Mapping[str, str]
    value: float
    begins: timedelta = ZERO
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One unit test written by hand: these series, and what fires at that time.

    Attributes:
        title: What it shows.
        series: As in an Example.
        at: Time since the first minute.
        value: The value of the one alert that fires then; None where none may.
        labels: Its labels, without those that every rule of the alert has.
    """

    title: str
    series: Mapping[str, str]
    at: timedelta
    value: float | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert.

    Attributes:
        name: ``RdsStorageLow``: the same at every step of the escalation, and the name of its runbook.
        expr: PromQL, with its comparison; metric names come from the exporters.
        severity: What it asks of people.
        owner: Who mends it (``sre``, ``isso``).
        summary: What is wrong, without a variable: the title of the page.
        description: What is wrong with what, and by how much: ``{value}``, ``{threshold}`` and labels in braces.
        reason: Why this expression and threshold, and where they come from.
        unit: How value and threshold read.
        lasts: How long it holds before it fires (``for``).
        keeps: How long it fires on after it no longer holds (``keep_firing_for``).
        reach: How far back the recorded series look on which it ends; ranges of its own need not be said.
        resource: The labels that tell one thing that is wrong from another.
        runbook: The page in ``docs/runbooks/`` without ``.md``; its own name where empty.
        labels: Further labels of the alert; static.
        example: What its unit tests are made of; made from the expression where that is one selector and a comparison.
        cases: Unit tests by hand.
        always: Whether it fires at all times (the watchdog).
        place: Where it is declared.
        parsed: The expression, parsed.
    """

    name: str
    expr: str
    severity: Severity
    owner: str
    summary: str
    description: str
    reason: str
    unit: Unit = COUNT
    lasts: timedelta = ZERO
    keeps: timedelta = ZERO
    reach: timedelta = ZERO
    resource: tuple[str, ...] = ("name",)
    runbook: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    example: Example | None = None
    cases: tuple[Case, ...] = ()
    always: bool = False
    place: str = field(default="", compare=False)
    parsed: Expression = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not _ALERT_NAME.fullmatch(self.name):
            raise DefinitionError(f"an alert is called {self.name!r}; give it a name like RdsStorageLow")
        for wanted in ("owner", "summary", "description", "reason"):
            if not getattr(self, wanted).strip():
                raise DefinitionError(f"alert {self.name}: {wanted} is missing")
        if "{" in self.summary:
            raise DefinitionError(f"alert {self.name}: a summary is static; put {self.summary!r} into the description")
        object.__setattr__(self, "place", self.place or place())
        object.__setattr__(self, "parsed", _parsed(f"alert {self.name}", self.expr))
        if THRESHOLD in fields(self.description) and self.threshold is None:
            raise DefinitionError(f"alert {self.name}: the description names a threshold, the expression has none")

    @property
    def threshold(self) -> float | None:
        """The number that the value is compared with; None where it is compared with another series."""
        return found.number if (found := self.parsed.comparison) else None

    @property
    def named_labels(self) -> frozenset[str]:
        """The labels that the description names."""
        return fields(self.description) - {VALUE, THRESHOLD}

    @property
    def on_absence(self) -> bool:
        """Whether it fires where there is nothing."""
        return bool(self.parsed.functions & ABSENT)

    @property
    def page(self) -> str:
        """The name of its runbook."""
        return self.runbook or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A recording rule: ``name`` becomes a metric."""

    name: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    place: str = field(default="", compare=False)
    parsed: Expression = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not _RECORD_NAME.fullmatch(self.name):
            raise DefinitionError(
                f"a recording rule is called {self.name!r}; give it a name like level:metric:operation"
            )
        object.__setattr__(self, "place", self.place or place())
        object.__setattr__(self, "parsed", _parsed(f"rule {self.name}", self.expr))


Rule = Alert | Record


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleGroup:
    """Rules that are evaluated together, in their order.

    Attributes:
        rules: What is evaluated.
        interval: How often; as Prometheus' settings say where it is 0.
        name: That of the file where it is empty.
        tested_every: How often its unit tests evaluate it. Rules about days need not each minute, which takes promtool
            long; then the times of their examples are multiples of this.
    """

    rules: tuple[Rule, ...]
    interval: timedelta = ZERO
    name: str = ""
    tested_every: timedelta = timedelta(minutes=1)
    place: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", self.place or place())
        if not self.rules:
            raise DefinitionError("a group without rules: delete it, or put one in")

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Its alerts."""
        return tuple(each for each in self.rules if isinstance(each, Alert))


def _parsed(what: str, expr: str) -> Expression:
    try:
        return parsed(expr)
    except DefinitionError as error:
        raise DefinitionError(f"{what}: {error}") from error
