"""The parts without the daemon around them: for commands that look once and go. Keeps nothing on disk."""

from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from ppbe_observe.aws.calls import CallObserver, ignore
from ppbe_observe.collect.collector import Collector
from ppbe_observe.daemon.assembly import PARALLEL_CALLS, Assembly, Shared, sessions_for
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Target
from ppbe_observe.settings import Settings
from ppbe_observe.state.database import Database

PARALLEL_JOBS = 64
"""Jobs that a command runs at once: all of a small estate's, so that their questions share calls."""


class Workbench:
    """Collectors of the settings' targets, with a state that is forgotten afterwards.

    ``failures`` are the targets whose account could not be found out, with the reason.
    """

    def __init__(self, settings: Settings, observe: CallObserver = ignore) -> None:
        self._pool = ThreadPoolExecutor(PARALLEL_CALLS, thread_name_prefix="call")
        self._database = Database("sqlite://")
        self.shared = Shared(sessions_for(settings, observe, PARALLEL_JOBS), self._database, self._pool)
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

    def collectors(self, exporters: set[str], targets: set[str]) -> list[Collector]:
        """The collectors of the named exporters and targets; an empty set names all."""
        return [
            collector
            for target in self.targets()
            if not targets or targets & {target.name, target.account_id, target.region}
            for collector in self.assembly.collectors(target)
            if not exporters or collector.exporter.name in exporters
        ]
