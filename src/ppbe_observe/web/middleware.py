"""What stands before every page: the access log, security headers, the rate limit, and the login.

Plain ASGI: Starlette's BaseHTTPMiddleware would put a queue between the page and the socket.
"""

import logging
import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ppbe_observe.web.guard import Guard
from ppbe_observe.web.passwords import BusyError, Login, Passwords

_SECURITY = {
    # One stylesheet, filters that are forms, and an icon of nothing; no script, nothing inline, nothing from elsewhere.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_OWN = "Cache-Control"
"""What an answer may set for itself: the stylesheet is kept."""
_QUIET = frozenset({"/metrics", "/healthz", "/readyz"})  # asked for every few seconds, by machines
_LOWEST_ERROR = 400

access_log = logging.getLogger("uvicorn.access")


class AccessLog:
    """One record for each request, in uvicorn's words; what machines poll only at DEBUG, unless it fails."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        status = 500
        started = time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            _log_access(scope, status, time.perf_counter() - started)


def _log_access(scope: Scope, status: int, seconds: float) -> None:
    quiet = scope["path"] in _QUIET and status < _LOWEST_ERROR
    host, port = scope.get("client") or ("", 0)
    access_log.log(
        logging.DEBUG if quiet else logging.INFO,
        '%s - "%s %s HTTP/%s" %d',
        f"{host}:{port}",
        scope["method"],
        scope["path"],
        scope["http_version"],
        status,
        extra={"seconds": round(seconds, 6)},
    )


class SecurityHeaders:
    """Strict headers on every answer; those of the web configuration come before ours, a blank one unsets."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        wanted = _SECURITY | self._guard.config().http_server_config.headers

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in wanted.items():
                    if value and not (name == _OWN and name in headers):
                        headers[name] = value
            await send(message)

        await self._app(scope, receive, adding)


class RateLimit:
    """A token bucket for all requests together (``rate_limit``)."""

    def __init__(self, app: ASGIApp, guard: Guard, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._guard = guard
        self._clock = clock
        self._tokens: float | None = None  # None until the first request: the bucket is full then
        self._at = clock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if self._take():
            await self._app(scope, receive, send)
        else:
            answer = PlainTextResponse("Too many requests (rate_limit).\n", 429, {"Retry-After": "1"})
            await answer(scope, receive, send)

    def _take(self) -> bool:
        limit = self._guard.config().rate_limit
        interval = limit.interval.total_seconds()
        if not interval:
            return True
        now = self._clock()
        tokens = limit.burst if self._tokens is None else self._tokens + (now - self._at) / interval
        self._at = now
        self._tokens = min(float(limit.burst), tokens)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class BasicAuth:
    """Turns away who is none of ``basic_auth_users``; without users everybody may come in.

    The paths ``own_login`` are left out: a request has one Authorization header, which is theirs.
    """

    def __init__(
        self, app: ASGIApp, guard: Guard, passwords: Passwords, own_login: frozenset[str] = frozenset()
    ) -> None:
        self._app = app
        self._guard = guard
        self._passwords = passwords
        self._own_login = own_login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        refusal = await self._refusal(scope)
        await (refusal or self._app)(scope, receive, send)

    async def _refusal(self, scope: Scope) -> ASGIApp | None:
        users = self._guard.config().basic_auth_users
        if not users or scope["path"] in self._own_login:
            return None
        login = Login.of(Headers(scope=scope).get("authorization"))
        try:
            if login and await self._passwords.allows(users, login):
                return None
        except BusyError:
            return PlainTextResponse("Too many logins at once; try again.\n", 503, {"Retry-After": "1"})
        challenge = {"WWW-Authenticate": 'Basic realm="ppbe-observe", charset="UTF-8"'}
        return PlainTextResponse("Unauthorized: give a user of basic_auth_users.\n", 401, challenge)
