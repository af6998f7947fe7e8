"""``POST /api/v1/alertmanager``: who may post what there, before anybody looks at what it says.

Invariants: nothing is read before the sender is known; a body is bounded in size and time; without a token only this
machine is heard, and only where it speaks for itself: not through a proxy, and not from a web page.
"""

import asyncio
import hmac
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from ppbe_observe.errors import SettingsError
from ppbe_observe.settings.incidents import LOOPBACK

PATH = "/api/v1/alertmanager"
LARGEST = 4 * 1024 * 1024
"""Bytes: some two thousand alerts with their annotations."""
SHORTEST_TOKEN = 16
"""Characters."""
_WITHIN = 10.0  # seconds in which a body has to come
_AT_ONCE = 4  # payloads in memory; further ones wait
log = logging.getLogger("ppbe_observe.web")

_JSON = "application/json"
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via", "origin")


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered: the status, and a line for a person."""

    status: int
    text: str


class Inbox(Protocol):
    """Takes payloads: ``incidents.intake.Intake``."""

    def take(self, body: bytes, /) -> Reply:
        """Keep what a payload says; called in a thread."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in: who has the token of the file; without a file only this machine, where ``local`` is true.

    ``local`` says that the server listens on loopback.
    """

    token_file: Path | None
    local: bool

    def refusal(self, headers: Headers) -> Reply | None:
        """Why not; None where the sender may post. Reads the file, so that a new token holds at once."""
        if self.token_file is None:
            return None if self.local and _speaks_for_itself(headers) else _NO_TOKEN
        try:
            expected = read_token(self.token_file)
        except SettingsError as error:
            log.error("web.token_unusable", extra={"error": str(error)})  # noqa: TRY400 - the message is all there is to know
            return _NO_FILE
        scheme, _, given = headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(_digest(given.strip()), _digest(expected))
        return None if same and scheme.lower() == "bearer" else _UNAUTHORIZED


def read_token(path: Path) -> str:
    """The token in a file.

    Raises:
        SettingsError: It cannot be read, or is too short to be one.
    """
    try:
        token = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"incidents.token_file: {path} cannot be read: {error}") from error
    if len(token) < SHORTEST_TOKEN:
        raise SettingsError(
            f"incidents.token_file: {path} holds no token of at least {SHORTEST_TOKEN} characters; fix: "
            "openssl rand -hex 32 > FILE"
        )
    return token


_NO_TOKEN = Reply(
    403, "Refused: set incidents.token_file; without it only this machine may post, on loopback and without a proxy."
)
_NO_FILE = Reply(503, "Not kept: the file of incidents.token_file cannot be used; the log says why.")
_UNAUTHORIZED = Reply(401, "Unauthorized: give the token of incidents.token_file as Authorization: Bearer TOKEN.")
_OVERSIZED = Reply(413, f"Refused: more than {LARGEST} bytes; set max_alerts in the receiver of Alertmanager.")
_UNSUPPORTED = Reply(415, f"Refused: send {_JSON}, and no content encoding.")
_SLOW = Reply(408, f"Refused: the body took more than {_WITHIN:.0f} s.")
_GONE = Reply(400, "The sender went away.")
_HEADERS: Mapping[int, Mapping[str, str]] = MappingProxyType(
    {
        401: {"WWW-Authenticate": 'Bearer realm="ppbe-observe"'},
        408: {"Connection": "close"},
        413: {"Connection": "close"},
    }
)


class AlertmanagerWebhook:
    """The endpoint; ``answered`` is told the status of each request."""

    def __init__(self, inbox: Inbox, door: Door, answered: Callable[[int], None]) -> None:
        self._inbox = inbox
        self._door = door
        self._answered = answered
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        reply = await self._reply(request)
        self._answered(reply.status)
        return PlainTextResponse(f"{reply.text}\n", reply.status, dict(_HEADERS.get(reply.status, {})))

    async def _reply(self, request: Request) -> Reply:
        refusal = await asyncio.to_thread(self._door.refusal, request.headers)
        if refusal is not None:
            return refusal
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != _JSON or request.headers.get("content-encoding", "identity") != "identity":
            return _UNSUPPORTED
        async with self._turns:
            try:
                async with asyncio.timeout(_WITHIN):
                    body = await _body(request)
            except TimeoutError:
                return _SLOW
            except ClientDisconnect:
                return _GONE
            return _OVERSIZED if body is None else await asyncio.to_thread(self._inbox.take, body)


async def _body(request: Request) -> bytes | None:
    """The body; None where it is too large, of which no more is read than that."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > LARGEST:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _speaks_for_itself(headers: Headers) -> bool:
    """No proxy has passed it on, and no web page has sent it: pages cannot hide their origin, nor forge a host."""
    host = headers.get("host", "").lower()
    name = host.partition("]")[0].strip("[") if host.startswith("[") else host.partition(":")[0]
    return name in LOOPBACK and not any(each in headers for each in _FORWARDED)


def _digest(text: str) -> bytes:
    """Of one length, whatever it is of: a comparison tells nothing of it."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
