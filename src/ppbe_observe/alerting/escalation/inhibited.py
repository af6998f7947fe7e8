"""Inhibitions that silence nothing, or themselves. Pure.

Alertmanager lets an alert that is inhibited inhibit others. So in a ring of alerts, each of which is the source of the
next, nobody would be told of any.
"""

from collections.abc import Iterator, Mapping, Sequence

from ppbe_observe.alerting.escalation.climbing import series_labels, static_labels
from ppbe_observe.alerting.escalation.ladders import Inhibition
from ppbe_observe.alerting.escalation.matchers import Matcher, match
from ppbe_observe.alerting.escalation.whole import Escalation
from ppbe_observe.alerting.rules import Alert

Reached = Mapping[str, frozenset[str]]
"""The alerts that each alert may silence, by name."""


def inhibition_problems(escalation: Escalation, alerts: Sequence[Alert]) -> Iterator[tuple[str, str]]:
    """Each with the place of its definition."""
    for each in escalation.inhibitions:
        if not any(_may_match(each.sources, alert) for alert in alerts):
            yield each.place, f"{_what(each)}: no alert is its source; correct the matchers, or delete it"
        if not any(_may_match(each.targets, alert) for alert in alerts):
            yield each.place, f"{_what(each)}: no alert is its target; correct the matchers, or delete it"
        if any(_may_match(each.targets, alert) for alert in alerts if alert.name == escalation.watchdog.alert):
            yield each.place, f"{_what(each)} may silence the watchdog, and the dead man's switch goes off; narrow it"
    reached = _reached(escalation.inhibitions, alerts)
    for name in sorted(reached):
        if ring := _ring(name, reached):
            yield escalation.place, f"inhibitions go round in a ring, and nobody is told: {' > '.join(ring)}"


def _reached(inhibitions: Sequence[Inhibition], alerts: Sequence[Alert]) -> Reached:
    targets = [(each, [alert for alert in alerts if _may_match(each.targets, alert)]) for each in inhibitions]
    return {
        source.name: frozenset(
            target.name
            for each, found in targets
            if _may_match(each.sources, source)
            for target in found
            if target is not source and _same(each, source, target)
        )
        for source in alerts
    }


def _ring(start: str, reached: Reached) -> tuple[str, ...]:
    """The shortest way from an alert to itself; told of its first one by name only."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in ways:
        for name in sorted(reached[way[-1]]):
            if name == start:
                return (*way, start) if start == min(way) else ()
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()


def _may_match(wanted: Sequence[Matcher], alert: Alert) -> bool:
    """Whether nothing static about an alert contradicts; any other label may be as it is wanted."""
    labels = static_labels(alert)
    others = {each.label for each in wanted if each.label not in labels and not each.accepts("")}
    known = [each for each in wanted if each.label in labels]
    return match(known, labels) and others <= series_labels(alert, others)


def _same(inhibition: Inhibition, source: Alert, target: Alert) -> bool:
    one, two = static_labels(source), static_labels(target)
    return all(one.get(label, two.get(label)) == two.get(label, one.get(label)) for label in inhibition.same)


def _what(inhibition: Inhibition) -> str:
    return f"the inhibition of {' '.join(inhibition.target)} by {' '.join(inhibition.source)}"
