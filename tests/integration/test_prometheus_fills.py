"""A real Prometheus scrapes a real daemon, and its answers are what the simulated CloudWatch served."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import Metric as MetricFamily
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from ppbe_observe.simulate import SimulatedEstate
from support.daemon import EXPORTERS, RunningDaemon, daemon, settings, until, value, values
from support.processes import Peer, prometheus, promtool
from support.simulated import client, simulated_estate

ROLE = "arn:aws-us-gov:iam::210987654321:role/ppbe-observe"
TARGETS = [
    {"account_id": "123456789012", "regions": ["us-gov-west-1", "us-gov-east-1"]},
    {"regions": ["us-gov-west-1"], "role": {"arn": ROLE, "external_id": "ppbe-observe"}},
]
SCRAPE = """\
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: ppbe-observe
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""
EVENTS_PER_SECOND = 5.0
BURST = """\
from datetime import timedelta
from ppbe_observe.cloudwatch import SUM, Exporter, Metric

SECOND = timedelta(seconds=1)
EXPORTER = Exporter(
    namespace="PPBE/Burst", metrics=(Metric("Events", SUM, help="Events."),), period=SECOND, delay=SECOND,
    dimensions=("Source",),
)
"""


@pytest.fixture(scope="module")
def estate() -> Iterator[SimulatedEstate]:
    """An estate whose datapoints are there at once and never change."""
    with simulated_estate(late=False) as running:
        yield running


@pytest.fixture(scope="module")
def watched(estate: SimulatedEstate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDaemon]:
    """A daemon with every exporter on two accounts and regions, and all of it collected once."""
    given = settings(targets=TARGETS, exporters={})
    with daemon(tmp_path_factory.mktemp("watched"), given, estate.environ) as running:
        running.until_ready()
        running.until(lambda series: len(values(series, "ppbe_observe_collect_success")) == 3 * len(EXPORTERS))
        yield running


@pytest.fixture(scope="module")
def server(watched: RunningDaemon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """Prometheus, with the daemon's page in it."""
    home = tmp_path_factory.mktemp("prometheus")
    config = home / "prometheus.yml"
    config.write_text(SCRAPE.format(port=watched.port))
    with prometheus(config, home) as peer:
        until(lambda: bool(peer.query("aws_rds_cpuutilization_average")))
        yield peer


def ask(peer: Peer, expression: str) -> dict[str, float]:
    """The result of a query by the ``name`` label."""
    return {each["metric"]["name"]: float(each["value"][1]) for each in peer.query(expression)}


def served(
    estate: SimulatedEstate, what: tuple[str, str, str, str], dimensions: dict[str, str]
) -> dict[datetime, float]:
    """What boto3 reads of the last quarter of an hour, by timestamp."""
    region, namespace, metric, statistic = what
    now = datetime.now(UTC)
    stat: dict[str, Any] = {
        "Metric": {
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": text} for name, text in dimensions.items()],
        },
        "Period": 60,
        "Stat": statistic,
    }
    answer = client(estate, "cloudwatch", region).get_metric_data(
        MetricDataQueries=[{"Id": "q", "MetricStat": stat}], StartTime=now - timedelta(minutes=15), EndTime=now
    )
    (result,) = answer["MetricDataResults"]
    return dict(zip(result["Timestamps"], result["Values"], strict=True))


COMPARED = [
    ("aws_rds_cpuutilization_average", "AWS/RDS", "CPUUtilization", "Average"),
    ("aws_rds_free_storage_space_minimum", "AWS/RDS", "FreeStorageSpace", "Minimum"),
    ("aws_rds_database_connections_maximum", "AWS/RDS", "DatabaseConnections", "Maximum"),
    ("aws_applicationelb_request_count_sum", "AWS/ApplicationELB", "RequestCount", "Sum"),
    ("aws_applicationelb_target_response_time_p99", "AWS/ApplicationELB", "TargetResponseTime", "p99"),
    ("aws_ecs_memory_utilization_average", "AWS/ECS", "MemoryUtilization", "Average"),
]


@pytest.mark.parametrize("case", COMPARED, ids=lambda case: case[0])
def test_a_query_returns_the_datapoint_that_boto3_reads(
    estate: SimulatedEstate, server: Peer, case: tuple[str, str, str, str]
) -> None:
    """Prometheus holds the newest datapoint that was complete when it was collected: no other minute's."""
    name, namespace, metric, statistic = case
    found = [each for each in server.query(name) if each["metric"]["account_id"] == "123456789012"]
    assert found
    for each in found:
        labels = each["metric"]
        dimensions = {key[10:]: text for key, text in labels.items() if key.startswith("dimension_") and text}
        points = served(estate, (labels["region"], namespace, metric, statistic), dimensions)
        newest = [points[at] for at in sorted(points)[-4:]] or [0.0]  # a counted event that never was
        assert any(float(each["value"][1]) == pytest.approx(point, rel=1e-12) for point in newest), labels


def test_info_joins_what_is_known_of_a_resource_to_its_metrics(server: Peer) -> None:
    joined = server.query("aws_rds_cpuutilization_average + on(name) group_left(engine_version) aws_rds_info")
    plain = ask(server, "aws_rds_cpuutilization_average")
    assert {each["metric"]["engine_version"] for each in joined} == {"15.4"}
    assert {each["metric"]["name"]: float(each["value"][1]) for each in joined} == plain
    assert len(plain) >= 2


def test_a_counter_is_the_sum_of_all_datapoints_since_it_began(estate: SimulatedEstate, watched: RunningDaemon) -> None:
    series = watched.series()
    found = {
        dict(labels)["dimension_LoadBalancer"]: total
        for (name, labels), total in series.items()
        if name == "aws_applicationelb_request_count_total"
        and {key for key, _ in labels if key.startswith("dimension_")} == {"dimension_LoadBalancer"}
        and {("account_id", "123456789012"), ("region", "us-gov-west-1")} <= labels
    }
    assert len(found) >= 2
    for balancer, total in found.items():
        what = ("us-gov-west-1", "AWS/ApplicationELB", "RequestCount", "Sum")
        points = served(estate, what, {"LoadBalancer": balancer})
        ordered = [points[at] for at in sorted(points)]
        runs = [ordered[first:last] for first in range(len(ordered)) for last in range(first + 9, len(ordered) + 1)]
        assert total in [sum(run) for run in runs] or (total, ordered) == (0.0, [])
    assert max(found.values()) > 0


def test_rate_of_a_counter_is_right_and_that_of_the_sum_is_not(estate: SimulatedEstate, tmp_path: Path) -> None:
    """Five events a second are published; rate() says five, though CloudWatch only ever gives sums."""
    began = int(datetime.now(UTC).timestamp())
    data = [
        {
            "MetricName": "Events",
            "Dimensions": [{"Name": "Source", "Value": "test"}],
            "Timestamp": began + second,
            "Value": EVENTS_PER_SECOND,
            "StorageResolution": 1,
        }
        for second in range(-5, 120)
    ]
    client(estate, "cloudwatch").put_metric_data(Namespace="PPBE/Burst", MetricData=data)
    (tmp_path / "exporters").mkdir()
    (tmp_path / "exporters" / "burst.py").write_text(BURST)
    config = tmp_path / "prometheus.yml"
    given = settings(exporters={"burst": {"interval": "1s"}}, definitions=str(tmp_path))
    with daemon(tmp_path, given, estate.environ) as running:
        config.write_text(SCRAPE.format(port=running.port))
        with prometheus(config, tmp_path) as peer:
            until(lambda: bool(peer.query("count_over_time(aws_ppbe_burst_events_total[12s]) >= 10")))
            (rate,) = peer.query("rate(aws_ppbe_burst_events_total[10s])")
            (wrong,) = peer.query("rate(aws_ppbe_burst_events_sum[10s])")
    assert float(rate["value"][1]) == pytest.approx(EVENTS_PER_SECOND, rel=0.25)
    assert float(wrong["value"][1]) == 0.0


def openmetrics(page: str) -> list[MetricFamily]:
    """The families of a page by prometheus_client's OpenMetrics parser, which is strict and has no types."""
    return list(text_string_to_metric_families(page))  # type: ignore[no-untyped-call]


CAMEL = "label names should be written in 'snake_case' not 'camelCase'"
SUFFIX = 'non-histogram and non-summary metrics should not have "_{}" suffix'


def faults(page: str) -> set[tuple[str, str]]:
    """What ``promtool check metrics`` finds: metric name and complaint."""
    done = promtool("check", "metrics", stdin=page)
    assert done.returncode in {0, 3}, done.stderr
    return {(name, text) for name, _, text in (line.partition(" ") for line in done.stderr.splitlines())}


def unavoidable(name: str, text: str) -> bool:
    """Whether it is a drop-in gauge that ends in _sum or _count."""
    return any(
        text == SUFFIX.format(end) and name.endswith(f"_{end}") and name.startswith("aws_") for end in ("sum", "count")
    )


def test_promtool_finds_only_what_the_drop_in_names_make_unavoidable(watched: RunningDaemon) -> None:
    found = faults(watched.page())
    assert {(name, text) for name, text in found if text != CAMEL and not unavoidable(name, text)} == set()
    assert any(text == CAMEL for _, text in found)
    assert not any(name.startswith("ppbe_observe_") for name, _ in found)


def test_with_snake_case_promtool_no_longer_finds_camel_case(estate: SimulatedEstate, tmp_path: Path) -> None:
    with daemon(tmp_path, settings(exporters={}, labels={"snake_case": True}), estate.environ) as running:
        running.until_ready()
        running.until(lambda series: len(values(series, "ppbe_observe_collect_success")) == len(EXPORTERS))
        found = faults(running.page())
        assert value(running.series(), "aws_rds_info", dimension_dbinstance_identifier="ppbe-production") == 0.0
    assert found
    assert {(name, text) for name, text in found if not unavoidable(name, text)} == set()


def test_the_openmetrics_page_is_what_its_parser_takes(watched: RunningDaemon) -> None:
    page = watched.page("application/openmetrics-text; version=1.0.0")
    assert page.endswith("# EOF\n")
    families = {family.name: family for family in openmetrics(page)}
    assert families["aws_applicationelb_request_count"].type == "counter"
    assert families["aws_rds_cpuutilization_average"].type == "gauge"
    assert len(families["aws_rds_cpuutilization_average"].samples) >= 2
    assert {family.documentation for family in families.values()} >= {"The version that runs; the value is 1."}


def test_the_role_of_another_account_is_assumed(watched: RunningDaemon) -> None:
    series = watched.series()
    assert values(series, "aws_rds_info", account_id="210987654321") == [0.0]
    (left,) = values(series, "ppbe_observe_credentials_expiry_seconds", account_id="210987654321")
    assert 0 < left <= 3600
