"""How facts become numbers."""

from datetime import UTC, datetime

import pytest

from ppbe_observe.cloudwatch import Exporter, Fact
from ppbe_observe.cloudwatch.selection import Labelling
from ppbe_observe.collect.families import at_path, families, number
from ppbe_observe.model import Resource, Target


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7.0),
        (0.5, 0.5),
        (True, 1.0),
        (datetime(2026, 11, 23, tzinfo=UTC), 1_795_392_000.0),
        ([{"id": 1}, {"id": 2}], 2.0),
        ([], 0.0),
        ("7", None),
        (None, None),
        ({"a": 1}, None),
    ],
)
def test_number_of_a_fact(value: object, expected: float | None) -> None:
    assert number(value) == expected


def test_path_into_facts() -> None:
    assert at_path({"State": {"Code": "active"}}, "State.Code") == "active"
    assert at_path({"State": None}, "State.Code") is None


def test_a_resource_that_cloudwatch_files_elsewhere_is_not_shown() -> None:
    """A network load balancer is found by the same call as an application load balancer."""
    kind = "elasticloadbalancing:loadbalancer"
    target = Target("123456789012", "us-gov-west-1")
    facts = (Fact("listeners", "listeners", help="h"),)
    exporter = Exporter(namespace="AWS/ApplicationELB", metrics=(), resources=kind, facts=facts)
    application = Resource("arn:app", kind, target, (("LoadBalancer", "app/a/1"),), facts={"listeners": [1, 2]})
    network = Resource("arn:net", kind, target, facts={"listeners": [1]})
    found = families(exporter, (), (application, network), Labelling(), now=0.0)
    assert [(each.name, [dict(sample.labels)["name"] for sample in each.samples]) for each in found] == [
        ("aws_applicationelb_listeners", ["arn:app"]),
        ("aws_applicationelb_info", ["arn:app"]),
    ]
    assert found[0].samples[0].value == 2.0
