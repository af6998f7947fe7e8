"""docs/reference/metrics.md names every metric of the daemon, and none that it does not have."""

import re
from pathlib import Path

from prometheus_client import CollectorRegistry

from ppbe_observe.exposition.own import OwnMetrics
from ppbe_observe.model import Reason

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8")
TABLE = set(re.findall(r"^\| `(ppbe_observe_\w+)` \|", PAGE, re.MULTILINE))


def test_the_table_is_complete() -> None:
    registry = CollectorRegistry()
    OwnMetrics(registry)
    families = [metric for metric in registry.collect() if metric.name.startswith("ppbe_observe")]
    assert {each.name + ("_total" if each.type == "counter" else "") for each in families} == TABLE


def test_every_reason_is_named() -> None:
    assert set(re.findall(r"`(\w+)`", PAGE.rsplit("Reasons:", 1)[1])) == {reason.value for reason in Reason}
