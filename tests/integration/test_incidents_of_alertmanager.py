"""A real Alertmanager posts to a real daemon, and the record of each incident is what happened."""

import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import orjson
import pytest

from ppbe_observe.errors import StateError
from ppbe_observe.model import Incident, Resolution
from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.state.database import Database
from ppbe_observe.state.incidents import IncidentStore
from support.daemon import RunningDaemon, daemon, only, run, settings, until, value
from support.incidents import ARN
from support.processes import Peer, alertmanager, free_port
from support.simulated import client, simulated_estate

T = TypeVar("T")

TOKEN = "0123456789abcdef0123456789abcdef"
CONFIG = """\
route:
  receiver: daemon
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1s
receivers:
  - name: daemon
    webhook_configs:
      - url: http://127.0.0.1:{port}/api/v1/alertmanager
        http_config: {{authorization: {{credentials_file: {token}}}}}
"""
STAGING = ARN.replace("production", "staging")
PAGED = {"status": "firing", "labels": {"alertname": "Paged"}, "startsAt": "2026-11-23T12:00:00Z"}
NOW = datetime.now(UTC).replace(microsecond=0)
BEGAN, SECOND, THIRD = (NOW - timedelta(minutes=each) for each in (40, 25, 10))


@pytest.fixture(scope="module")
def estate() -> Iterator[SimulatedEstate]:
    with simulated_estate(late=False) as running:
        yield running


class Scene:
    """A daemon, and an Alertmanager that can be stopped; ``send`` is what Prometheus does."""

    def __init__(self, running: RunningDaemon, port: int) -> None:
        self.daemon = running
        self.home = running.home
        self.url = f"http://127.0.0.1:{port}"
        self._flag = f"--web.listen-address=127.0.0.1:{port}"
        self._config = self.home / "alertmanager.yml"
        self._config.write_text(CONFIG.format(port=running.port, token=self.home / "token"))

    @contextmanager
    def alertmanager(self) -> Iterator[Peer]:
        with alertmanager(self._config, self.home, self._flag) as peer:
            yield peer

    def send(self, starts: datetime, ended: datetime | None = None, **labels: str) -> None:
        alert = {
            "labels": {"alertname": "RdsCpuHigh", "severity": "page", "name": ARN, **labels},
            "annotations": {"summary": "CPU of the database is high.", "description": "95 percent, more than 80."},
            "startsAt": starts.isoformat(),
            "endsAt": (ended or datetime.now(UTC) + timedelta(minutes=4)).isoformat(),
        }
        httpx.post(f"{self.url}/api/v2/alerts", json=[alert], timeout=10).raise_for_status()

    @property
    def incidents(self) -> list[Incident]:
        database = Database(f"sqlite:///{self.home}/state.db", guest=True)
        try:
            found = IncidentStore(database).current(datetime(2000, 1, 1, tzinfo=UTC))
        except StateError:  # the daemon is about to make it, or holds it
            return []
        finally:
            database.close()
        return sorted(found, key=lambda each: each.fired_at)

    def until(self, look: Callable[[list[Incident]], T | None]) -> T:
        return until(lambda: look(self.incidents), explain=lambda: f"{self.incidents}\n{self.daemon.explain()}")

    def command(self, *arguments: str, code: int = 0) -> str:
        done = run(*arguments, "--config", str(self.home / "ppbe-observe.yaml"))
        assert done.returncode == code, done.stderr
        return done.stderr if code else done.stdout


@contextmanager
def scene(estate: SimulatedEstate, home: Path, **given: Any) -> Iterator[Scene]:
    (home / "token").write_text(f"{TOKEN}\n")
    port = free_port()
    about = {"token_file": "token", "interval": "1s", "alertmanager_url": f"http://127.0.0.1:{port}", **given}
    with daemon(home, settings(exporters=only(), incidents=about), estate.environ) as running:
        yield Scene(running, port)


def of(found: list[Incident], arn: str) -> Incident:
    return next(each for each in found if each.identity.get("name") == arn)


def lasted(on: Scene, name: str) -> float | None:
    return value(on.daemon.series(), f"ppbe_incidents_{name}", severity="page")


def test_the_record_of_an_incident_is_complete(estate: SimulatedEstate, tmp_path: Path) -> None:
    """Fired, escalated, acknowledged by the command, resolved: each with its time, and none twice."""
    with scene(estate, tmp_path) as on, on.alertmanager():
        on.send(BEGAN, escalation="l1")
        on.send(BEGAN, name=STAGING, escalation="l1")
        on.until(lambda found: len(found) == 2)
        on.send(SECOND, escalation="l2")
        on.until(lambda found: any(each.step == "l2" for each in found))

        refused = on.command("ack", "RdsCpuHigh", "--comment", "x", code=3)
        assert f"--resource {ARN}" in refused
        assert f"--resource {STAGING}" in refused
        told = on.command("ack", "RdsCpuHigh", "--resource", ARN, "--comment", "failing over", "--author", "m.sample")
        on.until(lambda found: any(each.acknowledgement for each in found))

        on.send(THIRD, escalation="l3")
        on.until(lambda found: any(each.step == "l3" for each in found))
        active = httpx.get(f"{on.url}/api/v2/alerts", params={"filter": f'name="{ARN}"'}).json()
        states = {each["labels"]["escalation"]: each["status"]["state"] for each in active}
        assert states == {"l1": "active", "l2": "active", "l3": "suppressed"}
        for starts, step in ((BEGAN, "l1"), (SECOND, "l2"), (THIRD, "l3")):
            on.send(starts, datetime.now(UTC), escalation=step)
        ended = datetime.now(UTC)
        on.send(BEGAN, ended, name=STAGING, escalation="l1")
        # It may be noticed before the notification comes, which tells the time.
        on.until(lambda found: of(found, STAGING).resolution is Resolution.RESOLVED and of(found, ARN).resolved_at)
        production, staging = (of(on.incidents, arn) for arn in (ARN, STAGING))
        records = orjson.loads(on.command("incidents", "--format", "json"))["incidents"]
        on.daemon.until(lambda _: lasted(on, "time_to_resolve_seconds_count") == 2)
        assert lasted(on, "time_to_acknowledge_seconds_count") == 1
        assert value(on.daemon.series(), "ppbe_incidents_total", alertname="RdsCpuHigh", severity="page") == 2
        assert value(on.daemon.series(), "ppbe_incidents_open", alertname="RdsCpuHigh", severity="page") is None
        events = [each["event"] for each in on.daemon.log if each["event"].startswith("incident.")]

    assert [(each.name, each.first) for each in production.steps] == [("l1", BEGAN), ("l2", SECOND), ("l3", THIRD)]
    given = production.acknowledgement
    assert given is not None
    assert (given.author, given.comment) == ("m.sample", "failing over")
    assert timedelta() <= timedelta(hours=2) - (given.until - given.at) < timedelta(minutes=1)  # Alertmanager's clock
    assert given.silence in told
    assert production.resolution is Resolution.NOTICED  # Alertmanager tells nobody that the silenced step has ended
    assert (staging.resolved_at, staging.resolution) == (ended, Resolution.RESOLVED)
    assert staging.acknowledgement is None
    assert {each["id"]: each["state"] for each in records} == dict.fromkeys((production.id, staging.id), "resolved")
    assert sorted(events) == sorted(
        [
            *["incident.fired"] * 2,
            *["incident.escalated"] * 2,
            "incident.acknowledged",
            *["incident.resolved"] * 2,
        ]
    )


def test_what_happened_while_either_was_down_is_reconciled(estate: SimulatedEstate, tmp_path: Path) -> None:
    """Alertmanager is down at first; then the daemon is told nothing of a silence that was made and is over."""
    with scene(estate, tmp_path) as on:
        on.daemon.until(
            lambda series: value(series, "ppbe_observe_job_runs_total", exporter="incidents", outcome="failed")
        )
        refused = on.command("ack", "RdsCpuHigh", "--comment", "x", code=1)
        assert "Connection refused; check that it runs" in refused
        with on.alertmanager():
            on.send(BEGAN)
            on.until(bool)
            silence = on.command("ack", "RdsCpuHigh", "--comment", "quick").split()[-1]
            httpx.delete(f"{on.url}/api/v2/silence/{silence}").raise_for_status()
            on.until(lambda found: found[0].acknowledgements)
        assert on.daemon.events("collect.failed", exporter="incidents")[0]["reasons"] == ["unreachable"]
        with on.alertmanager():
            on.send(SECOND, name=STAGING)
            on.until(lambda found: len(found) == 2)
            on.send(BEGAN)  # as Prometheus does, a minute after Alertmanager was started again
            first, second = on.incidents
            assert (first.resolved_at, second.resolved_at) == (None, None)
            on.send(BEGAN, datetime.now(UTC))
            on.until(lambda found: found[0].resolved_at)
        assert on.daemon.end() == 0


def test_what_was_answered_survives_a_kill_and_what_could_not_be_kept_is_sent_again(
    estate: SimulatedEstate, tmp_path: Path
) -> None:
    with scene(estate, tmp_path, alertmanager_url=None) as on, on.alertmanager():
        on.send(BEGAN)
        on.until(bool)
        with closing(sqlite3.connect(tmp_path / "state.db", isolation_level=None)) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            on.send(SECOND, name=STAGING)
            until(lambda: on.daemon.events("webhook.not_kept"), explain=on.daemon.explain)
        on.until(lambda found: len(found) == 2)
        body = orjson.dumps({"version": "4", "alerts": [PAGED]})
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        answer = httpx.post(f"{on.daemon.url}/api/v1/alertmanager", content=body, headers=headers)
        on.daemon.end(signal.SIGKILL)
    assert answer.status_code == 200
    assert {each.identity.alertname for each in on.incidents} == {"RdsCpuHigh", "Paged"}


def test_a_watchdog_becomes_a_heartbeat_in_cloudwatch(estate: SimulatedEstate, tmp_path: Path) -> None:
    with scene(estate, tmp_path, heartbeat=True) as on, on.alertmanager():
        on.send(BEGAN, alertname="Watchdog", severity="none", name="")
        on.daemon.until(lambda series: value(series, "ppbe_observe_heartbeats_total", outcome="ok"))
        on.daemon.until(
            lambda series: (value(series, "ppbe_incidents_webhook_requests_total", outcome="accepted") or 0) >= 3
        )
        assert value(on.daemon.series(), "ppbe_observe_heartbeats_total", outcome="ok") == 1
        assert value(on.daemon.series(), "ppbe_observe_watchdog_timestamp_seconds")
        assert on.incidents == []
    (written,) = client(estate, "cloudwatch").list_metrics(Namespace="PPBE/Observe")["Metrics"]
    assert (written["MetricName"], written["Dimensions"]) == ("Heartbeat", [])


def test_a_token_that_is_none_stops_the_daemon_at_its_start(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("short")
    file = tmp_path / "ppbe-observe.yaml"
    file.write_bytes(orjson.dumps(settings(incidents={"token_file": "token"})))
    done = run("run", "--config", str(file), cwd=tmp_path)
    assert done.returncode == 3
    assert "openssl rand -hex 32" in done.stderr
