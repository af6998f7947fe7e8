"""How an alert climbs: the copies of its rule, and who is told of each."""

from datetime import timedelta

import pytest

from ppbe_observe.alerting import HOUR, INFO, MINUTE, TICKET
from ppbe_observe.alerting.escalation import Escalation, Route, receivers_of, steps_of
from ppbe_observe.alerting.escalation.climbing import copies
from support.escalations import HOURS, alert, escalation, ladder, watchdog

AT_ONCE = timedelta()
TWO_STEPS = (("l1", AT_ONCE), ("l2", 15 * MINUTE))
BY_THE_HOUR = escalation(
    ladders=(
        ladder("a", "b", during="working-hours"),
        ladder("c", "b", outside="working-hours"),
    ),
    intervals=(HOURS,),
)


def test_an_alert_has_a_copy_for_each_step_of_its_ladder() -> None:
    assert steps_of(alert(), escalation()) == TWO_STEPS


def test_the_copies_differ_in_nothing_but_their_level() -> None:
    """So a silence on the alert's name and its resource quiets all of them."""
    found = list(copies(alert(lasts=HOUR, labels={"team": "x"}), escalation()))
    same = {"alertname": "Broken", "severity": "page", "owner": "sre", "team": "x"}
    assert found == [{**same, "escalation": "l1"}, {**same, "escalation": "l2"}]


@pytest.mark.parametrize("severity", [TICKET, INFO])
def test_without_a_ladder_there_is_one_copy_without_a_level(severity: str) -> None:
    assert steps_of(alert(severity=severity), escalation(unsent=(INFO,))) == (("", AT_ONCE),)


def test_the_watchdog_has_one_copy() -> None:
    found = escalation(ladders=(ladder("a", "b", severity=TICKET),))
    assert steps_of(watchdog(), found) == (("", AT_ONCE),)


def test_what_a_route_takes_away_has_one_copy() -> None:
    """It would be told there once for each step."""
    away = Route(matchers=('alertname="Broken"', 'severity="page"'), receiver="c")
    assert steps_of(alert(), escalation(routes=(away,))) == (("", AT_ONCE),)
    assert steps_of(alert("Other"), escalation(routes=(away,))) == TWO_STEPS


@pytest.mark.parametrize(
    "route",
    [
        Route(matchers=('alertname="Broken"',), receiver="c", onward=True),
        Route(matchers=('alertname="Broken"', 'tag_Environment="staging"'), receiver="c"),
    ],
)
def test_what_a_route_may_leave_to_its_ladder_has_all_copies(route: Route) -> None:
    assert steps_of(alert(), escalation(routes=(route,))) == TWO_STEPS


def test_ladders_of_different_hours_have_their_levels_together() -> None:
    day = ladder("a", during="working-hours")
    night = ladder("a", "b", outside="working-hours")
    found = escalation(ladders=(day, night), intervals=(HOURS,))
    assert steps_of(alert(), found) == TWO_STEPS


PAGED = {"alertname": "Broken", "severity": "page", "owner": "sre"}
RECORDING = escalation(
    records="c",
    unsent=(INFO,),
    routes=(
        Route(matchers=('tag_Environment="staging"',), receiver="a"),
        Route(matchers=('owner="isso"',), receiver="b", onward=True),
    ),
)


@pytest.mark.parametrize(
    ("labels", "within", "told"),
    [
        ({"escalation": "l1"}, RECORDING, ("c", "a")),
        ({"escalation": "l2"}, RECORDING, ("c", "b")),
        ({"escalation": "l3"}, RECORDING, ("c", "c")),
        ({}, RECORDING, ("c", "c")),
        ({"severity": "info"}, RECORDING, ("c", "nobody")),
        ({"severity": "critical"}, RECORDING, ("c", "c")),
        ({"escalation": "l2", "tag_Environment": "staging"}, RECORDING, ("c", "a")),
        ({"escalation": "l1", "owner": "isso"}, RECORDING, ("c", "b", "a")),
        ({"alertname": "Watchdog"}, RECORDING, ("heartbeat",)),
        ({"escalation": "l1"}, BY_THE_HOUR, ("a", "c")),
        ({"escalation": "l2"}, BY_THE_HOUR, ("b",)),
    ],
)
def test_who_is_told(labels: dict[str, str], within: Escalation, told: tuple[str, ...]) -> None:
    assert receivers_of({**PAGED, **labels}, within) == told
