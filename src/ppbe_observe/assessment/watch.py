"""The control checks in the daemon: one run on one target, and the roll-up of all. I/O through what is handed in.

Invariants: what was found is shown even where it cannot be remembered; a transition is told once, and only when it is
remembered; what is published of all targets last has seen the most; a target that is no longer judged is not shown.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from time import monotonic

import structlog
from opentelemetry import trace

from ppbe_observe.assessment.examiner import Examination, Examiner
from ppbe_observe.assessment.latest import Board, judged
from ppbe_observe.assessment.remembering import Memory, Remembered
from ppbe_observe.assessment.standings import Standings
from ppbe_observe.aws.identity.sessions import TargetSession
from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.clock import utc_now
from ppbe_observe.controls.catalog import catalog
from ppbe_observe.controls.check import Check
from ppbe_observe.controls.detector import DETECTION
from ppbe_observe.controls.families import Open, of_estate, of_evaluation, of_target
from ppbe_observe.controls.rollup import RollUp, count, roll_up
from ppbe_observe.controls.tracking import Change, Transition, key_of
from ppbe_observe.errors import StateError
from ppbe_observe.exposition.own import OwnMetrics
from ppbe_observe.exposition.store import SeriesStore
from ppbe_observe.model import Failure, Reason, Snapshot, Target
from ppbe_observe.model import Outcome as Found
from ppbe_observe.scheduler import Outcome
from ppbe_observe.settings.controls import ControlsSettings
from ppbe_observe.telemetry.rendering import rfc3339

CONTROLS = "controls"
"""The exporter name under which the checks are logged and published."""
ESTATE = Target("", "")
"""Whom the roll-up is published for: all targets together."""
SHOWN_FOR = 3
"""Intervals after which the series of a target that is no longer judged are dropped."""

_EVENTS = {
    Change.OPENED: "finding.opened",
    Change.REOPENED: "finding.reopened",
    Change.RESOLVED: "finding.resolved",
    Change.CHANGED: "finding.changed",
}
_UNSEEN = "finding.unseen"

log = structlog.get_logger(__name__)


class ControlsWatch:
    """Judges targets, remembers, and publishes, as the settings say.

    ``judged`` tells the targets that are to be judged now, ``unnamed`` those whose account is not known yet.
    """

    def __init__(
        self,
        examiner: Examiner,
        memory: Memory,
        standings: Standings,
        *,
        board: Board,
        store: SeriesStore,
        own: OwnMetrics,
        settings: ControlsSettings,
        judged: Callable[[], Collection[Target]],
        unnamed: Callable[[], Collection[Target]],
    ) -> None:
        self._examiner = examiner
        self._memory = memory
        self._standings = standings
        self._board = board
        self._store = store
        self._own = own
        self._shown_for = SHOWN_FOR * settings.interval
        self._keep_days = settings.keep_days
        self._judged = judged
        self._unnamed = unnamed

    def run(self, session: TargetSession, inventory: Inventory, deadline: float, *, home: bool) -> Outcome:
        """Judge a target once."""
        began = monotonic()
        try:
            seen = self._examiner.examine(session, inventory, utc_now(), deadline, home=home)
        except Exception:  # a bug, which the runner tells of: the target has not been seen
            self._standings.broke(session.target)
            self._board.drop(session.target)
            self.show_estate()
            raise
        if seen.target not in self._judged():
            return Outcome()  # a reload has taken it away meanwhile
        self._standings.put(seen.target, count(seen.findings))
        failures = list(seen.failures)
        remembered = self._remember(seen, failures)
        known = remembered.tracked if remembered else None
        self._board.put(judged(seen, self._checks, self._examiner.deadlines, known))
        self._remember_day(self.show_estate(), failures)
        seconds = monotonic() - began
        self._show(seen, remembered, seconds, tuple(failures))
        self._own.state_quarantined(self._memory.quarantined)
        outcomes = Counter(each.outcome.value for each in seen.findings)
        log.info("controls.evaluated", seconds=round(seconds, 3), **dict(sorted(outcomes.items())))
        # What AWS did not show is a finding, not a failure of the job: only what could not be remembered is.
        return Outcome(tuple(each for each in failures if each.reason is Reason.STATE))

    def show_estate(self) -> RollUp:
        """Publish the state of every control, indicator and family, over all targets."""
        with self._standings.turn:
            rolled, now = self._rolled_up(), utc_now()
            self._store.publish(Snapshot(CONTROLS, ESTATE, now, of_estate(rolled)), until=now + self._shown_for)
            self._board.rolled_up(rolled, self._checks)
            return rolled

    @property
    def _checks(self) -> tuple[Check, ...]:
        return (*self._examiner.rules.checks, DETECTION)

    def _rolled_up(self) -> RollUp:
        targets = (*self._judged(), *self._unnamed())
        counts = self._standings.over(targets, (each.id for each in self._checks))
        return roll_up(counts, self._checks, catalog(), self._examiner.baseline)

    def _remember(self, seen: Examination, failures: list[Failure]) -> Remembered | None:
        try:
            transitions = self._memory.update(seen.target, seen.findings, seen.at)
            for each in transitions:
                _tell(each)
            return self._memory.recall(seen.target)
        except StateError as error:
            failures.append(Failure(Reason.STATE, "state:findings", str(error)))
            return self._memory.reckon(seen.target, seen.findings, seen.at)

    def _remember_day(self, rolled: RollUp, failures: list[Failure]) -> None:
        """Not before each target was judged since the start: a restart would make everything unknown on that day."""
        if self._standings.pending(self._judged()):
            return
        states = {("control", each.id): each.state.value for each in rolled.controls.values()}
        states |= {("indicator", each.id): each.state.value for each in rolled.indicators.values()}
        try:
            self._memory.close_day(utc_now(), states, self._keep_days)
        except StateError as error:
            failures.append(Failure(Reason.STATE, "state:daily", str(error)))

    def _show(
        self, seen: Examination, remembered: Remembered | None, seconds: float, failures: tuple[Failure, ...]
    ) -> None:
        opened = self._open(seen, remembered) if remembered else ()
        families = of_evaluation(seen.target, seen.at, seconds)
        families += of_target(seen.target, seen.findings, opened, remembered.verified if remembered else {})
        snapshot = Snapshot(CONTROLS, seen.target, seen.at, families, failures=failures)
        self._store.publish(snapshot, until=seen.at + self._shown_for)
        self._own.run_ended(snapshot, seconds=seconds)

    def _open(self, seen: Examination, remembered: Remembered) -> Iterator[Open]:
        kev = {key_of(each): each.verdict.due for each in seen.findings if each.verdict.due}
        for each in remembered.tracked:
            due = self._examiner.deadlines.of(each.key.check, each.severity, each.opened_at, kev.get(each.key))
            yield Open(each, due)


def _tell(transition: Transition) -> None:
    tracked = transition.tracked
    unseen = transition.change is Change.CHANGED and tracked.outcome is Found.UNKNOWN
    event = _UNSEEN if unseen else _EVENTS[transition.change]
    told = {
        "check": tracked.key.check,
        "resource": tracked.key.resource,
        "severity": tracked.severity.value,
        "outcome": tracked.outcome.value,
    }
    write = log.info if transition.change is Change.RESOLVED else log.warning
    write(event, reason=tracked.reason, first_seen=rfc3339(tracked.first_seen.timestamp()), **told)
    trace.get_current_span().add_event(event, told)
