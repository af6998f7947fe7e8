"""Rule groups as Prometheus reads them. Pure.

Source: Prometheus documentation, "Recording rules" and "Alerting rules". Only what Prometheus 2.42 and later both take.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ppbe_observe.alerting.durations import duration
from ppbe_observe.alerting.rules import Alert, Record, RuleGroup
from ppbe_observe.alerting.text import expanded, template

ESCALATION = "escalation"
"""The label that tells the steps of one alert apart."""

Steps = Callable[[Alert], Sequence[tuple[str, timedelta]]]
"""The steps that an alert climbs, in their order: the level, empty where there is no ladder, and how long after."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """What rules are rendered with: the ladders, and where runbooks are served (without a slash at the end)."""

    steps: Steps
    runbooks: str

    def runbook_url(self, alert: Alert) -> str:
        """Where an alert's runbook is."""
        return f"{self.runbooks}/{alert.page}"

    def longest(self, alert: Alert) -> timedelta:
        """How long after it fires its last step follows."""
        return max((after for _, after in self.steps(alert)), default=timedelta())


def rule_file(groups: Sequence[RuleGroup], rendering: Rendering) -> dict[str, Any]:
    """The document of one rule file."""
    return {"groups": [_group(each, rendering) for each in groups]}


def labels_of(alert: Alert, level: str) -> dict[str, str]:
    """The labels that the rule of one step sets."""
    own = {"severity": alert.severity.value, "owner": alert.owner, **alert.labels}
    return {**own, ESCALATION: level} if level else own


def annotations_of(alert: Alert, rendering: Rendering) -> dict[str, str]:
    """Its annotations, as Prometheus expands them."""
    return {
        "summary": alert.summary,
        "description": template(alert.description, alert.unit, alert.threshold),
        "runbook_url": rendering.runbook_url(alert),
    }


def expanded_annotations(alert: Alert, rendering: Rendering, labels: dict[str, str], value: float) -> dict[str, str]:
    """The same as they arrive."""
    return {
        **annotations_of(alert, rendering),
        "description": expanded(alert.description, alert.unit, alert.threshold, labels, value),
    }


def _group(group: RuleGroup, rendering: Rendering) -> dict[str, Any]:
    found: dict[str, Any] = {"name": group.name}
    if group.interval:
        found["interval"] = duration(group.interval)
    return {**found, "rules": [rule for each in group.rules for rule in _rules(each, rendering)]}


def _rules(rule: Alert | Record, rendering: Rendering) -> Iterator[dict[str, Any]]:
    if isinstance(rule, Record):
        labels = {"labels": dict(rule.labels)} if rule.labels else {}
        yield {"record": rule.name, "expr": rule.expr, **labels}
        return
    for level, after in rendering.steps(rule):
        lasts = rule.lasts + after
        yield {
            "alert": rule.name,
            "expr": rule.expr,
            **({"for": duration(lasts)} if lasts else {}),
            **({"keep_firing_for": duration(rule.keeps)} if rule.keeps else {}),
            "labels": labels_of(rule, level),
            "annotations": annotations_of(rule, rendering),
        }
