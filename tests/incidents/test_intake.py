"""What is posted is kept, or said not to be; whatever is posted again changes nothing."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from ppbe_observe.errors import AwsError
from ppbe_observe.exposition.incidents import IncidentMetrics
from ppbe_observe.incidents.heartbeat import Heartbeat
from ppbe_observe.incidents.intake import Intake
from ppbe_observe.incidents.ledger import Ledger
from ppbe_observe.incidents.payload import Believable
from ppbe_observe.model import Failure, Incident, Reason
from ppbe_observe.state.database import Database
from ppbe_observe.state.incidents import IncidentStore
from support.incidents import ARN, NOON, at
from support.loglines import log_lines
from support.webhook import alert, payload

BELIEVABLE = Believable(max_age=timedelta(days=1), keep=timedelta(days=2555), skew=timedelta(minutes=5))


class AtOnce(Executor):
    """Runs what is submitted before it returns."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


class Desk:
    """An intake on a database, at a time that stands still."""

    def __init__(self, database: Database) -> None:
        self.now = at(60)
        self.registry = CollectorRegistry()
        self.store = IncidentStore(database)
        assert self.known == []
        self.written: list[datetime] = []
        self.failing: list[Reason] = []
        metrics = IncidentMetrics(self.registry)
        self.ledger = Ledger(self.store, metrics, 2555)
        heartbeat = Heartbeat(metrics, AtOnce(), self._write)
        self.intake = Intake(self.ledger, heartbeat, metrics, BELIEVABLE, lambda: self.now)

    def post(self, *alerts: dict[str, Any], **changed: Any) -> tuple[int, str]:
        reply = self.intake.take(payload(*alerts, **changed))
        return reply.status, reply.text

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"ppbe_{name}", labels)

    @property
    def known(self) -> list[Incident]:
        return self.store.current(NOON - timedelta(days=9999))

    def _write(self, now: datetime) -> None:
        if self.failing:
            raise AwsError(Failure(self.failing.pop(), "cloudwatch:PutMetricData", "no"))
        self.written.append(now)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = Database(f"sqlite:///{tmp_path}/state.db")
    yield Desk(database)
    database.close()


def test_an_incident_is_kept_told_and_counted(desk: Desk) -> None:
    with log_lines() as lines:
        assert desk.post(alert(0)) == (200, "Kept")
        assert desk.post(alert(0), alert(15, step="l2")) == (200, "Kept")
        assert desk.value("incidents_open", alertname="RdsCpuHigh", severity="page") == 1
        assert desk.post(alert(0, 40), alert(15, 40, step="l2")) == (200, "Kept")
    (incident,) = desk.known
    assert (incident.fired_at, incident.resolved_at, incident.step) == (at(0), at(40), "l2")
    assert incident.recorded_at == at(60)
    assert [line["event"] for line in lines.all] == ["incident.fired", "incident.escalated", "incident.resolved"]
    assert lines.all[0]["resource"] == ARN
    assert lines.all[1]["step"] == "l2"
    assert (lines.all[2]["resolved_at"], lines.all[2]["resolution"]) == ("2026-11-23T12:40:00.000Z", "resolved")
    assert desk.value("incidents_total", alertname="RdsCpuHigh", severity="page") == 1
    assert desk.value("incidents_escalated_total", step="l2") == 1
    assert desk.value("incidents_time_to_resolve_seconds_sum", severity="page") == 2400
    assert desk.value("incidents_open", alertname="RdsCpuHigh", severity="page") is None


LIFE = [
    payload(alert(0)),
    payload(alert(0), alert(15, step="l2")),
    payload(alert(0, 40), alert(15, 40, step="l2")),
    payload(alert(50)),
]


@given(st.lists(st.sampled_from(LIFE), min_size=1, max_size=8))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_replayed_delivery_changes_nothing(desk: Desk, replayed: list[bytes]) -> None:
    for body in LIFE:
        desk.intake.take(body)
    before, fired = desk.known, desk.value("incidents_total", alertname="RdsCpuHigh", severity="page")
    for body in replayed:
        assert desk.intake.take(body).status == 200
    assert desk.known == before
    assert desk.value("incidents_total", alertname="RdsCpuHigh", severity="page") == fired


def test_what_is_not_believed_is_refused_and_the_rest_is_kept(desk: Desk) -> None:
    future = alert(70, name="from the future")
    assert desk.post(alert(0), future) == (
        200,
        "Kept, 1 refused: alerts.1: it begins in the future; check the clocks",
    )
    assert desk.post(future) == (400, "Refused: alerts.0: it begins in the future; check the clocks")
    assert len(desk.known) == 1
    assert desk.value("incidents_webhook_refused_alerts_total") == 2


def test_an_old_delivery_that_is_replayed_after_its_record_is_gone_is_refused(desk: Desk) -> None:
    desk.post(alert(0, 40))
    desk.now = at(40) + timedelta(days=2556)
    desk.ledger.keep(desk.now)
    assert desk.known == []
    assert desk.post(alert(0, 40))[0] == 400
    assert desk.post(alert(0))[0] == 400
    assert desk.known == []


def test_what_is_malformed_is_told(desk: Desk) -> None:
    with log_lines() as lines:
        status, text = desk.post({**alert(0), "status": "odd"})
    assert status == 400
    assert text.startswith("Not a payload of Alertmanager's webhook, version 4: alerts.0.status")
    assert [line["event"] for line in lines.all] == ["webhook.malformed"]


def test_what_cannot_be_kept_is_to_be_sent_again(desk: Desk, tmp_path: Path) -> None:
    desk.post(alert(0))
    with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as holder, log_lines() as lines:
        holder.execute("BEGIN EXCLUSIVE")
        status, text = desk.post(alert(0), alert(15, step="l2"))
        assert (status, text) == (503, "Not kept: the state database cannot be used; send it again.")
    assert [line["event"] for line in lines.all] == ["webhook.not_kept"]
    assert [each.step for each in desk.known] == ["l1"]
    assert desk.post(alert(0), alert(15, step="l2"))[0] == 200
    assert [each.step for each in desk.known] == ["l2"]


def test_alerts_that_were_left_out_are_told(desk: Desk) -> None:
    with log_lines() as lines:
        desk.post(alert(0), truncatedAlerts=7)
    assert lines.of("webhook.truncated")[0]["alerts"] == 7


WATCHDOG = alert(-100, alertname="Watchdog", severity="none")


def test_a_watchdog_is_written_once_a_minute(desk: Desk) -> None:
    for seconds in (0, 10, 59, 60, 61, 125):
        desk.now = at(60) + timedelta(seconds=seconds)
        assert desk.post(WATCHDOG)[0] == 200
    assert [(each - at(60)).total_seconds() for each in desk.written] == [0, 60, 125]
    assert desk.value("observe_watchdog_timestamp_seconds") == desk.now.timestamp()
    assert desk.value("observe_heartbeats_total", outcome="ok") == 3
    assert desk.known == []


def test_a_heartbeat_that_failed_is_tried_again_at_the_next_watchdog(desk: Desk) -> None:
    desk.failing = [Reason.DENIED]
    with log_lines() as lines:
        desk.post(WATCHDOG)
        desk.now = at(60.5)
        desk.post(WATCHDOG)
    assert desk.written == [at(60.5)]
    assert desk.value("observe_heartbeats_total", outcome="denied") == 1
    assert [line["reason"] for line in lines.of("heartbeat.failed")] == ["denied"]


def test_a_watchdog_beats_though_the_database_fails(desk: Desk, tmp_path: Path) -> None:
    desk.post(alert(0))
    with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        assert desk.post(alert(15, step="l2"), WATCHDOG)[0] == 503
    assert desk.written == [at(60)]


def test_without_the_switch_a_watchdog_is_shown_only() -> None:
    registry = CollectorRegistry()
    metrics = IncidentMetrics(registry)
    Heartbeat(metrics, AtOnce()).beat(at(0))
    assert registry.get_sample_value("ppbe_observe_watchdog_timestamp_seconds") == at(0).timestamp()
    assert registry.get_sample_value("ppbe_observe_heartbeats_total", {"outcome": "ok"}) is None
