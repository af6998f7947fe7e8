"""The latest findings in the order and by the names that pages ask for. Pure.

It is made anew only when a target was judged since, and by whoever looks first.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge

from ppbe_observe.assessment.latest import Latest, Row


@dataclass(frozen=True, slots=True)
class Index:
    """All findings, the worst first, and where each of them is."""

    latest: Latest
    rows: Sequence[Row]
    by_id: Mapping[str, Row]
    by_arn: Mapping[str, Sequence[Row]]

    @classmethod
    def of(cls, latest: Latest) -> "Index":
        """That of a state."""
        rows = tuple(merge(*(each.rows for each in latest.judged.values()), key=lambda row: row.rank))
        by_arn: dict[str, list[Row]] = {}
        for row in rows:
            by_arn.setdefault(row.line.finding.resource.arn, []).append(row)
        return cls(latest, rows, {row.id: row for row in rows}, by_arn)


class Indexed:
    """Gives the index of what is known now."""

    def __init__(self, latest: Callable[[], Latest]) -> None:
        self._latest = latest
        self._index = Index.of(latest())

    def now(self) -> Index:
        """The index of the latest state; two who look at once may both make it, which does no harm."""
        index, latest = self._index, self._latest()
        if index.latest is not latest:
            index = self._index = Index.of(latest)
        return index
