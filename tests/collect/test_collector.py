"""One run: what fails is told and fails alone, counters are saved before they are shown, nothing is made up."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from sqlalchemy.engine import Connection

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.gather.gatherer import Gatherer
from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.cloudwatch import AVERAGE, SUM, Exporter, Metric
from ppbe_observe.cloudwatch.cost import Price
from ppbe_observe.cloudwatch.query import Answer, Datapoint, ListedMetric, MetricStat
from ppbe_observe.cloudwatch.selection import Labelling
from ppbe_observe.collect.budget import Budget
from ppbe_observe.collect.collector import Collector, Sources
from ppbe_observe.collect.listing import Listing
from ppbe_observe.collect.reader import Reader
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason, Resource, Snapshot, Target
from ppbe_observe.state.counters import CounterState
from ppbe_observe.state.database import Database
from ppbe_observe.state.spending import SpendingState

NOW = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)
TARGET = Target("123456789012", "us-gov-west-1")
NAMES = (("Thing", "a"),)
THINGS = Exporter(
    namespace="PPBE/Things",
    resources="things:thing",
    metrics=(Metric("Level", AVERAGE, help="Level."), Metric("Events", SUM, help="Events.", nil_to_zero=True)),
    name="things",
)
LEVEL, EVENTS, TOTAL = "aws_ppbe_things_level_average", "aws_ppbe_things_events_sum", "aws_ppbe_things_events_total"


def denied(operation: str) -> Failure:
    return Failure(Reason.DENIED, operation, "no")


@dataclass
class Cloud:
    """CloudWatch and a describe call: one thing, whose level is 5 and which has one event a minute."""

    refused: set[str] = field(default_factory=set)
    asked: list[list[MetricStat]] = field(default_factory=list)
    target: Target = TARGET

    def client(self, service: str) -> Any:
        raise NotImplementedError

    def gather(self, context: GatherContext) -> Iterator[Resource]:
        self.check("things:DescribeThings")
        yield Resource("arn:a", "things:thing", TARGET, NAMES)

    def list_metrics(self, namespace: str, deadline: float) -> Iterator[ListedMetric]:
        self.check("cloudwatch:ListMetrics")
        yield ListedMetric("Level", NAMES)

    def get_metric_data(
        self, stats: Sequence[MetricStat], start: datetime, end: datetime, deadline: float
    ) -> list[Answer]:
        self.check("cloudwatch:GetMetricData")
        self.asked.append(list(stats))
        minutes = range(int(start.timestamp()), int(end.timestamp()), 60)
        values = {"Level": 5.0, "Events": 1.0}
        return [Answer(tuple(Datapoint(at, values[stat.metric]) for at in minutes)) for stat in stats]

    def check(self, operation: str) -> None:
        if operation in self.refused:
            raise AwsError(denied(operation))


@dataclass
class Bench:
    """A collector, the cloud it looks at, and its state."""

    cloud: Cloud
    database: Database
    pool: ThreadPoolExecutor
    monthly_dollars: float | None = None

    def collector(self, database: Database | None = None) -> Collector:
        state = database or self.database
        things = Gatherer("things", ("things:thing",), ("things:DescribeThings",), self.cloud.gather)
        sources = Sources(
            inventory=Inventory(self.cloud, timedelta(minutes=1), gatherers=(things,)),
            listing=Listing(self.cloud, 0.0),
            reader=Reader(self.cloud, self.pool, linger=0.0),
        )
        budget = Budget(self.monthly_dollars, Price(), SpendingState(state), ["things"])
        return Collector(THINGS, TARGET, sources, labelling=Labelling(), state=CounterState(state), budget=budget)


@pytest.fixture
def bench() -> Iterator[Bench]:
    database = Database("sqlite://")
    with ThreadPoolExecutor(2) as pool:
        yield Bench(Cloud(), database, pool)
    database.close()


def sql(database: Database, statement: str, *parameters: object) -> list[object]:
    """Do it past the code under test; the first column of what comes of it."""

    def run(connection: Connection) -> list[object]:
        result = connection.exec_driver_sql(statement, parameters)
        return list(result.scalars()) if result.returns_rows else []

    return database.write(run)


def run(collector: Collector, minutes: float = 0) -> Snapshot:
    return collector.run(NOW + timedelta(minutes=minutes), monotonic() + 5)


def shown(snapshot: Snapshot) -> dict[str, list[float]]:
    return {family.name: [sample.value for sample in family.samples] for family in snapshot.families}


def test_a_run_that_sees_everything(bench: Bench) -> None:
    snapshot = run(bench.collector())
    assert shown(snapshot) == {LEVEL: [5.0], EVENTS: [1.0], TOTAL: [10.0], "aws_ppbe_things_info": [0.0]}
    assert snapshot.complete
    assert snapshot.metrics_requested == 2
    assert snapshot.newest_datapoint == datetime(2026, 11, 23, 11, 59, tzinfo=UTC)
    assert [resource.arn for resource in snapshot.resources] == ["arn:a"]


def test_nothing_is_asked_twice(bench: Bench) -> None:
    collector = bench.collector()
    run(collector)
    again = run(collector, 0.1)
    assert again.metrics_requested == 0
    assert shown(again)[TOTAL] == [10.0]
    assert shown(run(collector, 1))[TOTAL] == [11.0]
    assert len(bench.cloud.asked) == 2


REFUSED = {
    "things:DescribeThings": {},
    "cloudwatch:ListMetrics": {EVENTS: [1.0], TOTAL: [10.0], "aws_ppbe_things_info": [0.0]},
    "cloudwatch:GetMetricData": {"aws_ppbe_things_info": [0.0]},
}


@pytest.mark.parametrize("operation", REFUSED)
def test_what_could_not_be_seen_is_told_and_absent(bench: Bench, operation: str) -> None:
    bench.cloud.refused = {operation}
    snapshot = run(bench.collector())
    assert snapshot.failures == (denied(operation),)
    assert shown(snapshot) == REFUSED[operation]


@pytest.mark.parametrize("operation", REFUSED)
def test_what_was_seen_before_stays_for_a_while(bench: Bench, operation: str) -> None:
    collector = bench.collector()
    before = shown(run(collector))
    bench.cloud.refused = {operation}
    after = run(collector, 1.1)
    assert after.failures == (denied(operation),)
    assert shown(after) == {**before, TOTAL: [10.0 if operation == "cloudwatch:GetMetricData" else 11.0]}


def test_a_value_that_could_not_be_read_again_ends(bench: Bench) -> None:
    collector = bench.collector()
    run(collector)
    bench.cloud.refused = {"cloudwatch:GetMetricData"}
    late = run(collector, 15)
    assert LEVEL not in shown(late)
    assert EVENTS not in shown(late)
    assert late.stale_series == 2


def test_a_new_process_goes_on_with_the_counters(bench: Bench) -> None:
    run(bench.collector())
    assert shown(run(bench.collector(), 3))[TOTAL] == [13.0]


def test_a_counter_is_not_begun_anew_while_the_saved_one_cannot_be_read(bench: Bench) -> None:
    """It is absent meanwhile, and what was saved is not overwritten."""
    run(bench.collector())
    (good,) = sql(bench.database, "SELECT payload FROM counter_state")
    sql(bench.database, "UPDATE counter_state SET payload = x'00'")
    collector = bench.collector()
    for minutes in (1, 2):
        snapshot = run(collector, minutes)
        assert [(failure.reason, failure.operation) for failure in snapshot.failures] == [("state", "state:load")]
        assert shown(snapshot) == {LEVEL: [5.0], EVENTS: [1.0], "aws_ppbe_things_info": [0.0]}
    sql(bench.database, "UPDATE counter_state SET payload = ?", good)
    restored = run(collector, 3)
    assert restored.complete
    assert shown(restored)[TOTAL] == [13.0]


def test_counters_that_cannot_be_saved_are_shown_and_told(bench: Bench) -> None:
    collector = bench.collector()
    run(collector)
    sql(bench.database, "PRAGMA query_only = 1")
    snapshot = run(collector, 1)
    assert [(failure.reason, failure.operation) for failure in snapshot.failures] == [("state", "state:save")]
    assert shown(snapshot)[TOTAL] == [11.0]


def test_a_budget_that_is_used_up_asks_for_nothing(bench: Bench) -> None:
    bench.monthly_dollars = 0.0
    snapshot = run(bench.collector())
    assert [failure.reason for failure in snapshot.failures] == ["budget"]
    assert shown(snapshot) == {"aws_ppbe_things_info": [0.0]}
    assert bench.cloud.asked == []


def test_a_survey_asks_for_no_datapoint(bench: Bench) -> None:
    load, failures = bench.collector().survey(NOW, monotonic() + 5)
    assert (load.metrics, failures) == (2 * 30 * 24 * 60, ())
    assert load.dollars == pytest.approx(0.864)
    assert bench.cloud.asked == []
