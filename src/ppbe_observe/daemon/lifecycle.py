"""The daemon's life: start, reload, stop. The one place where the parts are put together.

The web server answers before the first job runs. A reload builds everything new first and swaps only when all of it
could be built, so that bad settings change nothing.
"""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock
from time import monotonic
from types import FrameType

import structlog
from prometheus_client import CollectorRegistry

from ppbe_observe import __version__
from ppbe_observe.assessment.latest import Board
from ppbe_observe.assessment.remembering import Memory
from ppbe_observe.assessment.standings import Standings
from ppbe_observe.aws.identity.sessions import Sessions
from ppbe_observe.daemon.assembly import PARALLEL_CALLS, Assembly, Shared, sessions_for
from ppbe_observe.daemon.availability import AvailabilityJobs
from ppbe_observe.daemon.generation import Generation, Outlets
from ppbe_observe.daemon.incidents import Incidents
from ppbe_observe.daemon.memory import collect_seldom, share_arenas
from ppbe_observe.daemon.observer import JobLedger
from ppbe_observe.daemon.successes import Pair, Successes
from ppbe_observe.daemon.views import Views
from ppbe_observe.definitions import estate_root, runbooks_of
from ppbe_observe.errors import ObserveError
from ppbe_observe.exposition.exposition import Exposition
from ppbe_observe.exposition.limits import Limits
from ppbe_observe.exposition.own import OwnMetrics
from ppbe_observe.exposition.store import SeriesStore
from ppbe_observe.scheduler import Job, Scheduler
from ppbe_observe.settings import Settings, load_settings
from ppbe_observe.state.database import Database
from ppbe_observe.telemetry import configure_logging, configure_tracing, install_hooks
from ppbe_observe.web.app import create_app
from ppbe_observe.web.server import WebServer

ANSWER_WITHIN = 1.0
"""Seconds that answers under way may take to end."""
FLUSH_WITHIN = 5.0
"""Seconds that the last spans may take to be exported."""
GRACE = 0.5
"""Seconds that idle threads may take to end."""
LOOK_EVERY = 0.2
"""Seconds between two looks at the signals that have come."""
AT_START_ONLY = ("web", "state", "limits", "schedule", "logging", "environment", "incidents", "prometheus")
"""Settings that a reload does not change; it says so."""

log = structlog.get_logger(__name__)


class Daemon:
    """One process that collects and serves.

    Raises:
        SettingsError: The settings are wrong.
        DefinitionError: The estate root is wrong.
        StateError: The state database cannot be used.
        ListenError: The web configuration is unusable.
    """

    def __init__(self, config: Path | None, definitions: Path | None) -> None:
        share_arenas()
        self._config = config
        self._definitions = definitions
        self._stopping = Event()
        self._hangup = Event()
        self._swapping = Lock()
        settings = self._settings = self._began = self._read()
        configure_logging(
            settings.logging.level, settings.logging.format, environment=settings.environment, version=__version__
        )
        install_hooks()
        self._tracing = configure_tracing(environment=settings.environment, version=__version__)
        limits = settings.limits
        self._store = SeriesStore(Limits(limits.series_per_family, limits.series_total, settings.labels.max_length))
        self._own = OwnMetrics(CollectorRegistry())
        self._exposition = Exposition(self._store, self._own)
        self._pool = ThreadPoolExecutor(PARALLEL_CALLS, thread_name_prefix="call")
        self._database = Database(settings.state.url.get_secret_value())
        memory = Memory.of(self._database)
        self._outlets = Outlets(self._store, self._own, Successes(), Standings(), Board(), memory)
        self._sessions = self._sessions_for(settings)
        self._generation = self._build(settings, self._sessions)
        self._incidents = Incidents(settings, self._database, self._own, self._pool, lambda: self._sessions)
        self._availability = AvailabilityJobs(settings.prometheus, self._database, self._own)
        schedule = settings.schedule
        self._scheduler = Scheduler(
            workers=schedule.workers,
            jitter=schedule.jitter,
            deadline=schedule.deadline,
            observer=JobLedger(self._own, self._outlets.successes, self._pair_of),
        )
        self._views = Views(settings, self._database, self._outlets, lambda: self._settings.controls.enabled)
        app = create_app(
            self._exposition,
            ready=self._outlets.successes.readiness,
            views=self._views.estate,
            reload=self.reload,
            runbooks=lambda: runbooks_of(estate_root(self._settings.definitions)),
            webhook=self._incidents.webhook,
            availability=self._availability.record,
        )
        self._web = WebServer(
            app,
            settings.web.listen,
            settings.web.config_file,
            stop_within=ANSWER_WITHIN,
            own_login=self._incidents.own_login,
        )

    def run(self) -> int:
        """Serve and collect until a signal says stop; gives the exit code.

        Raises:
            ListenError: The address cannot be had.
        """
        for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(each, self._signalled)
        collect_seldom()
        self._web.start()
        self._exposition.start()
        self._own.config_loaded(datetime.now(UTC))
        self._scheduler.start()
        self._schedule()
        log.info(
            "daemon.started",
            listen=self._web.url,
            jobs=len(self._generation.jobs),
            state=self._settings.state.shown_url,
        )
        while not self._stopping.wait(LOOK_EVERY):
            if self._hangup.is_set():
                self._hangup.clear()
                self._reload_loudly()
        return self._stop()

    def reload(self) -> None:
        """Apply the settings file and the definitions as they are now.

        Raises:
            ObserveError: They are wrong; nothing has changed.
        """
        with self._swapping:
            try:
                settings = self._read()
                sessions = self._sessions if settings.aws == self._settings.aws else self._sessions_for(settings)
                generation = self._build(settings, sessions)
            except ObserveError as error:
                self._own.config_refused()
                log.error("settings.refused", error=str(error))  # noqa: TRY400 - the error is for people, not a bug
                raise
            gone = self._generation.pairs - generation.pairs
            gone_targets = self._generation.targets - generation.targets
            self._settings, self._sessions, self._generation = settings, sessions, generation
        self._schedule()
        for exporter, target in gone:
            self._store.retire(exporter, target)
            self._own.retire(exporter, target)
        for target in gone_targets:
            self._own.retire_target(target)
        generation.show()
        self._own.config_loaded(datetime.now(UTC))
        need_restart = _differing(settings, self._began)
        log.info("settings.applied", jobs=len(generation.jobs), retired=len(gone), need_restart=need_restart)

    def _read(self) -> Settings:
        settings = load_settings(self._config, os.environ)
        return settings.model_copy(update={"definitions": self._definitions}) if self._definitions else settings

    def _sessions_for(self, settings: Settings) -> Sessions:
        return sessions_for(settings, self._own.call_ended, self._began.schedule.workers)

    def _build(self, settings: Settings, sessions: Sessions) -> Generation:
        shared = Shared(sessions, self._database, self._pool)
        return Generation(Assembly(settings, shared), self._outlets, self._schedule)

    def _pair_of(self, job: Job) -> Pair | None:
        return self._generation.pair_of(job)

    def _schedule(self) -> None:
        with self._swapping:
            self._generation.expect()
            self._scheduler.replace([*self._generation.jobs, self._incidents.job, *self._availability.jobs])

    def _reload_loudly(self) -> None:
        try:
            self.reload()
        except ObserveError:
            log.info("settings.kept")

    def _signalled(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self._hangup.set()
        else:
            self._stopping.set()

    def _stop(self) -> int:
        within = self._settings.schedule.stop_within.total_seconds()
        log.info("daemon.stopping", within_seconds=within)
        finished = self._scheduler.stop(within)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._web.stop()
        self._exposition.stop()
        self._views.close()
        self._incidents.close()
        self._availability.close()
        self._database.close()
        self._sessions.close()
        self._tracing.shutdown(FLUSH_WITHIN)
        log.info("daemon.stopped", all_jobs_finished=finished)
        if not finished or _busy_threads(GRACE):
            os._exit(0)  # the interpreter would wait for threads that hang
        return 0


def _differing(settings: Settings, began: Settings) -> list[str]:
    """What differs from the settings of the start, and a reload does not change."""
    names = [name for name in AT_START_ONLY if getattr(settings, name) != getattr(began, name)]
    return names + (["labels.max_length"] if settings.labels.max_length != began.labels.max_length else [])


def _busy_threads(within: float) -> bool:
    """Whether a thread that holds up the end of the process has not ended within so many seconds."""
    until = monotonic() + within
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(max(0.0, until - monotonic()))
            if thread.is_alive():
                return True
    return False
