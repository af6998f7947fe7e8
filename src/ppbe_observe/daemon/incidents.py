"""Puts the parts of incidents together for the daemon. I/O only through them."""

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from datetime import datetime, timedelta
from time import monotonic
from types import MappingProxyType

from ppbe_observe.aws.cloudwatch.heartbeat import write_heartbeat
from ppbe_observe.aws.deadline import within
from ppbe_observe.aws.identity.sessions import Sessions
from ppbe_observe.daemon.assembly import UNKNOWN_ACCOUNT
from ppbe_observe.exposition.incidents import IncidentMetrics, Webhook
from ppbe_observe.exposition.own import OwnMetrics
from ppbe_observe.incidents.alertmanager import Alertmanager
from ppbe_observe.incidents.heartbeat import Heartbeat
from ppbe_observe.incidents.intake import Intake
from ppbe_observe.incidents.ledger import Ledger
from ppbe_observe.incidents.payload import Believable
from ppbe_observe.incidents.reconcile import Reconciler
from ppbe_observe.scheduler import Job
from ppbe_observe.settings import IncidentSettings, Settings
from ppbe_observe.settings.incidents import LOOPBACK
from ppbe_observe.state.database import Database
from ppbe_observe.state.incidents import IncidentStore
from ppbe_observe.web.alertmanager import PATH, AlertmanagerWebhook, Door, read_token

INCIDENTS = "incidents"
"""The exporter name under which Alertmanager is asked."""
HEARTBEAT_WITHIN = 30.0
"""Seconds; the next one is due after a minute."""

_OUTCOMES: Mapping[int, Webhook] = MappingProxyType(
    {
        200: Webhook.ACCEPTED,
        400: Webhook.MALFORMED,
        401: Webhook.UNAUTHORIZED,
        403: Webhook.FORBIDDEN,
        408: Webhook.TIMEOUT,
        413: Webhook.OVERSIZED,
        415: Webhook.UNSUPPORTED,
        503: Webhook.FAILED,
    }
)


class Incidents:
    """What the daemon has for incidents: the webhook, and the job that asks Alertmanager.

    ``sessions`` gives the sessions that are in use, which a reload may replace.

    Raises:
        SettingsError: A file that the settings name cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        own: OwnMetrics,
        executor: Executor,
        sessions: Callable[[], Sessions],
    ) -> None:
        given = settings.incidents
        if given.token_file is not None:
            read_token(given.token_file)
        self._alertmanager = Alertmanager(given) if given.alertmanager_url else None
        self._every = given.interval
        metrics = IncidentMetrics(own.registry)
        ledger = Ledger(IncidentStore(database), metrics, given.keep_days)
        heartbeat = Heartbeat(metrics, executor, _writer(settings, sessions) if given.heartbeat else None)
        intake = Intake(ledger, heartbeat, metrics, _believable(given))
        door = Door(given.token_file, local=settings.web.listen.host in LOOPBACK)
        self.webhook = AlertmanagerWebhook(intake, door, lambda status: metrics.webhook_answered(_OUTCOMES[status]))
        self.own_login = frozenset({PATH}) if given.token_file else frozenset[str]()
        self._reconciler = Reconciler(self._alertmanager, ledger, metrics)

    @property
    def job(self) -> Job:
        """Asks Alertmanager, and keeps the records in order."""
        return Job(INCIDENTS, INCIDENTS, "alertmanager", self._every, self._reconciler.run)

    def close(self) -> None:
        """Close the kept connections."""
        if self._alertmanager:
            self._alertmanager.close()


def _believable(given: IncidentSettings) -> Believable:
    return Believable(given.max_age, timedelta(days=given.keep_days), given.clock_skew)


def _writer(settings: Settings, sessions: Callable[[], Sessions]) -> Callable[[datetime], None]:
    first = settings.targets[0]
    target = first.targets(first.known_account or UNKNOWN_ACCOUNT)[0]

    def write(at: datetime) -> None:
        with within(monotonic() + HEARTBEAT_WITHIN):
            write_heartbeat(sessions().of(target), at)

    return write
