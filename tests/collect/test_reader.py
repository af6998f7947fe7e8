"""The questions of jobs that run together share calls; a failure stays with the questions it belongs to."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier, Event
from time import monotonic

import pytest

from ppbe_observe.cloudwatch.query import Answer, Datapoint, MetricStat
from ppbe_observe.cloudwatch.windows import Question, Window
from ppbe_observe.collect.reader import Reader
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason

DENIED = Failure(Reason.DENIED, "cloudwatch:GetMetricData", "no")


def questions(count: int, prefix: str, window: Window = Window(600, 1200)) -> list[Question]:  # noqa: B008 - frozen
    return [Question(MetricStat("N", f"{prefix}{each}", (), "Sum", 60), window) for each in range(count)]


class Api:
    """Answers each statistic with its own position in the call; refuses calls that hold a metric to refuse."""

    def __init__(self, *, refuse: str = "", hang: Event | None = None) -> None:
        self.calls: list[tuple[list[str], datetime, datetime]] = []
        self._refuse = refuse
        self._hang = hang

    def get_metric_data(
        self, stats: Sequence[MetricStat], start: datetime, end: datetime, deadline: float
    ) -> list[Answer]:
        names = [stat.metric for stat in stats]
        self.calls.append((names, start, end))
        if self._hang is not None:
            self._hang.wait(max(0.0, deadline - monotonic()) + 1)
        if self._refuse in names:
            raise AwsError(DENIED)
        return [Answer((Datapoint(600, float(name[1:])), Datapoint(1260, 1.0))) for name in names]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


def in_one_moment(jobs: int, read: Reader, counts: Sequence[int]) -> list[list[Answer]]:
    barrier = Barrier(jobs)

    def job(number: int) -> list[Answer]:
        barrier.wait()
        return list(read.read(questions(counts[number], "abcdefgh"[number]), monotonic() + 5))

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(job, range(jobs)))


def test_jobs_that_run_together_share_full_calls(pool: ThreadPoolExecutor) -> None:
    api = Api()
    answers = in_one_moment(4, Reader(api, pool, linger=2.0), (400, 300, 200, 100))
    assert sorted(len(names) for names, _, _ in api.calls) == [500, 500]
    assert [[each.datapoints[0].value for each in job] for job in answers] == [
        [float(number) for number in range(count)] for count in (400, 300, 200, 100)
    ]


def test_a_failed_call_fails_its_own_questions_only(pool: ThreadPoolExecutor) -> None:
    reader = Reader(Api(refuse="a0"), pool, linger=0)
    answers = list(reader.read(questions(600, "a"), monotonic() + 5))
    assert [each.failure for each in answers] == [DENIED] * 500 + [None] * 100


def test_datapoints_outside_a_questions_own_window_are_left_out(pool: ThreadPoolExecutor) -> None:
    answers = Reader(Api(), pool, linger=0).read(questions(1, "a"), monotonic() + 5)
    assert list(answers) == [Answer((Datapoint(600, 0.0),))]


def test_a_call_that_hangs_is_given_up_at_the_deadline(pool: ThreadPoolExecutor) -> None:
    release = Event()
    reader = Reader(Api(hang=release), pool, linger=0)
    began = monotonic()
    answers = list(reader.read(questions(2, "a"), began + 0.2))
    release.set()
    assert monotonic() - began < 1.0
    assert [each.failure.reason for each in answers if each.failure] == [Reason.TIMEOUT, Reason.TIMEOUT]


def test_nothing_to_ask_asks_nothing(pool: ThreadPoolExecutor) -> None:
    api = Api()
    assert list(Reader(api, pool).read([], monotonic() + 5)) == []
    assert api.calls == []
