"""What the web server answers, over real sockets."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from ppbe_observe.errors import ListenError, SettingsError
from ppbe_observe.settings.values import Listen
from ppbe_observe.web.app import create_app
from ppbe_observe.web.readiness import Check, Readiness
from ppbe_observe.web.server import WebServer
from support.processes import promtool
from support.series import EAST, WEST, gauge
from support.views import Watched, nothing_recorded
from support.webserver import LOOPBACK, exposition, serving


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    with serving() as running:
        yield running


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "text/plain; version=0.0.4; charset=utf-8"),
        ("application/openmetrics-text", "application/openmetrics-text; version=1.0.0; charset=utf-8"),
    ],
)
def test_metrics(server: WebServer, accept: str, content_type: str) -> None:
    headers = {"Accept": accept, "Accept-Encoding": "identity"}
    answer = httpx.get(f"{server.url}/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == content_type
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "content-encoding" not in answer.headers
    assert 'a{name="x"} 1\n' in answer.text


def test_metrics_gzip(server: WebServer) -> None:
    answer = httpx.get(f"{server.url}/metrics", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert 'a{name="x"} 1\n' in answer.text


def test_accept_that_comes_twice_is_one_list(server: WebServer) -> None:
    twice = [("Accept", "text/plain;q=0.5"), ("Accept", "application/openmetrics-text")]
    assert httpx.get(f"{server.url}/metrics", headers=twice).text.endswith("# EOF\n")


def test_head_has_the_headers_only(server: WebServer) -> None:
    plain = {"Accept-Encoding": "identity"}
    answer = httpx.head(f"{server.url}/metrics", headers=plain)
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


def test_promtool_finds_nothing_in_the_page(server: WebServer) -> None:
    result = promtool("check", "metrics", stdin=httpx.get(f"{server.url}/metrics").text)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_alive(server: WebServer) -> None:
    answer = httpx.get(f"{server.url}/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_front_page_links_what_there_is(server: WebServer) -> None:
    answer = httpx.get(server.url)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for path in ("/controls", "/findings", "/incidents", "/runbooks", "/metrics", "/readyz", "/api/v1/openapi.json"):
        assert f'<a href="{path}">' in answer.text


def test_unknown_page_names_the_known_ones(server: WebServer) -> None:
    answer = httpx.get(f"{server.url}/metric")
    assert answer.status_code == 404
    there = (
        "/, /controls, /findings, /incidents, /slos, /availability, /freshness, /runbooks, "
        "/availability.json, /metrics, /healthz, /readyz, /-/reload, "
        "/api/v1/alertmanager, /api/v1/openapi.json"
    )
    assert answer.text == f"There is nothing at /metric. There are {there}.\n"


def test_unknown_page_shows_a_person_the_way_back(server: WebServer) -> None:
    answer = httpx.get(f"{server.url}/<b>", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 404
    assert "There is nothing at “/&lt;b&gt;”." in answer.text
    assert '<p><a href="/">Overview</a></p>' in answer.text


def test_wrong_method_names_the_right_one(server: WebServer) -> None:
    answer = httpx.get(f"{server.url}/-/reload")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.text == f"/-/reload takes POST, not GET. Try: curl -X POST {server.url}/-/reload\n"
    assert httpx.post(f"{server.url}/metrics").status_code == 405


@pytest.mark.parametrize("path", ["/", "/metrics", "/healthz", "/readyz", "/nothing"])
def test_every_answer_has_strict_headers(server: WebServer, path: str) -> None:
    headers = httpx.get(server.url + path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"].startswith("default-src 'none';")
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_readiness_tells_what_is_not_ready_first() -> None:
    at = datetime(2026, 11, 2, 12, 0, 0, 123456, UTC)
    checks = (Check("rds", WEST, ready=True, last_success=at), Check("alb", EAST, ready=False, reason="denied"))
    with serving(ready=lambda: Readiness(checks)) as server:
        answer = httpx.get(f"{server.url}/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "reason": "1 of 2 exporters on targets have not succeeded recently",
        "checks": [
            {
                "exporter": "alb",
                "account_id": "123456789012",
                "region": "us-gov-east-1",
                "ready": False,
                "reason": "denied",
                "last_success": None,
            },
            {
                "exporter": "rds",
                "account_id": "123456789012",
                "region": "us-gov-west-1",
                "ready": True,
                "reason": "",
                "last_success": "2026-11-02T12:00:00.123Z",
            },
        ],
    }


def test_ready(server: WebServer) -> None:
    answer = httpx.get(f"{server.url}/readyz")
    assert (answer.status_code, answer.json()["ready"], answer.json()["reason"]) == (200, True, "")


def test_nothing_to_check_is_not_ready() -> None:
    with serving(ready=Readiness) as server:
        answer = httpx.get(f"{server.url}/readyz")
    assert (answer.status_code, answer.json()["reason"]) == (503, "no exporter has a target yet")


def test_reload_applies() -> None:
    calls: list[str] = []
    with serving(reload=lambda: calls.append("reload")) as server:
        answer = httpx.post(f"{server.url}/-/reload")
    assert (answer.status_code, answer.text, calls) == (200, "Reloaded.\n", ["reload"])


def test_refused_reload_says_why() -> None:
    def refuse() -> None:
        raise SettingsError("ppbe-observe.yaml:3: targts: unknown key")

    with serving(reload=refuse) as server:
        answer = httpx.post(f"{server.url}/-/reload")
    assert answer.status_code == 422
    assert answer.text == "Refused, the old settings stay: ppbe-observe.yaml:3: targts: unknown key\n"


def test_broken_reload_does_not_end_the_server() -> None:
    def fail() -> None:
        raise RuntimeError("a bug")

    with serving(reload=fail) as server:
        assert httpx.post(f"{server.url}/-/reload").status_code == 500
        assert httpx.get(f"{server.url}/healthz").status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_reload_is_refused_to_other_sites(server: WebServer, headers: dict[str, str], status: int) -> None:
    assert httpx.post(f"{server.url}/-/reload", headers=headers).status_code == status


def test_reload_is_open_to_our_own_site(server: WebServer) -> None:
    assert httpx.post(f"{server.url}/-/reload", headers={"Origin": server.url}).status_code == 200


def test_reload_may_be_switched_off() -> None:
    with serving(reload=None) as server:
        assert httpx.post(f"{server.url}/-/reload").status_code == 403


def test_slow_client_gets_the_whole_page_it_began() -> None:
    """A client that reads nothing for a while holds nobody up, and its page is complete in the end."""
    family = gauge("a", {f"{each:0200}": each for each in range(20_000)})
    with serving(family) as server, socket.create_connection(("127.0.0.1", server.port)) as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        slow.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        time.sleep(0.2)
        whole = httpx.get(f"{server.url}/metrics", headers={"Accept-Encoding": "identity"}).content
        received = b""
        while part := slow.recv(1 << 20):
            received += part
    assert received.partition(b"\r\n\r\n")[2] == whole
    assert len(whole) > 4_000_000


def test_client_that_goes_away_does_no_harm() -> None:
    family = gauge("a", {f"{each:0200}": each for each in range(20_000)})
    with serving(family) as server:
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", server.port)) as rude:
                rude.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
                rude.recv(100)
        assert httpx.get(f"{server.url}/healthz").status_code == 200


def test_malformed_request_is_refused() -> None:
    with serving() as server, socket.create_connection(("127.0.0.1", server.port)) as rude:
        rude.sendall(b"\x16\x03\x01 nonsense\r\n\r\n")
        assert rude.recv(1000).startswith(b"HTTP/1.1 400 ")


def test_port_in_use_is_explained() -> None:
    with serving() as server:
        second = WebServer(
            create_app(exposition(), ready=Readiness, views=Watched().views, availability=nothing_recorded),
            Listen("127.0.0.1", server.port),
        )
        with pytest.raises(ListenError) as raised:
            second.start()
        second.stop()
    port = server.port
    assert str(raised.value) == (
        f"cannot listen on 127.0.0.1:{port}: port {port} is in use; fix: stop who uses it "
        f"(ss -ltnp 'sport = :{port}'), or set web.listen to another port"
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_foreign_address_is_explained(host: str) -> None:
    server = WebServer(
        create_app(exposition(), ready=Readiness, views=Watched().views, availability=nothing_recorded), Listen(host, 0)
    )
    with pytest.raises(ListenError, match=f"{host} is not an address of this machine; fix: set web.listen"):
        server.start()
    server.stop()


@pytest.mark.parametrize(("host", "reached"), [("", "127.0.0.1"), ("localhost", "localhost")])
def test_other_ways_to_listen(host: str, reached: str) -> None:
    server = WebServer(
        create_app(exposition(), ready=Readiness, views=Watched().views, availability=nothing_recorded), Listen(host, 0)
    )
    server.start()
    try:
        assert httpx.get(f"http://{reached}:{server.port}/healthz").status_code == 200
    finally:
        server.stop()


def test_stop_lets_an_answer_end_and_frees_the_port() -> None:
    began = threading.Event()

    def slowly() -> None:
        began.set()
        time.sleep(0.3)

    before = set(threading.enumerate())
    server = WebServer(
        create_app(exposition(), ready=Readiness, views=Watched().views, availability=nothing_recorded, reload=slowly),
        LOOPBACK,
    )
    server.start()
    answers: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: answers.append(httpx.post(f"{server.url}/-/reload")))
    thread.start()
    began.wait(5)
    server.stop()
    thread.join()
    assert [answer.status_code for answer in answers] == [200]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.url}/healthz")
    assert "web" not in {each.name for each in set(threading.enumerate()) - before}


def test_stop_does_not_wait_for_idle_connections() -> None:
    with httpx.Client() as client:
        with serving() as server:
            assert client.get(f"{server.url}/healthz").status_code == 200
            started = time.monotonic()
        assert time.monotonic() - started < 3


def test_access_log_is_silent_about_what_machines_poll(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "uvicorn.access")
    with serving(ready=Readiness) as server:
        for path in ("/metrics", "/healthz", "/readyz", "/", "/nothing"):
            httpx.get(server.url + path)
    lines = [each.getMessage().partition(" - ")[2] for each in caplog.records if each.name == "uvicorn.access"]
    assert lines == ['"GET /readyz HTTP/1.1" 503', '"GET / HTTP/1.1" 200', '"GET /nothing HTTP/1.1" 404']
