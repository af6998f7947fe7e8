"""Packing questions into as few GetMetricData calls as the API allows. Pure.

A call has one window for all of its queries and is billed by query, not by datapoint; so questions with
different windows may share a call whose window spans them all, as long as that does not multiply the datapoints.
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


class _Open:
    """A call that still has room."""

    def __init__(self, position: int, question: Question) -> None:
        self.positions = [position]
        self.start = question.window.start
        self.end = question.window.end
        self.per_second = 1 / question.stat.period

    def takes(self, question: Question) -> bool:
        start = min(self.start, question.window.start)
        end = max(self.end, question.window.end)
        reaches_too_far = end - start > RECENT and (end - start) > 2 * (self.end - self.start)
        datapoints = (end - start) * (self.per_second + 1 / question.stat.period)
        return len(self.positions) < QUERIES_PER_CALL and not reaches_too_far and datapoints <= DATAPOINTS_PER_CALL

    def add(self, position: int, question: Question) -> None:
        self.positions.append(position)
        self.start = min(self.start, question.window.start)
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
