"""The unit tests that come with an alert: one for each set of series, since promtool evaluates every rule for each."""

from datetime import timedelta
from typing import Any

from ppbe_observe.alerting import TICKET, Alert, Case, RuleGroup
from ppbe_observe.alerting.prometheus.rule_file import Rendering
from ppbe_observe.alerting.prometheus.rule_tests import test_file as made_of

MINUTE = timedelta(minutes=1)


def alert(*cases: Case) -> Alert:
    return Alert(
        name="QueueLong",
        expr="queue > 5",
        severity=TICKET,
        owner="sre",
        summary="Long",
        description="{value} of {threshold}",
        reason="a test",
        lasts=10 * MINUTE,
        cases=cases,
    )


def made(*cases: Case) -> list[dict[str, Any]]:
    rendering = Rendering(lambda _: (("l1", timedelta()), ("l2", 15 * MINUTE)), "http://127.0.0.1/runbooks")
    tests: list[dict[str, Any]] = made_of([RuleGroup(rules=(alert(*cases),))], ["x.yml"], rendering)["tests"]
    return tests


def test_what_the_same_series_show_is_one_test() -> None:
    first = made()[0]
    assert first["name"] == "QueueLong fires, does not fire before its time, climbs to l1, climbs to l2"
    assert [each["eval_time"] for each in first["alert_rule_test"]] == ["10m", "9m"]
    assert [each["eval_time"] for each in first["promql_expr_test"]] == ["10m", "25m"]


def test_each_set_of_series_is_told_once() -> None:
    inputs = [str(each["input_series"]) for each in made()]
    assert len(inputs) == len(set(inputs)) == 5


def test_a_case_by_hand_with_series_of_its_own_is_a_test_of_its_own() -> None:
    last = made(Case("a rush", {"queue": "9x3 0x30"}, 20 * MINUTE))[-1]
    assert last["name"] == "QueueLong a rush"
    assert last["alert_rule_test"] == [{"eval_time": "20m", "alertname": "QueueLong", "exp_alerts": []}]
    assert "promql_expr_test" not in last


def test_rules_about_days_are_evaluated_as_seldom_as_their_group_says() -> None:
    rendering = Rendering(lambda _: (("l1", timedelta()),), "http://127.0.0.1/runbooks")
    group = RuleGroup(rules=(alert(),), tested_every=5 * MINUTE)
    document = made_of([group], ["x.yml"], rendering)
    assert document["evaluation_interval"] == "5m"
    times = {test["name"]: [each["eval_time"] for each in test["alert_rule_test"]] for test in document["tests"]}
    assert times["QueueLong fires, does not fire before its time, climbs to l1"] == ["10m", "5m"]
    assert times["QueueLong ends when its series end"] == ["25m"]
