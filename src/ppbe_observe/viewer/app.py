"""Previews for a browser: the list of all, and each drawn when it is asked for. I/O: asks Prometheus in threads."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ppbe_observe.errors import ListenError, ObserveError, PeerError
from ppbe_observe.preview.addresses import Other
from ppbe_observe.preview.library import library
from ppbe_observe.preview.page import entry, index, page, refusal, static
from ppbe_observe.preview.questions.answers import Json
from ppbe_observe.settings.values import Listen
from ppbe_observe.viewer.gathering import Showing, Wanted

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""plotly.js writes its own styles, and those of panels are their places."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
"""Where only this machine can ask, and how a browser names that."""
_AT_ONCE = 2
"""Previews that are drawn together: each asks Prometheus much."""
_CHOICE = "var-"
_KEPT = "max-age=3600"


def create_app(dashboards: Mapping[str, Json], showing: Showing, hosts: frozenset[str] = LOOPBACK) -> Starlette:
    """The ASGI application.

    Args:
        dashboards: Their JSON by their names.
        showing: Who is asked.
        hosts: The names under which a browser may ask for it, so that a page of another site cannot reach it by a name
            of its own; none is any.
    """
    others = {each["uid"]: Other(each["title"], f"/d/{each['uid']}") for each in dashboards.values()}
    pages = _Pages(dashboards, replace(showing, others=others, asked=True))
    trusted = [Middleware(TrustedHostMiddleware, allowed_hosts=sorted(hosts), www_redirect=False)] if hosts else []
    return Starlette(
        routes=[
            Route("/", pages.index, methods=["GET"]),
            Route("/d/{uid}", pages.one, methods=["GET"]),
            Route("/plotly.js", _file(library), methods=["GET"]),
            Route("/preview.js", _file(lambda: static("preview.js")), methods=["GET"]),
            Route("/preview.css", _file(lambda: static("preview.css"), "text/css"), methods=["GET"]),
        ],
        middleware=[Middleware(_Headers), *trusted],
        exception_handlers={404: _not_found, 405: _not_allowed},
    )


def serve(app: ASGIApp, listen: Listen) -> None:
    """Serve until Ctrl-C, or SIGTERM.

    Raises:
        ListenError: The address cannot be had.
    """
    config = uvicorn.Config(app, log_config=None, server_header=False, lifespan="off")
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    try:
        listener = socket.create_server((listen.host, listen.port), family=family)
    except OSError as error:
        raise ListenError(f"cannot listen on {listen} ({error.strerror}); give --listen another address") from error
    uvicorn.Server(config).run(sockets=[listener])


class _Pages:
    """The pages that ask Prometheus."""

    def __init__(self, dashboards: Mapping[str, Json], showing: Showing) -> None:
        self._dashboards = {each["uid"]: each for each in dashboards.values()}
        self._showing = showing
        self._drawing = asyncio.Semaphore(_AT_ONCE)

    async def index(self, _request: Request) -> Response:
        """The list of all."""
        return HTMLResponse(index([entry(each, f"/d/{uid}") for uid, each in self._dashboards.items()]))

    async def one(self, request: Request) -> Response:
        """One of them, drawn now."""
        dashboard = self._dashboards.get(request.path_params["uid"])
        if dashboard is None:
            return _refused("There is no such dashboard.", 404)
        wanted = _wanted(request.scope["query_string"])
        async with self._drawing:
            try:
                return HTMLResponse(await asyncio.to_thread(self._drawn, dashboard, wanted))
            except PeerError as error:
                return _refused(str(error), 503)
            except ObserveError as error:
                return _refused(str(error), 400)

    def _drawn(self, dashboard: Json, wanted: Wanted) -> str:
        return page(self._showing.picture(dashboard, wanted, time.time()))


class _Headers:
    """Strict headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Cache-Control", "no-store")
                headers.update(HEADERS)
            await send(message)

        await self._app(scope, receive, adding)


def _wanted(query: bytes) -> Wanted:
    """As Grafana's addresses have it: ``from``, ``to``, and ``var-NAME`` as often as there are values."""
    given = parse_qs(query.decode("latin-1"))
    chosen = {name.removeprefix(_CHOICE): values for name, values in given.items() if name.startswith(_CHOICE)}
    return Wanted(given.get("from", [""])[0], given.get("to", [""])[0], chosen)


def _file(text: Callable[[], str], kind: str = "text/javascript") -> Callable[[Request], Awaitable[Response]]:
    async def answer(_request: Request) -> Response:
        return Response(await asyncio.to_thread(text), media_type=kind, headers={"Cache-Control": _KEPT})

    return answer


def _refused(note: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return HTMLResponse(refusal(note), status, headers)


async def _not_found(_request: Request, _error: Exception) -> Response:
    return _refused("There is nothing here.", 404)


async def _not_allowed(request: Request, error: Exception) -> Response:
    allowed = (error.headers or {}) if isinstance(error, HTTPException) else {}
    return _refused(f"This page is only looked at (GET), not {request.method}.", 405, dict(allowed))
