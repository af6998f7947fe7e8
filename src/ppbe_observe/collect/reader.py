"""Asks CloudWatch the questions of all exporters of a target in common calls. I/O, thread-safe.

The jobs of a target that are due together call ``read`` within moments of each other: the first opens a batch,
waits ``linger`` for the others, packs everybody's questions into full calls and starts them side by side. Each
caller waits for its own answers until its own deadline, and a call that fails fails only the questions in it.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, wait
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from time import monotonic, sleep
from typing import Protocol

from ppbe_observe.cloudwatch.packing import PackedCall, pack
from ppbe_observe.cloudwatch.query import Answer, Datapoint, MetricStat
from ppbe_observe.cloudwatch.windows import Question
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason

OPERATION = "cloudwatch:GetMetricData"
LINGER = 0.1
"""Seconds that the first of several jobs waits for the others: long beside a scheduler's tick, short beside a call."""


_TAKEN = Answer()


class GetsMetricData(Protocol):
    """The part of the CloudWatch API that is needed here."""

    def get_metric_data(
        self, stats: Sequence[MetricStat], start: datetime, end: datetime, deadline: float
    ) -> list[Answer]:
        """At most 500 statistics over one window, answered in their order; raises AwsError."""
        ...


@dataclass(slots=True)
class _Batch:
    """Questions of several callers, and the call that will answer each."""

    questions: list[Question] = field(default_factory=list)
    deadline: float = 0.0
    sent: Future[None] = field(default_factory=Future)
    places: list[tuple[int, int]] = field(default_factory=list)
    calls: list[Future[list[Answer]]] = field(default_factory=list)


class Reader:
    """Packs and asks; one for each target."""

    def __init__(
        self,
        api: GetsMetricData,
        pool: Executor,
        *,
        linger: float = LINGER,
        pause: Callable[[float], None] = sleep,
    ) -> None:
        self._api = api
        self._pool = pool
        self._linger = linger
        self._pause = pause
        self._lock = Lock()
        self._open: _Batch | None = None

    def read(self, questions: Sequence[Question], deadline: float) -> Iterator[Answer]:
        """An answer to each question, in order; what was not answered by the monotonic ``deadline`` is a failure.

        Answers are given out as they come and kept no longer, since those of a large target take much memory.
        """
        if not questions:
            return
        batch, first, leads = self._join(questions, deadline)
        if leads:
            self._pause(self._linger)
            self._send(batch)
        wait([batch.sent], timeout=max(0.0, deadline - monotonic()))
        if not batch.sent.done() or batch.sent.exception():
            yield from (_late() for _ in questions)
            return
        for position in range(first, first + len(questions)):
            call = batch.calls[batch.places[position][0]]
            if not call.done():
                wait([call], timeout=max(0.0, deadline - monotonic()))
            yield _taken(batch, position)

    def _join(self, questions: Sequence[Question], deadline: float) -> tuple[_Batch, int, bool]:
        with self._lock:
            leads = self._open is None
            batch = self._open or _Batch()
            self._open = batch
            first = len(batch.questions)
            batch.questions.extend(questions)
            batch.deadline = max(batch.deadline, deadline)
            return batch, first, leads

    def _send(self, batch: _Batch) -> None:
        with self._lock:
            self._open = None
        try:
            batch.places = [(0, 0)] * len(batch.questions)
            for number, call in enumerate(pack(batch.questions)):
                for place, position in enumerate(call.positions):
                    batch.places[position] = (number, place)
                context = copy_context()
                batch.calls.append(self._pool.submit(context.run, self._ask, batch, call))
        except BaseException as error:
            batch.sent.set_exception(error)
            raise
        batch.sent.set_result(None)

    def _ask(self, batch: _Batch, call: PackedCall) -> list[Answer]:
        stats = [batch.questions[position].stat for position in call.positions]
        start, end = (datetime.fromtimestamp(at, UTC) for at in (call.window.start, call.window.end))
        try:
            return self._api.get_metric_data(stats, start, end, batch.deadline)
        except AwsError as error:
            return [Answer(failure=error.failure)] * len(stats)


def _taken(batch: _Batch, position: int) -> Answer:
    """The answer to one question, taken out of what its call has brought."""
    number, place = batch.places[position]
    call = batch.calls[number]
    if not call.done():
        return _late()
    answers = call.result()
    answer, answers[place] = answers[place], _TAKEN
    return _within(answer, batch.questions[position])


def _within(answer: Answer, question: Question) -> Answer:
    """The datapoints inside the question's own window: the call's may be wider."""
    window = question.window
    if all(window.start <= point.at < window.end for point in answer.datapoints):
        return answer
    kept = tuple(Datapoint(*point) for point in answer.datapoints if window.start <= point.at < window.end)
    return Answer(kept, answer.failure)


def _late() -> Answer:
    return Answer(failure=Failure(Reason.TIMEOUT, OPERATION, "no answer before the deadline of the run"))
