"""The parts without the daemon around them: for commands that look once and go. Keeps nothing on disk."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType, TracebackType
from typing import Self

from ppbe_observe.aws.calls import CallObserver, ignore
from ppbe_observe.collect.collector import Collects
from ppbe_observe.daemon.assembly import PARALLEL_CALLS, Assembly, Shared, sessions_for
from ppbe_observe.daemon.memory import collect_seldom, share_arenas
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Target
from ppbe_observe.settings import Settings
from ppbe_observe.state.database import Database

PARALLEL_JOBS = 64
"""Jobs that a command runs at once: all of a small estate's, so that their questions share calls."""


class Workbench:
    """Collectors of the settings' targets, with a state that is forgotten afterwards.

    ``failures`` are the targets whose account could not be found out, with the reason. ``also`` are operations that
    a command may call beside the declared ones.
    """

    def __init__(
        self,
        settings: Settings,
        observe: CallObserver = ignore,
        also: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> None:
        share_arenas()
        collect_seldom()
        self._pool = ThreadPoolExecutor(PARALLEL_CALLS, thread_name_prefix="call")
        self._database = Database("sqlite://")
        self.shared = Shared(sessions_for(settings, observe, PARALLEL_JOBS, also), self._database, self._pool)
        self.assembly = Assembly(settings, self.shared)
        self.failures: list[tuple[str, Failure]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._database.close()

    def targets(self) -> list[Target]:
        """Every target whose account is known or could be found out."""
        found: list[Target] = []
        for index, given in enumerate(self.assembly.settings.targets):
            try:
                found.extend(self.assembly.targets(given))
            except AwsError as error:
                self.failures.append((f"targets[{index}]", error.failure))
        return found

    def select(self, names: set[str]) -> list[Target]:
        """The targets of which the account, the region or both are named; all where nothing is."""
        return [each for each in self.targets() if not names or names & {each.name, each.account_id, each.region}]

    def collectors(self, exporters: set[str], targets: set[str]) -> list[Collects]:
        """The collectors of the named exporters and targets; an empty set names all."""
        return [
            collector
            for target in self.select(targets)
            for collector in self.assembly.collectors(target)
            if not exporters or collector.name in exporters
        ]
