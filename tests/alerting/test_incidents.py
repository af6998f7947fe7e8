"""An alert's life, whatever of it is told, in whatever order and how often."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.alerting.incidents import (
    MOST_ACKNOWLEDGEMENTS,
    acknowledge,
    firing,
    identity_of,
    notice_gone,
    resource_labels,
    resource_of,
)
from ppbe_observe.model import Acknowledgement, Incident, Resolution, Sighting
from support.incidents import ARN, LABELS, Known, at, sighting

Told = list[tuple[float, float | None, str]]


@pytest.mark.parametrize(
    ("told", "summary", "transitions"),
    [
        pytest.param([sighting(0)], [(0, None, "l1")], "fired", id="it fires"),
        pytest.param([sighting(0), sighting(0)], [(0, None, "l1")], "fired", id="told twice"),
        pytest.param([sighting(0), sighting(0, 9)], [(0, 9, "l1")], "fired resolved", id="it ends"),
        pytest.param([sighting(0, 9)], [(0, 9, "l1")], "fired resolved", id="only its end is told"),
        pytest.param([sighting(0, 9), sighting(0)], [(0, 9, "l1")], "fired resolved", id="its beginning comes late"),
        pytest.param([sighting(0, 9), sighting(0, 12)], [(0, 12, "l1")], "fired resolved", id="the later end rules"),
        pytest.param([sighting(0, 12), sighting(0, 9)], [(0, 12, "l1")], "fired resolved", id="an earlier one is old"),
        pytest.param(
            [sighting(0), sighting(15, step="l2"), sighting(30, step="l3")],
            [(0, None, "l1 l2 l3")],
            "fired escalated escalated",
            id="it escalates",
        ),
        pytest.param(
            [sighting(15, step="l2"), sighting(0)],
            [(0, None, "l1 l2")],
            "fired escalated",
            id="its first step comes late",
        ),
        pytest.param(
            [sighting(0), sighting(15, step="l2"), sighting(0, 20)],
            [(0, None, "l1 l2")],
            "fired escalated",
            id="one of two steps has ended",
        ),
        pytest.param(
            [sighting(0), sighting(15, step="l2"), sighting(0, 20), sighting(15, 21, step="l2")],
            [(0, 21, "l1 l2")],
            "fired escalated resolved",
            id="both steps have ended",
        ),
        pytest.param(
            [sighting(0), sighting(0, 9), sighting(60)],
            [(0, 9, "l1"), (60, None, "l1")],
            "fired resolved fired",
            id="it fires again",
        ),
        pytest.param(
            [sighting(0), sighting(60)],
            [(0, 60, "l1"), (60, None, "l1")],
            "fired resolved fired",
            id="it fires again, and its end was lost",
        ),
        pytest.param(
            [sighting(0), sighting(60), sighting(0, 9)],
            [(0, 9, "l1"), (60, None, "l1")],
            "fired resolved fired",
            id="its end comes after it fired again",
        ),
        pytest.param(
            [sighting(60), sighting(0)],
            [(0, 60, "l1"), (60, None, "l1")],
            "fired fired resolved",
            id="the incident before comes late",
        ),
        pytest.param(
            [sighting(0), sighting(15, 20, step="l2"), sighting(40, step="l2")],
            [(0, None, "l1 l2")],
            "fired escalated",
            id="a step again, while another fires",
        ),
        pytest.param(
            [sighting(0, 9), sighting(20, step="l2")],
            [(0, 9, "l1"), (20, None, "l2")],
            "fired resolved fired",
            id="a step after the end",
        ),
        pytest.param(
            [sighting(0), sighting(15, step="l2"), sighting(5, 6, step="l2")],
            [(0, None, "l1 l2")],
            "fired escalated",
            id="a step had begun before",
        ),
    ],
)
def test_an_alert_has_a_life(told: list[Sighting], summary: Told, transitions: str) -> None:
    known = Known().tell(*told)
    assert known.summary == summary
    assert sorted(known.told) == sorted(transitions.split())
    changes = len(known.changes)
    assert known.tell(*told).summary == summary
    assert len(known.changes) == changes


def test_how_it_is_known_that_it_is_over() -> None:
    (resolved,) = Known().tell(sighting(0, 9)).all
    superseded, _ = Known().tell(sighting(0), sighting(60)).all
    (opened,) = Known().tell(sighting(0)).all
    gone = notice_gone(opened, (), at(5))
    assert (resolved.resolution, superseded.resolution, opened.resolution) == (
        Resolution.RESOLVED,
        Resolution.SUPERSEDED,
        None,
    )
    assert gone is not None
    assert gone.incident.resolution is Resolution.NOTICED
    assert gone.incident.resolved_at == at(5)
    assert [each.value for each in gone.transitions] == ["resolved"]


def test_what_still_fires_is_not_missed() -> None:
    (incident,) = Known().tell(sighting(0), sighting(15, step="l2")).all
    assert notice_gone(incident, ("l1", "l2"), at(20)) is None
    early = notice_gone(incident, (), at(0))
    assert early is None
    half = notice_gone(incident, ("l1",), at(20))
    assert half is not None
    assert half.transitions == ()
    assert half.incident.resolved_at is None


def test_an_end_that_comes_late_is_truer_than_the_time_it_was_missed() -> None:
    known = Known().tell(sighting(0))
    known.keep([notice_gone(known.all[0], (), at(30))])
    assert known.summary == [(0, 30, "l1")]
    assert known.tell(sighting(0, 9)).summary == [(0, 9, "l1")]
    assert known.all[0].resolution is Resolution.RESOLVED


def test_what_is_seen_firing_after_its_end_is_open_again() -> None:
    """Alertmanager resolves what Prometheus could not repeat in time, and takes it up again with its old beginning."""
    known = Known().tell(sighting(0, 9), sighting(0, seen=12))
    assert known.summary == [(0, None, "l1")]
    assert known.told == ["fired", "resolved", "reopened"]
    assert known.tell(sighting(0)).summary == [(0, None, "l1")]
    assert known.tell(sighting(0, 9)).summary == [(0, None, "l1")]
    assert known.tell(sighting(0, 20)).summary == [(0, 20, "l1")]


def silence(number: int, minute: float, until: float = 120) -> Acknowledgement:
    return Acknowledgement(f"silence-{number}", at(minute), at(until), "m.sample", "looking into it")


def test_the_first_silence_since_it_fired_acknowledges() -> None:
    (incident,) = Known().tell(sighting(0)).all
    muted = acknowledge(incident, silence(1, -10))
    assert muted is not None
    assert muted.transitions == ()
    assert muted.incident.muted_before
    assert muted.incident.acknowledgement is None
    second = acknowledge(muted.incident, silence(2, 8))
    assert second is not None
    assert [each.value for each in second.transitions] == ["acknowledged"]
    assert second.incident.acknowledgement == silence(2, 8)
    earlier = acknowledge(second.incident, silence(3, 5))
    assert earlier is not None
    assert earlier.transitions == ()
    assert earlier.incident.acknowledgement == silence(3, 5)
    assert acknowledge(earlier.incident, silence(2, 8)) is None
    expired = acknowledge(earlier.incident, silence(2, 8, until=30))
    assert expired is not None
    assert expired.transitions == ()
    assert [each.silence for each in expired.incident.acknowledgements] == ["silence-1", "silence-3", "silence-2"]


def test_an_incident_keeps_so_many_silences_and_no_more() -> None:
    (incident,) = Known().tell(sighting(0)).all
    for number in range(MOST_ACKNOWLEDGEMENTS):
        change = acknowledge(incident, silence(number, number))
        assert change is not None
        incident = change.incident
    assert acknowledge(incident, silence(MOST_ACKNOWLEDGEMENTS, 1)) is None


def test_whether_a_step_is_known_to_fire() -> None:
    (incident,) = Known().tell(sighting(0), sighting(15, 20, step="l2")).all
    assert firing(incident, sighting(0))
    assert not firing(incident, sighting(15, step="l2"))
    assert not firing(incident, sighting(1))


def test_identity_is_every_label_but_the_escalation() -> None:
    first, second = (identity_of({**LABELS, "escalation": each, "empty": ""}) for each in ("l1", "l2"))
    assert first == second == identity_of(dict(reversed(LABELS.items())))
    assert first.key == second.key
    assert first.key != identity_of({**LABELS, "name": "other"}).key
    assert resource_labels(first) == {"name": ARN}


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        (LABELS, ARN),
        ({"alertname": "A", "resource": "r", "check": "c"}, "r"),
        ({"alertname": "A", "job": "ppbe-observe", "zone": "a", "severity": "page"}, "job=ppbe-observe, zone=a"),
        ({"alertname": "A"}, ""),
    ],
)
def test_the_resource_is_told_by_its_labels(labels: dict[str, str], shown: str) -> None:
    assert resource_of(identity_of(labels)) == shown


@st.composite
def tellings(draw: st.DrawFn) -> Sighting:
    starts = draw(st.integers(0, 40))
    ended = draw(st.none() | st.integers(starts, 60))
    seen = starts if ended is not None else draw(st.just(starts) | st.integers(starts, 60))
    return sighting(starts, ended, draw(st.sampled_from(["l1", "l2", "l3", ""])), seen)


@given(st.lists(tellings(), max_size=12), st.data())
def test_no_order_loss_or_repetition_breaks_an_incident(told: list[Sighting], data: st.DataObject) -> None:
    known = Known().tell(*told)
    for each in known.all:
        assert each.resolved_at is None or each.resolved_at >= each.fired_at
        assert each.fired_at == min(step.first for step in each.steps)
        assert all(step.first <= step.starts <= step.seen for step in each.steps)
        assert len({step.name for step in each.steps}) == len(each.steps)
        assert (each.resolved_at is None) == (each.resolution is None)
    before = known.all
    known.tell(*data.draw(st.permutations(told)))
    after = {each.id: each for each in known.all}
    assert set(after) >= {each.id for each in before}
    assert all(after[each.id].fired_at <= each.fired_at for each in before)


@given(tellings(), st.lists(tellings(), max_size=6))
def test_what_was_just_told_changes_nothing_when_it_is_told_again(last: Sighting, told: list[Sighting]) -> None:
    known = Known().tell(*told, last)
    changes = len(known.changes)
    assert len(known.tell(last).changes) == changes


CLEAN = [sighting(0), sighting(15, step="l2"), sighting(30, step="l3")]
ENDED = [replace(each, ended=at(45)) for each in CLEAN]


@given(st.permutations([*CLEAN, *ENDED, *CLEAN]))
def test_one_incident_is_the_same_in_any_order(told: list[Sighting]) -> None:
    known = Known().tell(*told)
    assert known.summary == [(0, 45, "l1 l2 l3")]
    assert known.told.count("fired") == 1


def life(known: Known) -> list[tuple[object, ...]]:
    return [(each.fired_at, each.resolved_at, each.steps) for each in known.all]


@given(st.permutations([sighting(0), sighting(0, 9), sighting(60), sighting(60, 70), sighting(120)]))
def test_incidents_one_after_the_other_stay_apart_in_any_order(told: list[Sighting]) -> None:
    assert life(Known().tell(*told)) == life(Known().tell(sighting(0, 9), sighting(60, 70), sighting(120)))


def test_an_id_stays_when_an_earlier_step_becomes_known() -> None:
    late = Known().tell(sighting(15, step="l2"))
    (before,) = late.all
    (after,) = late.tell(sighting(0)).all
    assert (before.id, before.fired_at, after.fired_at) == (after.id, at(15), at(0))
    assert isinstance(after, Incident)
    assert len(after.id) == 32
