"""The metrics of incidents: names, units, help, and how each is recorded.

Labels are bounded: alert names are those that were heard of first, up to a limit, then ``other``; severities and steps
are those of our alerts. Every method may be called from any thread.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock

from prometheus_client import CollectorRegistry, Histogram

from ppbe_observe.exposition.tables import Live, Table, Values

MOST_ALERTS = 500
"""Alert names that are shown; an estate has some two hundred."""
OTHER = "other"

_SEVERITIES = frozenset({"page", "ticket", "info"})
_STEPS = frozenset({"l1", "l2", "l3"})
_BY = ("alertname", "severity")
# Seconds. The first three are the steps of the escalation: who answers at once, before l2, and before l3.
_ACKNOWLEDGED = (300.0, 900.0, 1800.0, 3600.0, 7200.0, 14_400.0, 28_800.0, 86_400.0)
_RESOLVED = (300.0, 900.0, 1800.0, 3600.0, 7200.0, 14_400.0, 28_800.0, 86_400.0, 259_200.0, 604_800.0)


class Webhook(StrEnum):
    """What became of a request to the webhook. These words are label values: they do not change."""

    ACCEPTED = "accepted"
    MALFORMED = "malformed"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    TIMEOUT = "timeout"
    OVERSIZED = "oversized"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"


LABELS: Mapping[str, tuple[str, ...]] = {
    "ppbe_incidents_open": _BY,
    "ppbe_incidents_total": _BY,
    "ppbe_incidents_escalated_total": ("step",),
    **{
        f"ppbe_incidents_time_to_{what}_seconds_{end}": ("severity",)
        for what in ("acknowledge", "resolve")
        for end in ("bucket", "sum", "count")
    },
    "ppbe_incidents_webhook_requests_total": ("outcome",),
    "ppbe_incidents_webhook_refused_alerts_total": (),
    "ppbe_incidents_reconciled_timestamp_seconds": (),
    "ppbe_incidents_reconciled_age_seconds": (),
    "ppbe_observe_watchdog_timestamp_seconds": (),
    "ppbe_observe_heartbeats_total": ("outcome",),
}
"""The label names of each metric here, by the name on the page."""


class IncidentMetrics:
    """Declares the metrics of incidents on the registry that is handed in, and records them."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float] = time.time) -> None:
        self._names: set[str] = set()
        self._lock = Lock()
        self._open = Table(registry, "gauge", "ppbe_incidents_open", "Incidents that are not resolved.", _BY)
        self._fired = Table(registry, "counter", "ppbe_incidents", "Incidents that were recorded.", _BY)
        self._escalated = Table(
            registry, "counter", "ppbe_incidents_escalated", "Incidents that reached a further step.", ("step",)
        )
        self._acknowledged = Histogram(
            "ppbe_incidents_time_to_acknowledge_seconds",
            "Time from when an incident fired until it was silenced; those that were silenced before are left out.",
            ("severity",),
            registry=registry,
            buckets=_ACKNOWLEDGED,
        )
        self._resolved = Histogram(
            "ppbe_incidents_time_to_resolve_seconds",
            "Time from when an incident fired until it was resolved.",
            ("severity",),
            registry=registry,
            buckets=_RESOLVED,
        )
        self._declare_sources(registry, clock)

    def _declare_sources(self, registry: CollectorRegistry, clock: Callable[[], float]) -> None:
        self._webhook = Table(
            registry,
            "counter",
            "ppbe_incidents_webhook_requests",
            "Requests to the webhook of Alertmanager, by outcome.",
            ("outcome",),
        )
        self._refused = Table(
            registry,
            "counter",
            "ppbe_incidents_webhook_refused_alerts",
            "Alerts that were not believed, for their times.",
        )
        self._reconciled = Table(
            registry,
            "gauge",
            "ppbe_incidents_reconciled_timestamp_seconds",
            "When Alertmanager was last asked what fires and who has acknowledged it.",
        )
        Live(
            registry,
            self._reconciled,
            "ppbe_incidents_reconciled_age_seconds",
            "Time since Alertmanager was last asked what fires and who has acknowledged it.",
            lambda at: clock() - at,
        )
        self._watchdog = Table(
            registry, "gauge", "ppbe_observe_watchdog_timestamp_seconds", "When the alert Watchdog last arrived."
        )
        self._heartbeats = Table(
            registry,
            "counter",
            "ppbe_observe_heartbeats",
            "Heartbeats written to CloudWatch by outcome: ok, or the reason of the failure.",
            ("outcome",),
        )

    def fired(self, alertname: str, severity: str) -> None:
        """An incident was recorded."""
        self._fired.add((self._name(alertname), _known(severity, _SEVERITIES)))

    def escalated(self, step: str) -> None:
        """An incident has reached a step."""
        self._escalated.add((_known(step, _STEPS),))

    def acknowledged(self, severity: str, after: timedelta) -> None:
        """An incident was acknowledged so long after it fired."""
        self._acknowledged.labels(_known(severity, _SEVERITIES)).observe(after.total_seconds())

    def resolved(self, severity: str, after: timedelta) -> None:
        """An incident was resolved so long after it fired."""
        self._resolved.labels(_known(severity, _SEVERITIES)).observe(after.total_seconds())

    def are_open(self, counts: Mapping[tuple[str, str], int]) -> None:
        """So many are open, by alert and severity."""
        shown: Counter[Values] = Counter()
        for (alertname, severity), many in counts.items():
            shown[self._name(alertname), _known(severity, _SEVERITIES)] += many
        self._open.replace({values: float(many) for values, many in shown.items()})

    def webhook_answered(self, outcome: Webhook) -> None:
        """A request to the webhook was answered."""
        self._webhook.add((outcome.value,))

    def refused(self, alerts: int) -> None:
        """So many alerts were not believed."""
        self._refused.add((), float(alerts))

    def reconciled(self, at: datetime) -> None:
        """Alertmanager has answered."""
        self._reconciled.set((), at.timestamp())

    def watchdog_came(self, at: datetime) -> None:
        """The watchdog fires."""
        self._watchdog.set((), at.timestamp())

    def heartbeat(self, outcome: str) -> None:
        """A heartbeat was written, or was not."""
        self._heartbeats.add((outcome,))

    def _name(self, alertname: str) -> str:
        with self._lock:
            if len(self._names) < MOST_ALERTS:
                self._names.add(alertname)
            return alertname if alertname in self._names else OTHER


def _known(word: str, words: frozenset[str]) -> str:
    return word if word in words else OTHER
