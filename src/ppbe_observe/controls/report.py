"""One report of an evaluation: the record that every format, table and page is made from. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from ppbe_observe.controls.check import Check
from ppbe_observe.controls.deadlines import Deadlines, Due
from ppbe_observe.controls.detector import DETECTION
from ppbe_observe.controls.rollup import RollUp
from ppbe_observe.controls.tracking import key_of
from ppbe_observe.model import Exemption, Failure, Finding, FindingKey, Outcome, Resource, Target, Tracked, Verdict

_NOBODYS = Target("unknown", "unknown", "unknown")


@dataclass(frozen=True, slots=True)
class Line:
    """A finding with its check and, where it failed, its deadline; ``first_seen`` where an earlier run has seen it."""

    finding: Finding
    check: Check
    due: Due | None = None
    first_seen: datetime | None = None

    @property
    def rank(self) -> tuple[int, int, str, str]:
        """What is worst comes first."""
        finding = self.finding
        return finding.outcome.rank, finding.severity.rank, finding.check, finding.resource.arn


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one evaluation of some targets found.

    ``complete`` is False where a filter left checks or targets out: they are unknown in the roll-up. ``unnamed`` are
    the targets whose account could not be found out, with the reason.
    """

    at: datetime
    version: str
    environment: str
    lines: tuple[Line, ...]
    rolled: RollUp
    complete: bool = True
    unnamed: tuple[tuple[str, Failure], ...] = ()

    @property
    def all_lines(self) -> tuple[Line, ...]:
        """The lines, and an unknown one for each unnamed target: an empty result would read as a clean one."""
        return tuple(sorted((*self.lines, *map(self._not_judged, self.unnamed)), key=lambda each: each.rank))

    def _not_judged(self, unnamed: tuple[str, Failure]) -> Line:
        where, failure = unnamed
        reason = f"nothing was judged, since nobody tells whose account it is: {failure}"
        verdict = Verdict(Outcome.UNKNOWN, reason, cause=failure.reason, operation=failure.operation)
        resource = Resource(where, DETECTION.on, _NOBODYS)
        return Line(Finding(DETECTION.id, DETECTION.severity, resource, verdict, self.at), DETECTION)

    def idle(self, exemptions: Iterable[Exemption]) -> tuple[Exemption, ...]:
        """Those whose pattern matches no resource: a slip, or out of date. None where not everything was seen."""
        seen: dict[str, list[Finding]] = {}
        for each in self.lines:
            seen.setdefault(each.finding.check, []).append(each.finding)
        known = self.complete and not self.unnamed
        return tuple(each for each in exemptions if known and not _may_hold(each, seen.get(each.check, ())))

    def count(self, outcome: Outcome) -> int:
        """How many findings have an outcome."""
        return sum(each.finding.outcome is outcome for each in self.lines)


def _may_hold(exemption: Exemption, findings: Iterable[Finding]) -> bool:
    return any(
        each.outcome is Outcome.UNKNOWN or fnmatchcase(each.resource.arn, exemption.resource) for each in findings
    )


def lines_of(
    findings: Iterable[Finding],
    checks: Iterable[Check],
    deadlines: Deadlines,
    tracked: Mapping[FindingKey, Tracked] | None,
    now: datetime,
) -> tuple[Line, ...]:
    """The lines of a report, the worst first.

    A failure that is not among ``tracked`` was discovered now. Without these (None) nobody knows since when any is
    open, and none has a deadline.
    """
    known = {each.id: each for each in checks}
    lines = []
    for finding in findings:
        last = tracked.get(key_of(finding)) if tracked else None
        due = None
        if tracked is not None and finding.verdict.outcome is Outcome.FAIL:
            opened = last.opened_at if last and last.open else now
            due = deadlines.of(finding.check, finding.severity, opened, finding.verdict.due)
        lines.append(Line(finding, known[finding.check], due, last.first_seen if last else None))
    return tuple(sorted(lines, key=lambda each: each.rank))
