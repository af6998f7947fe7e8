"""What the gatherer of alarms finds."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.model import Reason
from support.gathering import LocalSession, answer

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DESCRIBE = "cloudwatch:DescribeAlarms"


def page(**said: Any) -> str:
    return json.dumps(said)


def named(name: str) -> dict[str, str]:
    return {"AlarmName": name, "AlarmArn": f"arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:alarm:{name}"}


def test_metric_and_composite_alarms_of_all_pages(local_session: LocalSession) -> None:
    """moto neither pages alarms nor makes composite ones: the answers are as AWS documents them."""
    pages = iter(
        [
            page(MetricAlarms=[named("a"), named("b")], CompositeAlarms=[], NextToken="more"),
            page(MetricAlarms=[], CompositeAlarms=[named("c")]),
        ]
    )
    local_session.faults[DESCRIBE] = lambda: answer(200, next(pages))
    asked: list[Any] = []
    events = local_session.client("cloudwatch").meta.events
    events.register("provide-client-params.cloudwatch.DescribeAlarms", lambda params, **_: asked.append(dict(params)))

    found = Inventory(local_session, timedelta(minutes=5)).resources(("cloudwatch:alarm",), NOW)

    assert found.failures == ()
    assert [each.facts["AlarmName"] for each in found.resources] == ["a", "b", "c"]
    assert found.resources[2].arn == "arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:alarm:c"
    assert all(each["AlarmTypes"] == ["MetricAlarm", "CompositeAlarm"] for each in asked)
    assert [each.get("NextToken") for each in asked] == [None, "more"]


def test_a_page_that_fails_half_way_proves_nothing(local_session: LocalSession) -> None:
    pages = iter([(200, page(MetricAlarms=[named("a")], NextToken="more")), (500, page(__type="InternalFailure"))])
    local_session.faults[DESCRIBE] = lambda: answer(*next(pages))
    found = Inventory(local_session, timedelta(minutes=5)).resources(("cloudwatch:alarm",), NOW)
    assert found.resources == ()
    assert [each.reason for each in found.failures] == [Reason.SERVER]
