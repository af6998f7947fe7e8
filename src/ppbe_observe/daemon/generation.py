"""One generation of jobs: what one state of the settings collects, until the next one replaces it.

A target whose account only STS can name is found out by a job of its own, again and again until it succeeds, so that
it holds up neither the start nor the other targets.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic

from ppbe_observe.assessment.latest import Board
from ppbe_observe.assessment.remembering import Memory
from ppbe_observe.assessment.standings import Standings
from ppbe_observe.assessment.watch import CONTROLS, ESTATE, ControlsWatch
from ppbe_observe.aws.deadline import within
from ppbe_observe.aws.identity.sessions import TargetSession
from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.collect.collector import Collects
from ppbe_observe.daemon.assembly import UNKNOWN_ACCOUNT, Assembly
from ppbe_observe.daemon.successes import LATE_AFTER, Successes
from ppbe_observe.errors import AwsError
from ppbe_observe.exposition.own import OwnMetrics
from ppbe_observe.exposition.store import SeriesStore
from ppbe_observe.model import Target
from ppbe_observe.scheduler import Job, Outcome
from ppbe_observe.settings import TargetSettings

IDENTITY = "identity"
"""The exporter name under which finding out an account is logged and reported."""
RETRY_IDENTITY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Outlets:
    """Where results go; they outlive every generation."""

    store: SeriesStore
    own: OwnMetrics
    successes: Successes
    standings: Standings
    board: Board
    memory: Memory


@dataclass(frozen=True, slots=True)
class _Planned:
    """A job, and whose it is."""

    exporter: str
    target: Target
    job: Job


class Generation:
    """The jobs of one assembly. ``changed`` is called when a target was found out and its jobs have joined."""

    def __init__(self, assembly: Assembly, outlets: Outlets, changed: Callable[[], None]) -> None:
        self.assembly = assembly
        self._outlets = outlets
        self._changed = changed
        self._planned: dict[int, list[_Planned]] = {}
        self._pairs: dict[str, tuple[str, Target]] = {}
        self._homes: dict[str, Target] = {}
        self._watch = ControlsWatch(
            assembly.examiner,
            outlets.memory,
            outlets.standings,
            board=outlets.board,
            store=outlets.store,
            own=outlets.own,
            settings=assembly.settings.controls,
            judged=partial(outlets.successes.targets, CONTROLS),
            unnamed=partial(outlets.successes.targets, IDENTITY),
        )
        for index, given in enumerate(assembly.settings.targets):
            if given.known_account is not None:
                self._adopt(index, given.targets(given.known_account))
            else:
                self._planned[index] = [self._identity_job(index, given)]

    @property
    def jobs(self) -> list[Job]:
        """Every job there is at present."""
        return [each.job for each in self._all()]

    @property
    def pairs(self) -> set[tuple[str, Target]]:
        """Every exporter and target that is collected at present, and whom the roll-up of all is published for."""
        estate = {(CONTROLS, ESTATE)} if self.assembly.settings.controls.enabled else set()
        return {(each.exporter, each.target) for each in self._all()} | estate

    @property
    def targets(self) -> set[Target]:
        """Every target that is collected at present."""
        return {each.target for each in self._all()}

    def pair_of(self, job: Job) -> tuple[str, Target] | None:
        """Whose a job is; None where it belongs to an earlier generation."""
        return self._pairs.get(job.name)

    def expect(self) -> None:
        """Tell readiness who has to succeed."""
        self._outlets.successes.expect((each.exporter, each.target, each.job.every) for each in self._all())
        self._outlets.board.keep(self._outlets.successes.targets(CONTROLS))

    def show(self) -> None:
        """Publish what follows at once from other settings: the state of the controls over the targets there are."""
        if self.assembly.settings.controls.enabled:
            self._watch.show_estate()

    def _all(self) -> list[_Planned]:
        return [each for planned in list(self._planned.values()) for each in planned]

    def _adopt(self, index: int, targets: tuple[Target, ...]) -> None:
        planned: list[_Planned] = []
        for target in targets:
            inventory = self.assembly.inventory(target)
            planned += (self._planned_job(each) for each in self.assembly.collectors(target, inventory))
            if self.assembly.settings.controls.enabled:
                planned.append(self._controls_job(target, inventory))
        self._planned[index] = planned

    def _planned_job(self, collector: Collects) -> _Planned:
        name, target = collector.name, collector.target
        job = Job(
            name=f"{name} {target.name}",
            exporter=name,
            target_name=target.name,
            every=collector.every,
            run=lambda deadline: self._collect(collector, deadline),
        )
        return self._note(_Planned(name, target, job))

    def _controls_job(self, target: Target, inventory: Inventory) -> _Planned:
        home = self._homes.setdefault(target.account_id, target) == target
        session, controls = self.assembly.session(target), self.assembly.settings.controls
        job = Job(
            name=f"{CONTROLS} {target.name}",
            exporter=CONTROLS,
            target_name=target.name,
            every=controls.interval,
            run=lambda deadline: self._judge(session, inventory, deadline, home=home),
            deadline=controls.deadline,
        )
        return self._note(_Planned(CONTROLS, target, job))

    def _judge(self, session: TargetSession, inventory: Inventory, deadline: float, *, home: bool) -> Outcome:
        outcome = self._watch.run(session, inventory, deadline, home=home)
        if not self._outlets.successes.expects(CONTROLS, session.target):
            self._forget_judged(session.target)
        return outcome

    def _forget_judged(self, target: Target) -> None:
        """A reload has taken a target away while it was judged: what was published of it since then goes, too."""
        self._outlets.board.drop(target)
        estate = () if self._outlets.successes.targets(CONTROLS, IDENTITY) else (ESTATE,)
        for each in (target, *estate):
            self._outlets.store.retire(CONTROLS, each)
            self._outlets.own.retire(CONTROLS, each)
        self._removed(target)

    def _collect(self, collector: Collects, deadline: float) -> Outcome:
        began, now = monotonic(), datetime.now(UTC)
        snapshot = collector.run(now, deadline)
        seconds = monotonic() - began
        if not self._outlets.successes.expects(collector.name, collector.target):
            self._removed(collector.target)
            return Outcome(snapshot.failures)
        until = now + LATE_AFTER * max(collector.every, timedelta(seconds=seconds))
        self._outlets.store.publish(snapshot, until=until)
        budget, own = self.assembly.budget, self._outlets.own
        own.run_ended(snapshot, seconds=seconds, dollars=budget.price.of(snapshot.metrics_requested))
        own.budget(budget.spent(now), budget.monthly_dollars)
        session = self.assembly.session(collector.target)
        own.credentials_expire(collector.target, session.expires_at)
        own.clock_skew(collector.target, session.clock_skew)
        return Outcome(snapshot.failures)

    def _removed(self, target: Target) -> None:
        """A reload has taken away what was under way: its own calls are counted under a target that may be gone."""
        if not self._outlets.successes.follows(target):
            self._outlets.own.retire_target(target)

    def _identity_job(self, index: int, given: TargetSettings) -> _Planned:
        someone = given.targets(UNKNOWN_ACCOUNT)[0]
        job = Job(
            name=f"{IDENTITY} targets[{index}]",
            exporter=IDENTITY,
            target_name=f"targets[{index}]",
            every=min(RETRY_IDENTITY, self.assembly.settings.discovery.max_age),
            run=lambda deadline: self._identify(index, given, deadline),
        )
        return self._note(_Planned(IDENTITY, someone, job))

    def _note(self, planned: _Planned) -> _Planned:
        self._pairs[planned.job.name] = (planned.exporter, planned.target)
        return planned

    def _identify(self, index: int, given: TargetSettings, deadline: float) -> Outcome:
        someone = given.targets(UNKNOWN_ACCOUNT)[0]
        try:
            with within(deadline):
                targets = self.assembly.targets(given)
        except AwsError as error:
            self._outlets.own.run_failed(IDENTITY, someone, error.failure.reason)
            return Outcome((error.failure,))
        self._outlets.own.retire(IDENTITY, someone)
        self._adopt(index, targets)
        self._changed()
        return Outcome()
