"""The simulated estate for integration tests: built once per process, started on a free port for each use."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config

from ppbe_observe.simulate import Options, SimulatedEstate
from ppbe_observe.simulate.incidents import Incidents
from ppbe_observe.simulate.world import World

ONE_ATTEMPT = Config(retries={"mode": "standard", "total_max_attempts": 1}, inject_host_prefix=False)


@contextmanager
def simulated_estate(**options: Any) -> Iterator[SimulatedEstate]:
    """A running estate: ``.url``, ``.environ``, ``.incidents``, ``.faults``, ``.requests``.

    Estates with equal options share one built world per process (building takes seconds, starting
    milliseconds); incidents, faults and counts begin empty each time, published metrics and changed resources
    stay.
    """
    chosen = Options(**options)
    world = _world(chosen)
    world.incidents.forget()
    estate = SimulatedEstate(chosen, world=world)
    estate.start()
    try:
        yield estate
    finally:
        estate.stop()


def client(estate: SimulatedEstate, service: str, region: str = "us-gov-west-1", **credentials: str) -> Any:
    """A boto3 client that tries once, with any credentials."""
    known: dict[str, Any] = {
        "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key": "simulated-only",
        **credentials,
    }
    session = boto3.Session(region_name=region, **known)
    return session.client(service, endpoint_url=estate.url, config=ONE_ATTEMPT)  # type: ignore[call-overload]  # the name is not a literal


@lru_cache(maxsize=1)  # moto's backends are per process: a second world takes the first one's place
def _world(options: Options) -> World:
    return World(options, Incidents(options.clock))
