"""The pages and what they answer."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from ppbe_observe.errors import ObserveError
from ppbe_observe.exposition.page import Page
from ppbe_observe.web.alertmanager import PATH as WEBHOOK
from ppbe_observe.web.alertmanager import AlertmanagerWebhook
from ppbe_observe.web.api import problems
from ppbe_observe.web.api.app import PREFIX, create_api
from ppbe_observe.web.api.heads import Heads
from ppbe_observe.web.availability import PATH as AVAILABILITY
from ppbe_observe.web.availability import AvailabilityAnswers
from ppbe_observe.web.book import Book
from ppbe_observe.web.bounds import Bounds
from ppbe_observe.web.pages.endpoints import Pages, not_found
from ppbe_observe.web.pages.rendering import NAV, Rendering
from ppbe_observe.web.readiness import Readiness
from ppbe_observe.web.reading import Reader
from ppbe_observe.web.streaming import PageResponse
from ppbe_observe.web.views import Recorded, Views

_RELOAD = "/-/reload"
_UNPROCESSABLE = 422  # the settings were read and refused


class PageSource(Protocol):
    """Gives ready pages: ``exposition.Exposition``."""

    def page(self, accept: str | None, accept_encoding: str | None, /) -> Page:
        """The page in the format and encoding that these request headers ask for."""
        ...


def create_app(
    pages: PageSource,
    *,
    ready: Callable[[], Readiness],
    views: Views,
    availability: Recorded,
    reload: Callable[[], None] | None = None,
    runbooks: Callable[[], Path | None] = lambda: None,
    webhook: AlertmanagerWebhook | None = None,
) -> Starlette:
    """The ASGI application.

    Args:
        pages: What /metrics serves.
        ready: What /readyz tells; called in a thread, for each request.
        views: What the pages and the API tell; called in threads.
        availability: The record of so many days; called in a thread, for each request.
        reload: Applies the settings anew, or raises ObserveError and keeps the old ones; called in a thread, one
            call at a time.
        runbooks: The directory of what /runbooks serves; asked for each request, as a reload may name another.
        webhook: Takes what Alertmanager posts.
    """
    endpoints, rendering = _Endpoints(pages, ready, reload), Rendering()
    book, reader = Book(runbooks), Reader()
    routes: list[BaseRoute] = [
        Route("/metrics", endpoints.metrics, methods=["GET"]),
        Route("/healthz", _healthz, methods=["GET"]),
        Route("/readyz", endpoints.readyz, methods=["GET"]),
        Route(_RELOAD, endpoints.reload, methods=["POST"]),
        Route(AVAILABILITY, AvailabilityAnswers(availability, reader).json, methods=["GET"]),
        *_webhook(webhook),
        Mount(PREFIX, Heads(create_api(views, book, availability, reader))),
        *Pages(views, book, availability, reader=reader, rendering=rendering).routes,
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Bounds)],
        exception_handlers={404: _Missing(rendering).answer, 405: _not_allowed},
    )


def _webhook(webhook: AlertmanagerWebhook | None) -> list[BaseRoute]:
    """Before the API, which is mounted around it and would say that there is nothing."""
    posted = [Route(WEBHOOK, webhook.answer, methods=["POST"])] if webhook else []
    return [*posted, Route(WEBHOOK, _only_posted, methods=["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])]


class _Endpoints:
    """The endpoints that need something."""

    def __init__(self, pages: PageSource, ready: Callable[[], Readiness], reload: Callable[[], None] | None) -> None:
        self._pages = pages
        self._ready = ready
        self._reload = reload
        self._reloading = asyncio.Lock()

    async def metrics(self, request: Request) -> Response:
        headers = request.headers
        # A header may come twice (RFC 9110, 5.3): its values belong together.
        accept = ",".join(headers.getlist("accept"))
        return PageResponse(self._pages.page(accept, ",".join(headers.getlist("accept-encoding"))))

    async def readyz(self, _request: Request) -> Response:
        readiness = await asyncio.to_thread(self._ready)
        body = orjson.dumps(readiness.as_json(), option=orjson.OPT_APPEND_NEWLINE)
        return Response(body, 200 if readiness.ready else 503, media_type="application/json")

    async def reload(self, request: Request) -> Response:
        if _from_another_site(request):
            return _text("Refused: this request comes from a page of another site.", 403)
        if self._reload is None:
            return _text("Refused: reloading is switched off.", 403)
        async with self._reloading:
            try:
                await asyncio.to_thread(self._reload)
            except ObserveError as error:
                return _text(f"Refused, the old settings stay: {error}", _UNPROCESSABLE)
        return _text("Reloaded.", 200)


def _from_another_site(request: Request) -> bool:
    """Browsers say so on every POST (Origin, Fetch metadata); other clients send neither header."""
    origin = request.headers.get("origin")
    if origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host', '')}":
        return True
    return request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}


async def _healthz(_request: Request) -> Response:
    return _text("ok", 200)


async def _only_posted(_request: Request) -> Response:
    raise HTTPException(405, headers={"Allow": "POST"})


def _text(text: str, status: int, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(f"{text}\n", status, headers)


class _Missing:
    """Shows the way back to a person, and names what there is to a program."""

    def __init__(self, rendering: Rendering) -> None:
        self._rendering = rendering

    async def answer(self, request: Request, _error: Exception) -> Response:
        path = request.scope["path"]
        if path.startswith(f"{PREFIX}/"):  # a line break, which no route takes, keeps it from the API
            return problems.nothing(request, PREFIX)
        if "text/html" in request.headers.get("accept", ""):
            return self._rendering.html("missing.html", status=404, **not_found(path))
        return _text(f"There is nothing at {path}. There are {', '.join(_there())}.", 404)


def _there() -> tuple[str, ...]:
    machines = ("/metrics", "/healthz", "/readyz", _RELOAD, WEBHOOK, f"{PREFIX}/openapi.json")
    return (*NAV, AVAILABILITY, *machines)


async def _not_allowed(request: Request, error: Exception) -> Response:
    allowed = (error.headers or {}) if isinstance(error, HTTPException) else {}
    methods = ", ".join(sorted(allowed.get("Allow", "GET").split(", ")))  # Starlette has them in any order
    path = request.url.path
    hint = f" Try: curl -X POST {request.url}" if path == _RELOAD else ""
    return _text(f"{path} takes {methods}, not {request.method}.{hint}", 405, {"Allow": methods})
