"""The simulated GovCloud estate: moto with PPBE in it, behind our own CloudWatch. For the demo and for tests."""

from ppbe_observe.simulate.faults import Effect, Fault
from ppbe_observe.simulate.incidents import NAMES as INCIDENTS
from ppbe_observe.simulate.options import Options
from ppbe_observe.simulate.server import SimulatedEstate, serve

__all__ = ["INCIDENTS", "Effect", "Fault", "Options", "SimulatedEstate", "serve"]
