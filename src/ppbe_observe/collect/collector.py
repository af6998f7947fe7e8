"""One run of one exporter on one target: discover, select, ask, remember, show. I/O through what is handed in.

The clock is read once per run by the caller and handed down. A failure of one part is kept in the snapshot and
does not stop the others; what could not be read again is shown as it was last seen until it is too old.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.cloudwatch.cost import MONTH, Load
from ppbe_observe.cloudwatch.definition import Exporter
from ppbe_observe.cloudwatch.packing import QUERIES_PER_CALL
from ppbe_observe.cloudwatch.query import ListedMetric
from ppbe_observe.cloudwatch.selection import Labelling, select
from ppbe_observe.cloudwatch.windows import Question
from ppbe_observe.collect.budget import Budget
from ppbe_observe.collect.families import families
from ppbe_observe.collect.listing import Listing
from ppbe_observe.collect.reader import Reader
from ppbe_observe.collect.tracks import Track, Tracks
from ppbe_observe.errors import StateError
from ppbe_observe.model import Failure, Reason, Resource, Snapshot, Target
from ppbe_observe.state.counters import CounterState


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a collector gets what it needs for one target."""

    inventory: Inventory
    listing: Listing
    reader: Reader


class Collects(Protocol):
    """What is run on one target again and again: an exporter, or the alarms."""

    @property
    def name(self) -> str:
        """The exporter name under which it is scheduled, logged and published."""
        ...

    @property
    def every(self) -> timedelta:
        """How often it is run."""
        ...

    @property
    def target(self) -> Target:
        """Where it looks."""
        ...

    def survey(self, now: datetime, deadline: float) -> tuple[Load, tuple[Failure, ...]]:
        """What a month of it asks for."""
        ...

    def run(self, now: datetime, deadline: float) -> Snapshot:
        """All that can be seen at ``now``, not later than the monotonic ``deadline``."""
        ...


class Collector:
    """Runs one exporter on one target again and again; not more than one run at a time."""

    def __init__(
        self,
        exporter: Exporter,
        target: Target,
        sources: Sources,
        *,
        labelling: Labelling,
        state: CounterState,
        budget: Budget,
    ) -> None:
        self.exporter = exporter
        self.target = target
        self._sources = sources
        self._labelling = labelling
        self._state = state
        self._budget = budget
        self._tracks: Tracks | None = None
        self._selected_from: tuple[tuple[Resource, ...], tuple[ListedMetric, ...]] | None = None

    @property
    def name(self) -> str:
        """The exporter's."""
        return self.exporter.name

    @property
    def every(self) -> timedelta:
        """As the exporter declares."""
        return self.exporter.every

    def survey(self, now: datetime, deadline: float) -> tuple[Load, tuple[Failure, ...]]:
        """What a month of this exporter on this target asks for, found out without asking for any datapoint."""
        failures: list[Failure] = []
        tracks = Tracks(self.exporter)
        self._discover(tracks, now, deadline, failures)
        return monthly_load(self.exporter, self.target, tracks, self._budget), tuple(failures)

    def run(self, now: datetime, deadline: float) -> Snapshot:
        """All that can be seen at ``now``, not later than the monotonic ``deadline``."""
        failures: list[Failure] = []
        tracks = self._resumed(failures)
        resources = self._discover(tracks, now, deadline, failures)
        asked = self._ask(tracks, now, deadline, failures)
        self._keep(tracks, now, failures)
        at = now.timestamp()
        newest = max((track.newest.at + track.wanted.stat.period for track in tracks if track.newest), default=None)
        return Snapshot(
            exporter=self.exporter.name,
            target=self.target,
            at=now,
            families=families(self.exporter, tracks, resources, self._labelling, at),
            resources=resources,
            failures=tuple(dict.fromkeys(failures)),
            newest_datapoint=datetime.fromtimestamp(newest, UTC) if newest is not None else None,
            metrics_requested=asked,
            stale_series=sum(track.stale(at) for track in tracks),
        )

    def _resumed(self, failures: list[Failure]) -> Tracks:
        """The tracks of the last run; at first, with the counters of the last process.

        While those cannot be read there are no counters: begun anew, they would fall and overwrite what was saved.
        """
        if self._tracks is None:
            self._selected_from = None
            try:
                self._tracks = Tracks(self.exporter, self._state.load(self.exporter.name, self.target))
            except StateError as error:
                failures.append(Failure(Reason.STATE, "state:load", str(error)))
                return Tracks(self.exporter, counting=False)
        return self._tracks

    def _discover(
        self, tracks: Tracks, now: datetime, deadline: float, failures: list[Failure]
    ) -> tuple[Resource, ...]:
        """Bring the tracks up to date with what there is; the selection is made anew only when that changed."""
        exporter = self.exporter
        found = self._sources.inventory.resources(exporter.kinds, now, deadline)
        failures.extend(found.failures)
        listed: tuple[ListedMetric, ...] = ()
        if exporter.metrics and not exporter.static:
            names = frozenset(metric.name for metric in exporter.metrics)
            listing = self._sources.listing.of(exporter.namespace, names, deadline)
            listed = listing.metrics
            if listing.failure:
                failures.append(listing.failure)
        seen = (found.resources, listed)
        if self._selected_from is None or any(a is not b for a, b in zip(seen, self._selected_from, strict=True)):
            tracks.select(select(exporter, self.target, listed, found.resources, self._labelling))
            self._budget.project(monthly_load(exporter, self.target, tracks, self._budget))
            self._selected_from = seen
        return found.resources

    def _ask(self, tracks: Tracks, now: datetime, deadline: float, failures: list[Failure]) -> int:
        """Ask what is due; gives the number of metrics asked for."""
        at = now.timestamp()
        due: list[tuple[Track, Question]] = [
            (track, question) for track in tracks if (question := track.question(at)) is not None
        ]
        if due and (refusal := self._budget.refusal(self.exporter.name, self.target.name, now)):
            failures.append(refusal)
            return 0
        self._spend(len(due), now, failures)
        answers = self._sources.reader.read([question for _, question in due], deadline)
        for (track, question), answer in zip(due, answers, strict=True):
            track.take(question.window, answer, at)
            if answer.failure:
                failures.append(answer.failure)
        return len(due)

    def _spend(self, metrics: int, now: datetime, failures: list[Failure]) -> None:
        try:
            self._budget.spend(metrics, now)
        except StateError as error:
            failures.append(Failure(Reason.STATE, "state:spend", str(error)))

    def _keep(self, tracks: Tracks, now: datetime, failures: list[Failure]) -> None:
        """Save the counters before they are shown."""
        tallies = tracks.tallies(now.timestamp())
        if not tallies:
            return
        try:
            self._state.save(self.exporter.name, self.target, tallies)
        except StateError as error:
            failures.append(Failure(Reason.STATE, "state:save", str(error)))


def monthly_load(exporter: Exporter, target: Target, tracks: Tracks, budget: Budget) -> Load:
    """What a month of asking for these tracks takes; calls as if the exporter were alone."""
    metrics = sum(MONTH / max(track.wanted.stat.period, exporter.every.total_seconds()) for track in tracks)
    rounds = MONTH / exporter.every.total_seconds()
    calls = rounds * -(-len(tracks) // QUERIES_PER_CALL)
    return Load(exporter.name, target.name, metrics, min(calls, metrics), budget.price.of(metrics))
