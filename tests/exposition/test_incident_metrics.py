"""The metrics of incidents, and what promtool says of them."""

from datetime import timedelta

from prometheus_client import CollectorRegistry, generate_latest

from ppbe_observe.exposition.incidents import MOST_ALERTS, IncidentMetrics, Webhook
from support.incidents import at
from support.processes import promtool


def everything(registry: CollectorRegistry) -> IncidentMetrics:
    """Each metric recorded once, a minute and a half after noon."""
    metrics = IncidentMetrics(registry, lambda: at(1.5).timestamp())
    metrics.fired("RdsCpuHigh", "page")
    metrics.escalated("l2")
    metrics.acknowledged("page", timedelta(minutes=14))
    metrics.resolved("ticket", timedelta(hours=3))
    metrics.are_open({("RdsCpuHigh", "page"): 2, ("RdsCpuHigh", "odd"): 1, ("RdsCpuHigh", "none"): 3})
    metrics.refused(2)
    metrics.reconciled(at(0))
    metrics.watchdog_came(at(1))
    metrics.heartbeat("ok")
    for outcome in Webhook:
        metrics.webhook_answered(outcome)
    return metrics


def test_every_value() -> None:
    registry = CollectorRegistry()
    everything(registry)
    value = registry.get_sample_value
    assert value("ppbe_incidents_total", {"alertname": "RdsCpuHigh", "severity": "page"}) == 1
    assert value("ppbe_incidents_open", {"alertname": "RdsCpuHigh", "severity": "page"}) == 2
    assert value("ppbe_incidents_open", {"alertname": "RdsCpuHigh", "severity": "other"}) == 4
    assert value("ppbe_incidents_escalated_total", {"step": "l2"}) == 1
    assert value("ppbe_incidents_time_to_acknowledge_seconds_bucket", {"severity": "page", "le": "900.0"}) == 1
    assert value("ppbe_incidents_time_to_acknowledge_seconds_bucket", {"severity": "page", "le": "300.0"}) == 0
    assert value("ppbe_incidents_time_to_resolve_seconds_sum", {"severity": "ticket"}) == 10_800
    assert value("ppbe_incidents_webhook_requests_total", {"outcome": "oversized"}) == 1
    assert value("ppbe_incidents_webhook_refused_alerts_total") == 2
    assert value("ppbe_incidents_reconciled_timestamp_seconds") == at(0).timestamp()
    assert value("ppbe_incidents_reconciled_age_seconds") == 90
    assert value("ppbe_observe_watchdog_timestamp_seconds") == at(1).timestamp()
    assert value("ppbe_observe_heartbeats_total", {"outcome": "ok"}) == 1


def test_incidents_that_are_no_longer_open_are_not_shown() -> None:
    registry = CollectorRegistry()
    everything(registry).are_open({})
    assert registry.get_sample_value("ppbe_incidents_open", {"alertname": "RdsCpuHigh", "severity": "page"}) is None


def test_no_sender_fills_prometheus() -> None:
    registry = CollectorRegistry()
    metrics = IncidentMetrics(registry)
    for number in range(3 * MOST_ALERTS):
        metrics.fired(f"A{number}", f"severity-{number}")
        metrics.escalated(f"step-{number}")
    series = [sample for family in registry.collect() for sample in family.samples]
    assert len(series) == MOST_ALERTS + 2


def test_promtool_finds_nothing() -> None:
    registry = CollectorRegistry()
    everything(registry)
    result = promtool("check", "metrics", stdin=generate_latest(registry).decode())
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
