"""One running estate for the tests of this package; each test finds it without incidents, faults and counts."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from ppbe_observe.simulate import SimulatedEstate
from support.simulated import simulated_estate


@pytest.fixture(scope="session")
def running_estate() -> Iterator[Callable[[], SimulatedEstate]]:
    """Gives the estate; starts it again where another test of this process has emptied moto."""
    started: list[SimulatedEstate] = []
    with ExitStack() as stack:

        def give() -> SimulatedEstate:
            if not started or not started[-1].world.moto.intact:
                started.append(stack.enter_context(simulated_estate()))
            return started[-1]

        yield give


@pytest.fixture
def estate(running_estate: Callable[[], SimulatedEstate]) -> SimulatedEstate:
    found = running_estate()
    found.incidents.forget()
    found.faults.clear()
    found.requests.clear()
    return found
