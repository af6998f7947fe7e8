"""How good or bad a value is: thresholds out of alerts and alarms, and the steps that Grafana colours by."""

from typing import Any

import pytest

from ppbe_observe.alerting import INFO, PAGE, TICKET
from ppbe_observe.cloudwatch import GREATER, LESS
from ppbe_observe.errors import DefinitionError
from ppbe_observe.grafana import BAD, GOOD, NOTE, WARN, Threshold, above, alarm_limit, below, limits
from ppbe_observe.grafana.levels import steps
from support.alarms import alarm
from support.alerts import alert


@pytest.mark.parametrize(
    ("thresholds", "expected"),
    [
        ((), [(None, GOOD)]),
        ((above(80, WARN), above(90, BAD)), [(None, GOOD), (80, WARN), (90, BAD)]),
        ((above(90, BAD), above(80, WARN)), [(None, GOOD), (80, WARN), (90, BAD)]),
        ((below(20, WARN), below(2, BAD)), [(None, BAD), (2, WARN), (20, GOOD)]),
        ((below(10, BAD), above(90, WARN)), [(None, BAD), (10, GOOD), (90, WARN)]),
        ((above(80, BAD), above(90, WARN)), [(None, GOOD), (80, BAD)]),
        ((above(80, WARN), above(80, BAD)), [(None, GOOD), (80, BAD)]),
        ((above(5, NOTE), below(5, WARN)), [(None, WARN), (5, NOTE)]),
    ],
)
def test_steps_are_the_worst_level_from_each_boundary_on(thresholds: tuple[Threshold, ...], expected: Any) -> None:
    assert list(steps(thresholds)) == expected


@pytest.mark.parametrize(
    ("expr", "value", "side"),
    [
        ("a > 80", 80, "above"),
        ("a >= 80", 80, "above"),
        ("a < 20", 20, "below"),
        ("20 > a", 20, "below"),
        ("a > 0", 1e-9, "above"),
        ("a >= 0", 0, "above"),
        ("a < 0", 0, "below"),
        ("a == 0", 1e-9, "below"),
        ("a == 1", 1, "above"),
    ],
)
def test_a_limit_is_what_the_expression_compares_with(expr: str, value: float, side: str) -> None:
    expected = Threshold(value, WARN, side == "below", "Broken")
    assert limits([alert(name="Broken", expr=expr, severity=TICKET)], "Broken") == (expected,)


@pytest.mark.parametrize(("value", "fires"), [(0.0, False), (1.0, True)])
def test_nothing_is_not_more_than_nothing(value: float, fires: bool) -> None:  # noqa: FBT001 - a table's column
    (limit,) = limits([alert(name="Broken", expr="a > 0")], "Broken")
    assert limit.holds(value) is fires


def test_a_limit_is_as_bad_as_its_alert_is_severe() -> None:
    alerts = [alert(name=each.title(), expr="a > 1", severity=each) for each in (PAGE, TICKET, INFO)]
    assert [each.level for each in limits(alerts, "Page", "Ticket", "Info")] == [BAD, WARN, NOTE]


def test_a_limit_in_another_unit() -> None:
    assert limits([alert(name="Low", expr="a < 0.1")], "Low", scale=100)[0].value == 10


def test_a_scale_below_0_turns_the_side() -> None:
    (limit,) = limits([alert(name="Overdue", expr="a > 0")], "Overdue", scale=-1)
    assert [limit.holds(each) for each in (-1, 0, 1)] == [True, False, False]


def test_a_limit_that_counts_itself_is_bad_at_its_number() -> None:
    (limit,) = limits([alert(name="Halved", expr="0 < a <= 0.5")], "Halved")
    assert [limit.holds(each) for each in (0.4, 0.5, 0.51)] == [True, True, False]


def test_a_limit_of_no_alert_is_refused() -> None:
    with pytest.raises(DefinitionError, match="there is no alert Lwo here; there are High, Low"):
        limits([alert(name="Low", expr="a < 1"), alert(name="High", expr="a > 1")], "Lwo")


def test_a_limit_of_an_alert_without_a_number_is_refused() -> None:
    with pytest.raises(DefinitionError, match="alert Gone is not compared with a number"):
        limits([alert(name="Gone", expr="absent(a)")], "Gone")


@pytest.mark.parametrize(("comparison", "is_below"), [(GREATER, False), (LESS, True)])
def test_the_limit_of_a_cloudwatch_alarm(comparison: Any, is_below: bool) -> None:  # noqa: FBT001 - a table's column
    found = alarm_limit(alarm(comparison=comparison, threshold=80), BAD, "DbCpuHigh")
    assert found == Threshold(80, BAD, is_below, "DbCpuHigh")
