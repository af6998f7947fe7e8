"""The routes of Alertmanager that an escalation becomes: flat, in the order in which they are looked at. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from ppbe_observe.alerting.escalation.ladders import LEVELS, Grouping, Ladder, Watchdog
from ppbe_observe.alerting.escalation.matchers import Matcher
from ppbe_observe.alerting.escalation.whole import NOBODY, Escalation
from ppbe_observe.alerting.prometheus.rule_file import ESCALATION

_SHORTER = timedelta(seconds=10)
"""A repetition that is due at the very moment of the next look would be found too early and left to the one after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One route.

    Attributes:
        what: What it is made of, for messages.
        place: Where that is declared.
        receiver: Who is told.
        matchers: All of which have to match; everything where there are none.
        onward: Whether later routes are looked at, too (``continue``).
        active: The intervals in which it tells; always where empty.
        muted: The intervals in which it does not.
        grouping: Its own; that of the root where None.
        labels: Of the route.
    """

    what: str
    place: str
    receiver: str
    matchers: tuple[Matcher, ...] = ()
    onward: bool = False
    active: tuple[str, ...] = ()
    muted: tuple[str, ...] = ()
    grouping: Grouping | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)


def routes_of(escalation: Escalation) -> tuple[Node, ...]:
    """The watchdog, the records, the routes, what is unsent, the ladders with those of an owner first, the fallback."""
    return (
        _watchdog(escalation.watchdog, escalation.place),
        *_records(escalation),
        *_own_routes(escalation),
        *_unsent(escalation),
        *_ladders(escalation),
        Node(what="the fallback", place=escalation.place, receiver=escalation.fallback),
    )


def _watchdog(watchdog: Watchdog, place: str) -> Node:
    repeat = max(watchdog.every - _SHORTER, watchdog.every / 2)
    return Node(
        what="the watchdog",
        place=place,
        receiver=watchdog.receiver,
        matchers=(Matcher("alertname", "=", watchdog.alert),),
        grouping=Grouping(by=("alertname",), wait=timedelta(), interval=watchdog.every, repeat=repeat),
    )


def _records(escalation: Escalation) -> Iterator[Node]:
    if escalation.records:
        yield Node(
            what="the records",
            place=escalation.place,
            receiver=escalation.records,
            onward=True,
            grouping=escalation.recording,
        )


def _own_routes(escalation: Escalation) -> Iterator[Node]:
    for each in escalation.routes:
        yield Node(
            what=f"the route {' '.join(each.matchers)}",
            place=each.place,
            receiver=each.receiver,
            matchers=each.parsed,
            onward=each.onward,
            active=each.during,
            muted=each.muted,
            grouping=each.grouping,
            labels=each.labels,
        )


def _unsent(escalation: Escalation) -> Iterator[Node]:
    for severity in escalation.unsent:
        matchers = (Matcher("severity", "=", severity.value),)
        yield Node(what=f"the unsent {severity}", place=escalation.place, receiver=NOBODY, matchers=matchers)


def _ladders(escalation: Escalation) -> Iterator[Node]:
    climbers = dict.fromkeys((each.severity, each.owner) for each in escalation.ladders)
    for severity, owner in sorted(climbers, key=lambda each: not each[1]):
        ladders = sorted(escalation.ladders_of(severity, owner), key=lambda each: bool(each.outside))
        for level in LEVELS:
            yield from _level(level, [each for each in ladders if each.receiver(level)], len(ladders))


def _level(level: str, ladders: list[Ladder], hours: int) -> Iterator[Node]:
    """One route, or two where it depends on the hour who is told; it never does where both tell the same.

    Hours are kept away wherever they can be: Alertmanager forgets an end that comes while a route is muted.
    """
    always = len(ladders) == hours and (hours > 1 or not any(each.interval for each in ladders))
    same = always and len({each.receiver(level) for each in ladders}) == 1
    for number, ladder in enumerate(ladders[:1] if same else ladders, start=1):
        owner = (Matcher("owner", "=", ladder.owner),) if ladder.owner else ()
        yield Node(
            what=f"{ladder}, step {level}",
            place=ladder.place,
            receiver=ladder.receiver(level),
            matchers=(Matcher("severity", "=", ladder.severity.value), *owner, Matcher(ESCALATION, "=", level)),
            onward=not same and number < len(ladders),
            active=(ladder.during,) if ladder.during and not same else (),
            muted=(ladder.outside,) if ladder.outside and not same else (),
            grouping=ladder.grouping,
        )
