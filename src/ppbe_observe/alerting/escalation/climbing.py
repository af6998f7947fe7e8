"""How an alert climbs: the copies of its rule, and who is told of each. Pure.

Alertmanager cannot escalate what nobody acknowledged. So the rule exists once for each step, the same but for a longer
``for`` and the label ``escalation``, and routes send each copy to its receiver (docs/adr/0012).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from ppbe_observe.alerting.escalation.ladders import Ladder, Route
from ppbe_observe.alerting.escalation.matchers import match
from ppbe_observe.alerting.escalation.whole import NOBODY, Escalation
from ppbe_observe.alerting.prometheus.rule_file import ESCALATION, labels_of
from ppbe_observe.alerting.rules import Alert, Severity

Copies = tuple[tuple[str, timedelta], ...]
"""Levels, each with how long after the first it follows; an empty level has no label."""

_EVERYWHERE = frozenset({"account_id", "region", "job", "instance"})
_PREFIXES = ("tag_", "dimension_")

_ONCE: Copies = (("", timedelta()),)


@dataclass(frozen=True, slots=True)
class RouteTest:
    """The labels of an alert, and the receivers that have to be told, in the order of the routes."""

    labels: Mapping[str, str]
    receivers: tuple[str, ...]

    def arguments(self, configuration: str) -> tuple[str, ...]:
        """Those of amtool, which fails where others are told."""
        given = (f"{label}={value}" for label, value in self.labels.items())
        options = (f"--config.file={configuration}", f"--verify.receivers={','.join(self.receivers)}")
        return ("config", "routes", "test", *options, *given)


def steps_of(alert: Alert, escalation: Escalation) -> Copies:
    """The copies of an alert's rule, in the order in which they fire.

    Each copy fires after ``alert.lasts`` and the time here, with ``escalation`` set to the level. One copy without that
    label is all of an alert that always fires, whose severity is unsent or has no ladder, or that a route takes away
    from the ladders.
    """
    if alert.always or alert.severity in escalation.unsent or _taken_away(alert, escalation.routes):
        return _ONCE
    ladders = escalation.ladders_of(alert.severity, alert.owner)
    return tuple(sorted({(each.level, each.after) for ladder in ladders for each in ladder.steps})) or _ONCE


def static_labels(alert: Alert) -> dict[str, str]:
    """The labels that an alert has whatever it fires for, without that of its step."""
    return {"alertname": alert.name, **labels_of(alert, "")}


def series_labels(alert: Alert, of: Iterable[str]) -> frozenset[str]:
    """Those of some labels that the series of an alert may have: what its definition names, and what AWS gives."""
    selected = {label for each in alert.parsed.selectors for label, _, _ in each.matchers}
    named = {*alert.resource, *alert.named_labels, *alert.parsed.labels, *selected, *_EVERYWHERE}
    return frozenset(each for each in of if each in named or each.startswith(_PREFIXES))


def copies(alert: Alert, escalation: Escalation) -> Iterator[dict[str, str]]:
    """The static labels of each copy."""
    for level, _ in steps_of(alert, escalation):
        yield {"alertname": alert.name, **labels_of(alert, level)}


def receivers_of(labels: Mapping[str, str], escalation: Escalation) -> tuple[str, ...]:
    """Who is told of an alert with these labels, at any hour, in the order of the routes.

    It follows the definitions, not the routes made of them: what ``amtool config routes test`` has to find.
    """
    if labels.get("alertname") == escalation.watchdog.alert:
        return (escalation.watchdog.receiver,)
    return tuple(_told(labels, escalation))


def route_tests(alerts: Iterable[Alert], escalation: Escalation) -> Iterator[RouteTest]:
    """Each copy of each alert, and who has to be told: what ``amtool config routes test`` is asked."""
    for alert in alerts:
        for labels in copies(alert, escalation):
            yield RouteTest(labels, receivers_of(labels, escalation))


def _told(labels: Mapping[str, str], escalation: Escalation) -> Iterator[str]:
    if escalation.records:
        yield escalation.records
    for route in escalation.routes:
        if match(route.parsed, labels):
            yield route.receiver
            if not route.onward:
                return
    if labels.get("severity", "") in escalation.unsent:
        yield NOBODY
    else:
        yield from _climbed(labels, escalation) or (escalation.fallback,)


def _climbed(labels: Mapping[str, str], escalation: Escalation) -> tuple[str, ...]:
    if (severity := labels.get("severity", "")) not in tuple(Severity):
        return ()
    ladders = escalation.ladders_of(Severity(severity), labels.get("owner", ""))
    found = (each.receiver(labels.get(ESCALATION, "")) for each in sorted(ladders, key=_outside))
    return tuple(dict.fromkeys(each for each in found if each))


def _outside(ladder: Ladder) -> bool:
    return bool(ladder.outside)


def _taken_away(alert: Alert, routes: tuple[Route, ...]) -> bool:
    labels = static_labels(alert)
    return any(
        not each.onward and match(each.parsed, labels) and all(matcher.label in labels for matcher in each.parsed)
        for each in routes
    )
