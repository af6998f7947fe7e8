"""A neighbour is asked rarely and beside the page, whatever it does."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest

from ppbe_observe.errors import PeerError
from ppbe_observe.views.asking import Asked, Pace, Told
from support.findings import NOW

PACE = Pace(patience=0.2)


@dataclass(slots=True)
class Neighbour:
    """Counts its answers; fails where it is down, and is slow where it is told to wait."""

    down: bool = False
    odd: bool = False
    gate: threading.Event = field(default_factory=threading.Event)
    answers: Iterator[int] = field(default_factory=lambda: count(1))
    elapsed: float = 0.0

    def __post_init__(self) -> None:
        self.gate.set()

    def ask(self) -> int:
        self.gate.wait(5)
        if self.down:
            raise PeerError("it is down")
        if self.odd:
            raise KeyError("__name__")
        return next(self.answers)


@pytest.fixture
def neighbour() -> Neighbour:
    return Neighbour()


@pytest.fixture
def asked(neighbour: Neighbour) -> Iterator[Asked[int]]:
    made = Asked(neighbour.ask, lambda: NOW, pace=PACE, elapsed=lambda: neighbour.elapsed)
    yield made
    neighbour.gate.set()
    made.close()


def settled(asked: Asked[int]) -> Told[int]:
    """What is told when the question that is under way is answered."""
    pending = asked._under_way
    if pending:
        pending.result(5)
    return asked.told()


def test_one_answer_does_for_a_while(neighbour: Neighbour, asked: Asked[int]) -> None:
    assert asked.told() == Told(1, NOW)
    neighbour.elapsed = PACE.fresh - 1
    assert settled(asked) == Told(1, NOW)
    neighbour.elapsed = PACE.fresh
    asked.told()
    assert settled(asked) == Told(2, NOW)


def test_a_slow_one_holds_nobody_up(neighbour: Neighbour, asked: Asked[int]) -> None:
    neighbour.gate.clear()
    assert asked.told() == Told(error="it has not answered yet")
    assert asked.told() == Told(error="it has not answered yet")
    neighbour.gate.set()
    assert settled(asked) == Told(1, NOW)


def test_who_comes_back_after_a_while_waits_for_a_new_answer(neighbour: Neighbour, asked: Asked[int]) -> None:
    for elapsed, expected in ((0.0, 1), (PACE.old, 2), (PACE.old + PACE.stale, 3)):
        neighbour.elapsed = elapsed
        assert asked.told() == Told(expected, NOW)


def test_a_slow_one_is_shown_as_it_was_until_that_is_too_old(neighbour: Neighbour, asked: Asked[int]) -> None:
    asked.told()
    neighbour.gate.clear()
    neighbour.elapsed = PACE.old
    assert asked.told() == Told(1, NOW, "it has not answered yet")
    neighbour.elapsed = PACE.stale
    assert asked.told() == Told(error="it has not answered yet")


def test_the_last_answer_is_shown_with_the_reason_why_it_is_old(neighbour: Neighbour, asked: Asked[int]) -> None:
    asked.told()
    neighbour.down, neighbour.elapsed = True, PACE.fresh
    asked.told()
    assert settled(asked) == Told(1, NOW, "it is down")
    neighbour.elapsed = PACE.stale + 1
    assert settled(asked) == Told(error="it is down")


def test_one_that_was_never_there_is_told_at_once(neighbour: Neighbour, asked: Asked[int]) -> None:
    neighbour.down = True
    assert asked.told() == Told(error="it is down")
    neighbour.down, neighbour.elapsed = False, PACE.fresh
    asked.told()
    assert settled(asked) == Told(1, NOW)


def test_what_was_heard_long_ago_is_asked_about_again_before_it_is_told(
    neighbour: Neighbour, asked: Asked[int]
) -> None:
    neighbour.down = True
    assert asked.told() == Told(error="it is down")
    neighbour.down, neighbour.elapsed = False, PACE.old
    assert asked.told() == Told(1, NOW)


def test_an_answer_that_nobody_understands_is_told_and_asked_about_again(
    neighbour: Neighbour, asked: Asked[int]
) -> None:
    asked.told()
    neighbour.odd, neighbour.elapsed = True, PACE.fresh
    asked.told()
    assert settled(asked) == Told(1, NOW, "its answer cannot be understood; the log of ppbe-observe says why")
    neighbour.odd, neighbour.elapsed = False, 2 * PACE.fresh
    asked.told()
    assert settled(asked) == Told(2, NOW)
