"""The JSON API, over real sockets: it answers what its OpenAPI document says, and refuses with a way out."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ppbe_observe.alerting.incidents import take
from ppbe_observe.model import Outcome
from ppbe_observe.state.incidents import IncidentStore
from ppbe_observe.web.queries import FindingQuery, IncidentQuery
from support.findings import finding
from support.incidents import sighting
from support.project import PROJECT
from support.views import Watched
from support.webserver import serving

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def watched() -> Watched:
    made = Watched().judge([finding("bad"), finding("good", Outcome.PASS), finding("dark", Outcome.UNKNOWN)])
    told = (sighting(0, 5), sighting(10))
    IncidentStore(made.database).take(told, lambda around, each: take(around, each, each.starts))
    return made


@pytest.fixture(scope="module")
def url(watched: Watched) -> Iterator[str]:
    with serving(views=watched.views, runbooks=PROJECT / "docs" / "runbooks") as server:
        yield f"{server.url}/api/v1"


@pytest.fixture(scope="module")
def real(watched: Watched) -> dict[str, str]:
    """A name of something that is there, for each kind."""
    first = watched.views.findings(FindingQuery()).items[0]
    return {
        "/findings/{identifier}": first.id,
        "/resources/{arn}": first.resource,
        "/controls/{identifier}": "AC-2",
        "/incidents/{identifier}": watched.views.incidents(IncidentQuery()).items[0].id,
        "/runbooks/{name}": "DbCpuHigh",
    }


def test_every_address_of_the_document_answers(url: str, real: dict[str, str]) -> None:
    document = httpx.get(f"{url}/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "/api/v1"}]
    for path, operations in document["paths"].items():
        assert list(operations) == ["get"]
        address = url + path.partition("{")[0] + real.get(path, "")
        answer = httpx.get(address)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        assert answer.headers["content-type"] == "application/json"
        assert httpx.head(address).status_code == 200
        assert httpx.head(address).content == b""


def test_the_document_tells_how_to_log_in_and_what_may_stand_in_the_way(url: str) -> None:
    document = httpx.get(f"{url}/openapi.json").json()
    assert document["security"] == [{}, {"basic": []}, {"certificate": []}]
    assert document["components"]["securitySchemes"].keys() == {"basic", "certificate"}
    problem, text = "application/problem+json", "text/plain"
    for path, operations in document["paths"].items():
        answers = operations["get"]["responses"]
        forms = {status: set(answer["content"]) for status, answer in answers.items() if status not in {"200", "404"}}
        assert forms == {"401": {text}, "414": {text}, "422": {problem}, "429": {text}, "503": {problem, text}}
        assert ("404" in answers) == ("{" in path)


def test_the_api_and_the_page_are_of_one_record(url: str, real: dict[str, str]) -> None:
    told = httpx.get(f"{url}/findings?outcome=unknown").json()
    assert (told["total"], told["outcomes"], [each["reason"] for each in told["items"]]) == (
        1,
        {"unknown": 1},
        ["because"],
    )
    shown = httpx.get(f"{url.removesuffix('/api/v1')}/findings?outcome=unknown").text
    assert f'<a href="/findings/{told["items"][0]["id"]}">' in shown
    assert '<a href="/api/v1/findings?outcome=unknown">this page as JSON</a>' in shown


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/nothing", 404, "There is nothing at /api/v1/nothing; /api/v1/openapi.json says what there is."),
        ("/findings/x", 404, "There is no finding 'x'; the list above it names what there is."),
        ("/findings?outcome=bad", 422, "outcome.0: Input should be 'fail', 'unknown', 'exempt', 'pass' or 'not_"),
        ("/findings?nonsense=1", 422, "nonsense: Extra inputs are not permitted"),
        ("/overview?outcome=fail", 422, "outcome: this address takes no parameter"),
        ("/controls/ac-2?day=1", 422, "day: this address takes no parameter"),
        ("/findings?limit=0", 422, "limit: Input should be greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_told_as_problem_details(url: str, path: str, status: int, detail: str) -> None:
    answer = httpx.get(url + path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    told = answer.json()
    assert told["detail"].startswith(detail)
    assert (told["status"], told["instance"]) == (status, "/api/v1" + path.partition("?")[0])


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_it_only_reads(url: str, method: str) -> None:
    answer = httpx.request(method, f"{url}/findings")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.json()["detail"] == f"The API only reads: /api/v1/findings takes GET, HEAD, not {method}."


def test_alertmanagers_webhook_stays_its_own(url: str) -> None:
    answer = httpx.get(f"{url}/alertmanager")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_a_state_database_that_cannot_be_read_is_told() -> None:
    broken = Watched(url="sqlite:////proc/state.db")
    with serving(views=broken.views) as server:
        answer = httpx.get(f"{server.url}/api/v1/incidents")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "state database sqlite:////proc/state.db" in answer.json()["detail"]
        assert httpx.get(f"{server.url}/incidents").status_code == 503
        overview = httpx.get(f"{server.url}/api/v1/overview").json()
    assert overview["incidents"] is None
    assert overview["notice"].startswith("The incidents cannot be read: state database")


def test_every_answer_is_as_the_document_says(url: str) -> None:
    """Whatever is asked: schemathesis makes questions up from the document, within it and beside it."""
    described = schemathesis.openapi.from_url(f"{url}/openapi.json")
    asked = 0
    for operation in (each.ok() for each in described.get_all_operations() if isinstance(each, Ok)):
        questions = operation.as_strategy() | operation.as_strategy(GenerationMode.NEGATIVE)

        @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=questions)
        def ask(case: schemathesis.Case[Any]) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(checks=CHECKS)

        ask()
    assert asked > 50
