"""The transport and boto3 give equal answers, asked the same of the same servers: moto and the simulated estate."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import boto3
import pytest
from moto.server import ThreadedMotoServer

from ppbe_observe.aws.cloudwatch.metrics_api import MetricsApi
from ppbe_observe.aws.identity.sessions import Sessions
from ppbe_observe.aws.limits import RateLimiter
from ppbe_observe.aws.options import AwsOptions
from ppbe_observe.cloudwatch.query import Answer, Datapoint, ListedMetric, MetricStat
from support.aws_sessions import GOV
from support.simulated import simulated_estate

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

NOW = datetime.now(UTC).replace(second=0, microsecond=0)


@pytest.fixture(scope="module")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def api() -> Iterator[MetricsApi]:
    sessions = Sessions(AwsOptions(), RateLimiter())
    yield MetricsApi(sessions.of(GOV))
    sessions.close()


def boto3_cloudwatch() -> "CloudWatchClient":
    return boto3.client("cloudwatch", region_name=GOV.region)


def with_boto3(stats: list[MetricStat], start: datetime, end: datetime) -> list[Answer]:
    pages = (
        boto3_cloudwatch()
        .get_paginator("get_metric_data")
        .paginate(
            MetricDataQueries=[
                {
                    "Id": f"m{place}",
                    "MetricStat": {
                        "Metric": {
                            "Namespace": stat.namespace,
                            "MetricName": stat.metric,
                            "Dimensions": [{"Name": name, "Value": value} for name, value in stat.dimensions],
                        },
                        "Period": stat.period,
                        "Stat": stat.statistic,
                    },
                }
                for place, stat in enumerate(stats)
            ],
            StartTime=start,
            EndTime=end,
        )
    )
    found: dict[str, dict[int, float]] = {}
    for page in pages:
        for result in page["MetricDataResults"]:
            points = found.setdefault(result["Id"], {})
            points.update(
                {int(at.timestamp()): value for at, value in zip(result["Timestamps"], result["Values"], strict=True)}
            )
    return [
        Answer(tuple(Datapoint(*each) for each in sorted(found[f"m{place}"].items()))) for place in range(len(stats))
    ]


def listed_by_boto3(namespace: str) -> list[ListedMetric]:
    pages = boto3_cloudwatch().get_paginator("list_metrics").paginate(Namespace=namespace)
    return [
        ListedMetric(each["MetricName"], tuple((one["Name"], one["Value"]) for one in each["Dimensions"]))
        for page in pages
        for each in page["Metrics"]
    ]


def soon() -> float:
    return time.monotonic() + 30


def test_equal_answers_of_moto(monkeypatch: pytest.MonkeyPatch, moto_url: str, api: MetricsApi) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    for minute in range(6):
        boto3_cloudwatch().put_metric_data(
            Namespace="PPBE/API",
            MetricData=[
                {
                    "MetricName": "Latency",
                    "Dimensions": [{"Name": "Service", "Value": "ppbe-api"}],
                    "Timestamp": NOW - timedelta(minutes=minute, seconds=second),
                    "Value": minute * 10 + second / 7,
                }
                for second in (5, 20, 40)
            ],
        )
    statistics = ("Average", "Sum", "Minimum", "Maximum", "SampleCount")
    stats = [MetricStat("PPBE/API", "Latency", (("Service", "ppbe-api"),), each, 60) for each in statistics]
    stats.append(MetricStat("PPBE/API", "Nothing", (), "Sum", 60))
    start, end = NOW - timedelta(minutes=10), NOW

    answers = api.get_metric_data(stats, start, end, soon())

    assert answers == with_boto3(stats, start, end)
    assert [len(each.datapoints) for each in answers] == [6, 6, 6, 6, 6, 0]
    assert list(api.list_metrics("PPBE/API", soon())) == listed_by_boto3("PPBE/API")


@pytest.mark.parametrize("namespace", ["AWS/RDS", "AWS/ApplicationELB"])
def test_equal_answers_of_the_simulated_estate(
    monkeypatch: pytest.MonkeyPatch, api: MetricsApi, namespace: str
) -> None:
    with simulated_estate() as estate:
        monkeypatch.setenv("AWS_ENDPOINT_URL", estate.url)
        listed = list(api.list_metrics(namespace, soon()))
        assert listed == listed_by_boto3(namespace)
        statistics = ("Average", "Sum", "p99")
        stats = [
            MetricStat(namespace, each.name, each.dimensions, statistics[place % 3], 60)
            for place, each in enumerate(listed[:500])
        ]
        start, end = NOW - timedelta(hours=6), NOW - timedelta(hours=1)
        answers = api.get_metric_data(stats, start, end, soon())
        assert answers == with_boto3(stats, start, end)
    assert sum(len(each.datapoints) for each in answers) > 1000
