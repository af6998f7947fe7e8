"""Objectives: the arithmetic of the SRE workbook, and what is refused because it could never be missed."""

from typing import Any

import pytest

from ppbe_observe.alerting import Slo
from ppbe_observe.alerting.slo.burn import BURNS, WINDOW
from ppbe_observe.errors import DefinitionError
from support.objectives import availability


def test_the_burn_rates_are_those_of_the_workbook() -> None:
    """Table 5-8: the share of the budget that is gone, and a short window of a twelfth."""
    assert [(burn.severity, burn.factor, round(burn.spends, 6)) for burn in BURNS] == [
        ("page", 14.4, 0.02),
        ("page", 6.0, 0.05),
        ("ticket", 3.0, 0.1),
        ("ticket", 1.0, 0.1),
    ]
    assert all(burn.short == burn.long / 12 for burn in BURNS)
    assert WINDOW.days == 30


@pytest.mark.parametrize(
    ("objective", "budget", "least"),
    [(0.999, 0.001, 1000), (0.99, 0.01, 100), (0.9995, 0.0005, 2000), (0.95, 0.05, 20), (0.99999, 0.00001, 100_000)],
)
def test_the_budget_is_exact_and_one_bad_event_of_the_least_is_all_of_it(
    objective: float, budget: float, least: int
) -> None:
    slo = availability(objective=objective)
    assert (slo.budget, slo.least) == (budget, least)


def test_the_least_traffic_can_be_said() -> None:
    assert availability(minimum=5000).least == 5000


@pytest.mark.parametrize("objective", [0.0, 1.0, 99.9, -0.5, float("nan")])
def test_an_objective_is_a_share(objective: float) -> None:
    with pytest.raises(DefinitionError, match="a share between 0 and 1, such as"):
        availability(objective=objective)


@pytest.mark.parametrize("objective", [0.9, 0.93, 0.5])
def test_an_objective_whose_alert_can_never_fire_is_refused(objective: float) -> None:
    with pytest.raises(DefinitionError, match=r"over 1 h can never fire.*an objective above 0\.9306 would do"):
        availability(objective=objective)


def test_the_objective_that_is_proposed_would_do() -> None:
    assert availability(objective=0.9307).budget == 0.0693


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "Ppbe API"}, "give it a name like"),
        ({"owner": ""}, "owner is missing"),
        ({"runbook": ""}, "runbook is missing"),
        ({"total": ()}, "total is missing"),
        ({"bad": ()}, "bad events or of the good ones"),
        ({"good": ("a_total",)}, "bad events or of the good ones"),
        ({"total": ("errors_total",)}, "counts nothing but bad events"),
        ({"where": "job=x"}, "not PromQL"),
        ({"by": ("environment", "region")}, "the example has no label region"),
    ],
)
def test_other_mistakes_are_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        availability(**given)


def test_it_knows_where_it_is_declared_and_what_its_alerts_are_called() -> None:
    slo: Slo = availability()
    assert "objectives.py:" in slo.place
    assert slo.camel == "ShopAvailability"
