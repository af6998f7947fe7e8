"""What is remembered from one evaluation to the next."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.controls.tracking import GONE, OFF, Transition, follow, rows, verified
from ppbe_observe.model import Finding, FindingKey, Outcome, Severity, Tracked
from support.findings import NOW, finding

FAIL, UNKNOWN, EXEMPT, PASS, NONE = Outcome
Memory = dict[FindingKey, Tracked]


def run(memory: Memory, *findings: Finding, hours: int = 0) -> tuple[Memory, list[Transition]]:
    changes = follow(memory, findings, NOW + timedelta(hours=hours))
    return memory | {each.key: each for each in rows(changes)}, changes


def told(changes: Sequence[Transition]) -> list[str]:
    return [each.change.value for each in changes]


def one(memory: Mapping[FindingKey, Tracked]) -> Tracked:
    (only,) = memory.values()
    return only


def test_a_failure_is_opened_once() -> None:
    memory, changes = run({}, finding())
    assert told(changes) == ["opened"]
    tracked = one(memory)
    assert (tracked.open, tracked.first_seen, tracked.opened_at, tracked.opened, tracked.flaps) == (
        True,
        NOW,
        NOW,
        1,
        0,
    )
    memory, changes = run(memory, finding(reason="an hour older"), hours=1)
    assert changes == [], "that the reason tells another age is no change"


@pytest.mark.parametrize("outcome", [PASS, NONE])
def test_it_is_resolved_and_reopened_and_the_deadline_counts_anew(outcome: Outcome) -> None:
    memory, _ = run({}, finding())
    memory, changes = run(memory, finding(outcome=outcome), hours=1)
    assert told(changes) == ["resolved"]
    assert (one(memory).open, one(memory).resolved_at) == (False, NOW + timedelta(hours=1))
    memory, changes = run(memory, finding(), hours=2)
    assert told(changes) == ["reopened"]
    tracked = one(memory)
    assert (tracked.opened, tracked.flaps, tracked.resolved_at) == (2, 2, None)
    assert (tracked.first_seen, tracked.opened_at) == (NOW, NOW + timedelta(hours=2))


@pytest.mark.parametrize("outcome", [PASS, NONE, UNKNOWN])
def test_what_never_failed_is_not_remembered(outcome: Outcome) -> None:
    assert run({}, finding(outcome=outcome)) == ({}, [])


def test_what_cannot_be_judged_again_stays_open() -> None:
    memory, _ = run({}, finding())
    memory, changes = run(memory, finding(outcome=UNKNOWN), hours=1)
    assert told(changes) == ["changed"]
    assert (one(memory).open, one(memory).outcome) == (True, UNKNOWN)
    assert run(memory, finding(outcome=UNKNOWN), hours=2)[1] == []
    assert told(run(memory, finding(), hours=3)[1]) == ["changed"]
    assert told(run(memory, finding(outcome=PASS), hours=3)[1]) == ["resolved"]


def test_what_is_gone_is_resolved_where_its_check_saw_everything() -> None:
    memory, _ = run({}, finding("one"), finding("two"))
    memory, changes = run(memory, finding("one"), hours=1)
    assert told(changes) == ["resolved"]
    assert changes[0].tracked.reason == GONE


def test_what_is_not_among_the_findings_of_a_blind_check_stays_open() -> None:
    memory, _ = run({}, finding("one"), finding("two"))
    memory, changes = run(memory, finding("all", UNKNOWN), hours=1)
    assert told(changes) == ["changed", "changed"]
    assert all(each.open and each.outcome is UNKNOWN for each in memory.values())


def test_what_a_check_left_that_is_switched_off_is_resolved() -> None:
    memory, _ = run({}, finding())
    _, changes = run(memory, finding(check="another", outcome=PASS), hours=1)
    assert [(each.change.value, each.tracked.reason) for each in changes] == [("resolved", OFF)]


def test_a_new_severity_is_a_change() -> None:
    memory, _ = run({}, finding())
    memory, changes = run(memory, finding(severity=Severity.LOW), hours=1)
    assert told(changes) == ["changed"]
    assert one(memory).severity is Severity.LOW


def test_an_accepted_failure_stays_open() -> None:
    memory, _ = run({}, finding(outcome=EXEMPT))
    assert (one(memory).open, one(memory).outcome) == (True, EXEMPT)
    memory, changes = run(memory, finding(), hours=1)
    assert told(changes) == ["changed"]


def test_a_check_is_verified_where_nothing_is_unknown() -> None:
    seen = [finding("a"), finding("b", PASS), finding("a", UNKNOWN, check="x"), finding("b", PASS, check="x")]
    assert verified(seen) == {"thing_good"}


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from(Outcome)), max_size=12))
def test_open_means_failed_and_not_seen_mended_since(history: list[dict[str, Outcome]]) -> None:
    """However outcomes follow one another; a resource that is left out is gone, unless the check was blind."""
    memory: Memory = {}
    expected: set[str] = set()
    for hour, outcomes in enumerate(history):
        memory, _ = run(memory, *(finding(name, outcome) for name, outcome in outcomes.items()), hours=hour)
        blind = UNKNOWN in outcomes.values()
        gone = set() if blind else expected - outcomes.keys()
        expected -= gone | {name for name, outcome in outcomes.items() if outcome in {PASS, NONE}}
        expected |= {name for name, outcome in outcomes.items() if outcome in {FAIL, EXEMPT}}
    assert {each.key.resource.rpartition("/")[2] for each in memory.values() if each.open} == expected
    assert all(each.open == (each.resolved_at is None) for each in memory.values())
    assert all(each.opened == (each.flaps + 2) // 2 for each in memory.values())
