"""A raw HTTP server on loopback that plays AWS with all its faults: it follows a script, request by request."""

import contextlib
import json
import re
import socket
import socketserver
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Self

_STEP = 0.02  # seconds between looks at whether the server is being stopped
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_CLOCK_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def access_key(self) -> str:
        return self.headers["authorization"].partition("Credential=")[2].partition("/")[0]

    @property
    def signed_at(self) -> datetime:
        return datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


@dataclass(slots=True)
class Exchange:
    """One request and the connection it came on; a reply writes to it, and may close it."""

    request: Request
    connection: socket.socket
    stopping: threading.Event

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def wait(self, seconds: float) -> bool:
        """Wait; false once the server is being stopped."""
        return not self.stopping.wait(seconds)


Reply = Callable[[Exchange], bool]
"""Answers one request; true where the connection stays open."""


def answer(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A whole JSON answer."""
    return raw(json.dumps(document, separators=(",", ":")).encode(), status, headers)


def raw(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A whole answer of any bytes."""

    def reply(exchange: Exchange) -> bool:
        exchange.send(_head(len(body), status, headers) + body)
        return True

    return reply


def refuse(code: str, status: int = 400, message: str = "", headers: Mapping[str, str] | None = None) -> Reply:
    """An error answer of the JSON protocol."""
    return answer({"__type": f"com.amazonaws#{code}", "message": message}, status, headers)


def hang(exchange: Exchange) -> bool:
    """Say nothing and keep the connection."""
    while exchange.wait(_STEP):
        pass
    return False


def reset(exchange: Exchange) -> bool:
    """Reset the connection instead of an answer."""
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def garbage(exchange: Exchange) -> bool:
    """Answer with what is no HTTP."""
    exchange.send(b"\x16\x03\x01 this is not HTTP\r\n\r\n")
    return False


def truncated(document: Any) -> Reply:
    """Promise the whole answer, send half of it and close."""
    body = json.dumps(document).encode()

    def reply(exchange: Exchange) -> bool:
        exchange.send(_head(len(body), 200, None) + body[: len(body) // 2])
        return False

    return reply


def drip(document: Any, every: float = 0.02) -> Reply:
    """Send the body byte by byte, so slowly that it never ends in time; no single silence is long."""
    body = json.dumps(document).encode() + b" " * 100_000

    def reply(exchange: Exchange) -> bool:
        exchange.send(_head(len(body), 200, None))
        return _dripped(exchange, body, every)

    return reply


def drip_head(every: float = 0.02) -> Reply:
    """Send header lines byte by byte, without end."""

    def reply(exchange: Exchange) -> bool:
        return _dripped(exchange, b"HTTP/1.1 200 OK\r\n" + b"X-Slow: yes\r\n" * 10_000, every)

    return reply


def by_clock(ahead: timedelta, then: Reply) -> Reply:
    """A server whose clock is ahead of ours: refuses signatures that are five minutes off."""

    def reply(exchange: Exchange) -> bool:
        now = datetime.now(UTC) + ahead
        signed = exchange.request.signed_at
        if abs(now - signed) <= _CLOCK_TOLERANCE:
            return then(exchange)
        message = f"Signature expired: {signed:%Y%m%dT%H%M%SZ} is now earlier than {now:%Y%m%dT%H%M%SZ}"
        date = {"Date": format_datetime(now, usegmt=True)}
        return refuse("SignatureDoesNotMatch", 403, message, date)(exchange)

    return reply


def but_for_key(access_key: str, refusal: Reply, then: Reply) -> Reply:
    """Refuse one access key and serve all others."""
    return lambda exchange: (refusal if exchange.request.access_key == access_key else then)(exchange)


def after(seconds: float, then: Reply) -> Reply:
    """Take some time first."""

    def reply(exchange: Exchange) -> bool:
        return exchange.wait(seconds) and then(exchange)

    return reply


class FakeAws:
    """Follows ``script``, one reply for each request; then ``default`` for all that follow."""

    def __init__(self, *script: Reply, default: Reply | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.tls = tls
        self.script = deque(script)
        self.default = default or answer({})
        self.requests: list[Request] = []
        self.connections = 0
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        scheme, host = ("https", "localhost") if self.tls else ("http", "127.0.0.1")
        return f"{scheme}://{host}:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(_STEP,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        fake = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                fake.connections += 1
                with contextlib.suppress(OSError), contextlib.ExitStack() as stack:  # clients that go: part of scripts
                    fake._serve(stack.enter_context(fake._secured(self.request)))

        return Handler

    def _secured(self, connection: socket.socket) -> socket.socket:
        return self.tls.wrap_socket(connection, server_side=True) if self.tls else connection

    def _serve(self, connection: socket.socket) -> None:
        open_ = True
        connection.settimeout(_STEP)
        while open_ and (request := _read(connection, self._stopping)):
            connection.settimeout(None)
            with self._lock:
                self.requests.append(request)
                reply = self.script.popleft() if self.script else self.default
            open_ = reply(Exchange(request, connection, self._stopping))
            connection.settimeout(_STEP)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = True
    request_queue_size = 128


def _read(connection: socket.socket, stopping: threading.Event) -> Request | None:
    data = b""
    while (end := _complete(data)) is None:
        if stopping.is_set():
            return None
        try:
            more = connection.recv(65536)
        except TimeoutError:
            continue
        if not more:
            return None
        data += more
    return _parsed(data, end)


def _complete(data: bytes) -> int | None:
    head = data.find(b"\r\n\r\n")
    if head < 0:
        return None
    found = _LENGTH.search(data, 0, head)
    end = head + 4 + (int(found[1]) if found else 0)
    return head if len(data) >= end else None


def _parsed(data: bytes, head: int) -> Request:
    first, *lines = data[:head].decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    return Request(method, path, {name.lower(): value.strip() for name, _, value in pairs}, data[head + 4 :])


def _head(length: int, status: int, headers: Mapping[str, str] | None) -> bytes:
    lines = {
        "Date": format_datetime(datetime.now(UTC), usegmt=True),
        "Content-Type": "application/x-amz-json-1.0",
        "Content-Length": str(length),
        "x-amzn-RequestId": "11111111-2222-3333-4444-555555555555",
        **(headers or {}),
    }
    text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Whatever\r\n{text}\r\n".encode("latin-1")


def _dripped(exchange: Exchange, data: bytes, every: float) -> bool:
    for index in range(len(data)):
        exchange.send(data[index : index + 1])
        if not exchange.wait(every):
            return False
    return True
