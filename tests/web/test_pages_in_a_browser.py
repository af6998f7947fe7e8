"""Every page in a real Chromium: sound, and open to everybody, whatever colours and keys they use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from ppbe_observe.model.availability_record import AvailabilityRecord, Look, record_of
from ppbe_observe.web.queries import FindingQuery, IncidentQuery
from support.accessibility import serious_faults, walk
from support.availability import NOW, recorded
from support.browser import SCHEMES, Browser, Scheme
from support.findings import finding
from support.views import Watched, busy_estate
from support.webserver import serving

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
NAMES = {"finding": "/findings/{}", "resource": "/resources/{}", "incident": "/incidents/{}"}
FIRST_PAINT = 1.0
"""Seconds, at most."""
PAGES = (
    *("/", "/controls", "/controls?by=control", "/controls?by=ksi", "/controls/ac-2", "/controls/Nothing"),
    *(
        "/findings",
        "/findings?limit=2",
        "/findings?nonsense=1",
        *NAMES,
        "/incidents",
        "/slos",
        "/availability",
        "/freshness",
    ),
    *("/runbooks", "/runbooks/RdsStorage", "/runbooks/Nothing"),
)


@dataclass(frozen=True, slots=True)
class Site:
    """A server, and where its pages are."""

    url: str
    names: Mapping[str, str]

    def of(self, path: str) -> str:
        """The address of a page; of one that is called after an id, that of something that is there."""
        return self.url + NAMES[path].format(quote(self.names[path], safe=":")) if path in NAMES else self.url + path


def record(shown: int) -> AvailabilityRecord:
    """Of a few days of one objective."""
    days = [recorded(ago) for ago in range(1, 20)]
    return record_of(days, Look(NOW), NOW, shown=shown, source="http://prometheus:9090")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    watched = busy_estate()
    first = watched.views.findings(FindingQuery()).items[0]
    incident = watched.views.incidents(IncidentQuery()).items[0]
    with serving(runbooks=RUNBOOKS, views=watched.views, availability=record) as server:
        yield Site(server.url, {"finding": first.id, "resource": first.resource, "incident": incident.id})


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound_and_shuts_nobody_out(browser: Browser, site: Site, path: str, scheme: Scheme) -> None:
    with browser.visit(site.of(path), scheme) as visit:
        assert visit.complaints == []
        assert serious_faults(visit.page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_keyboard_is_enough(browser: Browser, site: Site, path: str) -> None:
    with browser.visit(site.of(path)) as visit:
        found = walk(visit.page)
    assert (found.missed, found.unseen) == ((), ())
    assert found.reached


def test_a_filter_is_found_used_and_cleared(browser: Browser, site: Site) -> None:
    with browser.visit(site.of("/findings")) as visit:
        page = visit.page
        page.get_by_label("Outcome", exact=True).select_option("unknown")
        page.get_by_label("Text", exact=True).fill("dark")
        page.get_by_role("button", name="Filter").click()
        assert page.get_by_role("status").first.inner_text() == "1 finding match: 1 unknown"
        assert page.get_by_label("Outcome", exact=True).input_value() == "unknown"
        page.get_by_role("link", name="Clear the filter").click()
        assert page.get_by_role("status").first.inner_text().startswith("6 findings: ")
        assert visit.complaints == []


def test_the_way_from_the_overview_to_the_facts_of_a_finding(browser: Browser, site: Site) -> None:
    with browser.visit(site.of("/")) as visit:
        page = visit.page
        page.get_by_role("link", name="AC Access Control").click()
        page.get_by_role("link", name="AC-02 Account Management").click()
        page.get_by_role("link", name="All of them").click()
        page.get_by_role("link", name="Things are good").first.click()
        assert page.get_by_role("heading", name="What AWS said").is_visible()
        page.get_by_role("link", name="Overview").click()
        assert page.url == f"{site.url}/"
        assert visit.complaints == []


def test_ten_thousand_findings_stay_usable(browser: Browser) -> None:
    many = Watched().judge([finding(f"ppbe-{number:05d}") for number in range(10_000)])
    with serving(views=many.views) as server, browser.visit(f"{server.url}/findings") as warm:
        with browser.visit(f"{server.url}/findings") as visit:
            assert visit.first_paint() < FIRST_PAINT
        warm.page.get_by_role("link", name="Next").click()
        assert "101 to 200 of 10000" in warm.page.get_by_role("navigation", name="Parts of the list").inner_text()
