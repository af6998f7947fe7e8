"""A moto server, emptied before each test."""

from collections.abc import Iterator

import pytest

from support.gathering import LocalSession
from support.moto import empty, moto_server


@pytest.fixture(scope="session")
def kept_session() -> Iterator[LocalSession]:
    with moto_server() as endpoint:
        yield LocalSession(endpoint)


@pytest.fixture
def local_session(kept_session: LocalSession) -> LocalSession:
    return empty(kept_session)
