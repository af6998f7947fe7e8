"""The simulated estate for integration tests: built once per process, started on a free port for each use."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import boto3
from botocore.config import Config

from ppbe_observe.simulate import Options, SimulatedEstate
from ppbe_observe.simulate.backends import Moto
from ppbe_observe.simulate.calls import identify
from ppbe_observe.simulate.estate.aws import Aws, session_in
from ppbe_observe.simulate.estate.build import ADMINISTRATOR
from ppbe_observe.simulate.estate.places import WEST
from ppbe_observe.simulate.http import Request, Response
from ppbe_observe.simulate.restful import RestfulOperations

NEVER = 86_400.0  # seconds
ONE_ATTEMPT = Config(retries={"mode": "standard", "total_max_attempts": 1}, inject_host_prefix=False)


@contextmanager
def simulated_estate(**options: Any) -> Iterator[SimulatedEstate]:
    """A running estate: ``.url``, ``.environ``, ``.incidents``, ``.faults``, ``.requests``.

    Estates with the same resources share one moto per process (building it takes seconds, starting
    milliseconds): resources that a test changes stay changed; metrics, incidents, faults and counts begin anew.
    Alarms act only where ``alarm_interval`` is given: of two estates that run, each would tell the topics of both.
    """
    chosen = Options(**{"alarm_interval": NEVER, **options})
    with SimulatedEstate(chosen, moto=_built(chosen)) as estate:
        yield estate


@contextmanager
def pristine_estate(**options: Any) -> Iterator[SimulatedEstate]:
    """The same, with resources that no test of this process has changed; building them takes seconds."""
    _moto.cache_clear()
    with simulated_estate(**options) as estate:
        yield estate


@contextmanager
def remembering_estate() -> Iterator[tuple[SimulatedEstate, "Remembering"]]:
    """An estate that works an answer out once, for tests that look at the same things a hundred times.

    What is changed in it after it was first looked at does not show.
    """
    chosen = Options(late=False, alarm_interval=NEVER)
    remembering = Remembering(_built(chosen))
    with SimulatedEstate(chosen, moto=remembering) as estate:  # type: ignore[arg-type]  # as much of moto as is used
        yield estate, remembering


@contextmanager
def changing_estate() -> Iterator[tuple[SimulatedEstate, "Changing"]]:
    """An estate in which something happens right after a call was answered."""
    chosen = Options(late=False, alarm_interval=NEVER)
    changing = Changing(_built(chosen))
    with SimulatedEstate(chosen, moto=changing) as estate:  # type: ignore[arg-type]  # as much of moto as is used
        yield estate, changing


class Changing:
    """Moto, and what is to happen once, after the next call of some name that mentions something.

    ``aws`` asks moto directly, so that it may be used while a call is answered.
    """

    def __init__(self, moto: Moto) -> None:
        self.estate = moto.estate
        self.built_at = moto.built_at
        self.aws = Aws(session_in(lambda request: moto.forward(request, frozenset())), WEST, ADMINISTRATOR)
        self.waiting: tuple[str, str, Callable[[], object]] | None = None
        self._moto = moto
        self._restful = RestfulOperations()

    def after(self, call: str, mentions: str, act: Callable[[], object]) -> None:
        """Wait for the call, as the simulated AWS names it."""
        self.waiting = call, mentions, act

    def forward(self, request: Request, down: frozenset[str]) -> Response:
        """The answer, after which what waits for it happens."""
        answer = self._moto.forward(request, down)
        call = identify(request, self._restful)
        if self.waiting and call and call.name == self.waiting[0] and self.waiting[1] in _text(request):
            _, _, act = self.waiting
            self.waiting = None
            act()
        return answer


def _text(request: Request) -> str:
    return unquote(f"{request.path}?{request.query} {request.body.decode()}")


class Remembering:
    """Moto's answers, each kept by its request; counts how often each was asked for."""

    def __init__(self, moto: Moto) -> None:
        self.estate = moto.estate
        self.built_at = moto.built_at
        self.asked: Counter[tuple[str, ...]] = Counter()
        self._moto = moto
        self._answers: dict[tuple[str, ...], Response] = {}

    def forward(self, request: Request, down: frozenset[str]) -> Response:
        """The answer, from memory where the same was asked before."""
        question = self._question(request)
        self.asked[question] += 1
        if question not in self._answers:
            self._answers[question] = self._moto.forward(request, down)
        return self._answers[question]

    @staticmethod
    def _question(request: Request) -> tuple[str, ...]:
        """Who asks what where: all but the signature."""
        scope = request.headers.get("authorization", "").partition("SignedHeaders")[0]
        target = request.headers.get("x-amz-target", "")
        return (request.method, request.path, request.query, request.body.decode("latin-1"), target, scope)


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
    moto = Moto(Options(seed=seed, load_balancers=load_balancers))
    # Its first answer loads every service of moto: on a busy machine that takes longer than a client waits.
    session_in(lambda request: moto.forward(request, frozenset())).client(
        "resourcegroupstaggingapi", region_name=WEST, endpoint_url="http://moto.invalid"
    ).get_resources()
    return moto
