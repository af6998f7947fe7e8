"""Whom a page of an objective keeps quiet, in a real Alertmanager: the ticket of the same budget, and nobody else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from ppbe_observe.alerting.escalation import escalation_of
from ppbe_observe.definitions import load_modules
from support.alertmanager import written
from support.daemon import until
from support.escalations import escalation
from support.processes import Peer, alertmanager
from support.project import PROJECT

BUDGET = {"slo": "ppbe-api-availability", "account_id": "123456789012", "region": "us-gov-west-1", "owner": "sre"}
PAGE = {"alertname": "PpbeApiAvailabilityBurnsFast", "severity": "page", "tag_Environment": "production", **BUDGET}
SLOW = {**PAGE, "alertname": "PpbeApiAvailabilityBurnsSlowly", "severity": "ticket"}
STAGING = {**SLOW, "tag_Environment": "staging"}
LATENCY = {**SLOW, "alertname": "PpbeApiLatencyBurnsSlowly", "slo": "ppbe-api-latency"}
NAMELESS = {"alertname": "ClockSkew", "severity": "ticket", "owner": "sre"}


def states(peer: Peer) -> dict[tuple[str, str], str]:
    found: list[dict[str, Any]] = peer.get("/api/v2/alerts").json()
    return {
        (each["labels"]["alertname"], each["labels"].get("tag_Environment", "")): each["status"]["state"]
        for each in found
    }


def test_a_page_quiets_the_ticket_of_its_own_budget_only(tmp_path: Path) -> None:
    shipped = escalation_of(load_modules(PROJECT, "alerts"))
    configuration = written(escalation(inhibitions=shipped.inhibitions), tmp_path)
    began = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    alerts = [{"labels": each, "startsAt": began} for each in (PAGE, SLOW, STAGING, LATENCY, NAMELESS)]
    with alertmanager(configuration, tmp_path) as peer:
        httpx.post(f"{peer.url}/api/v2/alerts", json=alerts, timeout=10).raise_for_status()
        until(lambda: "unprocessed" not in states(peer).values() and len(states(peer)) == len(alerts))
        assert states(peer) == {
            ("PpbeApiAvailabilityBurnsFast", "production"): "active",
            ("PpbeApiAvailabilityBurnsSlowly", "production"): "suppressed",
            ("PpbeApiAvailabilityBurnsSlowly", "staging"): "active",
            ("PpbeApiLatencyBurnsSlowly", "production"): "active",
            ("ClockSkew", ""): "active",
        }
