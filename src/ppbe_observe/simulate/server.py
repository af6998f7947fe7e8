"""Runs the simulated AWS on a port: in a thread for tests and the demo, or blocking."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from types import TracebackType
from typing import Self

import uvicorn

from ppbe_observe.errors import ListenError
from ppbe_observe.simulate.alarm_actions import AlarmActions
from ppbe_observe.simulate.alarm_states import AlarmStates
from ppbe_observe.simulate.app import SimulatedAws
from ppbe_observe.simulate.backends import Moto, account_of
from ppbe_observe.simulate.beyond_moto import BeyondMoto
from ppbe_observe.simulate.cloudwatch import CloudWatch
from ppbe_observe.simulate.estate.places import WEST
from ppbe_observe.simulate.faults import Faults
from ppbe_observe.simulate.incidents import Incidents
from ppbe_observe.simulate.options import Options
from ppbe_observe.simulate.plane.rates import Rates
from ppbe_observe.simulate.requests import Requests
from ppbe_observe.simulate.world import World

_START_WITHIN = 10.0  # seconds
_KEEP_ALIVE = 75  # seconds; longer than any client here waits between calls of one cycle
_LOG_LEVEL = "critical"  # a response cut short on purpose is no news


class SimulatedEstate:
    """The estate on a port, from ``start`` to ``stop``.

    Attributes:
        incidents: Starts and stops incidents.
        faults: Makes calls fail.
        requests: Counts calls.
    """

    def __init__(
        self, options: Options | None = None, *, host: str = "127.0.0.1", port: int = 0, moto: Moto | None = None
    ) -> None:
        self._options = options or Options()
        self._host = host
        self._port = port
        self._moto = moto
        self.incidents = Incidents(self._options.clock)
        self.faults = Faults()
        self.requests = Requests()
        self._running: _Running | None = None

    @cached_property
    def world(self) -> World:
        """What is simulated; building it takes seconds, unless ``moto`` was given."""
        return World(self._options, self.incidents, self._moto)

    @property
    def url(self) -> str:
        """Where it listens: the value for ``AWS_ENDPOINT_URL``."""
        if self._running is None:
            raise ListenError("the simulated estate is not running; call start() first")
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._running.port}"

    @property
    def environ(self) -> dict[str, str]:
        """The environment variables that point an AWS client at it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "simulated-only",
            "AWS_DEFAULT_REGION": WEST,
            "AWS_REGION": WEST,
        }

    def start(self) -> Self:
        """Build the estate and listen.

        Raises:
            ListenError: The port is taken.
        """
        listener = _listen(self._host, self._port)
        try:
            self._running = _Running(self._application(), listener)
        except BaseException:
            listener.close()
            raise
        return self

    def stop(self) -> None:
        """Hang up on everybody and free the port."""
        if self._running is not None:
            self._running.stop()
            self._running = None

    def wait(self) -> None:
        """Until it is stopped, or the process is told to end."""
        if self._running is not None:
            self._running.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _application(self) -> SimulatedAws:
        world, clock = self.world, self._options.clock
        rates = Rates() if self._options.limits else None
        cloudwatch = CloudWatch(world.catalogs, account_of, clock, rates)
        states = AlarmStates(world.catalogs, account_of, clock, time.time())
        executor = ThreadPoolExecutor(1, "moto")  # one: moto's backends are not made for more
        return SimulatedAws(
            cloudwatch=cloudwatch,
            states=states,
            actions=AlarmActions(states, world.places, world.forward, executor, self._options.alarm_interval),
            beyond=BeyondMoto(world.places, account_of, world.moto.built_at),
            forward=world.forward,
            executor=executor,
            incidents=self.incidents,
            faults=self.faults,
            requests=self.requests,
        )


class _Running:
    """A uvicorn server on its own thread."""

    def __init__(self, application: SimulatedAws, listener: socket.socket) -> None:
        config = uvicorn.Config(
            application,
            lifespan="on",
            log_config=None,
            log_level=_LOG_LEVEL,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_keep_alive=_KEEP_ALIVE,
        )
        self.port = int(listener.getsockname()[1])
        self._application = application
        self._listener = listener
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="simulated-estate", daemon=True
        )
        self._thread.start()
        self._await_start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join()
        self._listener.close()
        self._application.close()

    def join(self) -> None:
        self._thread.join()

    def _await_start(self) -> None:
        deadline = time.monotonic() + _START_WITHIN
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise ListenError("the simulated estate did not start; see the log above")
            time.sleep(0.005)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise ListenError(
            f"the simulated estate cannot listen on {host}:{port}: {error.strerror}; choose another port"
        ) from None
    return listener


def serve(host: str = "127.0.0.1", port: int = 4566, options: Options | None = None) -> None:
    """Serve until SIGINT or SIGTERM ends the process.

    Raises:
        ListenError: The port is taken.
    """
    with SimulatedEstate(options, host=host, port=port) as estate, suppress(KeyboardInterrupt):
        estate.wait()
