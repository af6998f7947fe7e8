"""docs/reference/metrics.md names every metric of the daemon, and none that it does not have."""

import re
from pathlib import Path

from prometheus_client import CollectorRegistry

from ppbe_observe.exposition.availability import AvailabilityMetrics
from ppbe_observe.exposition.incidents import IncidentMetrics, Webhook
from ppbe_observe.exposition.own import OwnMetrics
from ppbe_observe.model import Reason

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8")
TABLE = set(re.findall(r"^\| `(ppbe_(?!alarm_)\w+)` \|", PAGE, re.MULTILINE))


def test_the_table_is_complete() -> None:
    registry = CollectorRegistry()
    OwnMetrics(registry)
    IncidentMetrics(registry)
    AvailabilityMetrics(registry)
    families = [metric for metric in registry.collect() if metric.name.startswith("ppbe_")]
    assert {each.name + ("_total" if each.type == "counter" else "") for each in families} == TABLE


def test_every_reason_is_named() -> None:
    assert set(re.findall(r"`(\w+)`", PAGE.rsplit("Reasons:", 1)[1])) == {reason.value for reason in Reason}


def test_every_outcome_of_the_webhook_is_named() -> None:
    told = PAGE.split("Outcomes of the webhook:", 1)[1].split("\n\n", 1)[0]
    assert set(re.findall(r"`(\w+)`", told)) == {each.value for each in Webhook}
