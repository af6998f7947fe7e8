"""Packing questions into as few GetMetricData calls as the API allows. Pure.

A call has one window for all of its queries and is billed by query, not by datapoint; so questions with
different windows may share a call whose window spans them all, as long as that does not multiply the datapoints.

Datapoints are counted off from the start of the window, which is rounded to minutes only (API reference,
GetMetricData, StartTime). So a call begins a whole number of periods before each of its questions: else a question for
the five minutes from 12:07 would be answered with those from 12:05 or 12:08.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ppbe_observe.cloudwatch.windows import Question, Window

QUERIES_PER_CALL = 500
DATAPOINTS_PER_CALL = 100_800
RECENT = 3 * 3600
"""Windows that start within three hours are answered at the higher rate (API reference, GetMetricData)."""


@dataclass(frozen=True, slots=True)
class PackedCall:
    """One GetMetricData call: which questions (by position) it answers, over a window that spans theirs."""

    positions: tuple[int, ...]
    window: Window


@dataclass(frozen=True, slots=True)
class _Phase:
    """When a call may begin: ``residue`` seconds after a multiple of the ``period``, the longest one in the call."""

    period: int
    residue: int

    @classmethod
    def of(cls, question: Question) -> "_Phase":
        return cls(question.stat.period, question.window.start % question.stat.period)

    def joined(self, other: "_Phase") -> "_Phase | None":
        """The phase that suits both; None where there is none, or it would take more than the longer period."""
        longer, shorter = (self, other) if self.period >= other.period else (other, self)
        fits = not longer.period % shorter.period and not (longer.residue - shorter.residue) % shorter.period
        return longer if fits else None

    def before(self, start: int) -> int:
        """The last time of this phase that is not after ``start``."""
        return start - (start - self.residue) % self.period


class _Open:
    """A call that still has room."""

    def __init__(self, position: int, question: Question) -> None:
        self.positions = [position]
        self.phase = _Phase.of(question)
        self.start = question.window.start
        self.end = question.window.end
        self.per_second = 1 / question.stat.period

    def takes(self, question: Question) -> bool:
        phase = self.phase.joined(_Phase.of(question))
        if phase is None or len(self.positions) >= QUERIES_PER_CALL:
            return False
        start = phase.before(min(self.start, question.window.start))
        end = max(self.end, question.window.end)
        reaches_too_far = end - start > RECENT and (end - start) > 2 * (self.end - self.start)
        datapoints = (end - start) * (self.per_second + 1 / question.stat.period)
        return not reaches_too_far and datapoints <= DATAPOINTS_PER_CALL

    def add(self, position: int, question: Question) -> None:
        """Take a question that it ``takes``."""
        self.positions.append(position)
        self.phase = self.phase.joined(_Phase.of(question)) or self.phase
        self.start = self.phase.before(min(self.start, question.window.start))
        self.end = max(self.end, question.window.end)
        self.per_second += 1 / question.stat.period

    def packed(self) -> PackedCall:
        return PackedCall(tuple(self.positions), Window(self.start, self.end))


def pack(questions: Iterable[Question]) -> list[PackedCall]:
    """Fill calls with the questions, those with the shortest reach first; each question is in exactly one call."""
    calls: list[_Open] = []
    for position, question in _shortest_reach_first(questions):
        if calls and calls[-1].takes(question):
            calls[-1].add(position, question)
        else:
            calls.append(_Open(position, question))
    return [call.packed() for call in calls]


def _shortest_reach_first(questions: Iterable[Question]) -> Iterator[tuple[int, Question]]:
    """The questions with their positions.

    The few windows there are get sorted, not all the questions: that would hold up every other thread for a tenth of
    a second at 100,000 of them.
    """
    alike: dict[tuple[int, int], list[tuple[int, Question]]] = {}
    for position, question in enumerate(questions):
        alike.setdefault((-question.window.start, question.stat.period), []).append((position, question))
    for key in sorted(alike):
        yield from alike[key]
