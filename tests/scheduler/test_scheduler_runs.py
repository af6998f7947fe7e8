"""Jobs run at once and again, never overlap, are never lost, and stop within a bound."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ppbe_observe.model import Failure, Reason
from ppbe_observe.scheduler import Outcome, Scheduler
from ppbe_observe.scheduler.beat import Beat
from ppbe_observe.scheduler.timer import Timer
from support.jobs import Remembering, eventually, job
from support.loglines import LogLines, log_lines

Make = Callable[..., Scheduler]


@pytest.fixture
def observer() -> Remembering:
    return Remembering()


@pytest.fixture
def make(observer: Remembering) -> Iterator[Make]:
    """Makes schedulers that are started, and stops them at the end."""
    made: list[Scheduler] = []

    def scheduler(
        *, workers: int = 4, jitter: float = 0.0, deadline: float = 55.0, retry_after: float = 300.0
    ) -> Scheduler:
        one = Scheduler(
            workers=workers,
            jitter=timedelta(seconds=jitter),
            deadline=timedelta(seconds=deadline),
            observer=observer,
            retry_after=timedelta(seconds=retry_after),
        )
        made.append(one)
        one.start()
        return one

    yield scheduler
    for each in made:
        assert each.stop(5)


@pytest.fixture(autouse=True)
def logged() -> Iterator[LogLines]:
    with log_lines() as lines:
        yield lines


class Gate:
    """A job's work that waits until it is let go, and counts how many are inside at once."""

    def __init__(self) -> None:
        self.entered = threading.Semaphore(0)
        self.opened = threading.Event()
        self.inside = 0
        self.most = 0

    def __call__(self, _deadline: float) -> Outcome:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.entered.release()
        self.opened.wait(10)
        self.inside -= 1
        return Outcome()


def test_a_job_runs_at_once_and_again(make: Make, observer: Remembering) -> None:
    make().replace([job(every=0.05)])
    observer.wait_for("finished", "rds 1/r", times=4)


def test_a_job_with_a_long_interval_runs_at_once(make: Make, observer: Remembering) -> None:
    make().replace([job(every=86400)])
    observer.wait_for("finished", "rds 1/r")


def test_a_long_interval_is_not_waited_out_after_a_failure(make: Make, observer: Remembering) -> None:
    failing = iter([Outcome((Failure(Reason.THROTTLED, "acm:ListCertificates", "slow down"),)), Outcome(), Outcome()])
    make(retry_after=0.1).replace([job("acm", every=3600, run=lambda _deadline: next(failing))])
    observer.wait_for("finished", "acm", times=2)
    time.sleep(0.5)
    assert [each.succeeded for each in observer.outcomes] == [False, True]
    assert observer.count("missed", "acm") == 0


def test_a_job_that_went_while_it_failed_is_not_tried_again(make: Make, observer: Remembering) -> None:
    gate, scheduler = Gate(), make(retry_after=0.05)

    def failing(deadline: float) -> Outcome:
        gate(deadline)
        return Outcome((Failure(Reason.DENIED, "acm:ListCertificates", "no"),))

    scheduler.replace([job("acm", every=3600, run=failing)])
    assert gate.entered.acquire(timeout=5)
    scheduler.replace([])
    gate.opened.set()
    observer.wait_for("finished", "acm")
    time.sleep(0.3)
    assert observer.count("finished", "acm") == 1


def test_jobs_of_one_target_start_together_and_again(make: Make, observer: Remembering) -> None:
    starts: dict[str, list[float]] = {"rds": [], "alb": []}

    def noting(name: str) -> Callable[[float], Outcome]:
        def run(_deadline: float) -> Outcome:
            starts[name].append(time.monotonic())
            return Outcome()

        return run

    make(jitter=0.3).replace([job(name, every=0.4, run=noting(name)) for name in starts])
    for name in starts:
        observer.wait_for("finished", name, times=2)
    for rds, alb in zip(starts["rds"][:2], starts["alb"][:2], strict=True):
        assert abs(rds - alb) < 0.15


def test_a_job_never_overlaps_and_what_is_due_meanwhile_is_counted(
    make: Make, observer: Remembering, logged: LogLines
) -> None:
    gate = Gate()
    make().replace([job(run=gate, every=0.05)])
    assert gate.entered.acquire(timeout=5)
    observer.wait_for("skipped", "rds 1/r", times=2)
    gate.opened.set()
    observer.wait_for("finished", "rds 1/r", times=3)
    assert gate.most == 1
    assert logged.of("collect.skipped")[0]["exporter"] == "rds"


def test_a_job_that_finds_all_workers_busy_waits_and_is_not_lost(make: Make, observer: Remembering) -> None:
    gate = Gate()
    scheduler = make(workers=1)
    scheduler.replace([job("busy", run=gate, every=3600), job("patient", every=3600)])
    assert gate.entered.acquire(timeout=5)
    eventually(lambda: scheduler.waiting == 1 or observer.count("finished", "patient") == 1)
    gate.opened.set()
    observer.wait_for("finished", "patient")
    observer.wait_for("finished", "busy")


def test_a_job_that_raises_stops_neither_itself_nor_others(make: Make, observer: Remembering) -> None:
    def broken(_deadline: float) -> Outcome:
        raise ValueError("bug")

    make(workers=1).replace([job("broken", run=broken), job("sound")])
    observer.wait_for("finished", "broken", times=2)
    observer.wait_for("finished", "sound", times=2)
    assert {failure.reason for outcome in observer.outcomes for failure in outcome.failures} == {Reason.INTERNAL}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_dies_is_replaced_and_told(make: Make, observer: Remembering, logged: LogLines) -> None:
    def leaving(_deadline: float) -> Outcome:
        raise SystemExit

    make(workers=1).replace([job("leaving", run=leaving), job("sound")])
    observer.wait_for("finished", "sound", times=3)
    assert logged.of("scheduler.worker_died")[0]["level"] == "critical"


def test_a_reload_keeps_times_drops_what_is_gone_and_runs_what_is_new(make: Make, observer: Remembering) -> None:
    scheduler = make()
    scheduler.replace([job("kept", every=3600), job("gone", every=0.05)])
    observer.wait_for("finished", "kept")
    observer.wait_for("finished", "gone")
    scheduler.replace([job("kept", every=3600), job("new", every=3600)])
    observer.wait_for("finished", "new")
    before = observer.count("finished", "gone")
    time.sleep(0.2)
    assert observer.count("finished", "gone") <= before + 1  # one may have begun before
    assert observer.count("finished", "kept") == 1
    assert sorted(each.name for each in scheduler.jobs) == ["kept", "new"]


def test_a_reload_gives_a_job_its_new_work_and_lets_the_old_end(make: Make, observer: Remembering) -> None:
    gate, replaced = Gate(), threading.Event()

    def new(_deadline: float) -> Outcome:
        assert gate.inside == 0
        replaced.set()
        return Outcome()

    scheduler = make()
    scheduler.replace([job(run=gate)])
    assert gate.entered.acquire(timeout=5)
    scheduler.replace([job(run=new)])
    observer.wait_for("skipped", "rds 1/r")
    assert not replaced.is_set()
    gate.opened.set()
    assert replaced.wait(5)


def test_a_job_whose_interval_changes_goes_by_the_new_one(make: Make, observer: Remembering) -> None:
    scheduler = make()
    scheduler.replace([job(every=3600)])
    observer.wait_for("finished", "rds 1/r")
    scheduler.replace([job(every=0.05)])
    observer.wait_for("finished", "rds 1/r", times=4)
    assert observer.count("missed", "rds 1/r") == 0


def test_a_job_may_replace_the_jobs(make: Make, observer: Remembering) -> None:
    scheduler = make()

    def found_out(_deadline: float) -> Outcome:
        scheduler.replace([job("found", every=3600)])
        return Outcome()

    scheduler.replace([job("identity", run=found_out, every=3600)])
    observer.wait_for("finished", "identity")
    observer.wait_for("finished", "found")


def test_stop_waits_for_what_runs_and_gives_up_what_waits(make: Make, observer: Remembering) -> None:
    gate = Gate()
    scheduler = make(workers=1)
    scheduler.replace([job("running", run=gate, every=3600), job("waiting", every=3600)])
    assert gate.entered.acquire(timeout=5)
    threading.Timer(0.1, gate.opened.set).start()
    assert scheduler.stop(5)
    assert observer.count("finished", "running") + observer.count("finished", "waiting") in {1, 2}
    before = list(observer.told)
    scheduler.replace([job("after")])
    time.sleep(0.15)
    assert observer.told == before


def test_stop_keeps_its_bound_and_names_what_it_abandons(make: Make, logged: LogLines) -> None:
    gate = Gate()
    scheduler = make()
    scheduler.replace([job("hanging", run=gate, every=3600)])
    assert gate.entered.acquire(timeout=5)
    started = time.monotonic()
    assert not scheduler.stop(0.1)
    assert time.monotonic() - started < 1
    assert logged.of("scheduler.jobs_abandoned")[0]["jobs"] == ["hanging"]
    gate.opened.set()


def test_stop_before_the_start_and_twice_is_fine(observer: Remembering, make: Make) -> None:
    idle = Scheduler(workers=1, jitter=timedelta(0), deadline=timedelta(seconds=1), observer=observer)
    assert idle.stop(1)
    started = make()
    assert started.stop(1)
    assert started.stop(1)


def test_after_the_clock_was_set_back_jobs_run_on(observer: Remembering, logged: LogLines) -> None:
    offset, ran = [0.0], threading.Event()
    timer = Timer(offset=lambda: offset[0], timezone=UTC)
    timer.start()
    try:
        beat = Beat(datetime.now(UTC), timedelta(seconds=0.05))
        timer.add_job(ran.set, trigger=beat, id="x", next_run_time=datetime.now(UTC) + timedelta(hours=1))
        assert not ran.wait(0.1)
        offset[0] = -3600.0
        timer.wakeup()
        assert ran.wait(5)
    finally:
        timer.shutdown()
    assert logged.of("scheduler.clock_set_back")[0]["seconds"] == 3600.0


_SCRIPT = """
import json, sys, threading, time
from datetime import timedelta
sys.path.insert(0, sys.argv[2])
from support.jobs import Remembering, job
from ppbe_observe.scheduler import Scheduler
from ppbe_observe.telemetry import configure_logging
configure_logging("error", "json", environment="e", version="v")
observer = Remembering()
scheduler = Scheduler(workers=2, jitter=timedelta(0), deadline=timedelta(seconds=5), observer=observer)
scheduler.start()
if sys.argv[1] == "hang":
    scheduler.replace([job(run=lambda deadline: time.sleep(600))])
    time.sleep(0.1)
    print(scheduler.stop(0.1))
else:
    scheduler.replace([job(every=0.05)])
    observer.wait_for("finished", "rds 1/r", 3)
    print("ready", flush=True)
    sys.stdin.readline()
    observer.wait_for("missed", "rds 1/r")
    scheduler.stop(5)
    print(json.dumps(sorted({what: observer.count(what, "rds 1/r") for what, _ in observer.told}.items())))
"""


def script(mode: str) -> "subprocess.Popen[str]":
    tests = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 - handed to another process as text
    return subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, mode, tests],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_job_that_hangs_does_not_keep_the_process_from_ending() -> None:
    with script("hang") as process:
        out, _ = process.communicate(timeout=20)
    assert out == "False\n"
    assert process.returncode == 0


def test_runs_that_were_due_while_the_process_was_suspended_are_counted_as_missed() -> None:
    with script("suspend") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.6)
        process.send_signal(signal.SIGCONT)
        out, _ = process.communicate("\n", timeout=20)
    counted = dict(json.loads(out))
    assert 8 <= counted["missed"] <= 30
    assert counted["finished"] >= 4
