"""An escalation: all that Alertmanager is told, checked as one. Pure.

Invariants: every name in it is defined; whoever is paged is paged at all hours; a level follows an alert after the
same time whatever the hour, because that time is in the rule.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations

from ppbe_observe.alerting.escalation.intervals import TimeInterval
from ppbe_observe.alerting.escalation.ladders import Grouping, Inhibition, Ladder, Route, Watchdog
from ppbe_observe.alerting.escalation.receivers import Receiver
from ppbe_observe.alerting.rules import PAGE, Severity
from ppbe_observe.errors import DefinitionError
from ppbe_observe.place import place

NOBODY = "nobody"
"""The receiver that tells nobody: where the unsent severities end, and what a route sends there."""

_TOGETHER = Grouping()
_RECORDED = Grouping(wait=timedelta(seconds=5), interval=timedelta(minutes=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """Who is told of which alert, when, and how.

    Attributes:
        receivers: Everyone who can be told.
        ladders: The steps of each severity.
        fallback: The receiver of what no ladder takes, such as the alerts of another team.
        watchdog: The dead man's switch.
        records: The receiver of every alert, whoever else is told: the incidents.
        unsent: Severities of which nobody is told; they are shown and recorded.
        routes: What goes somewhere else than the ladders send it.
        inhibitions: What is not told while something else is.
        intervals: Hours that ladders and routes name.
        grouping: How alerts come together.
        recording: The same for the records, which are for a program: it need not wait.
        place: Where it is declared.
    """

    receivers: tuple[Receiver, ...]
    ladders: tuple[Ladder, ...]
    fallback: str
    watchdog: Watchdog
    records: str = ""
    unsent: tuple[Severity, ...] = ()
    routes: tuple[Route, ...] = ()
    inhibitions: tuple[Inhibition, ...] = ()
    intervals: tuple[TimeInterval, ...] = ()
    grouping: Grouping = _TOGETHER
    recording: Grouping = _RECORDED
    place: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        _check_distinct("receiver", self.receivers)
        _check_distinct("time interval", self.intervals)
        self._check_names()
        self._check_watchdog()
        self._check_ladders()
        object.__setattr__(self, "place", self.place or place())

    def ladders_of(self, severity: Severity, owner: str) -> tuple[Ladder, ...]:
        """The ladders of an alert: those of its owner, else those of nobody in particular."""
        found = [each for each in self.ladders if each.severity is severity]
        own = [each for each in found if each.owner == owner]
        return tuple(own or (each for each in found if not each.owner))

    def receiver(self, name: str) -> Receiver:
        """The receiver of a name."""
        return next(each for each in self.receivers if each.name == name)

    @property
    def secret_files(self) -> tuple[str, ...]:
        """The files that have to be on the machine of Alertmanager, each once, in the order of the receivers."""
        return tuple(dict.fromkeys(file for each in self.receivers for file in each.secret_files))

    @property
    def tells_nobody(self) -> bool:
        """Whether something is sent to nobody on purpose."""
        return bool(self.unsent) or any(each.receiver == NOBODY for each in self.routes)

    def named(self) -> Iterator[tuple[str, str]]:
        """Every receiver that is named, with what names it."""
        yield "the fallback", self.fallback
        yield "the watchdog", self.watchdog.receiver
        if self.records:
            yield "the records", self.records
        for ladder in self.ladders:
            yield from ((f"{ladder} ({ladder.place}), step {each.level}", each.receiver) for each in ladder.steps)
        for route in self.routes:
            if route.receiver != NOBODY:
                yield f"the route {' '.join(route.matchers)} ({route.place})", route.receiver

    def named_intervals(self) -> Iterator[tuple[str, str]]:
        """Every interval that is named, with what names it."""
        for ladder in self.ladders:
            if ladder.interval:
                yield f"{ladder} ({ladder.place})", ladder.interval
        for route in self.routes:
            what = f"the route to {route.receiver} ({route.place})"
            yield from ((what, each) for each in (*route.during, *route.muted))

    def _check_names(self) -> None:
        if any(each.name == NOBODY for each in self.receivers):
            raise DefinitionError(f"{NOBODY} is the receiver that tells nobody; give this one another name")
        _check_known("receiver", self.named(), [each.name for each in self.receivers])
        _check_known("time interval", self.named_intervals(), [each.name for each in self.intervals])

    def _check_ladders(self) -> None:
        for ladder in self.ladders:
            if ladder.severity in self.unsent:
                raise DefinitionError(f"{ladder} ({ladder.place}): {ladder.severity} is unsent; keep one of the two")
            same = [each for each in self.ladders if (each.severity, each.owner) == (ladder.severity, ladder.owner)]
            if len(same) == 1:
                _check_alone(ladder)
            for one, other in combinations(same, 2):
                _check_pair(one, other)

    def _check_watchdog(self) -> None:
        if self.receiver(self.watchdog.receiver).resolved:
            raise DefinitionError(
                f"the watchdog's receiver {self.watchdog.receiver} is told of the end, too, which would read as a sign "
                "of life; give it resolved=False"
            )
        others = [what for what, name in self.named() if name == self.watchdog.receiver and what != "the watchdog"]
        if others:
            raise DefinitionError(
                f"{others[0]} names the watchdog's receiver, which is never told of an end; give it another"
            )


def _check_distinct(what: str, found: Iterable[Receiver | TimeInterval]) -> None:
    places: dict[str, str] = {}
    for each in found:
        if each.name in places:
            raise DefinitionError(
                f"{what} {each.name} ({each.place}) is already at {places[each.name]}; give it another name"
            )
        places[each.name] = each.place


def _check_known(what: str, named: Iterable[tuple[str, str]], known: list[str]) -> None:
    for where, name in named:
        if name not in known:
            raise DefinitionError(
                f"{where}: there is no {what} {name!r}; known are {', '.join(sorted(known)) or 'none'}"
            )


def _check_alone(ladder: Ladder) -> None:
    if ladder.interval and ladder.severity is PAGE:
        rest = "outside" if ladder.during else "during"
        raise DefinitionError(
            f'{ladder} ({ladder.place}): nobody is paged {rest} it; add one with {rest}="{ladder.interval}"'
        )


def _check_pair(one: Ladder, other: Ladder) -> None:
    if not one.interval or one.interval != other.interval or one.during == other.during:
        raise DefinitionError(
            f"{one} ({one.place}) holds at the same hours as {other} ({other.place}); "
            "one of them is during an interval, the other outside of it"
        )
    after = {each.level: each.after for each in one.steps}
    for step in other.steps:
        if after.get(step.level, step.after) != step.after:
            raise DefinitionError(
                f"{one} ({one.place}): {step.level} is after {after[step.level]}, and after {step.after} in {other}; "
                f"the rule of {step.level} can only wait one time: use another level for the other"
            )
