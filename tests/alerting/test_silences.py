"""What an acknowledgement silences: the steps that are left, and no more."""

import pytest

from ppbe_observe.alerting.incidents import identity_of
from ppbe_observe.alerting.silences import acknowledging

PAGED = {"alertname": "Broken", "severity": "page", "owner": "sre", "name": "db", "escalation": "l1"}
SAME = ['alertname="Broken"', 'name="db"']


@pytest.mark.parametrize(
    ("told", "silenced"),
    [
        ({"l1"}, [*SAME, 'escalation=~"l2|l3"']),
        ({"l1", "l2"}, [*SAME, 'escalation=~"l3"']),
        ({"l1", "l2", "l3"}, SAME),
        ({""}, SAME),
    ],
    ids=["l1", "l2", "l3", "no ladder"],
)
def test_the_steps_that_are_left_are_silenced_and_all_where_none_is(told: set[str], silenced: list[str]) -> None:
    """Whatever its severity and owner: a ticket of the same alert is the same matter."""
    assert [str(each) for each in acknowledging(identity_of(PAGED), told)] == silenced
