"""What an escalation is made of: ladders and their steps, routes, inhibitions. Pure.

Invariant: each is whole by itself; whether the names in it exist is for the escalation that holds them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from ppbe_observe.alerting.escalation.matchers import Matcher, disjoint, matchers
from ppbe_observe.alerting.prometheus.rule_file import ESCALATION
from ppbe_observe.alerting.rules import Severity
from ppbe_observe.errors import DefinitionError
from ppbe_observe.place import place

LEVELS = ("l1", "l2", "l3")
"""The levels of an escalation, in their order. These words are label values: they do not change."""

L1, L2, L3 = LEVELS

_ZERO, _SECOND = timedelta(), timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a ladder: who is told, how long after the alert fires. The first one is told at once."""

    level: str
    receiver: str
    after: timedelta = _ZERO

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise DefinitionError(f"a step is at level {self.level!r}; the levels are {', '.join(LEVELS)}")
        if not self.receiver:
            raise DefinitionError(f"step {self.level} has no receiver: name one of the receivers of the escalation")
        if self.after < _ZERO or self.after % _SECOND:
            raise DefinitionError(
                f"step {self.level} is {self.after} after the alert; give whole seconds, none below 0"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """How alerts come together in one notification.

    Attributes:
        by: Alerts that are equal in these labels come in one.
        wait: How long the first alert of a group waits for others.
        interval: How long further ones, and the end, wait after that.
        repeat: After how long the same is told again while it fires.
    """

    by: tuple[str, ...] = ("alertname", "account_id", "region")
    wait: timedelta = timedelta(seconds=30)
    interval: timedelta = timedelta(minutes=5)
    repeat: timedelta = timedelta(hours=4)

    def __post_init__(self) -> None:
        if min(self.interval, self.repeat) < _SECOND or self.wait < _ZERO:
            raise DefinitionError("between notifications is at least one second")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The steps that the alerts of a severity climb while nobody silences them.

    Attributes:
        severity: Of the alerts that climb it.
        steps: Ascending, in level and time.
        owner: Only of this owner's alerts; such a ladder goes before one without.
        during: Only in this interval, such as working hours.
        outside: Only outside of this interval.
        grouping: Other than the escalation's.
        place: Where it is declared.
    """

    severity: Severity
    steps: tuple[Step, ...]
    owner: str = ""
    during: str = ""
    outside: str = ""
    grouping: Grouping | None = None
    place: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.steps:
            raise DefinitionError(f"{self} has no step, so nobody is told; put one in")
        for low, high in pairwise(self.steps):
            if low.level >= high.level or low.after >= high.after:
                raise DefinitionError(
                    f"{self}: {high.level} after {high.after} does not follow {low.level} after {low.after}; "
                    "write the steps ascending in level and time"
                )
        if self.steps[0].after:
            raise DefinitionError(f"{self}: nobody is told before {self.steps[0].after}; the first step has no after")
        if self.during and self.outside:
            raise DefinitionError(f"{self}: during and outside at once; write one ladder for each")
        object.__setattr__(self, "place", self.place or place())

    def __str__(self) -> str:
        owner = f" of {self.owner}" if self.owner else ""
        hours = f" during {self.during}" if self.during else f" outside {self.outside}" if self.outside else ""
        return f"ladder {self.severity}{owner}{hours}"

    @property
    def interval(self) -> str:
        """The interval that it depends on; empty where it holds at all times."""
        return self.during or self.outside

    def receiver(self, level: str) -> str:
        """Who is told at a level; empty where nobody is."""
        return next((each.receiver for each in self.steps if each.level == level), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Alerts that go somewhere else than the ladders send them; looked at before these.

    Attributes:
        matchers: ``severity="page"``, all of which have to match.
        receiver: Who is told; ``NOBODY`` for what is only shown and recorded.
        onward: Whether they climb their ladder, too.
        during: Only in these intervals.
        muted: Not in these intervals.
        grouping: Other than the escalation's.
        labels: Of the route; Alertmanager 0.34.
        place: Where it is declared.
    """

    matchers: tuple[str, ...]
    receiver: str
    onward: bool = False
    during: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()
    grouping: Grouping | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    place: str = field(default="", compare=False)
    parsed: tuple[Matcher, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.matchers:
            raise DefinitionError(
                f"the route to {self.receiver!r} has no matcher; what takes everything is the records"
            )
        object.__setattr__(self, "parsed", matchers(self.matchers))
        object.__setattr__(self, "place", self.place or place())


@dataclass(frozen=True, slots=True, kw_only=True)
class Inhibition:
    """While a source fires, its targets are not told.

    Attributes:
        source: Matchers of what is told.
        target: Matchers of what is not.
        same: Labels in which both are equal, and which both have.
        name: For Alertmanager's log; Alertmanager 0.30.
        place: Where it is declared.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    same: tuple[str, ...] = ()
    name: str = ""
    place: str = field(default="", compare=False)
    sources: tuple[Matcher, ...] = field(init=False, compare=False, repr=False)
    targets: tuple[Matcher, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        there = tuple(Matcher(label, "!=", "") for label in self.same)  # two labels that are missing are equal
        object.__setattr__(self, "sources", (*matchers(self.source), *there))
        object.__setattr__(self, "targets", (*matchers(self.target), *there))
        if not self.source or not self.target:
            raise DefinitionError("an inhibition needs a source and a target, or it silences everything")
        if not disjoint(self.sources, self.targets):
            raise DefinitionError(
                f"an alert may match both {' '.join(self.source)} and {' '.join(self.target)}, and silence its own "
                "kind: give source and target a label with different values"
            )
        if ESCALATION in {*self.same, *(each.label for each in (*self.sources, *self.targets))}:
            raise DefinitionError("steps do not inhibit each other: who was told at l1 is told there of the end, too")
        object.__setattr__(self, "place", self.place or place())


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchdog:
    """The alert that always fires, and the dead man's switch that misses it.

    Attributes:
        receiver: What pages when nothing arrives any more.
        alert: The alert's name.
        every: How often it is told.
    """

    receiver: str
    alert: str = "Watchdog"
    every: timedelta = timedelta(minutes=1)

    def __post_init__(self) -> None:
        if self.every < 2 * _SECOND:
            raise DefinitionError(f"the watchdog is told every {self.every}; two seconds is the least")
