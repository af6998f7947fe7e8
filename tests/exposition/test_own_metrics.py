"""The daemon's own metrics: every value, and what promtool says of them."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry, Gauge, Info, Summary
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families

from ppbe_observe.aws.calls import Call
from ppbe_observe.exposition.exposition import Exposition
from ppbe_observe.exposition.own import JobOutcome, OwnMetrics
from ppbe_observe.exposition.store import SeriesStore
from ppbe_observe.model import Failure, Reason, Resource, Snapshot
from support.processes import promtool
from support.series import EAST, NOON, WEST, gauge, snapshot

PAIR = {"exporter": "rds", "account_id": WEST.account_id, "region": WEST.region}
TARGET = {"account_id": WEST.account_id, "region": WEST.region}
DENIED = Failure(Reason.DENIED, "rds:DescribeDBInstances", "no")


class Recorded:
    """Own metrics on a registry, with a clock that stands at ``now`` seconds after noon."""

    def __init__(self) -> None:
        self.now = 0.0
        self.registry = CollectorRegistry()
        self.own = OwnMetrics(self.registry, lambda: NOON.timestamp() + self.now)

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"ppbe_observe_{name}", labels)


def run(*failures: Failure, minutes: int = 0) -> Snapshot:
    at = NOON + timedelta(minutes=minutes)
    return Snapshot("rds", WEST, at, (), (Resource("arn", "rds:db", WEST),), failures, at - timedelta(seconds=90), 500)


def test_complete_run() -> None:
    recorded = Recorded()
    recorded.own.run_ended(run(), seconds=1.5, dollars=0.005)
    recorded.own.run_ended(run(minutes=1), seconds=2.5, dollars=0.005)
    recorded.now = 100
    assert recorded.value("collect_success", **PAIR) == 1
    assert recorded.value("collect_duration_seconds", **PAIR) == 2.5
    assert recorded.value("collect_last_success_timestamp_seconds", **PAIR) == NOON.timestamp() + 60
    assert recorded.value("newest_datapoint_timestamp_seconds", **PAIR) == NOON.timestamp() - 30
    assert recorded.value("newest_datapoint_age_seconds", **PAIR) == 130
    assert recorded.value("resources", **PAIR) == 1
    assert recorded.value("metrics_requested_total", **PAIR) == 1000
    assert recorded.value("estimated_dollars_total", **PAIR) == 0.01
    assert recorded.value("collect_failures_total", **PAIR, reason="denied") is None


def test_failed_run_keeps_when_it_last_succeeded() -> None:
    recorded = Recorded()
    recorded.own.run_ended(run(), seconds=1)
    recorded.own.run_ended(run(DENIED, DENIED, minutes=1), seconds=1)
    recorded.own.run_failed("rds", WEST, Reason.TIMEOUT)
    assert recorded.value("collect_success", **PAIR) == 0
    assert recorded.value("collect_last_success_timestamp_seconds", **PAIR) == NOON.timestamp()
    assert recorded.value("collect_failures_total", **PAIR, reason="denied") == 1
    assert recorded.value("collect_failures_total", **PAIR, reason="timeout") == 1


def test_calls() -> None:
    recorded = Recorded()
    operation = "rds:DescribeDBInstances"
    recorded.own.call_ended(Call(WEST, operation, 0.2, None, "1", NOON))
    recorded.own.call_ended(Call(WEST, operation, 3.0, DENIED, None, NOON, attempts=4))
    assert recorded.value("aws_calls_total", **TARGET, operation=operation, outcome="ok") == 1
    assert recorded.value("aws_calls_total", **TARGET, operation=operation, outcome="denied") == 1
    assert recorded.value("aws_requests_total", **TARGET, operation=operation) == 5
    assert recorded.value("aws_call_duration_seconds_bucket", operation=operation, le="0.25") == 1
    assert recorded.value("aws_call_duration_seconds_sum", operation=operation) == 3.2


def test_credentials_run_out() -> None:
    recorded = Recorded()
    recorded.own.credentials_expire(WEST, NOON + timedelta(hours=1))
    recorded.now = 4000
    assert recorded.value("credentials_expiry_seconds", **TARGET) == -400
    recorded.own.credentials_expire(WEST, None)
    assert recorded.value("credentials_expiry_seconds", **TARGET) is None


def test_settings() -> None:
    recorded = Recorded()
    recorded.own.config_loaded(NOON)
    assert recorded.value("config_last_reload_successful") == 1
    recorded.own.config_refused()
    assert recorded.value("config_last_reload_successful") == 0
    assert recorded.value("config_last_reload_success_timestamp_seconds") == NOON.timestamp()


def test_budget() -> None:
    recorded = Recorded()
    recorded.own.budget(12.5, 250)
    assert (recorded.value("budget_month_to_date_dollars"), recorded.value("budget_limit_dollars")) == (12.5, 250)
    recorded.own.budget(13.5, None)
    assert (recorded.value("budget_month_to_date_dollars"), recorded.value("budget_limit_dollars")) == (13.5, None)


def test_corrupt_databases_that_wait() -> None:
    recorded = Recorded()
    recorded.own.state_quarantined(2)
    assert recorded.value("state_quarantined_files") == 2


def test_jobs_and_skew() -> None:
    recorded = Recorded()
    recorded.own.job_ended("rds", JobOutcome.MISSED, 3)
    recorded.own.clock_skew(WEST, -2.5)
    assert recorded.value("job_runs_total", exporter="rds", outcome="missed") == 3
    assert recorded.value("clock_skew_seconds", **TARGET) == -2.5


def test_retired_exporter_and_target_are_gone() -> None:
    recorded = Recorded()
    own = recorded.own
    for target in (WEST, EAST):
        own.run_failed("rds", target, Reason.DENIED)
        own.call_ended(Call(target, "rds:X", 1, None, None, NOON))
        own.clock_skew(target, 1)
    own.retire("rds", WEST)
    own.retire_target(WEST)
    east = {"account_id": EAST.account_id, "region": EAST.region}
    assert recorded.value("collect_success", **PAIR) is None
    assert recorded.value("collect_failures_total", **PAIR, reason="denied") is None
    assert recorded.value("aws_requests_total", **TARGET, operation="rds:X") is None
    assert recorded.value("clock_skew_seconds", **TARGET) is None
    assert recorded.value("collect_success", exporter="rds", **east) == 0
    assert recorded.value("aws_calls_total", **east, operation="rds:X", outcome="ok") == 1
    assert recorded.value("clock_skew_seconds", **east) == 1


def test_second_declaration_is_refused() -> None:
    registry = CollectorRegistry()
    OwnMetrics(registry)
    with pytest.raises(ValueError, match="Duplicated timeseries"):
        OwnMetrics(registry)


def everything() -> Recorded:
    """Own metrics with a sample in each family."""
    recorded = Recorded()
    own = recorded.own
    own.run_ended(run(DENIED), seconds=1, dollars=1)
    own.run_ended(run(), seconds=1, dollars=1)
    own.call_ended(Call(WEST, "rds:X", 1, None, None, NOON))
    own.credentials_expire(WEST, NOON)
    own.clock_skew(WEST, 1)
    own.job_ended("rds", JobOutcome.COMPLETED)
    own.config_loaded(NOON)
    own.budget(1, 2)
    own.state_quarantined(1)
    own.job_overran("rds")
    own.job_was_late("rds")
    own.series_dropped("rds", "duplicate", 1)
    own.new_page({"rds": 1})
    own.rendered(0.1)
    return recorded


def page(recorded: Recorded, accept: str | None = None) -> str:
    return b"".join(Exposition(SeriesStore(), recorded.own).page(accept, None).chunks).decode()


def test_every_family_has_a_sample_here() -> None:
    """Keeps the lint below complete."""
    assert [metric.name for metric in everything().registry.collect() if not metric.samples] == []


def test_promtool_finds_nothing() -> None:
    result = promtool("check", "metrics", stdin=page(everything()))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_openmetrics_parser_reads_them() -> None:
    parse: Callable[[str], Iterable[Metric]] = openmetrics_families
    names = {family.name for family in parse(page(everything(), "application/openmetrics-text"))}
    assert {"ppbe_observe_collect_success", "ppbe_observe_aws_calls", "ppbe_observe_build_info"} <= names


def test_any_other_metric_of_the_registry_is_shown() -> None:
    recorded = Recorded()
    Info("other", "An info.", registry=recorded.registry).info({"version": "1\ud800"})
    Summary("waiting_seconds", "A summary.", registry=recorded.registry).observe(2)
    Gauge("unused", "A gauge without a child.", ("x",), registry=recorded.registry)
    text = page(recorded)
    assert '# TYPE other_info gauge\nother_info{version="1\ufffd"} 1\n' in text
    assert "# TYPE waiting_seconds summary\nwaiting_seconds_count 1\nwaiting_seconds_sum 2\n" in text
    assert "unused" not in text
    assert "_created" not in text


def test_page_tells_series_and_losses() -> None:
    recorded = Recorded()
    store = SeriesStore()
    store.publish(snapshot(gauge("a", {"x": 1, "y": 1}), gauge("a", {"x": 2})))
    text = b"".join(Exposition(store, recorded.own).page(None, None).chunks).decode()
    assert 'ppbe_observe_series{exporter="rds"} 2\n' in text
    assert 'ppbe_observe_series_dropped_total{exporter="rds",reason="duplicate"} 1\n' in text
    assert f"ppbe_observe_render_timestamp_seconds {NOON.timestamp():.0f}\n" in text
