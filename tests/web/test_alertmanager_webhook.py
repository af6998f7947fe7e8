"""Who may post to the webhook, and what is refused before anybody reads what it says; over real sockets."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bcrypt
import httpx
import pytest

from ppbe_observe.errors import SettingsError
from ppbe_observe.web.alertmanager import LARGEST, PATH, AlertmanagerWebhook, Door, Reply, read_token
from ppbe_observe.web.app import create_app
from ppbe_observe.web.server import WebServer
from support.views import Watched, nothing_recorded
from support.webserver import LOOPBACK, READY, exposition

TOKEN = "0123456789abcdef0123456789abcdef"
JSON = {"Content-Type": "application/json"}
BEARER = {**JSON, "Authorization": f"Bearer {TOKEN}"}


class Box:
    """Keeps what is posted, and answers as it is told."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.answered: list[int] = []
        self.reply = Reply(200, "Kept")

    def take(self, body: bytes, /) -> Reply:
        self.bodies.append(body)
        return self.reply


@contextmanager
def serving(box: Box, door: Door, web_config: Path | None = None) -> Iterator[WebServer]:
    webhook = AlertmanagerWebhook(box, door, box.answered.append)
    app = create_app(
        exposition(), ready=lambda: READY, views=Watched().views, availability=nothing_recorded, webhook=webhook
    )
    own = frozenset({PATH}) if door.token_file else frozenset[str]()
    server = WebServer(app, LOOPBACK, web_config, stop_within=5, own_login=own)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def token(tmp_path: Path) -> Path:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    return file


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def server(box: Box, token: Path) -> Iterator[WebServer]:
    with serving(box, Door(token, local=False)) as running:
        yield running


@pytest.fixture
def local(box: Box) -> Iterator[WebServer]:
    with serving(box, Door(None, local=True)) as running:
        yield running


def post(server: WebServer, headers: dict[str, str], body: bytes = b"{}") -> httpx.Response:
    return httpx.post(server.url + PATH, headers=headers, content=body, timeout=10)


def test_what_is_posted_with_the_token_is_taken(server: WebServer, box: Box) -> None:
    answer = post(server, {**BEARER, "Content-Type": "application/json; charset=utf-8"}, b'{"a": 1}')
    assert (answer.status_code, answer.text) == (200, "Kept\n")
    assert box.bodies == [b'{"a": 1}']
    assert box.answered == [200]


@pytest.mark.parametrize("reply", [Reply(400, "Not a payload"), Reply(503, "Not kept")])
def test_what_the_inbox_says_is_answered(server: WebServer, box: Box, reply: Reply) -> None:
    box.reply = reply
    answer = post(server, BEARER)
    assert (answer.status_code, answer.text) == (reply.status, f"{reply.text}\n")
    assert box.answered == [reply.status]


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}0",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN.upper()}",
        "Bearer \xe9",
    ],
)
def test_a_forged_delivery_is_turned_away_unread(server: WebServer, box: Box, authorization: str | None) -> None:
    headers = dict(JSON) if authorization is None else {**JSON, "Authorization": authorization}
    sent = [(name.encode(), text.encode("latin-1")) for name, text in headers.items()]
    answer = httpx.post(server.url + PATH, headers=sent, content=b"{}")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="ppbe-observe"'
    assert TOKEN not in answer.text
    assert (box.bodies, box.answered) == ([], [401])


def test_a_new_token_holds_at_once(server: WebServer, token: Path) -> None:
    token.write_text("f" * 32)
    assert post(server, BEARER).status_code == 401
    assert post(server, {**JSON, "Authorization": f"bearer {'f' * 32}"}).status_code == 200


def test_a_token_that_cannot_be_read_is_no_reason_to_lose_anything(server: WebServer, token: Path, box: Box) -> None:
    """Alertmanager tries again after 503, not after 401."""
    token.unlink()
    answer = post(server, BEARER)
    assert answer.status_code == 503
    assert "incidents.token_file" in answer.text
    assert box.bodies == []


@pytest.mark.parametrize("content", ["", "short", " " * 40])
def test_what_is_no_token(tmp_path: Path, content: str) -> None:
    file = tmp_path / "token"
    file.write_text(content)
    with pytest.raises(SettingsError, match="openssl rand -hex 32"):
        read_token(file)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_a_wrong_content_type_is_refused(server: WebServer, box: Box, kind: str) -> None:
    assert post(server, {**BEARER, "Content-Type": kind}).status_code == 415
    assert post(server, {**BEARER, "Content-Encoding": "gzip"}).status_code == 415
    assert box.bodies == []


def test_a_body_that_says_it_is_too_large_is_not_read(server: WebServer, box: Box) -> None:
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {TOKEN}\r\nContent-Length: {LARGEST + 1}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(head.encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")
    assert (box.bodies, box.answered) == ([], [413])


def test_a_body_that_does_not_say_how_large_it_is_is_read_no_further(server: WebServer, box: Box) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {TOKEN}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(head.encode())
        for _ in range(LARGEST // 0x10000 + 1):
            client.sendall(chunk)
        assert client.recv(4096).startswith(b"HTTP/1.1 413 ")
    assert (box.bodies, box.answered) == ([], [413])


def test_the_largest_body_is_taken(server: WebServer, box: Box) -> None:
    assert post(server, BEARER, b" " * LARGEST).status_code == 200
    assert len(box.bodies[0]) == LARGEST


def test_a_sender_that_goes_away_is_forgotten(server: WebServer, box: Box) -> None:
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {TOKEN}\r\nContent-Length: 100\r\n\r\n{{"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(head.encode())
    assert post(server, BEARER).status_code == 200
    assert box.bodies == [b"{}"]


def test_other_methods_are_told_what_it_takes(server: WebServer) -> None:
    answer = httpx.get(server.url + PATH)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_without_a_token_this_machine_may_post(local: WebServer, box: Box) -> None:
    assert post(local, JSON).status_code == 200
    assert post(local, {**JSON, "Host": "localhost"}).status_code == 200
    assert post(local, {**JSON, "Host": "[::1]:9106"}).status_code == 200
    assert len(box.bodies) == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"Host": "observe.agency.gov"},  # a proxy, or a name that a page has rebound to this machine
        {"Host": "127.0.0.1.evil.example"},
        {"X-Forwarded-For": "10.0.0.9"},
        {"Forwarded": "for=10.0.0.9"},
        {"Via": "1.1 proxy"},
        {"Origin": "http://127.0.0.1"},
    ],
)
def test_without_a_token_nobody_else_may(local: WebServer, box: Box, changed: dict[str, str]) -> None:
    answer = post(local, {**JSON, **changed})
    assert answer.status_code == 403
    assert "incidents.token_file" in answer.text
    assert box.bodies == []


def test_without_a_token_nobody_may_where_others_can_reach_it(box: Box) -> None:
    with serving(box, Door(None, local=False)) as running:
        assert post(running, JSON).status_code == 403
        assert post(running, BEARER).status_code == 403
    assert (box.bodies, box.answered) == ([], [403, 403])


def guarded(home: Path) -> Path:
    file = home / "web.yaml"
    file.write_text(f"basic_auth_users: {{alice: '{bcrypt.hashpw(b'secret', bcrypt.gensalt(4)).decode()}'}}\n")
    return file


def test_the_token_is_the_login_where_all_else_has_passwords(box: Box, token: Path) -> None:
    with serving(box, Door(token, local=False), guarded(token.parent)) as running:
        assert post(running, BEARER).status_code == 200
        assert post(running, JSON).status_code == 401
        assert httpx.get(f"{running.url}/metrics", headers=BEARER).status_code == 401
        assert httpx.post(f"{running.url}{PATH}/", headers=JSON).status_code == 401


def test_without_a_token_the_password_is_asked_for(box: Box, tmp_path: Path) -> None:
    with serving(box, Door(None, local=True), guarded(tmp_path)) as running:
        assert post(running, JSON).status_code == 401
        answer = httpx.post(running.url + PATH, headers=JSON, content=b"{}", auth=("alice", "secret"))
        assert answer.status_code == 200
    assert box.bodies == [b"{}"]
