"""A run of all alarms: evaluated as CloudWatch does, beside what CloudWatch says; what fails, fails alone."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any

import pytest

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.gather.gatherer import Gatherer
from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.cloudwatch.alarm import IGNORE, NOT_BREACHING, CloudWatchAlarm
from ppbe_observe.cloudwatch.cost import Price
from ppbe_observe.cloudwatch.query import Answer, Datapoint, ListedMetric, MetricStat
from ppbe_observe.cloudwatch.selection import Labelling
from ppbe_observe.collect.alarm_families import LABELS
from ppbe_observe.collect.alarms import AlarmCollector
from ppbe_observe.collect.budget import Budget
from ppbe_observe.collect.collector import Sources
from ppbe_observe.collect.listing import Listing
from ppbe_observe.collect.reader import Reader
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason, Resource, Snapshot, Target
from ppbe_observe.state.database import Database
from ppbe_observe.state.spending import SpendingState
from support.alarms import alarm

NOW = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TARGET = Target("123456789012", "us-gov-west-1")
DESCRIBE = "cloudwatch:DescribeAlarms"
NAME = "ppbe-production-db-cpu"


@dataclass
class Cloud:
    """CloudWatch and two listings: one database, its CPU by the minute, and its alarm."""

    cpu: dict[int, float] = field(default_factory=dict)
    alarms: list[dict[str, Any]] = field(default_factory=lambda: [{"AlarmName": NAME, "StateValue": "OK"}])
    refused: set[str] = field(default_factory=set)
    asked: list[tuple[datetime, datetime]] = field(default_factory=list)
    target: Target = TARGET
    hangs: bool = False

    def client(self, service: str) -> Any:
        raise NotImplementedError

    def databases(self, _context: GatherContext) -> Iterator[Resource]:
        self.check("rds:DescribeDBInstances")
        dimensions, tags = (("DBInstanceIdentifier", "a"),), (("Environment", "production"),)
        yield Resource("arn:a", "rds:db", TARGET, dimensions, tags)

    def own_alarms(self, context: GatherContext) -> Iterator[Resource]:
        self.check(DESCRIBE)
        while self.hangs:
            context.ask(DESCRIBE, sleep, 0.02)
        for place, facts in enumerate(self.alarms):
            yield Resource(f"arn:alarm:{place}", "cloudwatch:alarm", TARGET, facts=facts)

    def list_metrics(self, namespace: str, deadline: float) -> Iterator[ListedMetric]:
        self.check("cloudwatch:ListMetrics")
        yield ListedMetric("CPUUtilization", (("DBInstanceIdentifier", "a"),))

    def get_metric_data(
        self, stats: Sequence[MetricStat], start: datetime, end: datetime, deadline: float
    ) -> list[Answer]:
        self.check("cloudwatch:GetMetricData")
        self.asked.append((start, end))
        points = sorted((int(NOON.timestamp()) + 60 * minute, value) for minute, value in self.cpu.items())
        within = [Datapoint(*point) for point in points if start.timestamp() <= point[0] < end.timestamp()]
        return [Answer(tuple(within))] * len(stats)

    def check(self, operation: str) -> None:
        if operation in self.refused:
            raise AwsError(Failure(Reason.DENIED, operation, "no"))


NOON = NOW.replace(second=0)


@dataclass
class Bench:
    """Alarms on one target, and the cloud that they look at."""

    cloud: Cloud
    database: Database
    pool: ThreadPoolExecutor
    monthly_dollars: float | None = None

    def collector(self, *alarms: CloudWatchAlarm) -> AlarmCollector:
        databases = Gatherer("rds", ("rds:db",), ("rds:DescribeDBInstances",), self.cloud.databases)
        own = Gatherer("cloudwatch", ("cloudwatch:alarm",), (DESCRIBE,), self.cloud.own_alarms)
        sources = Sources(
            Inventory(self.cloud, timedelta(seconds=1), gatherers=(databases,)),
            Listing(self.cloud, 0.0),
            Reader(self.cloud, self.pool, linger=0.0),
        )
        return AlarmCollector(
            alarms or (alarm(missing=NOT_BREACHING),),
            TARGET,
            sources,
            Inventory(self.cloud, timedelta(seconds=1), gatherers=(own,)),
            every=MINUTE,
            labelling=Labelling(),
            budget=Budget(self.monthly_dollars, Price(), SpendingState(self.database), ["alarms"]),
        )


@pytest.fixture
def bench() -> Iterator[Bench]:
    database = Database("sqlite://")
    with ThreadPoolExecutor(2) as pool:
        yield Bench(Cloud(), database, pool)
    database.close()


def run(collector: AlarmCollector, minutes: float = 0) -> Snapshot:
    return collector.run(NOW + timedelta(minutes=minutes), monotonic() + 5)


def shown(snapshot: Snapshot) -> dict[str, float | str]:
    """The one value of each family without a state, and which state is 1."""
    found: dict[str, float | str] = {}
    for family in snapshot.families:
        for sample in family.samples:
            state = dict(sample.labels).get("state")
            if state is None:
                found[family.name.removeprefix("ppbe_alarm_")] = sample.value
            elif sample.value:
                found[family.name.removeprefix("ppbe_alarm_")] = state
    return found


def test_an_alarm_is_counted_judged_and_compared(bench: Bench) -> None:
    bench.cloud.cpu = {-3: 70.0, -2: 90.0, -1: 81.0}
    snapshot = run(bench.collector())
    assert shown(snapshot) == {
        "breaching_datapoints": 2.0,
        "reported_datapoints": 2.0,
        "breaching_reach_datapoints": 0.0,
        "threshold": 80.0,
        "newest_datapoint": 81.0,
        "newest_datapoint_age_seconds": 30.0,
        "state": "alarm",
        "cloudwatch_state": "ok",
    }
    assert (snapshot.exporter, snapshot.failures, snapshot.metrics_requested) == ("alarms", (), 1)
    assert snapshot.newest_datapoint == NOON


def test_the_labels_name_the_definition_the_alarm_and_the_resource(bench: Bench) -> None:
    families = {family.name: family for family in run(bench.collector()).families}
    assert families["ppbe_alarm_threshold"].samples[0].labels == (
        ("alarm", "ppbe-db-cpu"),
        ("alarm_name", NAME),
        ("name", "arn:a"),
        ("account_id", "123456789012"),
        ("region", "us-gov-west-1"),
        ("dimension_DBInstanceIdentifier", "a"),
    )
    assert families["ppbe_alarm_cloudwatch_state"].samples[1] == (
        (
            ("alarm", "ppbe-db-cpu"),
            ("alarm_name", NAME),
            ("account_id", "123456789012"),
            ("region", "us-gov-west-1"),
            ("state", "alarm"),
        ),
        0.0,
    )
    assert [dict(each.labels)["state"] for each in families["ppbe_alarm_state"].samples] == [
        "ok",
        "alarm",
        "insufficient_data",
    ]
    assert all(family.help.endswith(".") for family in families.values())


def test_every_metric_has_the_labels_that_rules_may_refer_to(bench: Bench) -> None:
    bench.cloud.cpu = {-1: 90.0}
    families = {family.name: family for family in run(bench.collector()).families}
    assert families.keys() == LABELS.keys()
    for name, family in families.items():
        found = {key for sample in family.samples for key, _ in sample.labels if not key.startswith("dimension_")}
        assert found == set(LABELS[name])


def test_the_whole_range_is_asked_for_again_each_time(bench: Bench) -> None:
    """A datapoint that comes late, and one that is revised, count as soon as they are there."""
    collector = bench.collector()
    bench.cloud.cpu = {-2: 90.0}
    assert shown(run(collector))["state"] == "ok"
    bench.cloud.cpu = {-2: 90.0, -1: 90.0}
    assert shown(run(collector, 0.1))["state"] == "alarm"
    bench.cloud.cpu = {-2: 90.0, -1: 20.0}
    assert shown(run(collector, 0.2))["state"] == "ok"
    assert bench.cloud.asked == [(NOON - 4 * MINUTE, NOON)] * 3


def test_what_was_never_reported_has_neither_newest_datapoint_nor_age(bench: Bench) -> None:
    snapshot = run(bench.collector())
    assert not {"newest_datapoint", "newest_datapoint_age_seconds"} & shown(snapshot).keys()
    assert snapshot.newest_datapoint is None


@pytest.mark.parametrize("state", ["OK", "ALARM", "INSUFFICIENT_DATA"])
def test_an_alarm_that_ignores_missing_data_begins_where_cloudwatch_is(bench: Bench, state: str) -> None:
    """The daemon was restarted while nothing is reported: CloudWatch has not forgotten what was."""
    bench.cloud.alarms = [{"AlarmName": NAME, "StateValue": state}]
    collector = bench.collector(alarm(missing=IGNORE))
    assert shown(run(collector))["state"] == state.lower()
    bench.cloud.alarms = []
    assert shown(run(collector, 1))["state"] == state.lower()
    bench.cloud.cpu = {0: 90.0, 1: 90.0}
    assert shown(run(collector, 2))["state"] == "alarm"
    bench.cloud.cpu = {}
    assert shown(run(collector, 9))["state"] == "alarm"


def test_without_an_alarm_in_cloudwatch_there_is_insufficient_data_at_first(bench: Bench) -> None:
    bench.cloud.alarms = []
    found = shown(run(bench.collector(alarm(missing=IGNORE))))
    assert (found["state"], found.get("cloudwatch_state")) == ("insufficient_data", None)


@pytest.mark.parametrize(
    ("operation", "lost"),
    [
        (DESCRIBE, {"cloudwatch_state"}),
        ("cloudwatch:ListMetrics", set()),
        (
            "cloudwatch:GetMetricData",
            {"breaching_datapoints", "reported_datapoints", "breaching_reach_datapoints", "threshold", "state"},
        ),
        (
            "rds:DescribeDBInstances",
            {"breaching_datapoints", "reported_datapoints", "breaching_reach_datapoints", "threshold", "state"},
        ),
    ],
)
def test_what_one_call_refuses_is_told_and_costs_only_what_needs_it(
    bench: Bench, operation: str, lost: set[str]
) -> None:
    whole = set(shown(run(bench.collector())))
    bench.cloud.refused = {operation}
    snapshot = run(bench.collector())
    assert whole - set(shown(snapshot)) == lost
    assert [(each.reason, each.operation) for each in snapshot.failures] == [(Reason.DENIED, operation)]


def test_a_listing_that_hangs_leaves_time_to_evaluate(bench: Bench) -> None:
    bench.cloud.cpu, bench.cloud.hangs = {-2: 90.0, -1: 90.0}, True
    snapshot = bench.collector().run(NOW, monotonic() + 1.5)
    assert shown(snapshot)["state"] == "alarm"
    assert [(each.reason, each.operation) for each in snapshot.failures] == [(Reason.TIMEOUT, DESCRIBE)]


def test_a_verdict_that_cannot_be_renewed_is_shown_for_three_intervals(bench: Bench) -> None:
    bench.cloud.cpu = {-2: 90.0, -1: 90.0}
    collector = bench.collector()
    run(collector)
    bench.cloud.refused = {"cloudwatch:GetMetricData"}
    assert shown(run(collector, 3))["state"] == "alarm"
    assert "state" not in shown(run(collector, 3.1))


def test_an_alarm_of_which_cloudwatch_tells_no_known_state_is_malformed(bench: Bench) -> None:
    bench.cloud.alarms = [{"AlarmName": NAME, "StateValue": "FINE"}, {"AlarmName": "other", "StateValue": "ALARM"}]
    snapshot = run(bench.collector())
    assert [each.reason for each in snapshot.failures] == [Reason.MALFORMED]
    (told,) = [family for family in snapshot.families if family.name == "ppbe_alarm_cloudwatch_state"]
    assert {dict(each.labels)["alarm_name"] for each in told.samples} == {"other"}


def test_where_the_money_is_spent_nothing_is_asked(bench: Bench) -> None:
    bench.monthly_dollars = 0.0001
    snapshot = run(bench.collector())
    assert [each.reason for each in snapshot.failures] == [Reason.BUDGET]
    assert bench.cloud.asked == []
    assert shown(snapshot)["cloudwatch_state"] == "ok"


def test_a_month_of_an_alarm_is_a_question_a_minute(bench: Bench) -> None:
    load, failures = bench.collector().survey(NOW, monotonic() + 5)
    assert (load.exporter, load.metrics, load.calls, failures) == ("alarms", 43_200, 43_200, ())
    assert load.dollars == pytest.approx(0.432)
    assert bench.cloud.asked == []
