"""moto with the estate in it.

moto keeps its backends per process: a second estate in one process takes the first one's place.
"""

from collections.abc import Callable
from typing import Any

from moto.backends import get_backend
from moto.moto_api._internal import mock_random
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from ppbe_observe.simulate.estate.build import Estate, build_estate
from ppbe_observe.simulate.estate.compute import SERVICE
from ppbe_observe.simulate.estate.corrections import set_healthy, set_running
from ppbe_observe.simulate.estate.places import PRODUCTION
from ppbe_observe.simulate.http import Request, Response
from ppbe_observe.simulate.models import fast_models
from ppbe_observe.simulate.options import Options
from ppbe_observe.simulate.wsgi import Wsgi, call_wsgi


class Moto:
    """Built once; what it answers afterwards depends on incidents and on what clients change."""

    def __init__(self, options: Options) -> None:
        self._down: frozenset[str] = frozenset()
        self.built_at = options.clock()
        with fast_models():
            self._application = _fresh_moto(options.seed)
            self.estate: Estate = build_estate(self._ask, self.built_at, options.load_balancers)

    @property
    def intact(self) -> bool:
        """Whether nobody has reset moto since."""
        databases: Any = get_backend("rds")[PRODUCTION.account_id][PRODUCTION.region].databases
        return PRODUCTION.prefix in databases

    def forward(self, request: Request, down: frozenset[str]) -> Response:
        """Moto's answer, while the API of some environments is down."""
        if down != self._down:
            self._down = down
            self._follow(down)
        return self._ask(request)

    def _ask(self, request: Request) -> Response:
        return call_wsgi(self._application, request)

    def _follow(self, down: frozenset[str]) -> None:
        for deployment in self.estate.deployments:
            env = deployment.env
            if env.tasks:
                up = env.name not in down
                set_running(env, env.prefix, SERVICE, env.tasks if up else 0)
                set_healthy(env, deployment.edge.target_group, healthy=up)


def account_of(access_key: str) -> str:
    """The account to which credentials belong: an assumed role's, or the main one."""
    from moto.iam.models import get_account_id_from  # noqa: PLC0415 - slow to import, and an estate pays for it anyway

    return str(get_account_id_from(access_key))


def _fresh_moto(seed: int) -> Wsgi:
    """Moto with nothing in it, and with identifiers that the seed decides."""
    moto_api_backend.reset()
    mock_random.seed(seed)
    application: Wsgi = _Dispatcher(create_backend_app)
    return application


class _Dispatcher(DomainDispatcherApplication):
    """moto's dispatcher, which lists its own directories for every request; here, once for each host."""

    def __init__(self, create_app: Callable[..., Any]) -> None:
        super().__init__(create_app)
        self._backends: dict[str | None, Any] = {}

    def get_backend_for_host(self, host: str | None) -> Any:
        if host not in self._backends:
            self._backends[host] = super().get_backend_for_host(host)
        return self._backends[host]
