"""What is tested here as a whole is measured by the tests of its parts."""

from collections.abc import Iterator

import pytest

from support.unmeasured import unmeasured


@pytest.fixture(autouse=True, scope="module")
def _unmeasured() -> Iterator[None]:
    with unmeasured():
        yield
