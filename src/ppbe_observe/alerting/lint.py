"""What is wrong with alerts that Prometheus would take all the same. Pure.

Every problem names the place of the definition and what to do.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta

from ppbe_observe.alerting.rules import Alert, Record, Rule, RuleGroup
from ppbe_observe.alerting.units import PERCENT
from ppbe_observe.place import Problem
from ppbe_observe.promql.expression import Selector
from ppbe_observe.promql.known import Known, never_matches, unknown
from ppbe_observe.promql.results import may_have

SCRAPED_EVERY = timedelta(minutes=1)
_HUNDRED = 100.0
_NEVER = frozenset({(">", float("inf")), ("<", float("-inf"))})


def lint(groups: Sequence[RuleGroup], known: Known, runbooks: Collection[str]) -> tuple[Problem, ...]:
    """Every problem, in the order of the definitions.

    Args:
        groups: All of them: recording rules of one are known to the others.
        known: What is exported.
        runbooks: The names of the runbooks that exist.
    """
    rules = [rule for group in groups for rule in group.rules]
    recorded = {each.name for each in rules if isinstance(each, Record)}
    return (
        *(problem for rule in rules for problem in _of_rule(rule, known, recorded)),
        *(problem for rule in rules if isinstance(rule, Alert) for problem in _of_alert(rule, runbooks)),
        *_duplicates(rules),
    )


def _of_rule(rule: Rule, known: Known, recorded: Collection[str]) -> Iterator[Problem]:
    what = f"{'alert' if isinstance(rule, Alert) else 'rule'} {rule.name}"
    for selector in rule.parsed.selectors:
        for text in (*unknown(selector, known, recorded), *never_matches(selector), *_too_short(selector)):
            yield Problem(rule.place, f"{what}: {text}")


def _of_alert(alert: Alert, runbooks: Collection[str]) -> Iterator[Problem]:
    found = (*_no_comparison(alert), *_absent_at_once(alert), *_impossible(alert), *_variables(alert))
    yield from (Problem(alert.place, f"alert {alert.name}: {text}") for text in found)
    if alert.page not in runbooks:
        yield Problem(alert.place, f"alert {alert.name}: there is no runbook docs/runbooks/{alert.page}.md; write it")


def _too_short(selector: Selector) -> Iterator[str]:
    if selector.range is not None and selector.range < 2 * SCRAPED_EVERY:
        yield f"a range of {selector.range.total_seconds():.0f} s holds less than two samples; take 2m at least"


def _no_comparison(alert: Alert) -> Iterator[str]:
    if not (alert.always or alert.parsed.compares or alert.on_absence):
        yield "its expression compares nothing: it fires whenever the series is there"


def _absent_at_once(alert: Alert) -> Iterator[str]:
    if alert.on_absence and not alert.lasts:
        yield "absent() without lasts fires at every restart; give it some minutes"


def _impossible(alert: Alert) -> Iterator[str]:
    comparison = alert.parsed.comparison
    if comparison is None:
        return
    top = alert.unit is PERCENT and comparison.number >= _HUNDRED and comparison.operator == ">"
    if top or (comparison.operator, comparison.number) in _NEVER:
        yield f"it can never fire: nothing is {comparison.operator} {alert.unit.show(comparison.number)}"


def _variables(alert: Alert) -> Iterator[str]:
    for label, value in alert.labels.items():
        if "{{" in value or "$value" in value:
            yield f"label {label} changes with the value: every change would be another alert; put it into the text"
    for label in sorted(alert.named_labels):
        if not may_have(alert.parsed.root, label):
            yield f"the description names {label}, which the expression sums away"


def _duplicates(rules: Iterable[Rule]) -> Iterator[Problem]:
    names: dict[str, Rule] = {}
    meanings: dict[tuple[object, ...], Rule] = {}
    for rule in rules:
        first = names.setdefault(rule.name, rule)
        if first is not rule and (isinstance(rule, Alert) or isinstance(first, Alert) or first.labels == rule.labels):
            yield Problem(rule.place, f"{rule.name} is already declared at {first.place}")
        if isinstance(rule, Alert):
            meaning = (rule.parsed.root.prettify(), rule.lasts, rule.severity)
            same = meanings.setdefault(meaning, rule)
            if same is not rule:
                yield Problem(rule.place, f"alert {rule.name} says the same as {same.name} at {same.place}")
