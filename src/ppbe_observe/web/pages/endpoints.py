"""What answers each page: a record from a thread, and the template that shows it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote

from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ppbe_observe.controls.rollup import State
from ppbe_observe.errors import NotYetError, StateError
from ppbe_observe.model import Outcome, Severity
from ppbe_observe.web.book import Book
from ppbe_observe.web.pages.rendering import NAV, Rendering
from ppbe_observe.web.queries import (
    AvailabilityQuery,
    By,
    ControlQuery,
    FilterError,
    FindingQuery,
    IncidentQuery,
    IncidentState,
    Query,
    asked_for,
)
from ppbe_observe.web.reading import RETRY, Reader
from ppbe_observe.web.views import Recorded, Views

API = "/api/v1"
_CHOICES = {
    "outcomes": list(Outcome),
    "severities": list(Severity),
    "states": list(State),
    "sums": {By.FAMILY: "family", By.CONTROL: "control", By.KSI: "Key Security Indicator", By.SERVICE: "service"},
    "incident_states": list(IncidentState),
}

Q = TypeVar("Q", bound=Query)
Page = tuple[str, dict[str, Any]]
"""The name of a template, and what it is given."""


class Missing(Exception):  # noqa: N818 - it is an answer, not an error
    """There is nothing of that name; ``list_path`` is where to look for it."""

    def __init__(self, what: str, list_path: str) -> None:
        super().__init__(what)
        self.what = what
        self.list_path = list_path


class Pages:
    """The endpoints."""

    def __init__(
        self, views: Views, book: Book, availability: Recorded, *, reader: Reader, rendering: Rendering
    ) -> None:
        self._views = views
        self._availability = availability
        self._book = book
        self._reader = reader
        self._rendering = rendering
        self._markdown = MarkdownIt("commonmark", {"html": False}).enable("table")

    @property
    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/", self._one(self._overview), methods=["GET"]),
            Route("/controls", self._list(ControlQuery, self._controls), methods=["GET"]),
            Route("/controls/{identifier}", self._one(self._control), methods=["GET"]),
            Route("/findings", self._list(FindingQuery, self._findings), methods=["GET"]),
            Route("/findings/{identifier}", self._one(self._finding), methods=["GET"]),
            Route("/resources/{arn:path}", self._one(self._resource), methods=["GET"]),
            Route("/incidents", self._list(IncidentQuery, self._incidents), methods=["GET"]),
            Route("/incidents/{identifier}", self._one(self._incident), methods=["GET"]),
            Route("/slos", self._one(self._slos), methods=["GET"]),
            Route("/availability", self._list(AvailabilityQuery, self._recorded), methods=["GET"]),
            Route("/freshness", self._one(self._freshness), methods=["GET"]),
            Route("/runbooks", self._one(self._runbooks), methods=["GET"]),
            Route("/runbooks/{name}", self._one(self._runbook), methods=["GET"]),
            Route("/static/{name}", self._stylesheet, methods=["GET"]),
        ]

    def _list(self, kind: type[Q], make: Callable[[Request, Q], Page]) -> Callable[[Request], Any]:
        """An endpoint of something to choose from."""
        return self._page(lambda request: make(request, asked_for(kind, request.query_params)))

    def _one(self, make: Callable[[Request], Page]) -> Callable[[Request], Any]:
        """An endpoint that takes no parameter."""
        return self._list(Query, lambda request, _query: make(request))

    def _page(self, make: Callable[[Request], Page]) -> Callable[[Request], Any]:
        """An endpoint that has a page made in a thread."""

        async def endpoint(request: Request) -> Response:
            return await self._reader.read(self._answer, make, request)

        return endpoint

    def _answer(self, make: Callable[[Request], Page], request: Request) -> Response:
        status, headers = 200, None
        try:
            template, given = make(request)
        except Missing as missing:
            status, template, given = 404, "missing.html", {"what": missing.what, "list_path": missing.list_path}
        except FilterError as error:
            status, template, given = 400, "refused.html", {"why": str(error)}
        except (StateError, NotYetError) as error:
            status, template, given, headers = 503, "unavailable.html", {"why": str(error)}, RETRY
        json = f"{API}{request.url.path}" if "json" not in given else given.pop("json")
        now = datetime.now(UTC)
        here = _section(request.url.path)
        return self._rendering.html(template, status=status, headers=headers, json=json, now=now, here=here, **given)

    async def _stylesheet(self, request: Request) -> Response:
        if request.url.path != self._rendering.stylesheet_path:
            return self._rendering.html("missing.html", status=404, **not_found(request.url.path))
        return self._rendering.css()

    def _overview(self, _request: Request) -> Page:
        return "overview.html", {"overview": self._views.overview(), "json": f"{API}/overview"}

    def _controls(self, request: Request, query: ControlQuery) -> Page:
        return "controls.html", {"query": query, "controls": self._views.controls(query), **_choices(query, request)}

    def _control(self, request: Request) -> Page:
        name = request.path_params["identifier"]
        if (found := self._views.control(name)) is None:
            raise Missing(f"no control or indicator “{name}” in the baseline that is judged", "/controls")
        return "control.html", {"detail": found}

    def _findings(self, request: Request, query: FindingQuery) -> Page:
        return "findings.html", {"query": query, "findings": self._views.findings(query), **_choices(query, request)}

    def _finding(self, request: Request) -> Page:
        name = request.path_params["identifier"]
        if (found := self._views.finding(name)) is None:
            raise Missing(f"no finding “{name}”: it may be of a resource that is gone", "/findings")
        return "finding.html", {"detail": found}

    def _resource(self, request: Request) -> Page:
        arn = request.path_params["arn"]
        if (found := self._views.resource(arn)) is None:
            raise Missing(f"no resource “{arn}” that a check has looked at", "/findings")
        return "resource.html", {"resource": found, "json": f"{API}/resources/{quote(arn, safe=':')}"}

    def _incidents(self, request: Request, query: IncidentQuery) -> Page:
        given = {"query": query, "incidents": self._views.incidents(query)}
        return "incidents.html", {**given, **_choices(query, request)}

    def _incident(self, request: Request) -> Page:
        name = request.path_params["identifier"]
        if (found := self._views.incident(name)) is None:
            raise Missing(f"no incident “{name}”", "/incidents")
        return "incident.html", {"detail": found}

    def _slos(self, _request: Request) -> Page:
        return "slos.html", {"slos": self._views.slos()}

    def _recorded(self, _request: Request, query: AvailabilityQuery) -> Page:
        json = f"{API}/availability?days={query.days}"
        return "availability.html", {"record": self._availability(query.days), "days": query.days, "json": json}

    def _freshness(self, _request: Request) -> Page:
        return "freshness.html", {"freshness": self._views.freshness()}

    def _runbooks(self, _request: Request) -> Page:
        return "runbooks.html", {"runbooks": self._book.all()}

    def _runbook(self, request: Request) -> Page:
        name = request.path_params["name"]
        if (found := self._book.one(name)) is None:
            raise Missing(f"no runbook called “{name}”", "/runbooks")
        # markdown-it escapes what is no Markdown of its own: html is off.
        text = Markup(self._markdown.render(found.markdown))  # noqa: S704
        return "runbook.html", {"runbook": found, "text": text, "json": f"{API}/runbooks/{found.name}"}


def not_found(path: str) -> dict[str, Any]:
    """What the page of an address that does not exist is given."""
    what = f"nothing at “{path}”"
    return {"what": what, "list_path": "/", "json": "", "now": datetime.now(UTC), "here": ""}


def _choices(query: Query, request: Request) -> dict[str, Any]:
    json = f"{API}{request.url.path}{'?' if request.url.query else ''}{request.url.query}"
    return {"choices": _CHOICES, "filtered": query != type(query)(), "json": json}


def _section(path: str) -> str:
    """Which of the pages that every page links to this one belongs to."""
    first = f"/{path.split('/')[1]}"
    return {"/resources": "/findings"}.get(first, first if first in NAV else "")
