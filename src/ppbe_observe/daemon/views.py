"""Puts the parts of the pages together for the daemon. I/O only through them."""

from collections.abc import Callable

from ppbe_observe.assessment.watch import CONTROLS
from ppbe_observe.clock import utc_now
from ppbe_observe.daemon.generation import Outlets
from ppbe_observe.peers.prometheus import Prometheus
from ppbe_observe.settings import PrometheusSettings, Settings
from ppbe_observe.state.database import Database
from ppbe_observe.views.asking import Asked
from ppbe_observe.views.estate import EstateViews, Knowledge
from ppbe_observe.views.objectives import Recorded, recorded


class Views:
    """What pages and the API show; ``enabled`` says whether control checks are judged, which a reload may change."""

    def __init__(self, settings: Settings, database: Database, outlets: Outlets, enabled: Callable[[], bool]) -> None:
        knowledge = Knowledge(
            latest=lambda: outlets.board.latest,
            awaited=lambda: outlets.successes.targets(CONTROLS),
            memory=outlets.memory,
            database=database,
            readiness=outlets.successes.readiness,
            prometheus=_asked(settings.prometheus),
            enabled=enabled,
            environment=settings.environment,
            links=settings.web.links,
            clock=utc_now,
        )
        self.estate = EstateViews(knowledge)

    def close(self) -> None:
        """Ask nobody any more."""
        self.estate.close()


def _asked(given: PrometheusSettings) -> Asked[Recorded] | None:
    if given.url is None:
        return None
    server = Prometheus(given.url, read=given.timeout.total_seconds(), given_by="prometheus.url")
    return Asked(lambda: recorded(server), utc_now)
