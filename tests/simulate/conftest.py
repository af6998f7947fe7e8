"""A simulated estate for each test; what takes seconds is built once per process."""

from collections.abc import Iterator

import pytest

from ppbe_observe.simulate import SimulatedEstate
from support.simulated import simulated_estate


@pytest.fixture
def estate() -> Iterator[SimulatedEstate]:
    with simulated_estate() as running:
        yield running
