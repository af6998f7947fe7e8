"""The estate at a glance, its controls and its incidents: what is not known never looks well."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy.engine import Connection

from ppbe_observe.controls.rollup import State
from ppbe_observe.controls.tracking import key_of
from ppbe_observe.errors import PeerError
from ppbe_observe.model import Outcome
from ppbe_observe.views.asking import Asked
from ppbe_observe.views.objectives import Recorded
from ppbe_observe.web.queries import By, ControlQuery, IncidentQuery
from ppbe_observe.web.readiness import Readiness
from support.findings import NOW, finding
from support.histories import tracked
from support.incidents import ARN, sighting
from support.views import RECENT, Watched, busy_estate, fired


@pytest.fixture(scope="module")
def busy() -> Watched:
    return busy_estate()


def test_a_busy_estate_says_what_needs_somebody(busy: Watched) -> None:
    found = busy.views.overview()
    assert found.health == "attention"
    assert found.reasons == (
        "1 alert fires.",
        "1 error budget is spent.",
        "2 findings are past the deadline.",
        "3 control checks fail.",
        "1 of 2 exporters on targets have not succeeded recently.",
        "1 error budget is unknown.",
        "1 control check could not be judged.",
    )
    assert found.controls.outcomes == {"fail": 3, "unknown": 1, "exempt": 0, "pass": 1, "not_applicable": 1}
    assert [each.resource.rpartition("/")[2] for each in found.controls.next_due] == ["bad-2", "bad-1", "bad-0"]
    assert [(each.exporter, each.late) for each in found.exporters] == [("alb", 1), ("rds", 0)]
    assert [each.reason for each in found.late] == ["elbv2:DescribeLoadBalancers: denied: no"]


def test_an_alert_that_fires_leads_to_its_incident(busy: Watched) -> None:
    alert = busy.views.alerts().items[0]
    known = {each.id: each for each in busy.views.incidents(IncidentQuery(alert="RdsCpuHigh")).items}
    assert (alert.alert, alert.resource, alert.steps) == ("RdsCpuHigh", ARN, ("l1",))
    assert known[alert.incident].state == "open"


def test_of_an_estate_that_nobody_has_looked_at_nothing_is_well() -> None:
    found = Watched(ready=Readiness()).views.overview()
    assert (found.health, found.fresh) == ("unknown", False)
    assert found.reasons == (
        "Nothing is collected yet.",
        "What fires is not known.",
        "How the objectives stand is not known.",
        "No control check has been judged yet.",
    )
    assert found.slos.notice.startswith("Nobody has said where Prometheus is: set prometheus.url")


def test_a_healthy_estate_needs_nobody() -> None:
    told = busy_estate().views._of.prometheus
    assert told is not None
    answer = told.told().answer
    assert answer is not None
    fine = Recorded(tuple(replace(each, left=0.9) for each in answer.standings))
    watched = Watched(prometheus=Asked(lambda: fine, lambda: RECENT)).judge([finding(outcome=Outcome.PASS)])
    found = watched.views.overview()
    assert (found.health, found.reasons) == ("healthy", ())


def test_a_prometheus_that_is_down_is_told_and_the_rest_is_shown() -> None:
    def down() -> Recorded:
        raise PeerError("Prometheus at http://p:9090 does not answer (refused): start it")

    watched = Watched(prometheus=Asked(down, lambda: RECENT)).judge([finding(outcome=Outcome.PASS)])
    found = watched.views.overview()
    assert (
        found.alerts.notice
        == "Prometheus cannot tell: Prometheus at http://p:9090 does not answer (refused): start it."
    )
    assert (found.health, found.controls.outcomes["pass"]) == ("unknown", 1)
    assert "What fires is not known." in found.reasons


def test_what_is_overdue_stays_so_when_nobody_can_see_it() -> None:
    """One finding is unknown now, of another the resource can no longer be listed: both were due a month ago."""
    opened = NOW - timedelta(days=60)
    one, other = (tracked(check="thing_good", opened_at=opened) for _ in range(2))
    unknown = finding("one", Outcome.UNKNOWN)
    here, gone = (replace(each, key=key_of(finding(name))) for each, name in ((one, "one"), (other, "other")))
    found = Watched().judge([unknown], tracked=[here, gone]).views.overview()
    assert (found.controls.overdue, found.controls.hidden) == (2, 1)
    assert [(each.outcome, each.overdue) for each in found.controls.next_due] == [("unknown", True)]
    assert "2 findings are past the deadline." in found.reasons
    assert "1 open finding cannot be seen now." in found.reasons


def test_nothing_is_within_its_deadline_where_nobody_can_tell_since_when_it_is_open() -> None:
    found = Watched().judge([finding("one"), finding("two", Outcome.PASS)], tracked=None).views.overview()
    assert (found.controls.undated, found.controls.next_due) == (1, ())
    assert "Since when 1 finding is open is not known." in found.reasons


def test_what_is_accepted_or_was_mended_is_not_overdue_however_it_is_seen() -> None:
    opened = NOW - timedelta(days=60)
    accepted, mended = (
        replace(tracked(opened_at=opened, **changed), key=key_of(finding(name)))
        for name, changed in (("a", {"outcome": Outcome.EXEMPT}), ("b", {"open": False, "outcome": Outcome.PASS}))
    )
    found = Watched().judge([finding("b", Outcome.UNKNOWN)], tracked=[accepted, mended]).views.overview()
    assert (found.controls.overdue, found.controls.hidden) == (0, 0)


def test_an_answer_that_is_old_is_told_to_be() -> None:
    elapsed, answers = [0.0], iter([busy_estate().views._of.prometheus.told().answer])  # type: ignore[union-attr]  # it has one

    def ask() -> Recorded:
        answer = next(answers, None)
        if answer is None:
            raise PeerError("it is down")
        return answer

    asked = Asked(ask, lambda: RECENT, elapsed=lambda: elapsed[0])
    watched = Watched(prometheus=asked).judge([finding(outcome=Outcome.PASS)])
    watched.views.overview()
    elapsed[0] = 40.0
    assert "Prometheus does not answer now: what fires is what it told last." in watched.views.overview().reasons


def test_a_state_database_that_cannot_be_read_is_not_healthy(tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()
    watched = Watched(url=f"sqlite:///{tmp_path}/state.db").judge([finding(outcome=Outcome.PASS)])
    assert "The open incidents are not known." in watched.views.overview().reasons


def test_checks_that_are_switched_off_are_told() -> None:
    watched = Watched().judge([finding()])
    watched.enabled = False
    found = watched.views.overview()
    assert (found.controls.enabled, found.controls.judged, found.controls.next_due) == (False, 0, ())
    assert "The control checks are switched off." in found.reasons
    assert watched.views.controls(ControlQuery()).items == ()


@pytest.mark.parametrize(
    ("query", "first", "many"),
    [
        (ControlQuery(), "AC", 18),
        (ControlQuery(by=By.CONTROL, family="sc"), "sc-28.1", 29),
        (ControlQuery(by=By.CONTROL, state=(State.FAIL,)), "ac-2", 2),
        (ControlQuery(by=By.CONTROL, q="thing_good"), "ac-2", 2),
        (ControlQuery(by=By.KSI, state=(State.FAIL,)), "KSI-SVC-SIN", 1),
    ],
)
def test_controls_are_summed_up_and_filtered(busy: Watched, query: ControlQuery, first: str, many: int) -> None:
    found = busy.views.controls(query)
    assert (found.items[0].id, len(found.items)) == (first, many)


def test_a_control_tells_its_days_and_its_checks(busy: Watched) -> None:
    found = busy.views.control("AC-02")
    assert found is not None
    assert (found.kind, found.standing.label, found.standing.state) == ("control", "AC-02", "fail")
    assert len(found.days) == 29
    assert (found.days[-1].day, found.days[-1].state) == ((NOW - timedelta(days=1)).date(), "pass")
    assert [(each.id, each.remediation) for each in found.checks] == [("thing_good", "Make it good.")]
    assert busy.views.control("zz-1") is None


def test_an_incident_tells_all_that_happened_in_its_order(busy: Watched) -> None:
    line = next(each for each in busy.views.incidents(IncidentQuery()).items if each.step == "l2")
    found = busy.views.incident(line.id)
    assert found is not None
    assert [(each.what, each.detail) for each in found.events] == [("fired", "step l1"), ("escalated", "step l2")]
    over = busy.views.incidents(IncidentQuery.model_validate({"state": "resolved"})).items[0]
    ended = busy.views.incident(over.id)
    assert ended is not None
    assert [each.what for each in ended.events] == ["fired", "ended", "resolved"]
    assert ended.seconds_to_resolve == 300.0
    assert busy.views.incident("../etc") is None


def test_the_overview_does_not_wait_for_a_job_that_writes() -> None:
    watched, waiting, done = busy_estate(), Event(), Event()
    told = watched.views.overview().incidents

    def hold(_: Connection) -> bool:
        waiting.set()
        return done.wait(10)

    writer = Thread(target=watched.database.write, args=(hold,))
    writer.start()
    waiting.wait(5)
    try:
        assert watched.views.overview().incidents == told
    finally:
        done.set()
        writer.join()
    assert told is not None
    assert told.total == 2


def test_a_resource_has_its_incidents_however_many_have_a_longer_name() -> None:
    watched = Watched().judge([finding("one")])
    arn = finding("one").resource.arn
    fired(watched, sighting(0, name=arn), *(sighting(1, name=f"{arn}-{number}") for number in range(30)))
    found = watched.views.resource(arn)
    assert found is not None
    assert [(each.resource, each.fired_at.minute) for each in found.incidents] == [(arn, 0)]


def test_every_open_incident_is_counted() -> None:
    watched = Watched().judge([finding()])
    fired(watched, *(sighting(name=f"db-{number}") for number in range(1001)))
    told = watched.views.overview()
    assert told.incidents is not None
    assert (told.incidents.total, len(told.incidents.items)) == (1001, 20)
    assert "1001 incidents are open." in told.reasons
