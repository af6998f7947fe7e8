"""Every way in which Alertmanager may not answer is told, with what to do; over real sockets."""

import base64
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from ppbe_observe.alerting.escalation.matchers import Matcher
from ppbe_observe.alerting.silences import Silence
from ppbe_observe.errors import AlertmanagerError, SettingsError
from ppbe_observe.incidents.alertmanager import Alertmanager
from ppbe_observe.model import Reason
from ppbe_observe.settings import IncidentSettings
from support.incidents import ARN, LABELS, at
from support.processes import free_port

ALERT = {
    "labels": {**LABELS, "escalation": "l2"},
    "annotations": {"summary": "CPU is high."},
    "startsAt": "2026-11-23T12:15:00.000Z",
    "updatedAt": "2026-11-23T12:20:00.123Z",
    "endsAt": "2026-11-23T12:24:00.000Z",
    "fingerprint": "5ef77f1f8a3ecfd8",
    "receivers": [{"name": "daemon"}],
    "status": {"state": "suppressed", "silencedBy": ["s"], "inhibitedBy": []},
}
SILENCE = {
    "id": "s",
    "status": {"state": "active"},
    "createdBy": "m.sample",
    "comment": "looking",
    "startsAt": "2026-11-23T12:17:00Z",
    "endsAt": "2026-11-23T14:17:00Z",
    "updatedAt": "2026-11-23T12:17:00Z",
    "matchers": [
        {"name": "alertname", "value": "RdsCpuHigh", "isRegex": False, "isEqual": True},
        {"name": "name", "value": ".*", "isRegex": True},
    ],
}


class Server(ThreadingHTTPServer):
    """Answers everything in one way, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self, status: int, body: bytes, **headers: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = status, body, headers
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): text for name, text in self.headers.items()}
        self.server.asked.append((self.command, self.path, headers, body))
        status, content, headers = self.server.answer
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - http.server's name

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def answering(body: Any, status: int = 200, tls: ssl.SSLContext | None = None, **headers: str) -> Iterator[Server]:
    with Server(status, body if isinstance(body, bytes) else json.dumps(body).encode(), **headers) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def asking(server: Server, scheme: str = "http", path: str = "", **given: Any) -> Alertmanager:
    url = f"{scheme}://127.0.0.1:{server.server_address[1]}{path}"
    return Alertmanager(IncidentSettings(alertmanager_url=url, **given))


def test_alerts_are_read() -> None:
    with answering([ALERT]) as server:
        (found,) = asking(server, path="/am/").alerts()
    sighting = found.sighting
    assert (sighting.identity.get("name"), sighting.identity.get("escalation"), sighting.step) == (ARN, "", "l2")
    assert (sighting.starts, sighting.ended) == (at(15), None)
    assert sighting.seen == at(20) + timedelta(milliseconds=123)
    assert found.silenced_by == ("s",)
    assert server.asked[0][:2] == ("GET", "/am/api/v2/alerts")
    assert "authorization" not in server.asked[0][2]


def test_silences_are_read() -> None:
    with answering([SILENCE]) as server:
        found = asking(server).silences()
    matchers = (Matcher("alertname", "=", "RdsCpuHigh"), Matcher("name", "=~", ".*"))
    assert found == (Silence("s", matchers, at(17), at(137), "m.sample", "looking"),)


def test_when_it_was_started_is_read() -> None:
    with answering({"uptime": "2026-11-23T12:00:00Z", "cluster": {}}) as server:
        assert asking(server).started() == at(0)


def test_a_silence_is_made() -> None:
    with answering({"silenceID": "new"}) as server:
        matchers = (Matcher("alertname", "=", "RdsCpuHigh"), Matcher("name", "=", ARN))
        assert asking(server).silence(matchers, at(0), at(120), "m.sample", "looking") == "new"
    method, path, headers, body = server.asked[0]
    assert (method, path, headers["content-type"]) == ("POST", "/api/v2/silences", "application/json")
    assert json.loads(body) == {
        "matchers": [
            {"name": "alertname", "value": "RdsCpuHigh", "isRegex": False, "isEqual": True},
            {"name": "name", "value": ARN, "isRegex": False, "isEqual": True},
        ],
        "startsAt": "2026-11-23T12:00:00+00:00",
        "endsAt": "2026-11-23T14:00:00+00:00",
        "createdBy": "m.sample",
        "comment": "looking",
    }


def test_the_password_is_read_for_each_question(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("first\n")
    with answering([]) as server:
        alertmanager = asking(server, alertmanager_username="ppbe", alertmanager_password_file=file)
        alertmanager.alerts()
        file.write_text("second")
        alertmanager.alerts()
        file.unlink()
        with pytest.raises(SettingsError, match="alertmanager_password_file"):
            alertmanager.alerts()
    logins = [base64.b64decode(asked[2]["authorization"].removeprefix("Basic ")) for asked in server.asked]
    assert logins == [b"ppbe:first", b"ppbe:second"]


@pytest.mark.parametrize(
    ("body", "status", "reason", "told"),
    [
        (
            b"nothing here",
            404,
            Reason.MALFORMED,
            "it answered 404: nothing here; check that incidents.alertmanager_url",
        ),
        (b"no", 401, Reason.DENIED, "check incidents.alertmanager_username"),
        (b"no\nreally", 403, Reason.DENIED, "it answered 403: no really"),
        (b"oh", 500, Reason.SERVER, "see Alertmanager's log"),
        (b'"bad matcher"', 400, Reason.REJECTED, 'it answered 400: "bad matcher"'),
        (b"<html>a proxy</html>", 200, Reason.MALFORMED, "its answer is not as documented"),
        ({"data": []}, 200, Reason.MALFORMED, "its answer is not as documented"),
        ([{**ALERT, "startsAt": "soon"}], 200, Reason.MALFORMED, "0.startsAt Input should be a valid datetime"),
        ([{**ALERT, "status": {}}], 200, Reason.MALFORMED, "0.status.silencedBy Field required"),
    ],
)
def test_answers_that_are_none_are_told(body: Any, status: int, reason: Reason, told: str) -> None:
    with answering(body, status) as server, pytest.raises(AlertmanagerError) as failed:
        asking(server).alerts()
    assert failed.value.failure.reason is reason
    assert told in str(failed.value)
    assert "GET http://127.0.0.1:" in str(failed.value)


def test_no_redirect_is_followed(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("x")
    with answering(b"", 302, Location="http://127.0.0.1:1/") as server:
        alertmanager = asking(server, alertmanager_username="u", alertmanager_password_file=tmp_path / "p")
        with pytest.raises(AlertmanagerError, match="it answered 302"):
            alertmanager.alerts()


def test_nobody_there() -> None:
    settings = IncidentSettings(alertmanager_url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(AlertmanagerError, match=r"Connection refused; check that it runs") as failed:
        Alertmanager(settings).alerts()
    assert failed.value.failure.reason is Reason.UNREACHABLE


def test_certificates_are_verified(tmp_path: Path) -> None:
    authority = trustme.CA()
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with answering([], tls=context) as server:
        assert asking(server, "https", alertmanager_ca_file=ca).alerts() == ()
        with pytest.raises(AlertmanagerError, match="certificate verify failed") as failed:
            asking(server, "https").alerts()
    assert failed.value.failure.reason is Reason.UNREACHABLE


def test_settings_that_name_nothing_usable(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"incidents\.alertmanager_url: is missing"):
        Alertmanager(IncidentSettings())
    file = tmp_path / "ca.pem"
    for content in (None, "no certificate"):
        if content:
            file.write_text(content)
        with pytest.raises(SettingsError, match="alertmanager_ca_file"):
            Alertmanager(IncidentSettings(alertmanager_url="https://x", alertmanager_ca_file=file))
