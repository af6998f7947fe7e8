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
from support.views import busy_estate
from support.webserver import serving

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
NAMES = {"finding": "/findings/{}", "resource": "/resources/{}", "incident": "/incidents/{}"}
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
