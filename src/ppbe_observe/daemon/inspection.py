"""Judges the settings' targets once, for commands: nothing is remembered, the daemon's memory is only looked at. I/O.

Invariant: what a filter leaves out is unknown in the roll-up, never passed and never "not automated".
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime

from ppbe_observe import __version__
from ppbe_observe.assessment.examiner import Examination, Examiner
from ppbe_observe.assessment.standings import Standings
from ppbe_observe.aws.services import GATHERERS
from ppbe_observe.controls.catalog import Baseline, catalog
from ppbe_observe.controls.check import Check
from ppbe_observe.controls.detector import DETECTION
from ppbe_observe.controls.report import Report, lines_of
from ppbe_observe.controls.rollup import RollUp, count, roll_up
from ppbe_observe.controls.tracking import key_of
from ppbe_observe.daemon.assembly import UNKNOWN_ACCOUNT, Assembly
from ppbe_observe.model import Failure, Finding, FindingKey, Severity, Target, Tracked
from ppbe_observe.settings import Settings
from ppbe_observe.state.database import guest_of
from ppbe_observe.state.history import open_findings_of

PARALLEL_TARGETS = 16
"""Targets that are judged at once."""

Tracks = Mapping[FindingKey, Tracked]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which checks are wanted; an empty set wants all."""

    checks: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    controls: frozenset[str] = frozenset()
    indicators: frozenset[str] = frozenset()
    severities: frozenset[Severity] = frozenset()
    baseline: Baseline | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return not (self.checks or self.services or self.controls or self.indicators or self.severities)

    def keeps(self, check: Check, severity: Severity) -> bool:
        """Whether a check is wanted where it has this severity."""
        wanted = (
            (self.checks, {check.id}),
            (self.services, {check.service}),
            (self.controls, set(check.controls)),
            (self.indicators, set(check.indicators)),
            (self.severities, {severity}),
        )
        return all(not asked or not asked.isdisjoint(own) for asked, own in wanted) and self._in_baseline(check)

    def narrowed(self, examiner: Examiner) -> Examiner:
        """Judges only what is wanted; everything where the detector is: it speaks of all checks."""
        return examiner if self._detection else examiner.narrowed(self.keeps)

    def checks_of(self, examiner: Examiner) -> tuple[Check, ...]:
        """The checks that are wanted of those that are switched on, the detector included."""
        return (*examiner.rules.narrowed(self.keeps).checks, *((DETECTION,) if self._detection else ()))

    @property
    def _detection(self) -> bool:
        return self.keeps(DETECTION, DETECTION.severity)

    def _in_baseline(self, check: Check) -> bool:
        if self.baseline is None:
            return True
        return any(self.baseline in catalog().controls[each].baselines for each in check.controls)


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at, and what was found.

    ``examiner`` is that of all checks, whichever were selected; ``targets`` are all of the settings, ``unnamed`` those
    whose account nobody could tell.
    """

    at: datetime
    examiner: Examiner
    targets: Collection[Target]
    unnamed: tuple[tuple[str, Failure], ...]
    examinations: Sequence[Examination]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them."""
        return tuple(each for seen in self.examinations for each in seen.findings)


def inspect(
    assembly: Assembly,
    examiner: Examiner,
    targets: Sequence[Target],
    now: datetime,
    deadline: float,
    *,
    done: Callable[[], None],
) -> list[Examination]:
    """Judge targets, several at once; ``done`` is called after each. What raises here leaves the threads behind."""
    homes = {each.account_id: each for each in reversed(targets)}

    def one(target: Target) -> Examination:
        inventory = assembly.inventory(target)
        home = homes[target.account_id] == target
        return examiner.examine(assembly.session(target), inventory, now, deadline, home=home)

    pool = ThreadPoolExecutor(PARALLEL_TARGETS, thread_name_prefix="target")
    try:
        runs = [pool.submit(one, target) for target in targets]
        for _ in as_completed(runs):
            done()
        return [run.result() for run in runs]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def report_of(looked: Looked, selection: Selection, settings: Settings, remembered: Tracks | None) -> Report:
    """The report of what was found; deadlines count from when the daemon saw a failure first; None: nobody can tell."""
    checks = {each.id: each for each in selection.checks_of(looked.examiner)}
    findings = [
        each
        for each in looked.findings
        if each.check in checks and (not selection.severities or each.severity in selection.severities)
    ]
    return Report(
        at=looked.at,
        version=__version__,
        environment=settings.environment,
        lines=lines_of(findings, checks.values(), looked.examiner.deadlines, remembered, looked.at),
        rolled=_rolled_up(looked, selection),
        complete=selection.whole and len(looked.examinations) == len(looked.targets),
        unnamed=looked.unnamed,
    )


def remembered(settings: Settings, findings: Iterable[Finding]) -> Tracks:
    """The open findings that the daemon remembers of these, by their keys; nothing where it has kept nothing yet.

    Raises:
        StateError: There is something, and it cannot be read.
    """
    found = tuple(findings)
    database = guest_of(settings.state.url.get_secret_value())
    if database is None:
        return {}
    try:
        known = {each.key: each for each in open_findings_of(database, {key_of(each).account_id for each in found})}
    finally:
        database.close()
    return {**_elsewhere(found, known), **known}


def _elsewhere(findings: Iterable[Finding], known: Tracks) -> Tracks:
    """What is judged once per account may be remembered under another region of it than it was judged in now."""
    global_kinds = {kind for each in GATHERERS if each.once_per_account for kind in each.kinds}
    anywhere = {key._replace(region=""): each for key, each in known.items()}
    keys = (key_of(each) for each in findings if each.resource.kind in global_kinds)
    return {key: anywhere[at] for key in keys if key not in known and (at := key._replace(region="")) in anywhere}


def _rolled_up(looked: Looked, selection: Selection) -> RollUp:
    standings, everything = Standings(), (*looked.examiner.rules.checks, DETECTION)
    judged = {each.id for each in selection.narrowed(looked.examiner).rules.checks}
    if len(judged) == len(looked.examiner.rules.checks):
        judged.add(DETECTION.id)  # of fewer checks it says nothing
    for seen in looked.examinations:
        standings.put(seen.target, count(each for each in seen.findings if each.check in judged))
    nameless = (Target(UNKNOWN_ACCOUNT, where) for where, _ in looked.unnamed)
    counts = standings.over((*looked.targets, *nameless), (each.id for each in everything))
    return roll_up(counts, everything, catalog(), selection.baseline or looked.examiner.baseline)
