"""Merges the segments of one family: one kind, one help, no series twice, no more than there is room. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ppbe_observe.exposition.segments import Drop, Segment, Source
from ppbe_observe.model import Kind


@dataclass(frozen=True, slots=True)
class Composed:
    """One family over all sources, as it is shown: series by exporter; ``dropped`` is what of each source is not."""

    kind: Kind
    help: str
    pieces: tuple[bytes, ...]
    series: Mapping[str, int]
    dropped: Mapping[tuple[Source, Drop], int]

    @property
    def total(self) -> int:
        """How many series are shown."""
        return sum(self.series.values())


def compose(segments: Iterable[tuple[Source, Segment]], family_limit: int, room: int) -> Composed:
    """Take segments in their order until the family's limit or the room on the page is used up.

    The first segment says what the family's kind and help are; those of another kind are left out.
    """
    segments = tuple(segments)
    first = segments[0][1]
    merge = _Merge(first.kind, family_limit, room)
    for source, segment in segments:
        merge.add(source, segment)
    return Composed(first.kind, first.help, tuple(merge.pieces), merge.series, merge.dropped)


class _Merge:
    """The state of one pass over a family's segments."""

    def __init__(self, kind: Kind, family_limit: int, room: int) -> None:
        self.pieces: list[bytes] = []
        self.series: Counter[str] = Counter()
        self.dropped: Counter[tuple[Source, Drop]] = Counter()
        self._kind = kind
        self._left = min(family_limit, room)
        self._over = Drop.FAMILY_LIMIT if family_limit <= room else Drop.TOTAL_LIMIT
        self._seen: set[int] = set()

    def add(self, source: Source, segment: Segment) -> None:
        if segment.kind is not self._kind:
            self.dropped[source, Drop.CONFLICT] += segment.series
            return
        body, series = segment.body, segment.series
        if not self._seen.isdisjoint(segment.fingerprints):
            body, series = self._without_duplicates(source, segment)
        self._seen.update(segment.fingerprints)
        if series > self._left:
            self.dropped[source, self._over] += series - self._left
            body, series = b"".join(body.splitlines(keepends=True)[: self._left]), self._left
        if series:
            self.pieces.append(body)
            self.series[source.exporter] += series
            self._left -= series

    def _without_duplicates(self, source: Source, segment: Segment) -> tuple[bytes, int]:
        """Exact where the fingerprints only suspect; rare, so that nothing is kept for it."""
        shown = {_series_of(line) for piece in self.pieces for line in piece.splitlines()}
        kept = [line for line in segment.body.splitlines(keepends=True) if _series_of(line) not in shown]
        if duplicates := segment.series - len(kept):
            self.dropped[source, Drop.DUPLICATE] += duplicates
        return b"".join(kept), len(kept)


def _series_of(line: bytes) -> bytes:
    return line.rpartition(b" ")[0]
