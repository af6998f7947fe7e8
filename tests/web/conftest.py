"""What the tests of pages share."""

from collections.abc import Iterator

import pytest

from support.browser import Browser, chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of a module: the next one may need an event loop, which there can be one of."""
    with chromium() as running:
        yield running
