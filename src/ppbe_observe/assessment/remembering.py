"""What the daemon remembers of findings, and what it goes on with while the database cannot be used. I/O."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from ppbe_observe.controls.rollup import State
from ppbe_observe.controls.tracking import Transition, follow, verified
from ppbe_observe.model import Finding, FindingKey, Target, Tracked
from ppbe_observe.state.daily import DailyStates
from ppbe_observe.state.database import Database
from ppbe_observe.state.history import FindingHistory

_RANKS = {state.value: index for index, state in enumerate(State)}


@dataclass(frozen=True, slots=True)
class Remembered:
    """The open findings of a target, and when each check could last judge everything."""

    tracked: Sequence[Tracked]
    verified: Mapping[str, datetime]


@dataclass(slots=True)
class Memory:
    """What is kept over restarts, and what was last read of it."""

    findings: FindingHistory
    days: DailyStates
    _database: Database
    _last: dict[Target, Remembered] = field(default_factory=dict, init=False)
    _pruned: date | None = field(default=None, init=False)

    @classmethod
    def of(cls, database: Database) -> "Memory":
        """That of a state database."""
        return cls(FindingHistory(database), DailyStates(database, _RANKS), database)

    @property
    def quarantined(self) -> int:
        """How many corrupt databases were moved aside and wait for a person."""
        return len(self._database.quarantined)

    def update(self, target: Target, findings: Sequence[Finding], at: datetime) -> Sequence[Transition]:
        """Remember an evaluation of a target; gives what has changed.

        Raises:
            StateError: The database cannot be used; nothing has changed.
        """
        sighted = dict.fromkeys(verified(findings), at)
        return self.findings.update(target, lambda current: follow(current, findings, at), sighted)

    def recall(self, target: Target) -> Remembered:
        """What is remembered of a target.

        Raises:
            StateError: The database cannot be used.
        """
        known = Remembered(self.findings.open_findings(target), self.findings.evaluations(target))
        self._last[target] = known
        return known

    def reckon(self, target: Target, findings: Sequence[Finding], at: datetime) -> Remembered | None:
        """What would be remembered after this evaluation, going by what last was; None where nothing is known.

        So that what is overdue stays so while the database cannot be used.
        """
        last = self._last.get(target)
        if last is None:
            return None
        changed = follow(_by_key(last.tracked), findings, at)
        tracked = _by_key(last.tracked) | _by_key(each.tracked for each in changed)
        sighted = {**last.verified, **dict.fromkeys(verified(findings), at)}
        self._last[target] = known = Remembered([each for each in tracked.values() if each.open], sighted)
        return known

    def close_day(self, now: datetime, states: Mapping[tuple[str, str], str], keep_days: int) -> None:
        """Remember the states of a day, and once a day forget what has been over for so many days.

        Raises:
            StateError: The database cannot be used.
        """
        self.days.record(now.date(), states)
        if self._pruned != now.date():
            self.findings.prune(now, keep_days)
            self.days.prune(now.date(), keep_days)
            self._pruned = now.date()


def _by_key(tracked: Iterable[Tracked]) -> dict[FindingKey, Tracked]:
    return {each.key: each for each in tracked}
