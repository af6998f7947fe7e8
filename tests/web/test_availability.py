"""The record is served as it is; a question that makes no sense is told so."""

from collections.abc import Iterator

import httpx
import pytest

from ppbe_observe.errors import StateError
from ppbe_observe.model.availability_record import AvailabilityRecord, Look, record_of
from ppbe_observe.web.availability import PATH
from support.availability import NOW, recorded
from support.webserver import serving


def record(shown: int) -> AvailabilityRecord:
    return record_of([recorded(1)], Look(NOW), NOW, shown=shown, source="http://prometheus:9090")


def broken(_shown: int) -> AvailabilityRecord:
    raise StateError("state database x: no room")


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with serving(availability=record) as server, httpx.Client(base_url=server.url) as found:
        yield found


@pytest.mark.parametrize(("query", "shown"), [("", 90), ("?days=30", 30), ("?days=2555", 2555), ("?days=", 90)])
def test_so_many_days_as_are_asked_for(client: httpx.Client, query: str, shown: int) -> None:
    answer = client.get(PATH + query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.content == record(shown).as_json()
    assert len(answer.json()["objectives"][0]["days"]) == shown + 1


@pytest.mark.parametrize("days", ["0", "2556", "-1", "many", "9" * 5000, "1e2", "1.5"])
def test_what_is_no_number_of_days_is_refused(client: httpx.Client, days: str) -> None:
    answer = client.get(PATH, params={"days": days})
    assert (answer.status_code, answer.text.startswith("Refused: days: ")) == (400, True)


def test_another_parameter_is_refused(client: httpx.Client) -> None:
    answer = client.get(f"{PATH}?day=30")
    assert (answer.status_code, answer.text) == (400, "Refused: day: Extra inputs are not permitted\n")


def test_head_is_answered_and_other_methods_are_not(client: httpx.Client) -> None:
    assert (client.head(PATH).status_code, client.head(PATH).content) == (200, b"")
    assert client.post(PATH).status_code == 405


def test_a_database_that_cannot_be_read_is_told() -> None:
    with serving(availability=broken) as server:
        answer = httpx.get(server.url + PATH)
    assert (answer.status_code, answer.text) == (503, "The record cannot be read: state database x: no room\n")
    assert answer.headers["retry-after"] == "5"


def test_the_page_and_the_api_tell_the_same_record(client: httpx.Client) -> None:
    told = client.get("/api/v1/availability?days=30").json()
    day = told["objectives"][0]["days"][-2]
    assert (len(told["objectives"][0]["days"]), day["outage_minutes"]) == (31, recorded(1).outage_minutes)
    shown = client.get("/availability?days=30").text
    assert f'<th scope="row">{day["day"]}</th>' in shown
    assert "at least half of the events" in shown
    assert '<a href="/availability.json?days=30">' in shown


def test_a_page_of_no_number_of_days_is_refused(client: httpx.Client) -> None:
    answer = client.get("/availability?days=0")
    assert (answer.status_code, "days: Input should be greater than or equal to 1" in answer.text) == (400, True)


def test_a_page_of_which_nothing_is_known_says_so() -> None:
    with serving() as server:
        assert "No objective has been recorded in these days" in httpx.get(f"{server.url}/availability").text
