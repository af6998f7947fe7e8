"""Ladders, hours, routes and inhibitions: what is refused where it is written, and with what words."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ppbe_observe.alerting import MINUTE, PAGE
from ppbe_observe.alerting.escalation import (
    L1,
    L2,
    L3,
    Grouping,
    Inhibition,
    Ladder,
    Route,
    Step,
    TimeInterval,
    Watchdog,
)
from ppbe_observe.errors import DefinitionError

ONE = Step(level=L1, receiver="a")
TWO = Step(level=L2, receiver="b", after=15 * MINUTE)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Step(level="l4", receiver="a"), "a step is at level 'l4'; the levels are l1, l2, l3"),
        (lambda: Step(level=L1, receiver=""), "step l1 has no receiver: name one of the receivers"),
        (lambda: Step(level=L1, receiver="a", after=-MINUTE), "give whole seconds, none below 0"),
        (lambda: Step(level=L1, receiver="a", after=timedelta(milliseconds=1)), "give whole seconds"),
        (lambda: Ladder(severity=PAGE, steps=()), "ladder page has no step, so nobody is told"),
        (lambda: Ladder(severity=PAGE, steps=(TWO, ONE)), "l1 after 0:00:00 does not follow l2 after 0:15:00"),
        (lambda: Ladder(severity=PAGE, steps=(ONE, ONE)), "write the steps ascending in level and time"),
        (lambda: Ladder(severity=PAGE, steps=(ONE, Step(level=L3, receiver="c"))), "ascending in level and time"),
        (lambda: Ladder(severity=PAGE, steps=(TWO,)), "nobody is told before 0:15:00; the first step has no after"),
        (lambda: Ladder(severity=PAGE, steps=(ONE,), during="a", outside="b"), "write one ladder for each"),
        (lambda: TimeInterval(name="x"), "interval x is always; give it weekdays or times"),
        (lambda: TimeInterval(name="X", weekdays=("monday",)), "give it a name like working-hours"),
        (lambda: TimeInterval(name="x", weekdays=("mon",)), "'mon' is no range of weekdays"),
        (lambda: TimeInterval(name="x", weekdays=("monday:sunday",)), "begins with sunday: write friday:monday as two"),
        (lambda: TimeInterval(name="x", weekdays=("monday:friday:sunday",)), "is no range of weekdays"),
        (lambda: TimeInterval(name="x", times=(("18:00", "08:00"),)), "18:00-08:00 is no time of a day"),
        (lambda: TimeInterval(name="x", times=(("8:00", "18:00"),)), "write 08:00 and 17:00, midnight as 24:00"),
        (lambda: Grouping(interval=timedelta()), "between notifications is at least one second"),
        (lambda: Watchdog(receiver="a", every=timedelta(seconds=1)), "two seconds is the least"),
        (lambda: Route(matchers=(), receiver="a"), "the route to 'a' has no matcher"),
        (lambda: Route(matchers=("a=b",), receiver="a"), "'a=b' is no matcher"),
    ],
)
def test_what_cannot_work_is_refused(make: Callable[[], object], said: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        make()
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("source", "target", "same", "said"),
    [
        ('severity="page"', 'owner="sre"', (), "an alert may match both"),
        ('severity="page"', 'severity=~"page|ticket"', (), "and silence its own kind"),
        ('severity="page"', 'severity="page"', (), "give source and target a label with different values"),
        ('escalation="l2"', 'escalation="l1"', (), "steps do not inhibit each other"),
        ('severity="page"', 'severity="ticket"', ("escalation",), "steps do not inhibit each other"),
    ],
)
def test_an_inhibition_that_may_silence_itself_is_refused(
    source: str, target: str, same: tuple[str, ...], said: str
) -> None:
    with pytest.raises(DefinitionError) as caught:
        Inhibition(source=(source,), target=(target,), same=same)
    assert said in str(caught.value)


def test_an_inhibition_of_everything_is_refused() -> None:
    with pytest.raises(DefinitionError, match="needs a source and a target, or it silences everything"):
        Inhibition(source=('severity="page"',), target=())


def test_two_labels_that_are_both_missing_are_not_the_same_resource() -> None:
    """Alertmanager takes two missing labels for equal: a page without a resource would silence every such ticket."""
    found = Inhibition(source=('severity="page"',), target=('severity="ticket"',), same=("name",))
    assert [str(each) for each in found.sources] == ['severity="page"', 'name!=""']
    assert [str(each) for each in found.targets] == ['severity="ticket"', 'name!=""']
