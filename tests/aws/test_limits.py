"""The rate limiter keeps to its rate, slows down when AWS throttles, and never sleeps past a deadline."""

import math
import threading
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.aws.limits import RateLimiter
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Reason, Target

HERE = Target("123456789012", "us-gov-west-1", "aws-us-gov")
THERE = Target("123456789012", "us-gov-east-1", "aws-us-gov")
GET = "cloudwatch:GetMetricData"


@dataclass(slots=True)
class FakeTime:
    """A clock that only a sleep moves."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def limiter(time: FakeTime, rate: float = 10.0) -> RateLimiter:
    return RateLimiter({GET: rate}, clock=time.clock, sleep=time.sleep)


def test_two_seconds_worth_of_calls_go_out_at_once_and_the_next_ones_in_turn() -> None:
    time = FakeTime()
    subject = limiter(time)
    for _ in range(20):
        subject.acquire(HERE, GET)
    assert time.slept == []
    subject.acquire(HERE, GET)
    subject.acquire(HERE, GET)
    assert time.slept == pytest.approx([0.1, 0.1])


def test_each_account_region_and_api_has_its_own_bucket() -> None:
    time = FakeTime()
    subject = limiter(time, rate=0.5)
    for target, operation in [(HERE, GET), (THERE, GET), (HERE, "cloudwatch:ListMetrics")]:
        subject.acquire(target, operation)
    assert time.slept == []
    subject.acquire(HERE, GET)
    assert time.slept == pytest.approx([2.0])


def test_a_turn_after_the_deadline_is_a_timeout_at_once_and_takes_nobody_elses_turn() -> None:
    time = FakeTime()
    subject = limiter(time, rate=1.0)
    subject.acquire(HERE, GET)
    subject.acquire(HERE, GET)
    with pytest.raises(AwsError) as caught:
        subject.acquire(HERE, GET, deadline=time.now + 0.5)
    assert (caught.value.failure.reason, caught.value.failure.operation) == (Reason.TIMEOUT, GET)
    assert time.slept == []
    subject.acquire(HERE, GET, deadline=time.now + 1.5)
    assert time.slept == pytest.approx([1.0])


def test_throttling_halves_the_rate_and_a_minute_brings_it_back() -> None:
    time = FakeTime()
    subject = limiter(time, rate=16.0)
    subject.throttled(HERE, GET)
    assert subject.rate(HERE, GET) == 8.0
    subject.throttled(HERE, GET)
    assert subject.rate(HERE, GET) == 4.0
    time.now += 15
    assert subject.rate(HERE, GET) == pytest.approx(8.0)
    time.now += 60
    assert subject.rate(HERE, GET) == 16.0
    assert subject.rate(THERE, GET) == 16.0


def test_throttling_for_ever_does_not_stop_calls_altogether() -> None:
    time = FakeTime()
    subject = limiter(time, rate=64.0)
    for _ in range(50):
        subject.throttled(HERE, GET)
    assert subject.rate(HERE, GET) == 1.0


def test_after_throttling_nothing_saved_up_goes_out_at_once() -> None:
    time = FakeTime()
    subject = limiter(time, rate=10.0)
    subject.throttled(HERE, GET)
    subject.acquire(HERE, GET)
    assert time.slept == pytest.approx([0.2])


@given(
    rate=st.floats(0.1, 100),
    steps=st.lists(st.tuples(st.sampled_from(["acquire", "throttle"]), st.floats(0, 5)), max_size=60),
)
def test_over_any_stretch_of_time_no_more_than_burst_and_rate_go_out(
    rate: float, steps: list[tuple[str, float]]
) -> None:
    time = FakeTime()
    subject = limiter(time, rate)
    sent: list[float] = []
    for step, pause in steps:
        if step == "acquire":
            subject.acquire(HERE, GET)
            sent.append(time.now)
        else:
            subject.throttled(HERE, GET)
        time.now += pause
    burst = max(1.0, 2 * rate)
    for first in range(len(sent)):
        for last in range(first, len(sent)):
            allowed = burst + rate * (sent[last] - sent[first])
            assert last - first + 1 <= math.floor(allowed + 1e-6) + 1


@given(deadlines=st.lists(st.floats(0, 3), max_size=40), rate=st.floats(0.1, 5))
def test_no_sleep_ever_reaches_the_deadline(deadlines: list[float], rate: float) -> None:
    time = FakeTime()
    subject = limiter(time, rate)
    for allowed in deadlines:
        deadline = time.now + allowed
        try:
            subject.acquire(HERE, GET, deadline)
        except AwsError:
            continue
        assert time.now <= deadline


def test_callers_of_many_threads_share_one_bucket() -> None:
    """The sleeps handed out add up to exactly what one queue of callers would have to wait."""
    slept: list[float] = []
    subject = RateLimiter({GET: 10.0}, clock=lambda: 1000.0, sleep=slept.append)
    threads = [threading.Thread(target=subject.acquire, args=(HERE, GET)) for _ in range(30)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(slept) == pytest.approx([0.1 * turn for turn in range(1, 11)])
