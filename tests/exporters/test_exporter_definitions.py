"""What the shipped exporters promise, checked as a whole."""

import re
from pathlib import Path

import pytest

from ppbe_observe.aws.services import GATHERERS, KINDS
from ppbe_observe.cloudwatch import SUM, Exporter
from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.definitions import load_exporters

ROOT = Path(__file__).parents[2]
EXPORTERS = {each.name: each for each in load_exporters(ROOT)}
EACH = pytest.mark.parametrize("exporter", EXPORTERS.values(), ids=EXPORTERS)

# What a describe call tells a resource's metrics are filed under, by kind (tests/aws/gather checks the values).
DIMENSIONS = {
    "elasticloadbalancing:loadbalancer": {"LoadBalancer"},
    "elasticloadbalancing:targetgroup": {"TargetGroup", "LoadBalancer"},
    "rds:db": {"DBInstanceIdentifier"},
    "ecs:cluster": {"ClusterName"},
    "ecs:service": {"ClusterName", "ServiceName"},
    "elasticache:cluster": {"CacheClusterId"},
    "ec2:natgateway": {"NatGatewayId"},
    "ec2:vpn-connection": {"VpnId"},
    "wafv2:webacl": {"WebACL", "Region"},
    "logs:log-group": {"LogGroupName"},
    "sns:topic": {"TopicName"},
    "s3:bucket": {"BucketName"},
    "acm:certificate": {"CertificateArn"},
}
# The dashboards that come with yet-another-cloudwatch-exporter ask for these.
DROP_IN = {
    "rds": {
        "aws_rds_info",
        "aws_rds_cpuutilization_maximum",
        "aws_rds_database_connections_sum",
        "aws_rds_free_storage_space_average",
        "aws_rds_freeable_memory_average",
        "aws_rds_read_throughput_average",
        "aws_rds_write_throughput_average",
        "aws_rds_read_iops_average",
        "aws_rds_write_iops_average",
        "aws_rds_read_latency_maximum",
        "aws_rds_write_latency_maximum",
    },
    "s3": {"aws_s3_info", "aws_s3_bucket_size_bytes_average", "aws_s3_number_of_objects_average"},
}
# docs of the estate: the three alarms that exist today.
ALARMS = {
    "alb": {
        "aws_applicationelb_httpcode_elb_5_xx_count_sum",
        "aws_applicationelb_httpcode_target_5_xx_count_sum",
        "aws_applicationelb_httpcode_target_5_xx_count_total",
        "aws_applicationelb_target_response_time_p99",
    },
    "rds": {"aws_rds_cpuutilization_average", "aws_rds_dbload_non_cpu_average", "aws_rds_ebsiobalance_percent_average"},
    "ecs": {"aws_ecs_memory_utilization_average", "aws_ecs_service_running_tasks"},
    "ecs_containerinsights": {"aws_ecs_containerinsights_running_task_count_average"},
}


def test_there_is_an_exporter_for_every_subject() -> None:
    assert {name: each.namespace for name, each in EXPORTERS.items()} == {
        "acm": "AWS/CertificateManager",
        "alb": "AWS/ApplicationELB",
        "api": "PPBE/API",
        "ecs": "AWS/ECS",
        "ecs_containerinsights": "ECS/ContainerInsights",
        "elasticache": "AWS/ElastiCache",
        "logs": "AWS/Logs",
        "nat": "AWS/NATGateway",
        "rds": "AWS/RDS",
        "s3": "AWS/S3",
        "sns": "AWS/SNS",
        "vpn": "AWS/VPN",
        "waf": "AWS/WAFV2",
    }


@pytest.mark.parametrize("names", [DROP_IN, ALARMS])
def test_series_that_others_rely_on_are_exported(names: dict[str, set[str]]) -> None:
    for exporter, series in names.items():
        assert series <= set(EXPORTERS[exporter].family_names())


@EACH
def test_help_is_a_sentence(exporter: Exporter) -> None:
    for metric in exporter.metrics:
        assert re.fullmatch(r"[A-Z0-9].{12,}[.]", metric.help), metric
        assert "|" not in metric.help, "docs/reference is a table"


@EACH
def test_a_metric_exists_at_levels_of_its_exporter(exporter: Exporter) -> None:
    assert {level for metric in exporter.metrics for level in metric.levels} <= set(exporter.levels)


@EACH
def test_drop_in_values_are_those_of_cloudwatch(exporter: Exporter) -> None:
    scaled = [metric.name for metric in exporter.metrics if metric.scale != 1]
    assert scaled == [] or not exporter.namespace.startswith(("AWS/", "ECS/"))


@EACH
def test_only_counts_of_events_are_zero_where_nothing_is_reported(exporter: Exporter) -> None:
    for metric in exporter.metrics:
        assert not metric.nil_to_zero or (metric.statistics == metric.counters == (SUM,)), metric


@EACH
def test_every_level_belongs_to_a_resource_that_can_be_found(exporter: Exporter) -> None:
    known = [DIMENSIONS[kind] for kind in exporter.kinds if kind in DIMENSIONS]
    assert set(exporter.kinds) <= KINDS
    for level in exporter.levels:
        assert any(dimensions <= set(level) for dimensions in known), level


@EACH
def test_facts_belong_to_kinds_of_their_exporter(exporter: Exporter) -> None:
    for fact in exporter.facts:
        assert fact.kind is None or fact.kind in exporter.kinds
        assert fact.help.endswith(".")
        assert re.fullmatch(r"[a-z][a-z0-9_]*[a-z]", fact.name)
        assert fact.name.endswith("_timestamp_seconds") == ("epoch" in fact.help)


def test_no_gatherer_is_there_for_nothing() -> None:
    wanted = {kind for exporter in EXPORTERS.values() for kind in exporter.kinds}
    wanted |= {kind for check in CHECKS for kind in (check.on, *check.uses)}
    bases = {kind for gatherer in GATHERERS for kind in gatherer.of}
    unused = {kind for gatherer in GATHERERS for kind in gatherer.kinds} - wanted - bases
    assert unused == {"rds:cluster"} - wanted


def test_daily_metrics_are_not_asked_for_every_minute() -> None:
    hourly = {name for name, each in EXPORTERS.items() if each.every.total_seconds() == 3600}
    assert hourly == {"s3", "acm"}
