"""A moto server for the tests of gatherers and checks, emptied before each of them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from moto.server import ThreadedMotoServer

from support.gathering import LocalSession
from support.unmeasured import unmeasured_thread


@contextmanager
def moto_server() -> Iterator[str]:
    """Its endpoint."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _leave_unmeasured(server)
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def empty(session: LocalSession) -> LocalSession:
    """The session, with nothing left on the server and nothing counted."""
    httpx.post(f"{session.endpoint}/moto-api/reset", timeout=10).raise_for_status()
    session.reset()
    return session


def _leave_unmeasured(server: ThreadedMotoServer) -> None:
    """Moto is not what is tested; measured, it takes twice the time."""
    running: Any = server._server  # it is given to nobody
    application = running.app

    def answer(*request: Any) -> Iterable[bytes]:
        with unmeasured_thread():
            answered: Iterable[bytes] = application(*request)
            return answered

    running.app = answer
