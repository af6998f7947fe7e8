"""The state of controls, indicators, families and services as records. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ppbe_observe.assessment.latest import Latest
from ppbe_observe.controls.catalog import catalog, control_id
from ppbe_observe.controls.check import Check
from ppbe_observe.controls.rollup import Coverage as Rolled
from ppbe_observe.controls.rollup import RollUp, State, state_of
from ppbe_observe.controls.rollup import Standing as Stood
from ppbe_observe.model import DailyState, Outcome
from ppbe_observe.telemetry.plain import plain
from ppbe_observe.views.findings import described
from ppbe_observe.web.queries import By, ControlQuery
from ppbe_observe.web.records.controls import CheckRecord, ControlDetail, Controls, Coverage, Day, Standing

_RANKS = {state.value: rank for rank, state in enumerate(State)}


def controls(latest: Latest, query: ControlQuery) -> Controls:
    """Those that are all of what is asked for; the worst first."""
    every = standings(latest, query.by)
    wanted = frozenset(query.state)
    text, family = query.q.casefold(), query.family.upper()
    found = (
        each
        for each in every
        if (not wanted or each.state in wanted)
        and (not family or each.group.startswith(f"{family} ") or each.id == family)
        and (not text or text in "\n".join((each.id, each.label, each.title, *each.checks)).casefold())
    )
    return Controls(
        by=query.by.value,
        judged=bool(latest.judged),
        coverage=coverage(latest.rolled.coverage) if latest.rolled else None,
        total=len(every),
        items=tuple(sorted(found, key=lambda each: _RANKS[each.state])),
    )


def standings(latest: Latest, by: By) -> Sequence[Standing]:
    """All of them, in FedRAMP's order; nothing before the first roll-up."""
    rolled = latest.rolled
    if rolled is None:
        return ()
    if by is By.SERVICE:
        return tuple(_services(rolled, latest.checks))
    if by is By.FAMILY:
        return tuple(_standing(each, each.id, "") for each in rolled.families.values())
    if by is By.KSI:
        return tuple(_standing(each, each.id, _theme(each.id)) for each in rolled.indicators.values())
    return tuple(_standing(each, _label(each.id), _family(each.id)) for each in rolled.controls.values())


def coverage(given: Rolled) -> Coverage:
    """How many controls are in each state."""
    states = {state.value: given.states[state] for state in State}
    return Coverage(baseline=given.baseline.value, controls=given.controls, automated=given.automated, states=states)


def identified(latest: Latest, identifier: str) -> tuple[str, Standing, tuple[str, ...]] | None:
    """A control or indicator in any notation: which of both, its standing, and what belongs to it."""
    rolled, known = latest.rolled, catalog()
    if rolled is None:
        return None
    if control := known.controls.get(control_id(identifier)):
        stood = rolled.controls.get(control.id)
        found = _standing(stood, control.label, _family(control.id)) if stood else None
        return ("control", found, control.indicators) if found else None
    if indicator := known.indicators.get(identifier.strip().upper()):
        standing = _standing(rolled.indicators[indicator.id], indicator.id, indicator.theme)
        return "indicator", standing, indicator.controls
    return None


def exists(identifier: str) -> bool:
    """Whether FedRAMP has a control or indicator of that name, in any notation."""
    known = catalog()
    return control_id(identifier) in known.controls or identifier.strip().upper() in known.indicators


def detail(
    latest: Latest, found: tuple[str, Standing, tuple[str, ...]], days: Iterable[DailyState], notice: str
) -> ControlDetail:
    """Everything that is known of a control or indicator."""
    kind, standing, related = found
    checks = {each.id: each for each in latest.checks}
    rolled = latest.rolled
    assert rolled is not None  # it was identified in it
    return ControlDetail(
        kind=kind,
        standing=standing,
        related=related,
        checks=tuple(_check(checks[name], rolled) for name in standing.checks if name in checks),
        days=tuple(Day(day=each.day, state=each.state, worst=each.worst) for each in days),
        notice=notice,
    )


def _check(check: Check, rolled: RollUp) -> CheckRecord:
    return CheckRecord(
        id=check.id,
        title=check.title,
        description=described(check),
        remediation=check.remediation,
        severity=check.severity.value,
        service=check.service,
        kind=check.on,
        parameters=plain(dict(check.parameters)),
        outcomes=_outcomes(rolled.checks.get(check.id, Counter())),
    )


def _standing(given: Stood, label: str, group: str) -> Standing:
    return Standing(
        id=given.id,
        label=label,
        title=given.title,
        group=group,
        state=given.state.value,
        outcomes=_outcomes(given.outcomes),
        checks=given.checks,
    )


def _services(rolled: RollUp, checks: Sequence[Check]) -> Iterator[Standing]:
    by_service: dict[str, list[str]] = {}
    for check in checks:
        by_service.setdefault(check.service, []).append(check.id)
    for service, names in sorted(by_service.items()):
        outcomes: Counter[Outcome] = Counter()
        for name in names:
            outcomes.update(rolled.checks.get(name, {}))
        yield Standing(
            id=service,
            label=service,
            title=f"{len(names)} check{'s' if len(names) > 1 else ''}",
            group="",
            state=state_of(outcomes).value,
            outcomes=_outcomes(outcomes),
            checks=tuple(names),
        )


def _outcomes(given: Mapping[Outcome, int]) -> dict[str, int]:
    return {each.value: given[each] for each in Outcome if given.get(each)}


def _label(control: str) -> str:
    return catalog().controls[control].label


def _family(control: str) -> str:
    known = catalog().controls[control]
    return f"{known.family} {known.family_title}"


def _theme(indicator: str) -> str:
    return catalog().indicators[indicator].theme
