"""A moto server for the tests of the gatherers, emptied before each of them."""

from collections.abc import Iterator

import httpx
import pytest
from moto.server import ThreadedMotoServer

from support.gathering import LocalSession


@pytest.fixture(scope="session")
def moto_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def kept_session(moto_endpoint: str) -> LocalSession:
    return LocalSession(moto_endpoint)


@pytest.fixture
def local_session(kept_session: LocalSession) -> LocalSession:
    httpx.post(f"{kept_session.endpoint}/moto-api/reset", timeout=10).raise_for_status()
    kept_session.reset()
    return kept_session
