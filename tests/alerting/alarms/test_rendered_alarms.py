"""Alarms as Terraform and CloudFormation read them: golden files, judged by the tools that can run here."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from cfnlint.api import lint_all

from ppbe_observe.alerting.alarms.rendering import as_cloudformation, as_terraform
from ppbe_observe.cloudwatch import DAY, LESS, Exporter, Metric
from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm
from ppbe_observe.definitions import load_alarms
from support.alarms import alarm
from support.project import PROJECT

GOLDEN = Path(__file__).parent / "golden"
ESTATE = load_alarms(PROJECT)
QUEUE = Exporter(
    namespace="PPBE/Jobs", dimensions=((),), metrics=(Metric("Waiting", "p90", help="Jobs that wait."),), name="jobs"
)
PLAIN = alarm(
    name="jobs-stuck",
    exporter=QUEUE,
    metric="Waiting",
    statistic="p99.5",
    level=(),
    comparison=LESS,
    threshold=0.5,
    period=DAY,
    of=3,
)
"""No tag, no dimension, no topic, and a statistic that is not a basic one."""
SEVERAL = (PLAIN, alarm(name="ppbe-{Environment}-{cost:center}-db", topic="costs-{Environment}"), *ESTATE)


PLACE = "${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:"


def lint(template: str) -> list[str]:
    """The rules that it breaks; those that only inform (I...) ask for prose about the architecture.

    In one place: cfn-lint takes half a minute for all regions, partitions and accounts that there may be.
    """
    placed = template.replace(PLACE, "aws-us-gov:sns:us-gov-west-1:123456789012:")
    return [f"{each.rule.id} {each.message}" for each in lint_all(placed) if not each.rule.id.startswith("I")]


@pytest.mark.parametrize(
    ("file", "written"), [("alarms.tf.json", as_terraform(ESTATE)), ("alarms.yaml", as_cloudformation(ESTATE))]
)
def test_the_alarms_of_the_estate_as_they_were_reviewed(file: str, written: str) -> None:
    """Where the change is wanted: ``ppbe-observe alarms render`` into the golden file, and look at the difference."""
    assert written == (GOLDEN / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("alarms", [ESTATE, SEVERAL, (PLAIN,)], ids=["estate", "several", "plain"])
def test_cloudformation_takes_the_template(alarms: tuple[CloudWatchAlarm, ...]) -> None:
    assert lint(as_cloudformation(alarms)) == []


def test_cfn_lint_would_find_a_wrong_one() -> None:
    assert lint(as_cloudformation(ESTATE).replace("GreaterThanThreshold", "MoreThanThreshold")) != []


def resources(template: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(template)["Resources"]
    return {name: each["Properties"] for name, each in found.items()}


def test_an_alarm_without_tags_and_dimensions_is_always_there() -> None:
    template = yaml.safe_load(as_cloudformation((PLAIN,)))
    assert "Conditions" not in template
    assert "Parameters" not in template
    (plain,) = resources(as_cloudformation((PLAIN,))).values()
    assert plain == {
        "AlarmName": "jobs-stuck",
        "Namespace": "PPBE/Jobs",
        "MetricName": "Waiting",
        "ExtendedStatistic": "p99.5",
        "Dimensions": [],
        "Period": 86400,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "ComparisonOperator": "LessThanThreshold",
        "Threshold": 0.5,
        "TreatMissingData": "missing",
    }


def test_terraform_leaves_out_what_lacks_a_dimension() -> None:
    module = json.loads(as_terraform(SEVERAL))
    found = module["resource"]["aws_cloudwatch_metric_alarm"]
    assert {name: each["count"] for name, each in found.items()} == {
        "jobs_stuck": "${true ? 1 : 0}",
        "ppbe_db": "${var.dimension_dbinstance_identifier != null ? 1 : 0}",
        "ppbe_api_error_rate": "${var.dimension_load_balancer != null ? 1 : 0}",
        "ppbe_api_memory": "${var.dimension_cluster_name != null && var.dimension_service_name != null ? 1 : 0}",
        "ppbe_db_cpu": "${var.dimension_dbinstance_identifier != null ? 1 : 0}",
    }
    assert found["jobs_stuck"]["extended_statistic"] == "p99.5"
    assert found["ppbe_db"]["alarm_name"] == "ppbe-${var.tag_environment}-${var.tag_cost_center}-db"
    assert module["data"]["aws_sns_topic"] == {
        "costs": {"name": "costs-${var.tag_environment}"},
        "ppbe_alerts": {"name": "ppbe-${var.tag_environment}-alerts"},
    }


def test_every_variable_that_is_used_is_declared_and_the_other_way_round() -> None:
    text = as_terraform(SEVERAL)
    for name in json.loads(text)["variable"]:
        assert f"var.{name}" in text
    template = as_cloudformation(SEVERAL)
    for name in yaml.safe_load(template)["Parameters"]:
        assert f"Ref: {name}" in template or f"${{{name}}}" in template


@pytest.mark.parametrize("text", [as_terraform(ESTATE), as_cloudformation(ESTATE)], ids=["terraform", "cloudformation"])
def test_no_partition_region_or_account_is_named(text: str) -> None:
    assert text.count(PLACE) == 2 * len(ESTATE) or "aws_sns_topic" in text
    assert not [word for word in ("aws-us-gov", "arn:aws:", "us-gov-west-1", "123456789012") if word in text]
