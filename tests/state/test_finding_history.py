"""What was remembered of findings is what the next evaluation decides on, whichever daemon makes it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from ppbe_observe.errors import StateError
from ppbe_observe.model import Outcome, Tracked
from ppbe_observe.state.daily import KEPT_DAYS
from ppbe_observe.state.database import Database
from ppbe_observe.state.findings import BATCH, Findings
from ppbe_observe.state.history import FindingHistory
from support.histories import ELSEWHERE, NOW, TARGET, Changed, remember, tracked

LATER = NOW + timedelta(hours=1)
OPEN = tracked()
RESOLVED = replace(OPEN, open=False, outcome=Outcome.PASS, resolved_at=LATER, flaps=1, reason="mended")
ODD = (
    tracked("unicode-größe-✓-🔥", reason="✓ größe"),
    tracked("nul-\0-in-the-middle", reason="\0"),
    tracked("lone-\ud800-surrogate", reason="\udfff"),
    tracked("back\\slash", reason="C:\\u0041"),
    tracked("x" * 20_000, reason="y" * 100_000),
    tracked("*"),
)


@pytest.fixture
def history(database: Database) -> FindingHistory:
    return FindingHistory(database)


def seen(history: FindingHistory) -> dict[str, Tracked]:
    """What a decision is given."""
    found: dict[str, Tracked] = {}

    def decide(current: Findings) -> Sequence[Changed]:
        found.update({key.resource: each for key, each in current.items()})
        return ()

    history.update(TARGET, decide, {})
    return found


def test_nothing_is_known_at_first(history: FindingHistory) -> None:
    assert seen(history) == {}
    assert history.tracked() == []
    assert history.open_findings(TARGET) == []
    assert history.evaluations(TARGET) == {}


def test_what_was_decided_is_what_the_next_decision_is_given(url: str, history: FindingHistory) -> None:
    remember(history, OPEN)
    other = Database(url)
    for each in (history, FindingHistory(other)):
        assert seen(each) == {OPEN.key.resource: OPEN}
    other.close()


def test_one_finding_by_what_makes_it_the_same(history: FindingHistory) -> None:
    remember(history, RESOLVED, *ODD)
    for each in (RESOLVED, *ODD):
        assert history.one(each.key) == each
    assert history.one(OPEN.key._replace(region="elsewhere")) is None
    assert history.one(OPEN.key._replace(check="another")) is None


def test_an_update_gives_what_was_decided(history: FindingHistory) -> None:
    changes = [Changed(OPEN)]
    assert history.update(TARGET, lambda _: changes, {}) is changes


def test_a_finding_that_changes_is_changed_in_place(url: str, history: FindingHistory) -> None:
    remember(history, OPEN, tracked("b"))
    remember(history, RESOLVED, tracked("c"))
    other = Database(url)
    for each in (history, FindingHistory(other)):
        assert sorted(each.tracked(TARGET), key=lambda one: one.key) == [RESOLVED, tracked("b"), tracked("c")]
        assert sorted(each.open_findings(), key=lambda one: one.key) == [tracked("b"), tracked("c")]
    other.close()


@pytest.mark.parametrize("odd", ODD, ids=lambda each: ascii(each.key.resource)[-30:])
def test_odd_and_long_names_and_reasons_come_back_as_they_were(url: str, history: FindingHistory, odd: Tracked) -> None:
    """PostgreSQL refuses NUL, no database takes a lone surrogate, and an index holds 2,700 bytes."""
    remember(history, odd)
    other = Database(url)
    again = FindingHistory(other)
    assert again.tracked() == [odd]
    remember(again, replace(odd, flaps=1))
    assert history.tracked() == [replace(odd, flaps=1)]
    other.close()


def test_names_that_differ_only_in_what_is_escaped_are_two_findings(history: FindingHistory) -> None:
    remember(history, tracked("\0"), tracked("\\u0000"))
    assert {each.key.resource.rpartition(":")[2] for each in history.tracked()} == {"\0", "\\u0000"}


def test_targets_are_kept_apart(history: FindingHistory) -> None:
    there = tracked(target=ELSEWHERE)
    remember(history, OPEN)
    remember(history, there, target=ELSEWHERE)
    assert history.tracked(TARGET) == [OPEN]
    assert history.tracked(ELSEWHERE) == [there]
    assert sorted(history.tracked(), key=lambda each: each.key) == [there, OPEN]


def test_more_findings_than_are_written_at_once(url: str, history: FindingHistory) -> None:
    many = [tracked(f"{number:05}") for number in range(2 * BATCH + 1)]
    remember(history, *many)
    remember(history, *(replace(each, flaps=2) for each in many[1:]))
    other = Database(url)
    found = sorted(FindingHistory(other).tracked(), key=lambda each: each.key)
    assert found == [many[0], *(replace(each, flaps=2) for each in many[1:])]
    other.close()


def test_what_another_daemon_wrote_is_noticed(url: str, history: FindingHistory) -> None:
    other = Database(url)
    theirs = FindingHistory(other)
    remember(history, OPEN)
    remember(theirs, RESOLVED)
    assert seen(history) == {OPEN.key.resource: RESOLVED}
    remember(history, OPEN)
    assert theirs.tracked() == [OPEN]
    other.close()


def test_when_checks_were_evaluated_is_the_newest_time(url: str, history: FindingHistory) -> None:
    history.update(TARGET, lambda _: (), {"a": NOW, "b": LATER})
    history.update(TARGET, lambda _: (), {"a": LATER, "b": NOW, "c": NOW})
    other = Database(url)
    assert FindingHistory(other).evaluations(TARGET) == {"a": LATER, "b": LATER, "c": NOW}
    assert history.evaluations(ELSEWHERE) == {}
    other.close()


def test_a_decision_that_fails_changes_nothing(history: FindingHistory) -> None:
    remember(history, OPEN)

    def fail(_: Findings) -> Sequence[Changed]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        history.update(TARGET, fail, {"a": NOW})
    assert history.tracked() == [OPEN]
    assert history.evaluations(TARGET) == {}


def test_a_write_that_fails_changes_neither_what_is_stored_nor_what_is_in_memory(history: FindingHistory) -> None:
    remember(history, OPEN)
    wrong = replace(tracked("b"), reason=None)  # type: ignore[arg-type]  # what the column refuses
    with pytest.raises(StateError, match="reason"):
        remember(history, RESOLVED, tracked("c"), wrong)
    assert seen(history) == {OPEN.key.resource: OPEN}


def test_a_decision_cannot_change_what_is_known(history: FindingHistory) -> None:
    def spoil(current: Findings) -> Sequence[Changed]:
        current.clear()  # type: ignore[attr-defined]  # what a Mapping has not
        return ()

    with pytest.raises(AttributeError):
        history.update(TARGET, spoil, {})


def test_only_what_was_resolved_long_ago_is_forgotten(url: str, history: FindingHistory) -> None:
    ancient = replace(tracked("ancient"), open=False, resolved_at=NOW - timedelta(days=KEPT_DAYS, seconds=1))
    recent = replace(tracked("recent"), open=False, resolved_at=NOW - timedelta(days=KEPT_DAYS))
    still_open = replace(tracked("open"), first_seen=NOW - timedelta(days=9999))
    other = Database(url)
    theirs = FindingHistory(other)
    remember(theirs, ancient, recent, still_open)
    assert history.prune(NOW) == 1
    for each in (history, theirs):
        assert sorted(each.tracked(), key=lambda one: one.key) == [still_open, recent]
    assert history.prune(NOW) == 0
    other.close()
