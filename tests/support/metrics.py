"""Small catalogs of simulated metrics, without a server."""

from functools import lru_cache

from ppbe_observe.model import Labels
from ppbe_observe.simulate.incidents import Incidents
from ppbe_observe.simulate.plane.nature import Nature
from ppbe_observe.simulate.plane.series import PUNCTUAL, Identity, Lateness, SimulatedSeries
from ppbe_observe.simulate.plane.signals import Signal

NOON = 1_763_985_600
"""Monday 2025-11-24 12:00:00 UTC."""


def simulated(
    signal: Signal,
    metric: str = "M",
    dimensions: Labels = (("D", "1"),),
    *,
    namespace: str = "AWS/Test",
    unit: str = "Count",
    lateness: Lateness = PUNCTUAL,
    incidents: Incidents | None = None,
    scope: str = "production",
    step: int = 60,
    until: float | None = None,
    seed: int = 1,
) -> SimulatedSeries:
    """A metric that stands alone."""
    return SimulatedSeries(
        Identity(namespace, metric, dimensions, unit),
        signal,
        _nature(seed),
        incidents or Incidents(lambda: float(NOON)),
        lateness=lateness,
        scope=scope,
        step=step,
        until=until,
    )


@lru_cache
def _nature(seed: int) -> Nature:
    return Nature(seed)
