"""What is wrong with an escalation that Alertmanager would take all the same. Pure.

Every problem names the place of the definition and what to do. Receivers and intervals that are named but not defined
never come here: the escalation itself refuses them.
"""

from collections.abc import Iterator, Sequence

from ppbe_observe.alerting.escalation.climbing import copies, series_labels, static_labels
from ppbe_observe.alerting.escalation.inhibited import inhibition_problems
from ppbe_observe.alerting.escalation.matchers import Matcher, covers, match
from ppbe_observe.alerting.escalation.receivers import PagerDuty
from ppbe_observe.alerting.escalation.routes import Node, routes_of
from ppbe_observe.alerting.escalation.whole import NOBODY, Escalation
from ppbe_observe.alerting.prometheus.rule_file import ESCALATION
from ppbe_observe.alerting.rules import Alert
from ppbe_observe.place import Problem


def lint_escalation(escalation: Escalation, alerts: Sequence[Alert]) -> tuple[Problem, ...]:
    """Every problem, given all the alerts that may fire."""
    nodes = routes_of(escalation)
    return tuple(
        Problem(place, text)
        for place, text in (
            *_unused(escalation),
            *_shadowed(nodes),
            *_impossible(nodes, escalation, alerts),
            *_without_ladder(escalation, alerts),
            *_watchdog(escalation, alerts),
            *_end_untold(nodes, escalation),
            *inhibition_problems(escalation, alerts),
        )
    )


def _unused(escalation: Escalation) -> Iterator[tuple[str, str]]:
    told = {name for _, name in escalation.named()}
    for receiver in escalation.receivers:
        if receiver.name not in told:
            yield receiver.place, f"receiver {receiver.name} is never told; name it in a step or a route, or delete it"
    used = {name for _, name in escalation.named_intervals()}
    for interval in escalation.intervals:
        if interval.name not in used:
            yield (
                interval.place,
                f"interval {interval.name} is never used; name it in a ladder or a route, or delete it",
            )


def _shadowed(nodes: Sequence[Node]) -> Iterator[tuple[str, str]]:
    for number, node in enumerate(nodes):
        for before in nodes[:number]:
            if not before.onward and covers(before.matchers, node.matchers):
                yield (
                    node.place,
                    f"{node.what} is never reached: {before.what} takes all of it; set onward or narrow it",
                )
                break


def _impossible(nodes: Sequence[Node], escalation: Escalation, alerts: Sequence[Alert]) -> Iterator[tuple[str, str]]:
    static = {label for alert in alerts for label in (*static_labels(alert), ESCALATION)}
    for node in nodes[1:]:  # what is wrong with the watchdog is said by _watchdog
        if node.receiver == NOBODY or not node.matchers:
            continue
        if not any(_may_match(node.matchers, alert, escalation, static) for alert in alerts):
            yield node.place, f"{node.what}: no alert has these labels; correct the matchers, or delete it"


def _may_match(wanted: Sequence[Matcher], alert: Alert, escalation: Escalation, static: set[str]) -> bool:
    """Whether a copy of an alert matches in its static labels, and has the others."""
    known = [each for each in wanted if each.label in static]
    others = {each.label for each in wanted if each.label not in static and not each.accepts("")}
    return others <= series_labels(alert, others) and any(match(known, each) for each in copies(alert, escalation))


def _without_ladder(escalation: Escalation, alerts: Sequence[Alert]) -> Iterator[tuple[str, str]]:
    for severity, owner in dict.fromkeys((each.severity, each.owner) for each in alerts if not each.always):
        if severity not in escalation.unsent and not escalation.ladders_of(severity, owner):
            of = f"severity {severity} of {owner}"
            yield (
                escalation.place,
                f"{of} has no ladder: {escalation.fallback} gets it, once; add one, or make it unsent",
            )


def _watchdog(escalation: Escalation, alerts: Sequence[Alert]) -> Iterator[tuple[str, str]]:
    name = escalation.watchdog.alert
    if not any(each.name == name and each.always for each in alerts):
        yield escalation.place, f"no alert {name} fires at all times, so the dead man's switch would go off; declare it"


def _end_untold(nodes: Sequence[Node], escalation: Escalation) -> Iterator[tuple[str, str]]:
    for node in nodes:
        hours = ", ".join((*node.active, *node.muted))
        if not hours or node.receiver == NOBODY:
            continue
        if any(isinstance(each, PagerDuty) for each in escalation.receiver(node.receiver).to):
            text = "what ends at the others stays open there; tell it at all hours, and let its schedules decide"
            yield node.place, f"{node.what} tells PagerDuty at some hours only ({hours}): {text}"
