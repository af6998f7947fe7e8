"""What findings say of a control, an indicator, a family, a baseline. Pure.

Invariants: fail beats unknown beats exempt beats pass; not applicable never counts as satisfied; a control without a
check is not automated and never counts as satisfied; a check without a finding is unknown; every share names its whole.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ppbe_observe.controls.catalog import Baseline, Catalog
from ppbe_observe.controls.check import Check
from ppbe_observe.model import Finding, Outcome

Outcomes = Counter[Outcome]


class State(StrEnum):
    """What is known of a control or indicator, the worst first. These words are label values: they do not change."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    EXEMPT = "exempt"
    PASS = "pass"  # noqa: S105 - not a password
    NOT_APPLICABLE = "not_applicable"
    NOT_AUTOMATED = "not_automated"


@dataclass(frozen=True, slots=True)
class Standing:
    """A control, indicator or family: its state, and the findings that make it so."""

    id: str
    title: str
    state: State
    outcomes: Mapping[Outcome, int]
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many controls of a baseline are in each state."""

    baseline: Baseline
    states: Mapping[State, int]

    @property
    def controls(self) -> int:
        """All controls of the baseline: the whole of every share."""
        return sum(self.states.values())

    @property
    def automated(self) -> int:
        """Those with at least one check."""
        return self.controls - self.states[State.NOT_AUTOMATED]


@dataclass(frozen=True, slots=True)
class RollUp:
    """The state of everything, by id."""

    checks: Mapping[str, Outcomes]
    controls: Mapping[str, Standing]
    indicators: Mapping[str, Standing]
    families: Mapping[str, Standing]
    coverage: Coverage


def count(findings: Iterable[Finding]) -> dict[str, Outcomes]:
    """How many findings of each check have each outcome."""
    counts: dict[str, Outcomes] = {}
    for each in findings:
        counts.setdefault(each.check, Counter())[each.outcome] += 1
    return counts


def roll_up(counts: Mapping[str, Outcomes], checks: Iterable[Check], catalog: Catalog, baseline: Baseline) -> RollUp:
    """The state of every control of the baseline and every indicator.

    Args:
        counts: The outcomes of each check.
        checks: Those that are switched on: one without outcomes has not been seen.
        catalog: The controls and indicators.
        baseline: Which controls are judged.
    """
    seen = {each.id: counts.get(each.id) or Counter({Outcome.UNKNOWN: 1}) for each in checks}
    by_control: dict[str, list[str]] = {}
    by_indicator: dict[str, list[str]] = {}
    for check in checks:
        for control in check.controls:
            by_control.setdefault(control, []).append(check.id)
        for indicator in check.indicators:
            by_indicator.setdefault(indicator, []).append(check.id)
    chosen = catalog.of(baseline)
    controls = {each.id: _standing(each.id, each.title, by_control.get(each.id, ()), seen) for each in chosen}
    indicators = {
        each.id: _standing(each.id, each.name, by_indicator.get(each.id, ()), seen)
        for each in catalog.indicators.values()
    }
    families = {
        family: _family(family, title, [controls[each.id] for each in chosen if each.family == family], seen)
        for family, title in catalog.families(baseline).items()
    }
    states = Counter(dict.fromkeys(State, 0))
    states.update(each.state for each in controls.values())
    return RollUp(seen, controls, indicators, families, Coverage(baseline, states))


def state_of(outcomes: Mapping[Outcome, int]) -> State:
    """The worst outcome there is; without any, not automated."""
    worst = min((each for each, many in outcomes.items() if many), key=lambda each: each.rank, default=None)
    return State(worst.value) if worst else State.NOT_AUTOMATED


def _standing(identifier: str, title: str, checks: Iterable[str], seen: Mapping[str, Outcomes]) -> Standing:
    names = tuple(checks)
    outcomes: Outcomes = Counter()
    for name in names:
        outcomes.update(seen[name])
    return Standing(identifier, title, state_of(outcomes), outcomes, names)


def _family(family: str, title: str, members: Iterable[Standing], seen: Mapping[str, Outcomes]) -> Standing:
    return _standing(family, title, dict.fromkeys(name for each in members for name in each.checks), seen)
