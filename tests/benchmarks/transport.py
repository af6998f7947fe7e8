"""CPU of one GetMetricData call of 500 metrics with 5 datapoints each: ours beside boto3's, in the same run.

Both do the same work: from 500 MetricStats to 500 Answers. The server is another process, so that only the
client's CPU is counted.
"""

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from benchmarks.figure import Figure
from ppbe_observe.aws.cloudwatch.metrics_api import MetricsApi
from ppbe_observe.aws.identity.sessions import Sessions
from ppbe_observe.aws.limits import RateLimiter
from ppbe_observe.aws.options import AwsOptions
from ppbe_observe.cloudwatch.query import Answer, Datapoint, MetricStat
from ppbe_observe.model import Target
from support.fake_aws import FakeAws, answer

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

BALANCERS, NAMES, DATAPOINTS = 25, 20, 5
REPEATS = 21  # of which the median counts
CALLS = 10  # in one repeat of ours, to be well above the clock's resolution
LIMIT_MS = 4.0
LIMIT_SHARE = 1 / 20

_TARGET = Target("123456789012", "us-gov-west-1", "aws-us-gov", fips=True)
_START = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
_END = _START + timedelta(minutes=DATAPOINTS)

Reading = Callable[[Sequence[MetricStat]], list[Answer]]


def measure() -> dict[str, Figure]:
    """Milliseconds of CPU of one call, ours and boto3's, and the one as a share of the other."""
    with _server() as url, _environment(url):
        sessions = Sessions(AwsOptions(), RateLimiter({"cloudwatch:GetMetricData": 100_000.0}))
        mine, theirs = _both(_ours(MetricsApi(sessions.of(_TARGET))), _boto3s())
        sessions.close()
    share = statistics.median(mine) / statistics.median(theirs)
    return {
        "CPU of one GetMetricData call": _figure(mine, LIMIT_MS),
        "the same call with boto3": _figure(theirs, None),
        "share of boto3's CPU": Figure(share, "of boto3's", LIMIT_SHARE, "of the two medians"),
    }


def _figure(spent: list[float], limit: float | None) -> Figure:
    what = f"{BALANCERS * NAMES} metrics x {DATAPOINTS} datapoints, median of {REPEATS}; the least {min(spent):.2f}"
    return Figure(statistics.median(spent), "ms", limit, what)


def _both(ours: Reading, boto3s: Reading) -> tuple[list[float], list[float]]:
    """Turn by turn, so that whatever else the machine does falls on both."""
    stats = _stats()
    assert ours(stats) == boto3s(stats) == _expected()
    pairs = [(_cpu_ms(ours, stats, CALLS), _cpu_ms(boto3s, stats, 1)) for _ in range(REPEATS)]
    return [mine for mine, _ in pairs], [theirs for _, theirs in pairs]


def _cpu_ms(read: Reading, stats: Sequence[MetricStat], times: int) -> float:
    gc.collect()
    gc.disable()  # as timeit does: when it runs depends on what else the process holds, not on the call
    before = time.process_time()
    for _ in range(times):
        read(stats)
    spent = time.process_time() - before
    gc.enable()
    return spent * 1000 / times


def _stats() -> list[MetricStat]:
    balancers = [f"app/ppbe-production-alb-{index}/50dc6c495c0c9188" for index in range(BALANCERS)]
    return [
        MetricStat(
            namespace="AWS/ApplicationELB",
            metric=f"HTTPCode_Target_{index}XX_Count",
            dimensions=(("LoadBalancer", balancer), ("AvailabilityZone", "us-gov-west-1a")),
            statistic="Sum",
            period=60,
        )
        for balancer in balancers
        for index in range(NAMES)
    ]


def _ours(api: MetricsApi) -> Reading:
    return lambda stats: api.get_metric_data(stats, _START, _END, time.monotonic() + 60)


def _boto3s() -> Reading:
    config = Config(retries={"mode": "standard"})
    client: CloudWatchClient = boto3.client("cloudwatch", region_name=_TARGET.region, config=config)

    def read(stats: Sequence[MetricStat]) -> list[Answer]:
        queries = [_boto3_query(place, stat) for place, stat in enumerate(stats)]
        answer = client.get_metric_data(
            MetricDataQueries=queries, StartTime=_START, EndTime=_END, ScanBy="TimestampAscending"
        )
        return [
            Answer(
                tuple(
                    Datapoint(int(at.timestamp()), value)
                    for at, value in zip(result["Timestamps"], result["Values"], strict=True)
                )
            )
            for result in answer["MetricDataResults"]
        ]

    return read


def _boto3_query(place: int, stat: MetricStat) -> "MetricDataQueryTypeDef":
    return {
        "Id": f"q{place}",
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


@contextmanager
def _server() -> Iterator[str]:
    command = [sys.executable, "-m", __name__]
    tests = Path(__file__).parents[1]
    with subprocess.Popen(command, cwd=tests, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://"), "the server did not start"
        try:
            yield url
        finally:
            process.terminate()


@contextmanager
def _environment(url: str) -> Iterator[None]:
    wanted = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "example"}
    before = dict(os.environ)
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _points(place: int) -> list[tuple[int, float]]:
    return [(int(_START.timestamp()) + 60 * minute, place + minute + 0.5) for minute in range(DATAPOINTS)]


def _expected() -> list[Answer]:
    return [Answer(tuple(Datapoint(*each) for each in _points(place))) for place in range(BALANCERS * NAMES)]


def _document() -> dict[str, Any]:
    """As CloudWatch writes it: timestamps as numbers with a fraction, a label on each result."""
    results = [
        {
            "Id": f"q{place}",
            "Label": f"app/ppbe-production-alb-{place} HTTPCode_Target",
            "Timestamps": [float(at) for at, _ in _points(place)],
            "Values": [value for _, value in _points(place)],
            "StatusCode": "Complete",
        }
        for place in range(BALANCERS * NAMES)
    ]
    return {"MetricDataResults": results, "Messages": []}


if __name__ == "__main__":  # the server's process
    with FakeAws(default=answer(_document())) as server:
        print(server.url, flush=True)  # noqa: T201 - how the parent learns the port
        sys.stdin.read()  # until the parent has gone
