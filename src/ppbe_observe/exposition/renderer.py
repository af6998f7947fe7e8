"""From the store's changes and the own registry to the next generation of pages.

Used by one thread at a time: it keeps what it rendered, so that only what changed is rendered again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ppbe_observe.exposition.compose import Composed, compose
from ppbe_observe.exposition.page import Pages, assemble
from ppbe_observe.exposition.registry import OwnFamily
from ppbe_observe.exposition.rendered import Rendered, render
from ppbe_observe.exposition.segments import Drop, Source
from ppbe_observe.exposition.store import Changes, Drops, Segments, SeriesStore


@dataclass(frozen=True, slots=True)
class Update:
    """What one pass over the store brought: series shown by exporter, and what was dropped since the last."""

    series: Mapping[str, int]
    dropped: Drops


@dataclass(frozen=True, slots=True)
class _Shown:
    """A family as it was last rendered, and for how much room."""

    composed: Composed
    rendered: Rendered
    wanted: int
    room: int

    def still_right(self, room: int) -> bool:
        return room == self.room or self.wanted <= min(room, self.room)


class Renderer:
    """Keeps the families of the store rendered."""

    def __init__(self, store: SeriesStore) -> None:
        self._store = store
        self._segments: dict[str, Segments] = {}
        self._shown: dict[str, _Shown] = {}

    def update(self, reserved: frozenset[str] = frozenset()) -> Update:
        """Render what changed; the names of ``reserved`` belong to the daemon and are not shown."""
        changes = self._store.take()
        for name, segments in changes.families.items():
            self._shown.pop(name, None)
            if segments:
                self._segments[name] = segments
            else:
                self._segments.pop(name, None)
        dropped = Counter(dict(changes.dropped))
        self._render(reserved, changes, dropped)
        return Update(_by_exporter(self._shown.values()), dropped)

    def pages(self, own: Sequence[OwnFamily]) -> Pages:
        """The next generation: the store's families by name, then the daemon's own."""
        families = [each.rendered for _, each in sorted(self._shown.items()) if each.composed.total]
        return assemble([*families, *(each.rendered for each in own)])

    def _render(self, reserved: frozenset[str], changes: Changes, dropped: Counter[tuple[str, Drop]]) -> None:
        limits = self._store.limits
        room = limits.series_total
        for name in sorted(self._segments):
            segments = self._segments[name]
            if name in reserved:
                self._shown.pop(name, None)
                losses = {(source, Drop.CONFLICT): segment.series for source, segment in segments}
            else:
                shown = self._shown.get(name)
                if shown is None or not shown.still_right(room):
                    shown = self._shown[name] = _show(name, segments, limits.series_per_family, room)
                room -= shown.composed.total
                losses = dict(shown.composed.dropped)
            _count(losses, changes.published, dropped)


def _show(name: str, segments: Segments, family_limit: int, room: int) -> _Shown:
    composed = compose(segments, family_limit, room)
    rendered = render(name, composed.kind.value, composed.help, composed.pieces)
    return _Shown(composed, rendered, sum(segment.series for _, segment in segments), room)


def _count(
    losses: Mapping[tuple[Source, Drop], int],
    published: frozenset[Source],
    dropped: Counter[tuple[str, Drop]],
) -> None:
    """A series that is not shown counts once for each run that brought it."""
    for (source, reason), count in losses.items():
        if source in published:
            dropped[source.exporter, reason] += count


def _by_exporter(shown: Iterable[_Shown]) -> Mapping[str, int]:
    series: Counter[str] = Counter()
    for each in shown:
        series.update(each.composed.series)
    return series
