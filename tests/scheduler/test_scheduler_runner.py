"""One place times, traces, logs and counts every job, and survives whatever a job raises."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ppbe_observe.errors import AwsError, StateError
from ppbe_observe.model import Failure, Reason
from ppbe_observe.scheduler.job import Outcome
from ppbe_observe.scheduler.runner import Runner
from support.jobs import Remembering, job
from support.loglines import LogLines, log_lines

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
THROTTLED = Failure(Reason.THROTTLED, "cloudwatch:GetMetricData", "Rate exceeded")
DENIED = Failure(Reason.DENIED, "rds:DescribeDBInstances", "not authorized")


@pytest.fixture
def logged() -> Iterator[LogLines]:
    with log_lines() as lines:
        yield lines


@pytest.fixture
def observer() -> Remembering:
    return Remembering()


def runner(observer: Remembering, deadline: float = 55.0) -> Runner:
    return Runner(observer, timedelta(seconds=deadline), clock=lambda: NOW)


def test_a_run_that_succeeds_is_logged_and_counted(logged: LogLines, observer: Remembering) -> None:
    assert runner(observer).run(job(), NOW) == Outcome()
    (line,) = logged.all
    assert (line["event"], line["level"]) == ("collect.finished", "info")
    assert (line["exporter"], line["target"]) == ("rds", "1/r")
    assert line["seconds"] >= 0
    assert observer.told == [("finished", "rds 1/r")]


def test_a_run_that_could_not_see_all_is_logged_with_every_reason(logged: LogLines, observer: Remembering) -> None:
    outcome = Outcome((THROTTLED, DENIED, DENIED))
    assert runner(observer).run(job(run=lambda _: outcome), NOW) == outcome
    (line,) = logged.all
    assert (line["event"], line["level"]) == ("collect.failed", "warning")
    assert line["reasons"] == ["denied", "throttled"]
    assert line["failures"] == 3
    assert line["first"] == "cloudwatch:GetMetricData: throttled: Rate exceeded"
    assert observer.outcomes == [outcome]


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (AwsError(THROTTLED), THROTTLED),
        (StateError("disk full"), Failure(Reason.STATE, "rds 1/r", "disk full")),
        (TypeError("a bug"), Failure(Reason.INTERNAL, "rds 1/r", "TypeError: a bug")),
        (MemoryError(), Failure(Reason.INTERNAL, "rds 1/r", "MemoryError: ")),
        (RecursionError("deep"), Failure(Reason.INTERNAL, "rds 1/r", "RecursionError: deep")),
    ],
)
def test_whatever_a_job_raises_is_its_outcome(
    logged: LogLines, observer: Remembering, error: Exception, failure: Failure
) -> None:
    def run(_deadline: float) -> Outcome:
        raise error

    assert runner(observer).run(job(run=run), NOW) == Outcome((failure,))
    assert logged.of("collect.failed")[0]["reasons"] == [failure.reason.value]
    broken = logged.of("collect.broken")
    assert len(broken) == (failure.reason is Reason.INTERNAL)
    assert all("Traceback" in line["exception"] for line in broken)


@pytest.mark.parametrize(("deadline", "every", "allowed"), [(55.0, 300.0, 55.0), (55.0, 30.0, 30.0)])
def test_a_job_is_told_its_deadline_never_later_than_its_next_run(
    observer: Remembering, deadline: float, every: float, allowed: float
) -> None:
    given: list[float] = []

    def run(until: float) -> Outcome:
        given.append(until - time.monotonic())
        return Outcome()

    runner(observer, deadline).run(job(every=every, run=run), NOW)
    assert given[0] == pytest.approx(allowed, abs=0.5)


def test_a_run_past_its_deadline_is_an_overrun(logged: LogLines, observer: Remembering) -> None:
    def run(deadline: float) -> Outcome:
        while time.monotonic() <= deadline:
            time.sleep(0.005)
        return Outcome()

    runner(observer, deadline=0.02).run(job(every=60, run=run), NOW)
    assert observer.told == [("overrun", "rds 1/r"), ("finished", "rds 1/r")]
    assert logged.of("collect.overrun")[0]["allowed_seconds"] == 0.02


@pytest.mark.parametrize(("waited", "late"), [(0.0, 0), (0.9, 0), (1.5, 1), (3600.0, 1)])
def test_a_run_that_waited_for_a_worker_is_late(
    logged: LogLines, observer: Remembering, waited: float, late: int
) -> None:
    runner(observer).run(job(), NOW - timedelta(seconds=waited))
    assert observer.count("late", "rds 1/r") == late
    assert [line["waited_seconds"] for line in logged.of("collect.finished")] == [waited]
