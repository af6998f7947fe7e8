"""Fail beats unknown beats exempt beats pass; what has no check never counts as satisfied."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.controls.catalog import Baseline, catalog
from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.controls.rollup import State, count, roll_up, state_of
from ppbe_observe.model import Outcome
from support.findings import finding, thing_check

FAIL, UNKNOWN, EXEMPT, PASS, NONE = Outcome
ONE = thing_check("one", controls=("ac-2", "ac-3"), indicators=("KSI-SVC-SIN",))
TWO = thing_check("two", controls=("ac-3", "sc-7"))


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ((PASS, FAIL, UNKNOWN, EXEMPT, NONE), State.FAIL),
        ((PASS, UNKNOWN, EXEMPT, NONE), State.UNKNOWN),
        ((PASS, EXEMPT, NONE), State.EXEMPT),
        ((PASS, NONE), State.PASS),
        ((NONE,), State.NOT_APPLICABLE),
        ((), State.NOT_AUTOMATED),
    ],
)
def test_the_worst_wins(outcomes: tuple[Outcome, ...], state: State) -> None:
    assert state_of(Counter(outcomes)) is state


@given(st.lists(st.sampled_from(Outcome)), st.sampled_from(Outcome))
def test_one_more_finding_never_makes_it_better(outcomes: list[Outcome], more: Outcome) -> None:
    order = list(State)
    before, after = state_of(Counter(outcomes)), state_of(Counter([*outcomes, more]))
    assert order.index(after) <= order.index(before)


def rolled(**outcomes: list[Outcome]) -> dict[str, State]:
    counts = {name: Counter(each) for name, each in outcomes.items()}
    result = roll_up(counts, [ONE, TWO], catalog(), Baseline.CLASS_C)
    return {each.id: each.state for each in result.controls.values()}


def test_controls_take_the_worst_of_their_checks() -> None:
    states = rolled(one=[PASS], two=[FAIL, PASS])
    assert (states["ac-2"], states["ac-3"], states["sc-7"]) == (State.PASS, State.FAIL, State.FAIL)
    assert states["ac-1"] is State.NOT_AUTOMATED


def test_a_check_without_a_finding_is_unknown() -> None:
    states = rolled(one=[PASS])
    assert (states["ac-2"], states["ac-3"], states["sc-7"]) == (State.PASS, State.UNKNOWN, State.UNKNOWN)


def test_every_control_of_the_baseline_is_in_one_state_and_the_whole_is_told() -> None:
    result = roll_up({"one": Counter([PASS]), "two": Counter([FAIL])}, [ONE, TWO], catalog(), Baseline.CLASS_C)
    coverage = result.coverage
    assert (coverage.controls, coverage.automated) == (322, 3)
    assert (coverage.states[State.PASS], coverage.states[State.FAIL], coverage.states[State.NOT_AUTOMATED]) == (
        1,
        2,
        319,
    )
    assert sum(coverage.states.values()) == 322


def test_families_and_indicators() -> None:
    result = roll_up({"one": Counter([PASS]), "two": Counter([FAIL])}, [ONE, TWO], catalog(), Baseline.CLASS_C)
    assert result.families["AC"].state is State.FAIL
    assert result.families["AC"].outcomes == {PASS: 1, FAIL: 1}, (
        "a check counts once, though it speaks for two controls"
    )
    assert result.families["PE"].state is State.NOT_AUTOMATED
    assert result.indicators["KSI-SVC-SIN"].state is State.PASS
    assert result.indicators["KSI-CED-RAT"].state is State.NOT_AUTOMATED


def test_findings_are_counted_by_check() -> None:
    counts = count([finding("a"), finding("b"), finding("a", PASS, check="two")])
    assert counts == {"thing_good": Counter({FAIL: 2}), "two": Counter({PASS: 1})}


def test_every_check_speaks_for_controls_and_indicators_that_exist() -> None:
    known = catalog()
    for check in CHECKS:
        assert check.controls, check.id
        assert set(check.controls) <= known.controls.keys(), check.id
        assert set(check.indicators) <= known.indicators.keys(), check.id


@pytest.mark.parametrize(
    ("baseline", "controls"),
    [("low", 156), ("moderate", 323), ("high", 410), ("class-b", 155), ("class-c", 322), ("class-d", 409)],
)
def test_the_catalog_has_every_control_of_a_baseline(baseline: str, controls: int) -> None:
    assert len(catalog().of(Baseline(baseline))) == controls


def test_the_catalog_knows_what_a_control_serves() -> None:
    known = catalog()
    assert len(known.indicators) == 46
    assert known.controls["ac-2.4"].label == "AC-02(04)"
    assert "KSI-MLA-LET" in known.controls["ac-2.4"].indicators
    assert {Baseline(each) for each in ("class-b", "class-c", "class-d")}.isdisjoint(known.controls["ca-5"].baselines)
