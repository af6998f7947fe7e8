"""What the last evaluation of each target found is kept whole, and goes with its target."""

from datetime import timedelta

from ppbe_observe.assessment.examiner import Examination
from ppbe_observe.assessment.latest import Board, Judged, judged
from ppbe_observe.controls.deadlines import Deadlines
from ppbe_observe.controls.tracking import follow
from ppbe_observe.model import Outcome, Target
from support.findings import EAST, NOW, WEST, finding, thing_check

CHECKS = (thing_check(),)


def of(target: Target, *names: str) -> Judged:
    found = tuple(finding(name, target=target) for name in names)
    return judged(Examination(target, NOW, found, ()), CHECKS, Deadlines())


def test_a_target_replaces_its_own_findings_only() -> None:
    board = Board()
    for each in (of(WEST, "one"), of(EAST, "two"), of(WEST, "three")):
        board.put(each)
    names = {target: [row.line.finding.resource.arn[-5:] for row in each.rows] for target, each in _judged(board)}
    assert names == {WEST: ["three"], EAST: ["g/two"]}


def test_who_looks_keeps_what_was_seen() -> None:
    board = Board()
    board.put(of(WEST, "one"))
    before = board.latest
    board.put(of(EAST, "two"))
    assert (list(before.judged), list(board.latest.judged)) == ([WEST], [WEST, EAST])


def test_a_target_that_is_not_judged_any_more_is_gone() -> None:
    board = Board()
    for each in (of(WEST, "one"), of(EAST, "two")):
        board.put(each)
    board.drop(WEST)
    assert list(board.latest.judged) == [EAST]
    board.keep(())
    assert not board.latest.judged


def test_the_worst_comes_first_and_deadlines_count_from_when_it_was_opened() -> None:
    found = (finding("good", Outcome.PASS), finding("bad"))
    opened = NOW - timedelta(days=10)
    known = next(each.tracked for each in follow({}, found[1:], opened))
    rows = judged(Examination(WEST, NOW, found, ()), CHECKS, Deadlines(), [known]).rows
    assert [row.line.finding.outcome for row in rows] == [Outcome.FAIL, Outcome.PASS]
    assert rows[0].line.due is not None
    assert rows[0].line.due.by == opened + timedelta(days=30)
    assert [row.tracked for row in rows] == [known, None]


def test_where_nothing_remembered_can_be_read_nothing_has_a_deadline() -> None:
    found = (finding("good", Outcome.PASS), finding("bad"))
    seen = judged(Examination(WEST, NOW, found, ()), CHECKS, Deadlines(), None)
    assert [row.line.due for row in seen.rows] == [None, None]
    assert (seen.due, seen.undated) == ((), 1)


def _judged(board: Board) -> list[tuple[Target, Judged]]:
    return list(board.latest.judged.items())
