"""The state behind the server: moto with the estate in it, and the metrics of its resources.

moto keeps its backends per process: a second world in one process takes the first one's place.
"""

from collections.abc import Mapping

from moto.backends import get_backend
from moto.iam.models import get_account_id_from
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from ppbe_observe.simulate.estate.build import Estate, build_estate
from ppbe_observe.simulate.estate.compute import SERVICE
from ppbe_observe.simulate.estate.corrections import set_healthy, set_running
from ppbe_observe.simulate.http import Request, Response
from ppbe_observe.simulate.incidents import Incidents
from ppbe_observe.simulate.options import Options
from ppbe_observe.simulate.plane.catalog import Catalog
from ppbe_observe.simulate.plane.nature import Nature
from ppbe_observe.simulate.plane.series import PUNCTUAL, Lateness
from ppbe_observe.simulate.workload.maker import Maker
from ppbe_observe.simulate.workload.metrics import catalogs_of
from ppbe_observe.simulate.wsgi import Wsgi, call_wsgi


class World:
    """Built once; what it answers afterwards depends on time and incidents alone, and on what clients change."""

    def __init__(self, options: Options, incidents: Incidents) -> None:
        self.incidents = incidents
        self._down: frozenset[str] = frozenset()
        self._moto: Wsgi = _fresh_moto(options.seed)
        now = options.clock()
        self.estate: Estate = build_estate(self._moto, now, options.load_balancers)
        lateness = Lateness() if options.late else PUNCTUAL
        maker = Maker(Nature(options.seed), incidents, lateness, now)
        self.catalogs: Mapping[tuple[str, str], Catalog] = catalogs_of(maker, self.estate, options.series)

    def forward(self, request: Request) -> Response:
        """Moto's answer, with the estate as the incidents of now leave it."""
        down = self.incidents.down()
        if down != self._down:
            self._down = down
            self._follow(down)
        return call_wsgi(self._moto, request)

    @staticmethod
    def account_of(access_key: str) -> str:
        """The account to which credentials belong: an assumed role's, or the main one."""
        return str(get_account_id_from(access_key))

    def _follow(self, down: frozenset[str]) -> None:
        for deployment in self.estate.deployments:
            env = deployment.env
            if env.tasks:
                up = env.name not in down
                set_running(env, env.prefix, SERVICE, env.tasks if up else 0)
                set_healthy(env, deployment.edge.target_group, healthy=up)


def _fresh_moto(seed: int) -> Wsgi:
    """Moto with nothing in it, and with identifiers that the seed decides."""
    moto_api_backend.reset()
    get_backend("iam")  # so that account_of finds it before the first call
    mock_random.seed(seed)
    application: Wsgi = DomainDispatcherApplication(create_backend_app)
    return application
