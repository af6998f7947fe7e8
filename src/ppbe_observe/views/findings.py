"""Findings as records: in lines, in full, and those that somebody asks for. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from ppbe_observe.assessment.latest import Row
from ppbe_observe.controls.catalog import catalog, control_id
from ppbe_observe.controls.check import Check
from ppbe_observe.controls.deadlines import Due
from ppbe_observe.controls.formats.common import clean
from ppbe_observe.model import Exemption, Tracked
from ppbe_observe.telemetry.plain import plain, text_of
from ppbe_observe.views.hiding import seen, tag
from ppbe_observe.views.index import Index
from ppbe_observe.web.queries import FindingQuery
from ppbe_observe.web.records.findings import (
    Accepted,
    Deadline,
    FindingDetail,
    Findings,
    FindingSummary,
    History,
)

Wanted = Callable[[Row], bool]


def findings(index: Index, query: FindingQuery, now: datetime) -> Findings:
    """Those that are all of what is asked for; the worst first."""
    found = index.rows
    for wanted in _wanted(query, now):
        found = [row for row in found if wanted(row)]
    outcomes = Counter(row.line.finding.outcome.value for row in found)
    part = found[query.offset : query.offset + query.limit]
    return Findings(
        total=len(found),
        limit=query.limit,
        offset=query.offset,
        outcomes=dict(outcomes),
        judged=bool(index.latest.judged),
        items=tuple(summary(row, now) for row in part),
    )


def summary(row: Row, now: datetime) -> FindingSummary:
    """A finding in a line."""
    finding, check = row.line.finding, row.line.check
    resource = finding.resource
    return FindingSummary(
        id=row.id,
        outcome=finding.outcome.value,
        severity=finding.severity.value,
        check=finding.check,
        title=check.title,
        service=check.service,
        resource=clean(resource.arn),
        kind=resource.kind,
        account_id=resource.target.account_id,
        region=resource.target.region,
        reason=text_of(finding.verdict.reason),
        controls=check.controls,
        indicators=check.indicators,
        first_seen=row.line.first_seen,
        due=row.due,
        overdue=overdue(row, now),
        evaluated_at=finding.at,
    )


def described(check: Check) -> str:
    """What a check looks at, and why it matters; its docstring marks names with two backticks."""
    return check.description.replace("``", "`")


def overdue(row: Row, now: datetime) -> bool:
    """Whether it must have been mended by now."""
    return row.due is not None and row.due < now


def detail(row: Row, tracked: Tracked | None, now: datetime, notice: str) -> FindingDetail:
    """Everything that is known of a finding; ``tracked`` is what is remembered of it."""
    finding, check = row.line.finding, row.line.check
    return FindingDetail(
        finding=summary(row, now),
        description=described(check),
        remediation=check.remediation,
        parameters=plain(dict(finding.parameters)),
        cause=finding.verdict.cause.value if finding.verdict.cause else None,
        operation=finding.verdict.operation,
        deadline=_deadline(row.line.due),
        accepted=_acceptance(finding.exemption) if _accepted(row) else None,
        history=_history(tracked) if tracked else None,
        seen=seen(finding.resource),
        notice=notice,
    )


def _accepted(row: Row) -> bool:
    return row.line.finding.exemption is not None


def _deadline(due: Due | None) -> Deadline | None:
    return Deadline(by=due.by, rule=due.rule, accept_by=due.accept_by) if due else None


def _acceptance(given: Exemption | None) -> Accepted | None:
    return Accepted(owner=given.owner, reason=given.reason, expires=given.expires) if given else None


def _history(tracked: Tracked) -> History:
    return History(
        open=tracked.open,
        first_seen=tracked.first_seen,
        opened_at=tracked.opened_at,
        last_seen=tracked.last_seen,
        resolved_at=tracked.resolved_at,
        opened=tracked.opened,
        flaps=tracked.flaps,
    )


def _wanted(query: FindingQuery, now: datetime) -> Iterator[Wanted]:
    """What a finding has to be; what is cheap to look at comes first."""
    if outcomes := frozenset(query.outcome):
        yield lambda row: row.line.finding.outcome in outcomes
    if severities := frozenset(query.severity):
        yield lambda row: row.line.finding.severity in severities
    if conditions := tuple(_of_check(query)):
        known: dict[str, bool] = {}
        yield lambda row: _holds(row.line.check, conditions, known)
    if query.account:
        yield lambda row: row.line.finding.resource.target.account_id == query.account
    if query.region:
        yield lambda row: row.line.finding.resource.target.region == query.region
    if query.resource:
        yield lambda row: row.line.finding.resource.arn == query.resource
    if query.overdue:
        yield lambda row: overdue(row, now)
    if query.q:
        yield _has(query.q.casefold())


def _of_check(query: FindingQuery) -> Iterator[Callable[[Check], bool]]:
    if control := control_id(query.control):
        yield lambda check: control in check.controls
    if family := query.family.upper():
        of_family = {each.id for each in catalog().controls.values() if each.family == family}
        yield lambda check: not of_family.isdisjoint(check.controls)
    if ksi := query.ksi.upper():
        yield lambda check: ksi in check.indicators
    if query.check:
        yield lambda check: check.id == query.check
    if query.service:
        yield lambda check: check.service == query.service


def _holds(check: Check, conditions: Iterable[Callable[[Check], bool]], known: dict[str, bool]) -> bool:
    """Each check is looked at once."""
    if check.id not in known:
        known[check.id] = all(each(check) for each in conditions)
    return known[check.id]


def _has(text: str) -> Wanted:
    """Has it where it is shown, in any case: what is hidden cannot be guessed by searching for it."""
    known: dict[str, bool] = {}

    def of_check(check: Check) -> bool:
        return text in f"{check.id}\n{check.title}".casefold()

    def found(row: Row) -> bool:
        finding = row.line.finding
        return (
            text in finding.resource.arn.casefold()
            or text in text_of(finding.verdict.reason).casefold()
            or _holds(row.line.check, (of_check,), known)
            or any(
                text in name.casefold() or text in tag(name, told).casefold() for name, told in finding.resource.tags
            )
        )

    return found
