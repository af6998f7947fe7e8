"""All metrics of the estate, by account and region. Pure."""

from collections.abc import Iterator, Mapping

from ppbe_observe.simulate.estate.build import Deployment, Estate
from ppbe_observe.simulate.estate.places import ACCOUNT, WEST
from ppbe_observe.simulate.plane.catalog import Catalog
from ppbe_observe.simulate.plane.series import Series
from ppbe_observe.simulate.workload.alb import alb_series, extra_load_balancer
from ppbe_observe.simulate.workload.application import application_series, load_series
from ppbe_observe.simulate.workload.ecs import ecs_series
from ppbe_observe.simulate.workload.elasticache import elasticache_series
from ppbe_observe.simulate.workload.maker import Maker
from ppbe_observe.simulate.workload.network import network_series
from ppbe_observe.simulate.workload.platform import platform_series
from ppbe_observe.simulate.workload.rds import rds_series, sandbox_series

_SUBJECTS = (
    alb_series,
    rds_series,
    ecs_series,
    elasticache_series,
    network_series,
    platform_series,
    application_series,
)


def catalogs_of(make: Maker, estate: Estate, load: int) -> Mapping[tuple[str, str], Catalog]:
    """One catalog for each account and region; ``load`` metrics more in the main one."""
    found: dict[tuple[str, str], Catalog] = {}
    for deployment in estate.deployments:
        place = (deployment.env.account_id, deployment.env.region)
        catalog = found.setdefault(place, Catalog())
        for series in _series(make, deployment):
            catalog.add(series)
    for series in _beyond(make, estate, load):
        found[ACCOUNT, WEST].add(series)
    return found


def _series(make: Maker, deployment: Deployment) -> Iterator[Series]:
    for subject in _SUBJECTS:
        yield from subject(make, deployment)


def _beyond(make: Maker, estate: Estate, load: int) -> Iterator[Series]:
    yield from sandbox_series(make)
    for arn in estate.load_balancers:
        yield from extra_load_balancer(make, arn)
    yield from load_series(make, load)
