"""While the state database cannot be read, pages show what is in memory, and say what is not there, and why."""

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from ppbe_observe.model import Outcome
from ppbe_observe.web.queries import FindingQuery
from support.findings import finding
from support.views import Watched
from support.webserver import serving

WHY = "cannot be read: state database sqlite:////proc/state.db"


@pytest.fixture(scope="module")
def watched() -> Watched:
    return Watched(url="sqlite:////proc/state.db").judge([finding("bad"), finding("good", Outcome.PASS)], tracked=None)


@pytest.fixture(scope="module")
def client(watched: Watched) -> Iterator[httpx.Client]:
    with serving(views=watched.views) as server, httpx.Client(base_url=server.url) as found:
        yield found


def shown(client: httpx.Client, path: str) -> str:
    """A page that is served, and the notice that the API tells, too."""
    answer, told = client.get(path), client.get(f"/api/v1{'/overview' if path == '/' else path}")
    assert (answer.status_code, told.status_code) == (200, 200)
    assert WHY in told.json()["notice"]
    return answer.text


def test_the_overview_shows_the_findings_and_that_incidents_are_not_known(client: httpx.Client) -> None:
    page = shown(client, "/")
    assert f"The incidents {WHY}" in page
    assert "The open incidents are not known." in page
    assert "1 control check fails." in page


def test_a_control_has_no_history(client: httpx.Client) -> None:
    assert f"How it was on earlier days {WHY}" in shown(client, "/controls/ac-2")


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.PASS])
def test_a_finding_has_no_history(client: httpx.Client, watched: Watched, outcome: Outcome) -> None:
    found = watched.views.findings(FindingQuery(outcome=(outcome,))).items[0]
    page = shown(client, f"/findings/{found.id}")
    assert f"What is remembered of it {WHY}" in page
    assert "because" in page


def test_a_resource_has_no_incidents(client: httpx.Client, watched: Watched) -> None:
    arn = watched.views.findings(FindingQuery()).items[0].resource
    page = shown(client, f"/resources/{quote(arn, safe=':')}")
    assert f"Its incidents {WHY}" in page
    assert arn in page


@pytest.mark.parametrize("path", ["/incidents", "/incidents/0123456789abcdef0123456789abcdef"])
def test_what_is_all_in_the_database_is_not_there_now(client: httpx.Client, path: str) -> None:
    for prefix in ("", "/api/v1"):
        answer = client.get(prefix + path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "state database sqlite:////proc/state.db" in answer.text


@pytest.mark.parametrize("path", ["/findings", "/freshness", "/slos", "/controls", "/runbooks"])
def test_what_needs_no_database_is_as_ever(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 200
