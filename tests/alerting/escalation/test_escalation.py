"""An escalation as a whole: every name in it is defined, and whoever is paged is paged at all hours."""

from collections.abc import Callable

import pytest

from ppbe_observe.alerting import INFO, MINUTE, PAGE, TICKET
from ppbe_observe.alerting.escalation import NOBODY, Route, Watchdog
from ppbe_observe.errors import DefinitionError
from support.escalations import HOURS, escalation, ladder, receiver, steps

ALL = (receiver("a"), receiver("b"), receiver("c"), receiver("heartbeat", resolved=False))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (
            lambda: escalation(ladders=(ladder("a", "d"),)),
            "step l2: there is no receiver 'd'; known are a, b, c, heartbeat",
        ),
        (lambda: escalation(fallback="d"), "the fallback: there is no receiver 'd'"),
        (lambda: escalation(records="d"), "the records: there is no receiver 'd'"),
        (lambda: escalation(watchdog=Watchdog(receiver="d")), "the watchdog: there is no receiver 'd'"),
        (
            lambda: escalation(routes=(Route(matchers=('a="b"',), receiver="d"),)),
            "there is no receiver 'd'",
        ),
        (
            lambda: escalation(routes=(Route(matchers=('a="b"',), receiver="a", during=("night",)),)),
            "there is no time interval 'night'; known are none",
        ),
        (lambda: escalation(receivers=(*ALL, receiver("a"))), "is already at"),
        (lambda: escalation(receivers=(*ALL, receiver(NOBODY))), "nobody is the receiver that tells nobody"),
        (lambda: escalation(intervals=(HOURS, HOURS)), "time interval working-hours"),
        (lambda: escalation(watchdog=Watchdog(receiver="a")), "give it resolved=False"),
        (lambda: escalation(fallback="heartbeat"), "the fallback names the watchdog's receiver"),
        (lambda: escalation(unsent=(PAGE,)), "page is unsent; keep one of the two"),
        (lambda: escalation(ladders=(ladder("a"), ladder("b"))), "holds at the same hours as ladder page"),
    ],
)
def test_what_does_not_fit_together_is_refused(make: Callable[[], object], said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        make()
    assert said in str(caught.value)


def test_an_error_about_a_ladder_tells_where_the_ladder_is() -> None:
    with pytest.raises(DefinitionError, match=rf"ladder page \({__file__}:\d+\), step l1"):
        escalation(ladders=(ladder("d", place=f"{__file__}:7"),))


def test_a_page_at_some_hours_only_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r'nobody is paged outside it; add one with outside="working-hours"'):
        escalation(ladders=(ladder("a", during="working-hours"),), intervals=(HOURS,))


def test_the_same_ladder_twice_is_refused() -> None:
    twice = ladder("a", "b")
    with pytest.raises(DefinitionError, match="holds at the same hours as ladder page"):
        escalation(ladders=(twice, twice))


def test_a_ticket_may_wait_for_working_hours() -> None:
    found = escalation(ladders=(ladder("a", severity=TICKET, during="working-hours"),), intervals=(HOURS,))
    assert [each.interval for each in found.ladders] == ["working-hours"]


def test_a_level_follows_after_the_same_time_at_all_hours() -> None:
    """The time is in the rule, and Prometheus does not know the hour."""
    day = ladder("a", "b", during="working-hours")
    night = ladder(steps=steps("a", "c", every=30 * MINUTE), outside="working-hours")
    with pytest.raises(DefinitionError, match=r"l2 is after 0:15:00, and after 0:30:00 in ladder page outside"):
        escalation(ladders=(day, night), intervals=(HOURS,))


def test_ladders_of_an_owner_go_before_those_of_nobody() -> None:
    general, own = ladder("a", severity=TICKET), ladder("b", severity=TICKET, owner="isso")
    found = escalation(ladders=(general, own))
    assert found.ladders_of(TICKET, "isso") == (own,)
    assert found.ladders_of(TICKET, "sre") == (general,)
    assert found.ladders_of(INFO, "sre") == ()
