"""Whatever Prometheus says, or does not say, pages are served at once, tell of it, and show the rest."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import httpx
import orjson
import pytest

from ppbe_observe.clock import utc_now
from ppbe_observe.model import Outcome
from ppbe_observe.peers.prometheus import Prometheus
from ppbe_observe.views.asking import Asked
from ppbe_observe.views.objectives import recorded
from support.findings import finding
from support.peers import answering
from support.views import Watched
from support.webserver import serving

AT_ONCE = 3.0
"""Seconds for a page that waits for one, on a machine that does other things, too."""


def vector(*metrics: dict[str, str], value: object = "1") -> bytes:
    """An answer of these series."""
    result = [{"metric": each, "value": [1.5, value]} for each in metrics]
    return orjson.dumps({"status": "success", "data": {"resultType": "vector", "result": result}})


@contextmanager
def beside(url: str) -> Iterator[httpx.Client]:
    """A client of a daemon that asks the Prometheus there."""
    server = Prometheus(url, read=10.0, given_by="prometheus.url")
    asked = Asked(lambda: recorded(server), utc_now)
    watched = Watched(prometheus=asked).judge([finding(outcome=Outcome.FAIL)])
    with serving(views=watched.views) as served, httpx.Client(base_url=served.url) as client:
        yield client
    watched.views.close()
    server.close()


def page(client: httpx.Client, path: str) -> str:
    """A page, which comes at once."""
    began = monotonic()
    answer = client.get(path)
    assert (answer.status_code, monotonic() - began < AT_ONCE) == (200, True)
    return answer.text


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"<html><script>alert(1)</script></html>", 200, "does not answer as Prometheus does"),
        (b"", 502, "HTTP 502"),
        (b"\x00\xff" * 1000, 200, "does not answer as Prometheus does"),
        (b'{"status":"success"', 200, "does not answer as Prometheus does"),
        (b'{"status":"error","errorType":"timeout","error":"query timed out"}', 503, "query timed out"),
        (vector({}, value="x"), 200, "does not answer as Prometheus does"),
    ],
)
def test_an_answer_that_is_none_is_told_and_the_rest_is_shown(body: bytes, status: int, said: str) -> None:
    with answering(body, status) as url, beside(url) as client:
        for path in ("/", "/slos"):
            shown = page(client, path)
            assert "Prometheus cannot tell:" in shown
            assert said in shown
            assert "<script" not in shown
        assert "1 control check fails." in page(client, "/")
        told = client.get("/api/v1/overview").json()
    assert (told["alerts"]["answered_at"], told["alerts"]["items"], told["health"]) == (None, [], "attention")


def test_one_that_is_silent_holds_up_no_page_and_no_scrape() -> None:
    with answering(vector(), silent=60) as url, beside(url) as client:
        for path in ("/", "/slos", "/api/v1/alerts", "/metrics", "/findings"):
            page(client, path)
        assert "Prometheus cannot tell: it has not answered yet" in page(client, "/")


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf", "1e308", "0"])
def test_odd_numbers_and_markup_are_shown_as_they_are(value: str) -> None:
    evil = "<script>alert(1)</script>\u202e"
    series = {"alertname": evil, "severity": evil, "name": evil, "slo": evil, "service": evil, "window": "1h"}
    answer = vector({"__name__": "slo:error_budget:left", **series}, {}, value=value)
    with answering(answer) as url, beside(url) as client:
        for path in ("/", "/slos"):
            assert "<script" not in page(client, path)
        for path in ("/api/v1/slos", "/api/v1/alerts", "/api/v1/overview"):
            assert client.get(path).json()
