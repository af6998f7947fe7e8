"""The routes that an escalation becomes, in their order."""

from ppbe_observe.alerting import INFO, TICKET
from ppbe_observe.alerting.escalation import Escalation, Route
from ppbe_observe.alerting.escalation.routes import Node, routes_of
from support.escalations import HOURS, escalation, ladder

Shown = tuple[str, str, bool, tuple[str, ...], tuple[str, ...]]


def shown(node: Node) -> Shown:
    """What a route says: matchers, receiver, whether it goes on, its hours."""
    return " ".join(map(str, node.matchers)), node.receiver, node.onward, node.active, node.muted


def table(found: Escalation) -> list[Shown]:
    return [shown(each) for each in routes_of(found)]


def test_the_order_of_the_routes() -> None:
    found = escalation(
        ladders=(ladder("a"), ladder("b", owner="isso"), ladder("c", severity=TICKET)),
        records="b",
        unsent=(INFO,),
        routes=(Route(matchers=('x="y"',), receiver="c", onward=True, muted=("working-hours",)),),
        intervals=(HOURS,),
    )
    assert table(found) == [
        ('alertname="Watchdog"', "heartbeat", False, (), ()),
        ("", "b", True, (), ()),
        ('x="y"', "c", True, (), ("working-hours",)),
        ('severity="info"', "nobody", False, (), ()),
        ('severity="page" owner="isso" escalation="l1"', "b", False, (), ()),
        ('severity="page" escalation="l1"', "a", False, (), ()),
        ('severity="ticket" escalation="l1"', "c", False, (), ()),
        ("", "c", False, (), ()),
    ]


def test_hours_are_only_where_they_make_a_difference() -> None:
    """An end that comes while a route is muted is never told: l2 is the same at all hours, so it is never muted."""
    found = escalation(
        ladders=(ladder("c", "b", outside="working-hours"), ladder("a", "b", during="working-hours")),
        intervals=(HOURS,),
    )
    assert table(found)[1:-1] == [
        ('severity="page" escalation="l1"', "a", True, ("working-hours",), ()),
        ('severity="page" escalation="l1"', "c", False, (), ("working-hours",)),
        ('severity="page" escalation="l2"', "b", False, (), ()),
    ]


def test_a_step_of_some_hours_only() -> None:
    found = escalation(
        ladders=(ladder("a", during="working-hours"), ladder("a", "b", outside="working-hours")),
        intervals=(HOURS,),
    )
    assert table(found)[1:-1] == [
        ('severity="page" escalation="l1"', "a", False, (), ()),
        ('severity="page" escalation="l2"', "b", False, (), ("working-hours",)),
    ]


def test_a_ladder_of_some_hours_only_waits_for_them() -> None:
    tickets = ladder("a", severity=TICKET, during="working-hours")
    found = escalation(ladders=(tickets,), intervals=(HOURS,))
    assert table(found)[1] == ('severity="ticket" escalation="l1"', "a", False, ("working-hours",), ())


def test_the_watchdog_is_told_again_before_the_next_look() -> None:
    node = routes_of(escalation())[0]
    assert node.grouping is not None
    assert node.grouping.repeat < node.grouping.interval
