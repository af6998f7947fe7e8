"""Takes what Alertmanager posts, and says what became of it. I/O through what is handed in.

Invariant: what is answered with 200 is on disk.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from ppbe_observe.clock import utc_now
from ppbe_observe.errors import StateError
from ppbe_observe.exposition.incidents import IncidentMetrics
from ppbe_observe.incidents.heartbeat import Heartbeat
from ppbe_observe.incidents.ledger import Ledger
from ppbe_observe.incidents.payload import Believable, Delivery, PayloadError, read
from ppbe_observe.web.alertmanager import Reply

log = structlog.get_logger(__name__)


class Intake:
    """The inbox of the webhook (``web.alertmanager.Inbox``). Thread-safe."""

    def __init__(
        self,
        ledger: Ledger,
        heartbeat: Heartbeat,
        metrics: IncidentMetrics,
        believable: Believable,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._ledger = ledger
        self._heartbeat = heartbeat
        self._metrics = metrics
        self._believable = believable
        self._clock = clock

    def take(self, body: bytes) -> Reply:
        """Remember the alerts of a payload."""
        now = self._clock()
        try:
            delivery = read(body, now, self._believable)
        except PayloadError as error:
            log.warning("webhook.malformed", error=str(error))
            return Reply(400, f"Not a payload of Alertmanager's webhook, version 4: {error}")
        self._tell(delivery)
        if delivery.watchdog:
            self._heartbeat.beat(now)
        try:
            self._ledger.take(delivery.sightings, now)
        except StateError as error:
            log.error("webhook.not_kept", error=str(error))  # noqa: TRY400 - the error is for people, not a bug
            return Reply(503, "Not kept: the state database cannot be used; send it again.")
        return _reply(delivery)

    def _tell(self, delivery: Delivery) -> None:
        if delivery.refused:
            self._metrics.refused(len(delivery.refused))
            log.warning("webhook.refused", alerts=len(delivery.refused), first=delivery.refused[0])
        if delivery.truncated:
            log.warning("webhook.truncated", alerts=delivery.truncated)


def _reply(delivery: Delivery) -> Reply:
    if not delivery.believed:
        return Reply(400, f"Refused: {'; '.join(delivery.refused[:5])}")
    refused = f", {len(delivery.refused)} refused: {delivery.refused[0]}" if delivery.refused else ""
    return Reply(200, f"Kept{refused}")
