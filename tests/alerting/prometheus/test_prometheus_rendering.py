"""Rule groups and their unit tests as Prometheus and promtool read them."""

from datetime import timedelta

import pytest

from ppbe_observe.alerting.durations import duration
from ppbe_observe.alerting.prometheus.rule_file import Rendering, rule_file
from ppbe_observe.alerting.prometheus.rule_tests import test_file as unit_tests
from ppbe_observe.alerting.rules import PAGE, Record
from ppbe_observe.alerting.units import PERCENT
from support.alerts import alert, group

MINUTE = timedelta(minutes=1)
LADDER = Rendering(lambda _: (("l1", timedelta()), ("l2", 15 * MINUTE)), "https://observe.agency.gov/runbooks")
FLAT = Rendering(lambda _: (("", timedelta()),), "https://observe.agency.gov/runbooks")
CPU = alert(
    name="RdsCpuHigh",
    expr='cpu{env="production"} > 80',
    severity=PAGE,
    summary="A database is short of CPU",
    description="{name} uses {value}, more than {threshold}",
    unit=PERCENT,
    lasts=10 * MINUTE,
    keeps=5 * MINUTE,
    resource=("name",),
    labels={"team": "data"},
)
ANNOTATIONS = {
    "summary": "A database is short of CPU",
    "description": '{{ $labels.name }} uses {{ $value | printf "%.4g" }} %, more than 80 %',
    "runbook_url": "https://observe.agency.gov/runbooks/RdsCpuHigh",
}
LABELS = {"severity": "page", "owner": "sre", "team": "data"}


def test_an_alert_is_one_rule_a_step() -> None:
    assert rule_file([group(CPU, name="rds", interval=MINUTE)], LADDER) == {
        "groups": [
            {
                "name": "rds",
                "interval": "1m",
                "rules": [
                    {
                        "alert": "RdsCpuHigh",
                        "expr": 'cpu{env="production"} > 80',
                        "for": "10m",
                        "keep_firing_for": "5m",
                        "labels": {**LABELS, "escalation": "l1"},
                        "annotations": ANNOTATIONS,
                    },
                    {
                        "alert": "RdsCpuHigh",
                        "expr": 'cpu{env="production"} > 80',
                        "for": "25m",
                        "keep_firing_for": "5m",
                        "labels": {**LABELS, "escalation": "l2"},
                        "annotations": ANNOTATIONS,
                    },
                ],
            }
        ]
    }


def test_what_is_not_said_is_not_written() -> None:
    rules = [
        Record(name="a:b", expr="sum(a)"),
        Record(name="a:b", expr="sum(b)", labels={"part": "b"}),
        alert(runbook="Targets"),
    ]
    assert rule_file([group(*rules)], FLAT) == {
        "groups": [
            {
                "name": "g",
                "rules": [
                    {"record": "a:b", "expr": "sum(a)"},
                    {"record": "a:b", "expr": "sum(b)", "labels": {"part": "b"}},
                    {
                        "alert": "TargetDown",
                        "expr": 'up{job="x"} == 0',
                        "labels": {"severity": "ticket", "owner": "sre"},
                        "annotations": {
                            "summary": "A target is down",
                            "description": "{{ $labels.job }} is down",
                            "runbook_url": "https://observe.agency.gov/runbooks/Targets",
                        },
                    },
                ],
            }
        ]
    }


def test_the_unit_test_of_an_alert() -> None:
    document = unit_tests([group(CPU)], ["../rules/rds.yml"], LADDER)
    assert (document["rule_files"], document["evaluation_interval"]) == (["../rules/rds.yml"], "1m")
    arn = "arn:aws-us-gov:service:us-gov-west-1:123456789012:example"
    labels = {"account_id": "123456789012", "env": "production", "name": arn, "region": "us-gov-west-1"}
    named = ",".join(f'{key}="{value}"' for key, value in labels.items())
    whole = next(each for each in document["tests"] if each["name"].startswith("RdsCpuHigh fires"))
    fires = next(each for each in whole["alert_rule_test"] if each["exp_alerts"])
    assert {**whole, "alert_rule_test": [fires], "promql_expr_test": []} == {
        "name": "RdsCpuHigh fires, does not fire before its time, climbs to l1, climbs to l2",
        "promql_expr_test": [],
        "interval": "1m",
        "input_series": [{"series": f"cpu{{{named}}}", "values": "88x54"}],
        "alert_rule_test": [
            {
                "eval_time": "10m",
                "alertname": "RdsCpuHigh",
                "exp_alerts": [
                    {
                        "exp_labels": {**labels, **LABELS, "escalation": "l1"},
                        "exp_annotations": {
                            "summary": "A database is short of CPU",
                            "description": f"{arn} uses 88 %, more than 80 %",
                            "runbook_url": "https://observe.agency.gov/runbooks/RdsCpuHigh",
                        },
                    }
                ],
            }
        ],
    }
    assert whole["promql_expr_test"][1:] == [
        {
            "expr": 'count by (escalation) (ALERTS{alertname="RdsCpuHigh",alertstate="firing"})',
            "eval_time": "25m",
            "exp_samples": [
                {"labels": '{escalation="l1"}', "value": 1},
                {"labels": '{escalation="l2"}', "value": 1},
            ],
        }
    ]


@pytest.mark.parametrize(
    ("length", "written"),
    [
        (timedelta(), "0s"),
        (timedelta(seconds=90), "1m30s"),
        (timedelta(hours=1, minutes=30), "1h30m"),
        (timedelta(days=44), "44d"),
        (timedelta(days=1, seconds=1), "1d1s"),
        (timedelta(milliseconds=1500), "1s"),
    ],
)
def test_durations(length: timedelta, written: str) -> None:
    assert duration(length) == written
