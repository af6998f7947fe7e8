"""What a file of ``alerts/`` may call SLOS."""

from types import ModuleType

import pytest

from ppbe_observe.alerting import Record, RuleGroup
from ppbe_observe.alerting.declared import subjects_of
from ppbe_observe.errors import DefinitionError
from support.objectives import availability, latency


def module(**declared: object) -> ModuleType:
    made = ModuleType("alerts.shop")
    made.__file__ = "alerts/shop.py"
    vars(made).update(declared)
    return made


def test_objectives_stand_beside_groups() -> None:
    group = RuleGroup(rules=(Record(name="a:b:c", expr="up"),))
    (subject,) = subjects_of([module(GROUP=group, SLOS=(availability(), latency()))])
    assert [each.name for each in subject.groups] == [
        "shop",
        "slo-shop-availability",
        "slo-shop-availability-long",
        "slo-shop-availability-budget",
        "slo-shop-latency",
        "slo-shop-latency-long",
        "slo-shop-latency-budget",
    ]


@pytest.mark.parametrize("declared", [availability(), ("shop",), [availability()], None])
def test_anything_else_is_refused(declared: object) -> None:
    with pytest.raises(DefinitionError, match=r"alerts/shop\.py:1: SLOS is a tuple of Slo, not"):
        subjects_of([module(SLOS=declared)])


def test_two_objectives_of_a_name_are_refused() -> None:
    with pytest.raises(DefinitionError, match="another group slo-shop-availability in this file"):
        subjects_of([module(SLOS=(availability(), availability(objective=0.99)))])
