"""What Alertmanager would take, and is wrong all the same."""

from collections.abc import Sequence
from typing import Any

import pytest

from ppbe_observe.alerting import TICKET, Alert
from ppbe_observe.alerting.escalation import Inhibition, PagerDuty, Route
from ppbe_observe.alerting.escalation.lint import lint_escalation
from support.escalations import HOURS, alert, escalation, ladder, receiver, watchdog

ALERTS = (alert(), watchdog())


def said(alerts: Sequence[Alert] = ALERTS, **changed: Any) -> list[str]:
    return [each.text for each in lint_escalation(escalation(**changed), alerts)]


def test_a_good_escalation_has_no_problem() -> None:
    assert said() == []


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (
            {"routes": (Route(matchers=('severity="page"',), receiver="c"),)},
            'ladder page, step l1 is never reached: the route severity="page" takes all of it; set onward or narrow it',
        ),
        (
            {"routes": (Route(matchers=('alertname="Watchdog"',), receiver="c"),)},
            'the route alertname="Watchdog" is never reached: the watchdog takes all of it; set onward or narrow it',
        ),
        (
            {"fallback": "a"},
            "receiver c is never told; name it in a step or a route, or delete it",
        ),
        (
            {"intervals": (HOURS,)},
            "interval working-hours is never used; name it in a ladder or a route, or delete it",
        ),
        (
            {"routes": (Route(matchers=('owner="dba"',), receiver="c"),)},
            'the route owner="dba": no alert has these labels; correct the matchers, or delete it',
        ),
        (
            {"routes": (Route(matchers=('cluster="x"',), receiver="c"),)},
            'the route cluster="x": no alert has these labels; correct the matchers, or delete it',
        ),
        (
            {"ladders": (ladder("a", "b", "c"), ladder("a", severity=TICKET, owner="isso"))},
            "ladder ticket of isso, step l1: no alert has these labels; correct the matchers, or delete it",
        ),
    ],
)
def test_a_route_that_does_nothing(changed: dict[str, Any], text: str) -> None:
    assert text in said(**changed)


@pytest.mark.parametrize("matcher", ['tag_Environment="staging"', 'name=~".*db.*"', 'region="us-gov-west-1"', 'x=""'])
def test_labels_that_series_may_have_are_no_problem(matcher: str) -> None:
    assert said(routes=(Route(matchers=(matcher,), receiver="c", onward=True),)) == []


def test_a_severity_without_a_ladder() -> None:
    alerts = (*ALERTS, alert("Slow", severity=TICKET), alert("Slower", severity=TICKET))
    text = "severity ticket of sre has no ladder: c gets it, once; add one, or make it unsent"
    assert said(alerts) == [text]
    assert said(alerts, unsent=(TICKET,)) == []


def test_a_watchdog_that_nobody_declared() -> None:
    assert said((alert(),)) == [
        "no alert Watchdog fires at all times, so the dead man's switch would go off; declare it"
    ]


def test_a_receiver_that_keeps_incidents_is_told_at_all_hours() -> None:
    pager = receiver("a", to=(PagerDuty(routing_key_file="/key"),))
    found = said(
        receivers=(pager, receiver("b"), receiver("c"), receiver("heartbeat", resolved=False)),
        ladders=(ladder("a", during="working-hours"), ladder("b", outside="working-hours")),
        intervals=(HOURS,),
    )
    hours = "ladder page during working-hours, step l1 tells PagerDuty at some hours only (working-hours)"
    advice = "what ends at the others stays open there; tell it at all hours, and let its schedules decide"
    assert found == [f"{hours}: {advice}"]


def inhibition(source: str, target: str) -> Inhibition:
    return Inhibition(source=(f'alertname="{source}"',), target=(f'alertname="{target}"',))


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (inhibition("Broke", "Broken"), "no alert is its source; correct the matchers, or delete it"),
        (inhibition("Broken", "Slow"), "no alert is its target; correct the matchers, or delete it"),
        (inhibition("Broken", "Watchdog"), "may silence the watchdog, and the dead man's switch goes off; narrow it"),
    ],
)
def test_an_inhibition_that_does_no_good(found: Inhibition, text: str) -> None:
    assert any(each.endswith(text) for each in said(inhibitions=(found,)))


def test_inhibitions_in_a_ring_silence_all_of_it() -> None:
    alerts = (*ALERTS, alert("Cause"), alert("Effect"), alert("Other"))
    ring = (inhibition("Cause", "Effect"), inhibition("Effect", "Broken"), inhibition("Broken", "Cause"))
    assert said(alerts, inhibitions=ring) == [
        "inhibitions go round in a ring, and nobody is told: Broken > Cause > Effect > Broken"
    ]
    assert said(alerts, inhibitions=ring[:2]) == []


def test_an_inhibition_by_a_static_label_of_a_target() -> None:
    follows = Inhibition(source=('alertname="Down"',), target=('alertname!="Down"', 'follows="Down"'))
    alerts = (*ALERTS, alert("Down"), alert("Stale", labels={"follows": "Down"}))
    assert said(alerts, inhibitions=(follows,)) == []
    assert len(said((*ALERTS, alert("Down"), alert("Stale")), inhibitions=(follows,))) == 1


def test_a_problem_names_the_place() -> None:
    found = lint_escalation(escalation(receivers=(*escalation().receivers, receiver("d", place="x.py:3"))), ALERTS)
    assert [str(each) for each in found] == [
        "x.py:3: receiver d is never told; name it in a step or a route, or delete it"
    ]
