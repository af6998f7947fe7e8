"""The simulated estate for integration tests: built once per process, started on a free port for each use."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config

from ppbe_observe.simulate import Options, SimulatedEstate
from ppbe_observe.simulate.backends import Moto

ONE_ATTEMPT = Config(retries={"mode": "standard", "total_max_attempts": 1}, inject_host_prefix=False)


@contextmanager
def simulated_estate(**options: Any) -> Iterator[SimulatedEstate]:
    """A running estate: ``.url``, ``.environ``, ``.incidents``, ``.faults``, ``.requests``.

    Estates with the same resources share one moto per process (building it takes seconds, starting
    milliseconds): resources that a test changes stay changed; metrics, incidents, faults and counts begin anew.
    """
    chosen = Options(**options)
    with SimulatedEstate(chosen, moto=_built(chosen)) as estate:
        yield estate


def client(estate: SimulatedEstate, service: str, region: str = "us-gov-west-1", **credentials: str) -> Any:
    """A boto3 client that tries once, with any credentials."""
    known: dict[str, Any] = {
        "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "aws_secret_access_key": "simulated-only",
        **credentials,
    }
    make: Any = _session().client  # the stubs want a literal name
    return make(service, region_name=region, endpoint_url=estate.url, config=ONE_ATTEMPT, **known)


@lru_cache  # reading botocore's models takes longer than most tests
def _session() -> boto3.Session:
    return boto3.Session()


def _built(options: Options) -> Moto:
    moto = _moto(options.seed, options.load_balancers)
    if not moto.intact:  # another test of this process has reset moto
        _moto.cache_clear()
        moto = _moto(options.seed, options.load_balancers)
    return moto


@lru_cache(maxsize=1)  # moto's backends are per process: a second estate takes the first one's place
def _moto(seed: int, load_balancers: int) -> Moto:
    return Moto(Options(seed=seed, load_balancers=load_balancers))
