"""Which resources a target has, by describe calls joined with tags. I/O, thread-safe.

Invariants: each operation is asked at most once per ``max_age`` and target, however many exporters and checks ask; a
failure is never an empty answer; the same tuple is given again while nothing was asked anew.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import NamedTuple, TypeVar

from ppbe_observe.aws.deadline import within
from ppbe_observe.aws.gather.context import WORKERS, ClientSource, GatherContext
from ppbe_observe.aws.gather.gatherer import Gatherer
from ppbe_observe.aws.gather.memo import Ages, Memo, Seen
from ppbe_observe.aws.gather.tags import GET_RESOURCES, Tags, all_tags, tags_of
from ppbe_observe.aws.services import GATHERERS
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Found, Reason, Resource

T = TypeVar("T")
Resources = tuple[Resource, ...]

PATIENCE = 60.0
"""Seconds that a gathering may take where the caller sets no deadline."""
RETRY = timedelta(minutes=1)
"""How long a failed question rests: the exporters of a target ask within moments of each other."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """The resources that were found, and what could not be seen."""

    resources: Resources = ()
    failures: tuple[Failure, ...] = ()


class _Source(NamedTuple):
    gatherer: Gatherer
    memo: Memo[Resources]


class _Joined(NamedTuple):
    """Resources with their tags, and the answers that they were joined of."""

    answers: tuple[object, ...]
    resources: Resources


class Inventory:
    """The resources of one target.

    What could not be gathered again is told as failures, beside the last good answer while that is younger than
    ``stale`` times ``max_age``.
    """

    def __init__(
        self,
        session: ClientSource,
        max_age: timedelta,
        *,
        stale: int = 3,
        gatherers: Iterable[Gatherer] = GATHERERS,
    ) -> None:
        ages = Ages(max_age, min(RETRY, max_age), stale * max_age)
        self._session = session
        self._sources = tuple(_Source(each, Memo(each.name, ages, partial(self._gather, each))) for each in gatherers)
        services = sorted({each.gatherer.tagged_as for each in self._sources if each.gatherer.tagged_as})
        self._tags: Memo[Tags] = Memo(GET_RESOURCES, ages, partial(self._list_tags, services))
        self._joined: dict[tuple[str, ...], _Joined] = {}

    def resources(self, kinds: tuple[str, ...], now: datetime, deadline: float | None = None) -> Discovery:
        """Every resource of these kinds at ``now``, not later than the monotonic ``deadline``."""
        until = monotonic() + PATIENCE if deadline is None else deadline
        sources = self._sources_of(kinds)
        seen = [each.memo.get(now, until) for each in sources]
        found = [each.value or () for each in seen]
        failures = [*_unknown(kinds, sources), *(failure for each in seen for failure in _told(each))]
        tags: Seen[Tags] = Seen()
        if any(each.gatherer.tagged_as and answer for each, answer in zip(sources, found, strict=True)):
            tags = self._tags.get(now, until)
            failures.extend(tags.failures)
        answers = (*found, tags.value)
        joined = self._joined.get(kinds)
        if joined is None or not _same(joined.answers, answers):
            joined = _Joined(answers, tuple(_join(kinds, sources, found, tags.value or {})))
            self._joined[kinds] = joined
        return Discovery(joined.resources, tuple(dict.fromkeys(failures)))

    def found(self, kinds: tuple[str, ...], now: datetime, deadline: float) -> dict[str, Found]:
        """The same for judging: by kind, with what could not be seen. An answer that is out of date proves nothing."""
        sources = self._sources_of(kinds)
        tagged = any(each.gatherer.tagged_as for each in sources)
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="inventory") as pool:
            asked = [pool.submit(copy_context().run, each.memo.get, now, deadline) for each in sources]
            tags: Seen[Tags] = self._tags.get(now, deadline) if tagged else Seen()
            seen = [each.result() for each in asked]
        return {
            kind: _found(kind, source.gatherer, answer, tags)
            for source, answer in zip(sources, seen, strict=True)
            for kind in source.gatherer.kinds
            if kind in kinds
        }

    def _sources_of(self, kinds: Iterable[str]) -> list[_Source]:
        return [each for each in self._sources if not set(kinds).isdisjoint(each.gatherer.kinds)]

    def _gather(self, gatherer: Gatherer, last: Resources | None, deadline: float, now: datetime) -> Seen[Resources]:
        bases = [each.memo.get(now, deadline) for each in self._sources_of(gatherer.of)]
        if failures := tuple(failure for each in bases for failure in each.failures):
            return Seen(failures=failures)
        given = {
            kind: tuple(each for base in bases for each in base.value or () if each.kind == kind)
            for kind in gatherer.of
        }
        context = GatherContext(self._session, deadline, given)
        for base in bases:
            context.missed.update(base.missed)
        with within(deadline):
            seen = _seen(context, lambda: tuple(gatherer.gather(context)))
        if seen.value is None or not context.missed:
            return seen
        kept = tuple(each for each in last or () if each.arn in context.missed)
        return Seen(seen.value + kept, missed=context.missed)

    def _list_tags(self, services: list[str], _previous: Tags | None, deadline: float, _now: datetime) -> Seen[Tags]:
        context = GatherContext(self._session, deadline)
        with within(deadline):
            return _seen(context, lambda: all_tags(context, services))


def _seen(context: GatherContext, ask: Callable[[], T]) -> Seen[T]:
    try:
        return Seen(ask())
    except AwsError as error:
        return Seen(failures=(error.failure,))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        detail = f"the answer is not as documented: {type(error).__name__}: {error}"
        return Seen(failures=(Failure(Reason.MALFORMED, context.asking, detail),))


def _told(seen: Seen[T]) -> Iterator[Failure]:
    yield from seen.failures
    yield from seen.missed.values()


def _unknown(kinds: Iterable[str], sources: Iterable[_Source]) -> Iterator[Failure]:
    known = {kind for each in sources for kind in each.gatherer.kinds}
    for kind in kinds:
        if kind not in known:
            yield Failure(Reason.UNSUPPORTED, "inventory:resources", f"no gatherer finds {kind}")


def _found(kind: str, gatherer: Gatherer, seen: Seen[Resources], tags: Seen[Tags]) -> Found:
    if seen.failures:
        return Found(failures=seen.failures)
    resources = (each for each in seen.value or () if each.kind == kind and each.arn not in seen.missed)
    if not gatherer.tagged_as:
        return Found(tuple(resources), missed=seen.missed)
    tagged = tuple(_tagged(each, tags.value or {}) for each in resources)
    return Found(tagged, missed=seen.missed, untagged=next(iter(tags.failures), None))


def _join(
    kinds: Iterable[str], sources: Iterable[_Source], found: Iterable[Resources], tags: Tags
) -> Iterator[Resource]:
    for source, resources in zip(sources, found, strict=True):
        for each in resources:
            if each.kind in kinds:
                yield _tagged(each, tags) if source.gatherer.tagged_as else each


def _tagged(resource: Resource, tags: Tags) -> Resource:
    return replace(resource, tags=tags_of(resource.arn, tags))


def _same(some: tuple[object, ...], others: tuple[object, ...]) -> bool:
    return len(some) == len(others) and all(one is other for one, other in zip(some, others, strict=True))
