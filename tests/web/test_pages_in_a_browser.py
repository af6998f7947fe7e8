"""Every page in a real Chromium: sound, and open to everybody, whatever colours and keys they use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.accessibility import serious_faults, walk
from support.browser import SCHEMES, Browser, Scheme
from support.webserver import serving

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
PAGES = ("/", "/runbooks", "/runbooks/RdsStorage", "/runbooks/Nothing")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving(runbooks=RUNBOOKS) as server:
        yield server.url


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound_and_shuts_nobody_out(browser: Browser, site: str, path: str, scheme: Scheme) -> None:
    with browser.visit(site + path, scheme) as visit:
        assert visit.complaints == []
        assert serious_faults(visit.page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_keyboard_is_enough(browser: Browser, site: str, path: str) -> None:
    with browser.visit(site + path) as visit:
        found = walk(visit.page)
    assert (found.missed, found.unseen) == ((), ())
    assert found.reached
