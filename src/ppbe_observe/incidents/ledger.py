"""Remembers incidents, and tells of what becomes of them: in the log, in the metrics. I/O through what is handed in.

Invariant: a transition is told once, and only when it is on disk.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

import structlog

from ppbe_observe.alerting.incidents import Change, resource_of, take
from ppbe_observe.errors import StateError
from ppbe_observe.exposition.incidents import IncidentMetrics
from ppbe_observe.incidents.told import Seen, Told, is_news, revised
from ppbe_observe.model import Incident, Sighting, Transition
from ppbe_observe.state.incidents import IncidentStore
from ppbe_observe.telemetry.rendering import rfc3339

SILENCES_KEPT = timedelta(hours=120)
"""How long Alertmanager remembers silences that are over, by default (``--data.retention``)."""
log = structlog.get_logger(__name__)


class Ledger:
    """What is remembered of incidents. Thread-safe."""

    def __init__(self, store: IncidentStore, metrics: IncidentMetrics, keep_days: int) -> None:
        self._store = store
        self._metrics = metrics
        self._keep_days = keep_days
        self._pruned: date | None = None
        self._seen = Seen()

    def take(self, sightings: Sequence[Sighting], now: datetime) -> None:
        """Remember what was told; it is on disk when this returns.

        Raises:
            StateError: The database cannot be used; nothing has changed.
        """
        if not sightings:
            return
        for sighting, change in self._store.take(sightings, lambda around, one: take(around, one, now)):
            self._tell(change, sighting.step)
        self._count()

    def reconcile(self, told: Told) -> None:
        """Remember what Alertmanager answered, as far as it is news. Raises as ``take`` does."""
        known = {each.identity.key: each for each in reversed(self._store.current())}  # the newest one counts
        self.take([each for each in (one.sighting for one in told.active) if is_news(known, each)], told.at)
        seen = self._seen.before(told, known)
        changes = self._store.revise(told.at - SILENCES_KEPT, partial(revised, told=told, seen=seen))
        self._seen = seen.after(told)
        for each in changes:
            self._tell(each, each.incident.step)
        self._count()

    def keep(self, now: datetime) -> None:
        """Show what is open, and once a day forget what need not be kept. Raises as ``take`` does."""
        self._metrics.are_open(self._store.open_counts())
        if self._pruned != now.date():
            self._store.prune(now, self._keep_days)
            self._pruned = now.date()

    def _count(self) -> None:
        """What is written is written, whether or not it can be counted now."""
        try:
            self._metrics.are_open(self._store.open_counts())
        except StateError as error:
            log.warning("incidents.uncounted", error=str(error))

    def _tell(self, change: Change, step: str) -> None:
        for each in change.transitions:
            _log(change.incident, each, step)
            self._record(change.incident, each, step)

    def _record(self, incident: Incident, transition: Transition, step: str) -> None:
        severity, acknowledged, resolved = incident.severity, incident.acknowledgement, incident.resolved_at
        if transition is Transition.FIRED:
            self._metrics.fired(incident.identity.alertname, severity)
        elif transition is Transition.ESCALATED:
            self._metrics.escalated(step)
        elif transition is Transition.ACKNOWLEDGED and acknowledged:
            self._metrics.acknowledged(severity, acknowledged.at - incident.fired_at)
        elif transition is Transition.RESOLVED and resolved:
            self._metrics.resolved(severity, resolved - incident.fired_at)


def _log(incident: Incident, transition: Transition, step: str) -> None:
    resolved, acknowledged = incident.resolved_at, incident.acknowledgement
    told: dict[str, str] = {
        "incident": incident.id,
        "alert": incident.identity.alertname,
        "resource": resource_of(incident.identity),
        "severity": incident.severity,
        "fired_at": rfc3339(incident.fired_at.timestamp()),
    }
    if transition is Transition.ESCALATED:
        told["step"] = step
    if transition is Transition.RESOLVED and resolved and incident.resolution:
        told |= {"resolved_at": rfc3339(resolved.timestamp()), "resolution": incident.resolution.value}
    if transition is Transition.ACKNOWLEDGED and acknowledged:
        told |= {"author": acknowledged.author, "comment": acknowledged.comment, "silence": acknowledged.silence}
    write = log.warning if transition in {Transition.FIRED, Transition.ESCALATED, Transition.REOPENED} else log.info
    write(f"incident.{transition.value}", **told)
