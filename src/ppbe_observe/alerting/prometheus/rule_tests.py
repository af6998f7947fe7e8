"""The unit tests of a rule file as ``promtool test rules`` reads them. Pure.

Source: Prometheus documentation, "Unit testing for rules".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from ppbe_observe.alerting.durations import duration
from ppbe_observe.alerting.prometheus.examples import Climb, cases_of, climbs_of, example_of
from ppbe_observe.alerting.prometheus.rule_file import ESCALATION, Rendering, expanded_annotations, labels_of
from ppbe_observe.alerting.rules import Alert, Case, RuleGroup

INTERVAL = "1m"


def test_file(groups: Sequence[RuleGroup], rule_files: Sequence[str], rendering: Rendering) -> dict[str, Any]:
    """The tests of every alert in these groups; ``rule_files`` are relative to the tests' own place."""
    every = min(group.tested_every for group in groups)
    alerts = [alert for group in groups for alert in group.alerts]
    return {
        "rule_files": list(rule_files),
        "evaluation_interval": duration(every),
        "group_eval_order": [group.name for group in groups],
        "tests": [each for alert in alerts for each in _tests(alert, rendering, every)],
    }


def _tests(alert: Alert, rendering: Rendering, every: timedelta) -> Iterator[dict[str, Any]]:
    """One test for each set of series, called after all it shows: promtool evaluates every rule for each of them."""
    example = example_of(alert, rendering.longest(alert))
    cases = (*cases_of(alert, example, every), *alert.cases)
    climbs = tuple(climbs_of(alert, example, rendering.steps(alert)))
    for series in _distinct([*(each.series for each in cases), *(each.series for each in climbs)]):
        shown = [each for each in cases if each.series == series]
        climbed = [each for each in climbs if each.series == series]
        titles = dict.fromkeys([*(each.title for each in shown), *(each.title for each in climbed)])
        yield {
            "name": f"{alert.name} {', '.join(titles)}",
            "interval": INTERVAL,
            "input_series": [{"series": name, "values": values} for name, values in series.items()],
            **({"alert_rule_test": [_expected(alert, each, rendering) for each in shown]} if shown else {}),
            **({"promql_expr_test": [_levels(alert, each) for each in climbed]} if climbed else {}),
        }


def _distinct(series: Iterable[Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    return iter({tuple(sorted(each.items())): each for each in series}.values())


def _expected(alert: Alert, case: Case, rendering: Rendering) -> dict[str, Any]:
    """What fires at a time: every step that has come by then, of one alert or none."""
    found: list[dict[str, Any]] = []
    if case.value is not None:
        level, _ = rendering.steps(alert)[0]
        labels = {**case.labels, **labels_of(alert, level)}
        # Prometheus expands them with the labels of the expression, before those of the rule replace any.
        shown = expanded_annotations(alert, rendering, dict(case.labels), case.value)
        found = [{"exp_labels": labels, "exp_annotations": shown}]
    return {"eval_time": duration(case.at), "alertname": alert.name, "exp_alerts": found}


def _levels(alert: Alert, climb: Climb) -> dict[str, Any]:
    by = f'count by ({ESCALATION}) (ALERTS{{alertname="{alert.name}",alertstate="firing"}})'
    return {
        "expr": by,
        "eval_time": duration(climb.at),
        "exp_samples": [
            {"labels": f'{{{ESCALATION}="{level}"}}' if level else "{}", "value": 1} for level in climb.levels
        ],
    }
