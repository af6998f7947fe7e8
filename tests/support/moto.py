"""A moto server for the tests of gatherers and checks, emptied before each of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from moto.server import ThreadedMotoServer

from support.gathering import LocalSession


@contextmanager
def moto_server() -> Iterator[str]:
    """Its endpoint."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
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
