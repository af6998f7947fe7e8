"""The series store: what each exporter on each target last brought, ready to be put on a page.

Encoding is done by the thread that publishes, composing by the one renderer thread (``Exposition``). What a
source published is replaced as a whole.
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ppbe_observe.clock import utc_now
from ppbe_observe.exposition.encoding import LabelBlocks
from ppbe_observe.exposition.limits import Limits
from ppbe_observe.exposition.segments import Drop, Encoded, Segment, Source, encode
from ppbe_observe.model import Snapshot, Target

Segments = tuple[tuple[Source, Segment], ...]
Drops = Mapping[tuple[str, Drop], int]
"""How many series were dropped, by exporter and reason."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened since the renderer last asked: families with all their segments, empty where gone."""

    families: Mapping[str, Segments]
    published: frozenset[Source]
    dropped: Drops


@dataclass(frozen=True, slots=True)
class _Published:
    at: datetime
    until: datetime | None
    names: frozenset[str]
    blocks: LabelBlocks


class SeriesStore:
    """Holds the segments of every source; all methods may be called from any thread.

    ``changed`` is set by every change and cleared by ``take``.
    """

    def __init__(self, limits: Limits | None = None, clock: Callable[[], datetime] = utc_now) -> None:
        self.limits = limits or Limits()
        self.changed = threading.Event()
        self._clock = clock
        self._lock = threading.Lock()
        self._published: dict[Source, _Published] = {}
        self._families: dict[str, dict[Source, Segment]] = {}
        self._dirty: set[str] = set()
        self._unsorted: set[str] = set()
        self._new: set[Source] = set()
        self._dropped: Counter[tuple[str, Drop]] = Counter()

    def publish(self, snapshot: Snapshot, *, until: datetime | None = None) -> None:
        """Replace all that this exporter brought from this target.

        Args:
            snapshot: What the run saw. An older one than the last published is ignored.
            until: When its series are dropped unless a newer run has replaced them, so that a job that hangs
                does not make old values look new. Without it they stay.
        """
        source = Source.of(snapshot.exporter, snapshot.target)
        last = self._published.get(source)
        blocks = last.blocks if last else LabelBlocks(self.limits.label_length)
        encoded = encode(snapshot.families, blocks, self.limits)
        published = _Published(snapshot.at, until, frozenset(encoded.segments), blocks.next(encoded.series))
        with self._lock:
            last = self._published.get(source)
            if last and last.at > snapshot.at:
                return
            self._published[source] = published
            self._replace(source, encoded, last)
        self.changed.set()

    def retire(self, exporter: str, target: Target) -> None:
        """Forget an exporter on a target: it is no longer configured."""
        with self._lock:
            self._forget(Source.of(exporter, target))
        self.changed.set()

    def take(self) -> Changes:
        """What changed since the last call, which the caller from now on owns."""
        self.changed.clear()
        with self._lock:
            self._expire()
            for name in self._unsorted & self._families.keys():
                self._families[name] = dict(sorted(self._families[name].items(), key=lambda item: item[0]))
            changes = Changes(
                families={name: tuple(self._families.get(name, {}).items()) for name in self._dirty},
                published=frozenset(self._new),
                dropped=self._dropped,
            )
            self._dirty, self._unsorted, self._new, self._dropped = set(), set(), set(), Counter()
            return changes

    def _replace(self, source: Source, encoded: Encoded, last: _Published | None) -> None:
        for name in (last.names if last else frozenset()) - encoded.segments.keys():
            self._remove(name, source)
        for name, segment in encoded.segments.items():
            family = self._families.setdefault(name, {})
            before = family.get(source)
            if before is None:
                self._unsorted.add(name)
            if before is None or _differ(before, segment):
                family[source] = segment
                self._dirty.add(name)
        self._new.add(source)
        for reason, count in encoded.dropped.items():
            self._dropped[source.exporter, reason] += count

    def _forget(self, source: Source) -> None:
        last = self._published.pop(source, None)
        for name in last.names if last else ():
            self._remove(name, source)

    def _remove(self, name: str, source: Source) -> None:
        family = self._families[name]
        del family[source]
        if not family:
            del self._families[name]
        self._dirty.add(name)

    def _expire(self) -> None:
        now = self._clock()
        for source in [key for key, each in self._published.items() if each.until and each.until < now]:
            self._forget(source)


def _differ(one: Segment, other: Segment) -> bool:
    return (one.kind, one.help, one.body) != (other.kind, other.help, other.body)
