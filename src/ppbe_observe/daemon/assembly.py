"""Builds collectors from settings: targets, exporters, and what they share. I/O only where STS must name an account."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import MappingProxyType

from ppbe_observe.assessment.examiner import Examiner
from ppbe_observe.aws.calls import CallObserver
from ppbe_observe.aws.cloudwatch.metrics_api import MetricsApi
from ppbe_observe.aws.gather.questions import ASKING
from ppbe_observe.aws.identity.sessions import Sessions, TargetSession
from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.aws.limits import RateLimiter
from ppbe_observe.aws.options import AwsOptions
from ppbe_observe.aws.services import alarms
from ppbe_observe.cloudwatch.cost import Price
from ppbe_observe.cloudwatch.definition import Exporter
from ppbe_observe.cloudwatch.selection import Labelling
from ppbe_observe.collect.alarms import ALARMS, AlarmCollector
from ppbe_observe.collect.budget import Budget
from ppbe_observe.collect.collector import Collector, Collects, Sources
from ppbe_observe.collect.listing import Listing
from ppbe_observe.collect.reader import Reader
from ppbe_observe.definitions import load_alarms, load_exporters
from ppbe_observe.errors import SettingsError
from ppbe_observe.model import Target
from ppbe_observe.settings import Settings, TargetSettings
from ppbe_observe.state.counters import CounterState
from ppbe_observe.state.database import Database
from ppbe_observe.state.spending import SpendingState

PARALLEL_CALLS = 8
"""GetMetricData calls under way at once: two cores decode no more than that."""
UNKNOWN_ACCOUNT = "unknown"
"""The account of a target until STS has named it."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What outlives a reload of the settings."""

    sessions: Sessions
    database: Database
    pool: Executor


class Assembly:
    """The parts that follow from one state of the settings.

    Raises:
        DefinitionError: A file of the estate root is wrong.
        SettingsError: The settings name an exporter, check or parameter that is not defined, or a region that AWS
            does not have.
    """

    def __init__(self, settings: Settings, shared: Shared) -> None:
        _check_regions(settings, shared.sessions)
        self.settings = settings
        self.exporters = enabled(settings, load_exporters(settings.definitions))
        self.alarms = load_alarms(settings.definitions) if settings.alarms.enabled else ()
        # Alarms first: where the money is short, what pages people is the last to be cut.
        self.rank = (ALARMS, *(exporter.name for exporter in self.exporters))
        self.examiner = Examiner(settings)
        self._shared = shared
        self._labelling = Labelling(tags=tuple(settings.labels.tags), snake_case=settings.labels.snake_case)
        self._state = CounterState(shared.database)
        self.budget = Budget(
            settings.budget.monthly_dollars,
            Price(settings.budget.dollars_per_thousand_metrics),
            SpendingState(shared.database),
            self.rank,
        )

    def targets(self, given: TargetSettings) -> tuple[Target, ...]:
        """The targets of one entry of the settings; asks STS for the account where the settings do not tell it.

        Raises:
            AwsError: The credentials are missing, refused or expired, or STS cannot be reached.
        """
        account = given.known_account
        if account is None:
            anyone = given.targets(UNKNOWN_ACCOUNT)[0]
            account = self._shared.sessions.of(anyone).identity().account_id
        return given.targets(account)

    def session(self, target: Target) -> TargetSession:
        """Acts as the target."""
        return self._shared.sessions.of(target)

    def inventory(self, target: Target) -> Inventory:
        """The resources of a target, for its exporters and its checks."""
        return Inventory(self.session(target), self.settings.discovery.max_age)

    def collectors(self, target: Target, inventory: Inventory | None = None) -> Iterator[Collects]:
        """One collector for each exporter and one for the alarms, which share what they find out about the target."""
        sources = self._sources(target, inventory)
        for exporter in self.exporters:
            yield Collector(exporter, target, sources, labelling=self._labelling, state=self._state, budget=self.budget)
        if self.alarms:
            yield self.alarm_collector(target, sources)

    def alarm_collector(self, target: Target, sources: Sources | None = None) -> AlarmCollector:
        """The alarms on a target."""
        every = self.settings.alarms.interval
        # A state is worth little when it is old: it is asked for in every run, and without the tags of alarms.
        states = Inventory(
            self.session(target), every / 2, gatherers=[replace(each, tagged_as=None) for each in alarms.GATHERERS]
        )
        return AlarmCollector(
            self.alarms,
            target,
            sources or self._sources(target, None),
            states,
            every=every,
            labelling=self._labelling,
            budget=self.budget,
        )

    def _sources(self, target: Target, inventory: Inventory | None) -> Sources:
        api = MetricsApi(self.session(target))
        return Sources(
            inventory=inventory or self.inventory(target),
            listing=Listing(api, self.settings.discovery.metrics_max_age.total_seconds()),
            reader=Reader(api, self._shared.pool),
        )


def enabled(settings: Settings, exporters: Sequence[Exporter]) -> tuple[Exporter, ...]:
    """The exporters that the settings leave switched on, with their intervals.

    Raises:
        SettingsError: The settings name an exporter that is not defined.
    """
    names = [exporter.name for exporter in exporters]
    for name in settings.exporters:
        if name not in names:
            near = get_close_matches(name, names, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(names))}"
            raise SettingsError(f"exporters.{name}: no such exporter is defined{hint}")
    chosen = []
    for exporter in exporters:
        given = settings.exporters.get(exporter.name)
        if given is None:
            chosen.append(exporter)
        elif given.enabled:
            chosen.append(replace(exporter, interval=given.interval or exporter.interval))
    return tuple(chosen)


def _check_regions(settings: Settings, sessions: Sessions) -> None:
    for index, given in enumerate(settings.targets):
        for place, region in enumerate(given.regions):
            try:
                sessions.check_region(region)
            except SettingsError as error:
                raise SettingsError(f"targets[{index}].regions[{place}]: {error}") from None


def sessions_for(
    settings: Settings,
    observe: CallObserver,
    jobs: int,
    also: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> Sessions:
    """Sessions that speak to AWS as the settings say, for so many jobs at once; ``also`` are calls that write."""
    given = settings.aws
    options = AwsOptions(
        connect_timeout=given.connect_timeout.total_seconds(),
        read_timeout=given.read_timeout.total_seconds(),
        max_attempts=given.max_attempts,
        connections=jobs * ASKING + PARALLEL_CALLS,
    )
    return Sessions(options, RateLimiter(given.rates), observe, also=also)
