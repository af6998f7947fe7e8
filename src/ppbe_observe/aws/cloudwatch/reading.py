"""The pages of one GetMetricData call put together, each query judged on its own. Pure.

Invariants: an answer without a failure is whole; what was read before a page failed is kept; datapoints are
oldest first, one for each timestamp, and a later page's word on a timestamp replaces an earlier one's.
"""

from itertools import chain, repeat

from ppbe_observe.aws.cloudwatch.wire import COMPLETE, GET_METRIC_DATA, DataPage, Found, Result, rows
from ppbe_observe.aws.failures import clean
from ppbe_observe.cloudwatch.query import Answer
from ppbe_observe.model import Failure, Reason

_MORE_FOLLOWS = "PartialData"
# What a result's StatusCode says besides (API reference, MetricDataResult). The last page's word counts.
_REFUSALS = {"InternalError": Reason.SERVER, "Forbidden": Reason.DENIED}


class Reading:
    """Takes pages in their order and gives the answers. Used by one thread."""

    def __init__(self, asked: int) -> None:
        self._asked = asked
        self._pages: list[DataPage] = []

    def add(self, page: DataPage) -> None:
        """Take one page."""
        self._pages.append(page)

    def answers(self, end: Failure | None = None) -> list[Answer]:
        """The answers; ``end`` is why no further page could be read."""
        if len(self._pages) == 1 and self._pages[0].answers_all(self._asked):
            return list(rows(Answer, zip(self._pages[0].found, repeat(None), strict=False)))
        results: dict[int, Result] = {}
        for result in chain.from_iterable(page.results() for page in self._pages):
            earlier = results.get(result.place)
            results[result.place] = _merged(earlier, result) if earlier else result
        told = "; ".join(page.messages for page in self._pages if page.messages)
        return [_answer(results.get(place), end, told) for place in range(self._asked)]

    def distrusted(self, end: Failure) -> list[Answer]:
        """The answers where the server contradicts itself: what it calls complete may not be."""
        return [Answer(each.datapoints, each.failure or end) for each in self.answers(end)]


def _merged(earlier: Result, later: Result) -> Result:
    messages = later.messages or earlier.messages
    return Result(later.place, _joined(earlier.found, later.found), later.status, messages)


def _joined(earlier: Found, later: Found) -> Found:
    """A page that cannot be trusted casts its doubt on the others of its query."""
    if isinstance(earlier, Failure):
        return earlier
    if isinstance(later, Failure):
        return later
    return tuple(sorted({each.at: each for each in (*earlier, *later)}.values()))


def _answer(result: Result | None, end: Failure | None, told: str) -> Answer:
    if result is None:
        nothing = Failure(Reason.MALFORMED, GET_METRIC_DATA, "the answer holds no result for this query")
        return Answer(failure=end or nothing)
    found, status = result.found, result.status
    if isinstance(found, Failure):
        return Answer(failure=found)
    if found and status == COMPLETE:
        return Answer(found)
    return Answer(found, _doubt(status, end, result.messages or told))


def _doubt(status: str, end: Failure | None, told: str) -> Failure | None:
    """What is wrong with a result that may not be whole, where AWS ``told`` something and pages ``end``ed early."""
    if status == COMPLETE:
        # "As much of the operation as possible is still executed": nothing came, and AWS remarks on it.
        return _partial(told) if told else None
    if status == _MORE_FOLLOWS:
        return _partial(str(end) if end else told or "PartialData was the last word")
    detail = f"StatusCode {status or 'missing'}: {told}".removesuffix(": ")
    return Failure(_REFUSALS.get(status, Reason.MALFORMED), GET_METRIC_DATA, clean(detail))


def _partial(detail: str) -> Failure:
    return Failure(Reason.PARTIAL, GET_METRIC_DATA, clean(detail))
