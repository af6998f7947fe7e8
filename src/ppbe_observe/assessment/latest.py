"""What the last evaluation of every target found, in memory: what pages are made of. Thread-safe, no I/O.

Invariants: whoever looks sees a whole old or a whole new state of a target; what is no longer judged is not there.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from types import MappingProxyType

from ppbe_observe.assessment.examiner import Examination
from ppbe_observe.controls.check import Check
from ppbe_observe.controls.deadlines import Deadlines, Due
from ppbe_observe.controls.formats.common import uid
from ppbe_observe.controls.report import Line, lines_of
from ppbe_observe.controls.rollup import RollUp
from ppbe_observe.controls.tracking import key_of
from ppbe_observe.model import Failure, Outcome, Target, Tracked


@dataclass(frozen=True, slots=True)
class Row:
    """A finding with all that is known of it.

    Attributes:
        id: The same in every evaluation.
        rank: What is worst comes first.
        line: The finding, its check, its deadline.
        tracked: What is remembered of it while it is open.
        due: By when it must be mended, which does not change while nobody can see whether it was; None where it does
            not fail, is accepted, or no rule says so.
    """

    id: str
    rank: tuple[int, int, str, str]
    line: Line
    tracked: Tracked | None
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Judged:
    """One target as it was last judged.

    Attributes:
        target: Which one.
        at: When.
        rows: The findings, the worst first.
        due: Those that have a deadline, by that.
        outcomes: How many there are of each.
        failures: Calls that failed.
        hidden: Open findings that nobody could look for, as their resources could not be listed.
        hidden_due: The deadlines of these, in order.
        undated: Failures of which nobody knows since when they are open, as nothing remembered could be read.
    """

    target: Target
    at: datetime
    rows: tuple[Row, ...]
    due: tuple[Row, ...]
    outcomes: Mapping[Outcome, int]
    failures: tuple[Failure, ...] = ()
    hidden: int = 0
    hidden_due: tuple[datetime, ...] = ()
    undated: int = 0


@dataclass(frozen=True, slots=True)
class Latest:
    """Every target that was judged since the start, and what follows for every control."""

    judged: Mapping[Target, Judged] = field(default_factory=lambda: MappingProxyType({}))
    checks: tuple[Check, ...] = ()
    rolled: RollUp | None = None


def judged(
    seen: Examination, checks: Sequence[Check], deadlines: Deadlines, remembered: Sequence[Tracked] | None = ()
) -> Judged:
    """A target, from its evaluation and what is remembered of it: without that (None) nothing has a deadline."""
    tracked = {each.key: each for each in remembered or ()}
    known = None if remembered is None else tracked
    found = lines_of(seen.findings, checks, deadlines, known, seen.at)
    lines = [_still_due(each, tracked.get(key_of(each.finding)), deadlines) for each in found]
    rows = tuple(
        Row(uid(each.finding), each.rank, each, tracked.get(key_of(each.finding)), _due(each)) for each in lines
    )
    due = tuple(sorted((row for row in rows if row.due), key=deadline))
    outcomes = Counter(each.outcome for each in seen.findings)
    shown = {key_of(each) for each in seen.findings}
    hidden = [each for each in _to_mend(remembered or ()) if each.key not in shown]
    dates = sorted(by for each in hidden if (by := _opened(each, deadlines).by))
    undated = outcomes[Outcome.FAIL] if remembered is None else 0
    return Judged(seen.target, seen.at, rows, due, outcomes, seen.failures, len(hidden), tuple(dates), undated)


def _to_mend(remembered: Sequence[Tracked]) -> Iterator[Tracked]:
    return (each for each in remembered if each.open and each.outcome is not Outcome.EXEMPT)


def _opened(tracked: Tracked, deadlines: Deadlines) -> Due:
    return deadlines.of(tracked.key.check, tracked.severity, tracked.opened_at)


def _still_due(line: Line, last: Tracked | None, deadlines: Deadlines) -> Line:
    """What failed and cannot be judged now has the deadline that it had."""
    unseen = line.finding.verdict.outcome is Outcome.UNKNOWN
    return replace(line, due=_opened(last, deadlines)) if unseen and last and last.open else line


def deadline(row: Row) -> datetime:
    """Of one that has one."""
    assert row.due is not None
    return row.due


def _due(line: Line) -> datetime | None:
    return line.due.by if line.due and line.finding.exemption is None else None


class Board:
    """Holds the latest state, which is swapped as a whole."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._latest = Latest()

    @property
    def latest(self) -> Latest:
        """What is known now; it never changes."""
        return self._latest

    def put(self, found: Judged) -> None:
        """A target was judged."""
        with self._lock:
            judged = {**self._latest.judged, found.target: found}
            self._latest = replace(self._latest, judged=MappingProxyType(judged))

    def rolled_up(self, rolled: RollUp, checks: Sequence[Check]) -> None:
        """The state of all controls follows anew."""
        with self._lock:
            self._latest = replace(self._latest, rolled=rolled, checks=tuple(checks))

    def drop(self, target: Target) -> None:
        """A target was not seen."""
        with self._lock:
            self._only(lambda each: each != target)

    def keep(self, targets: Collection[Target]) -> None:
        """Only these are still judged."""
        with self._lock:
            self._only(lambda each: each in targets)

    def _only(self, wanted: Callable[[Target], bool]) -> None:
        judged = {target: each for target, each in self._latest.judged.items() if wanted(target)}
        if len(judged) < len(self._latest.judged):
            self._latest = replace(self._latest, judged=MappingProxyType(judged))
