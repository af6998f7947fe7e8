"""The state behind the server: moto with the estate in it, the metrics of its resources, and the incidents."""

from collections.abc import Mapping

from ppbe_observe.simulate.backends import Moto
from ppbe_observe.simulate.http import Request, Response
from ppbe_observe.simulate.incidents import Incidents
from ppbe_observe.simulate.options import Options
from ppbe_observe.simulate.plane.catalog import Catalog
from ppbe_observe.simulate.plane.nature import Nature
from ppbe_observe.simulate.plane.series import PUNCTUAL, Lateness
from ppbe_observe.simulate.workload.maker import Maker
from ppbe_observe.simulate.workload.metrics import catalogs_of


class World:
    """One simulated AWS. ``moto`` is what takes seconds to build: it may serve several worlds, one after another."""

    def __init__(self, options: Options, incidents: Incidents, moto: Moto | None = None) -> None:
        self._incidents = incidents
        self.moto = moto or Moto(options)
        lateness = Lateness() if options.late else PUNCTUAL
        maker = Maker(Nature(options.seed), incidents, lateness, self.moto.built_at)
        self.catalogs: Mapping[tuple[str, str], Catalog] = catalogs_of(maker, self.moto.estate, options.series)

    @property
    def places(self) -> set[tuple[str, str]]:
        """The accounts and regions that the estate is in."""
        return {(each.env.account_id, each.env.region) for each in self.moto.estate.deployments}

    def forward(self, request: Request) -> Response:
        """Moto's answer, as the incidents of now leave it."""
        return self.moto.forward(request, self._incidents.down())
