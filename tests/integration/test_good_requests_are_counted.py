"""How many requests were answered in time: what the daemon adds up is what was published."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from support.daemon import daemon, settings, values
from support.simulated import client, simulated_estate

TIMED = """\
from datetime import timedelta
from ppbe_observe.cloudwatch import AVERAGE, SAMPLE_COUNT, Exporter, Metric

EXPORTER = Exporter(
    namespace="PPBE/Timed", dimensions=("Source",), lookback=timedelta(minutes=30),
    metrics=(
        Metric("Latency", AVERAGE, "p99", help="Latency, seconds."),
        Metric("Latency", SAMPLE_COUNT, "TC(:0.5)", help="Requests.", counters=(SAMPLE_COUNT, "TC(:0.5)")),
    ),
)
"""
EDGES = (0.5, 0.5, 0.5000001, 0.4999999)
"""The upper end is included (CloudWatch user guide, "CloudWatch statistics definitions")."""


def published(now: datetime) -> dict[datetime, list[float]]:
    """Latencies of eight minutes, the first of them all slow, in bursts of very different size."""
    random = Random(7)
    minutes = [now.replace(second=0, microsecond=0) - timedelta(minutes=ago) for ago in range(12, 4, -1)]
    drawn = [[random.lognormvariate(-1.0, 0.8) for _ in range(random.choice((1, 40, 140)))] for _ in minutes]
    return dict(zip(minutes, [[0.9, 1.4], *drawn[1:-1], list(EDGES)], strict=True))


def datum(at: datetime, values: list[float]) -> dict[str, Any]:
    return {
        "MetricName": "Latency",
        "Dimensions": [{"Name": "Source", "Value": "api"}],
        "Timestamp": at,
        "Values": values,
        "Counts": [1.0] * len(values),
    }


def test_the_counters_are_the_true_numbers_of_good_and_of_all_requests(tmp_path: Path) -> None:
    latencies = published(datetime.now(UTC))
    every = [value for values in latencies.values() for value in values]
    good = sum(value <= 0.5 for value in every)
    (tmp_path / "exporters").mkdir()
    (tmp_path / "exporters" / "timed.py").write_text(TIMED)
    with simulated_estate(late=False) as estate:
        data = [datum(at, values) for at, values in latencies.items()]
        client(estate, "cloudwatch").put_metric_data(Namespace="PPBE/Timed", MetricData=data)
        given = settings(exporters={"timed": {"interval": "2s"}}, definitions=str(tmp_path))
        with daemon(tmp_path, given, estate.environ) as running:
            running.until(lambda series: values(series, "aws_ppbe_timed_latency_samples_total"))
            series = running.series()
            page = running.page("application/openmetrics-text; version=1.0.0")
    assert len(every) > 200
    assert 0 < good < len(every)
    assert values(series, "aws_ppbe_timed_latency_samples_total") == [len(every)]
    assert values(series, "aws_ppbe_timed_latency_tc_0_5_total") == [good]
    assert "# TYPE aws_ppbe_timed_latency_tc_0_5 counter\n" in page
    assert "# TYPE aws_ppbe_timed_latency_tc__0_5_ gauge\n" in page
