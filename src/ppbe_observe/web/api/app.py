"""``/api/v1``: each record at an address of its own.

FastAPI writes the OpenAPI document of what it serves, so that the two cannot differ.
"""

from collections.abc import Callable
from typing import Annotated, Any, ParamSpec

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Path, Query
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from ppbe_observe import __version__
from ppbe_observe.model.availability_record import AvailabilityRecord
from ppbe_observe.web.api import problems
from ppbe_observe.web.book import Book
from ppbe_observe.web.queries import AvailabilityQuery, ControlQuery, FindingQuery, IncidentQuery
from ppbe_observe.web.reading import Reader
from ppbe_observe.web.records.base import Record
from ppbe_observe.web.records.controls import ControlDetail, Controls
from ppbe_observe.web.records.findings import FindingDetail, Findings
from ppbe_observe.web.records.incidents import IncidentDetail, Incidents
from ppbe_observe.web.records.objectives import Alerts, Slos
from ppbe_observe.web.records.overview import Freshness, Overview
from ppbe_observe.web.records.problems import Problem
from ppbe_observe.web.records.resources import ResourceRecord
from ppbe_observe.web.records.runbooks import Runbook, Runbooks
from ppbe_observe.web.views import Recorded, Views

PREFIX = "/api/v1"
_DESCRIPTION = (
    "What the pages of ppbe-observe show, as JSON. It only reads, from memory or with one question to the state "
    "database; nothing here calls AWS. The same TLS, client certificates and logins guard it as /metrics."
)
_LOGINS = {
    "basic": {"type": "http", "scheme": "basic", "description": "A user of the web configuration, where it names any."},
    "certificate": {"type": "mutualTLS", "description": "A client certificate, where it asks for one."},
}
_ONE = problems.documented(404)

P = ParamSpec("P")
Told = Record | AvailabilityRecord


def create_api(views: Views, book: Book, availability: Recorded, reader: Reader) -> FastAPI:
    """The ASGI application that is mounted at ``PREFIX``."""
    app = FastAPI(
        title="ppbe-observe",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"/{problems.OPENAPI}",
        redirect_slashes=False,
        responses=problems.always(),
        dependencies=[Depends(_only_known)],
    )
    answers = _Answers(reader)
    app.include_router(_estate(views, answers))
    app.include_router(_recorded(availability, answers))
    app.include_router(_compliance(views, answers))
    app.include_router(_incidents(views, answers))
    app.include_router(_runbooks(book, answers))
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    problems.install(app)
    return app


class _Answers:
    """Has records made and written in threads: a long one would hold up scrapes on the event loop."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def of(self, make: Callable[P, Told], *args: P.args, **kwargs: P.kwargs) -> Response:
        """That of a record."""
        return await self._reader.read(lambda: _written(make(*args, **kwargs)))

    async def one(self, make: Callable[[str], Told | None], name: str, missing: str) -> Response:
        """That of the record of this name; 404 where there is none."""

        def found() -> Response:
            told = make(name)
            if told is None:
                raise HTTPException(404, f"There is {missing}; the list above it names what there is.")
            return _written(told)

        return await self._reader.read(found)


def _written(told: Told) -> Response:
    body = told.as_json() if isinstance(told, AvailabilityRecord) else told.model_dump_json()
    return Response(body, media_type="application/json")


async def _only_known(request: Request) -> None:
    """Refuse parameters where there are none; queries refuse those that they do not know themselves."""
    route = request.scope["route"]
    if isinstance(route, APIRoute) and not route.dependant.query_params and request.query_params:
        raise HTTPException(422, f"{next(iter(request.query_params))}: this address takes no parameter")


def _document(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        servers = [{"url": PREFIX}]
        given = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            servers=servers,
        )
        schemas = given["components"]["schemas"]
        given["components"]["securitySchemes"] = _LOGINS
        given["security"] = [{}, *({name: []} for name in _LOGINS)]
        schemas["Problem"] = Problem.model_json_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = given
    return app.openapi_schema


def _estate(views: Views, answers: _Answers) -> APIRouter:
    router = APIRouter(tags=["estate"])

    @router.get("/overview", response_model=Overview)
    async def overview() -> Response:
        """The estate at a glance: health, what fires, error budgets, controls, freshness."""
        return await answers.of(views.overview)

    @router.get("/slos", response_model=Slos)
    async def slos() -> Response:
        """How the service level objectives stand, as Prometheus has recorded them."""
        return await answers.of(views.slos)

    @router.get("/alerts", response_model=Alerts)
    async def alerts() -> Response:
        """What fires, pages before tickets."""
        return await answers.of(views.alerts)

    @router.get("/freshness", response_model=Freshness)
    async def freshness() -> Response:
        """Whether each exporter has succeeded lately on each target."""
        return await answers.of(views.freshness)

    return router


def _recorded(availability: Recorded, answers: _Answers) -> APIRouter:
    router = APIRouter(tags=["estate"])

    @router.get("/availability", response_model=AvailabilityRecord)
    async def record(query: Annotated[AvailabilityQuery, Query()]) -> Response:
        """The availability record: each objective on each of the last days, and the outages."""
        return await answers.of(availability, query.days)

    return router


def _compliance(views: Views, answers: _Answers) -> APIRouter:
    router = APIRouter(tags=["compliance"])

    @router.get("/controls", response_model=Controls)
    async def controls(query: Annotated[ControlQuery, Query()]) -> Response:
        """The state of families, controls, indicators or services, the worst first."""
        return await answers.of(views.controls, query)

    @router.get("/controls/{identifier}", response_model=ControlDetail, responses=_ONE)
    async def control(identifier: Annotated[str, Path(description="A control or indicator.")]) -> Response:
        """One control in any notation (`SC-28(1)`), or one Key Security Indicator, with its checks and its days."""
        return await answers.one(views.control, identifier, f"no control or indicator {identifier!r}")

    @router.get("/findings", response_model=Findings)
    async def findings(query: Annotated[FindingQuery, Query()]) -> Response:
        """Findings of the last evaluation of every target, the worst first."""
        return await answers.of(views.findings, query)

    @router.get("/findings/{identifier}", response_model=FindingDetail, responses=_ONE)
    async def finding(identifier: Annotated[str, Path(description="The id of a finding.")]) -> Response:
        """One finding: the reason, the facts that it rests on, where they come from, its history and deadline."""
        return await answers.one(views.finding, identifier, f"no finding {identifier!r}")

    @router.get("/resources/{arn:path}", response_model=ResourceRecord, responses=_ONE)
    async def resource(arn: Annotated[str, Path(description="The ARN of a resource.")]) -> Response:
        """Everything that is known of one resource."""
        return await answers.one(views.resource, arn, f"no resource {arn!r} that a check has looked at")

    return router


def _incidents(views: Views, answers: _Answers) -> APIRouter:
    router = APIRouter(tags=["incidents"])

    @router.get("/incidents", response_model=Incidents)
    async def incidents(query: Annotated[IncidentQuery, Query()]) -> Response:
        """Incidents, the newest first."""
        return await answers.of(views.incidents, query)

    @router.get("/incidents/{identifier}", response_model=IncidentDetail, responses=_ONE)
    async def incident(identifier: Annotated[str, Path(description="The id of an incident.")]) -> Response:
        """One incident with all that happened."""
        return await answers.one(views.incident, identifier, f"no incident {identifier!r}")

    return router


def _runbooks(book: Book, answers: _Answers) -> APIRouter:
    router = APIRouter(tags=["runbooks"])

    @router.get("/runbooks", response_model=Runbooks)
    async def runbooks() -> Response:
        """Every runbook, and the alerts that each is about."""
        return await answers.of(book.all)

    @router.get("/runbooks/{name}", response_model=Runbook, responses=_ONE)
    async def runbook(name: Annotated[str, Path(description="A runbook, or an alert that one is about.")]) -> Response:
        """What to do about an alert, in Markdown."""
        return await answers.one(book.one, name, f"no runbook {name!r}")

    return router
