"""``/api/v1``: each record at an address of its own.

FastAPI writes the OpenAPI document of what it serves, so that the two cannot differ.
"""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, FastAPI, HTTPException, Path, Query
from fastapi.openapi.utils import get_openapi

from ppbe_observe import __version__
from ppbe_observe.model.availability_record import AvailabilityRecord
from ppbe_observe.web.api import problems
from ppbe_observe.web.availability import Recorded
from ppbe_observe.web.book import Book
from ppbe_observe.web.queries import AvailabilityQuery, ControlQuery, FindingQuery, IncidentQuery
from ppbe_observe.web.reading import Reader
from ppbe_observe.web.records.controls import ControlDetail, Controls
from ppbe_observe.web.records.findings import FindingDetail, Findings
from ppbe_observe.web.records.incidents import IncidentDetail, Incidents
from ppbe_observe.web.records.objectives import Alerts, Slos
from ppbe_observe.web.records.overview import Freshness, Overview
from ppbe_observe.web.records.problems import Problem
from ppbe_observe.web.records.resources import ResourceRecord
from ppbe_observe.web.records.runbooks import Runbook, Runbooks
from ppbe_observe.web.views import Views

PREFIX = "/api/v1"
_DESCRIPTION = (
    "What the pages of ppbe-observe show, as JSON. It only reads, from memory or with one question to the state "
    "database; nothing here calls AWS. The same TLS, client certificates and logins guard it as /metrics."
)
_LISTS, _LISTED, _ONE = problems.documented(422), problems.documented(422, 503), problems.documented(404, 422)
_STORED = problems.documented(404, 422, 503)

T = TypeVar("T")


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
    )
    app.include_router(_estate(views, reader))
    app.include_router(_recorded(availability, reader))
    app.include_router(_compliance(views, reader))
    app.include_router(_incidents(views, reader))
    app.include_router(_runbooks(book, reader))
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]  # FastAPI's documented way to extend it
    problems.install(app)
    return app


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
        schemas["Problem"] = Problem.model_json_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = given
    return app.openapi_schema


def _estate(views: Views, reader: Reader) -> APIRouter:
    router = APIRouter(tags=["estate"], responses=problems.documented())

    @router.get("/overview")
    async def overview() -> Overview:
        """The estate at a glance: health, what fires, error budgets, controls, freshness."""
        return await reader.read(views.overview)

    @router.get("/slos")
    async def slos() -> Slos:
        """How the service level objectives stand, as Prometheus has recorded them."""
        return await reader.read(views.slos)

    @router.get("/alerts")
    async def alerts() -> Alerts:
        """What fires, pages before tickets."""
        return await reader.read(views.alerts)

    @router.get("/freshness")
    async def freshness() -> Freshness:
        """Whether each exporter has succeeded lately on each target."""
        return await reader.read(views.freshness)

    return router


def _recorded(availability: Recorded, reader: Reader) -> APIRouter:
    router = APIRouter(tags=["estate"])

    @router.get("/availability", responses=_LISTED)
    async def record(query: Annotated[AvailabilityQuery, Query()]) -> AvailabilityRecord:
        """The availability record: each objective on each of the last days, and the outages."""
        return await reader.read(availability, query.days)

    return router


def _compliance(views: Views, reader: Reader) -> APIRouter:
    router = APIRouter(tags=["compliance"])

    @router.get("/controls", responses=_LISTS)
    async def controls(query: Annotated[ControlQuery, Query()]) -> Controls:
        """The state of families, controls, indicators or services, the worst first."""
        return await reader.read(views.controls, query)

    @router.get("/controls/{identifier}", responses=_ONE)
    async def control(identifier: Annotated[str, Path(description="A control or indicator.")]) -> ControlDetail:
        """One control in any notation (`SC-28(1)`), or one Key Security Indicator, with its checks and its days."""
        return _there(await reader.read(views.control, identifier), f"no control or indicator {identifier!r}")

    @router.get("/findings", responses=_LISTS)
    async def findings(query: Annotated[FindingQuery, Query()]) -> Findings:
        """Findings of the last evaluation of every target, the worst first."""
        return await reader.read(views.findings, query)

    @router.get("/findings/{identifier}", responses=_ONE)
    async def finding(identifier: Annotated[str, Path(description="The id of a finding.")]) -> FindingDetail:
        """One finding: the reason, the facts that it rests on, where they come from, its history and deadline."""
        return _there(await reader.read(views.finding, identifier), f"no finding {identifier!r}")

    @router.get("/resources/{arn:path}", responses=_ONE)
    async def resource(arn: Annotated[str, Path(description="The ARN of a resource.")]) -> ResourceRecord:
        """Everything that is known of one resource."""
        return _there(await reader.read(views.resource, arn), f"no resource {arn!r} that a check has looked at")

    return router


def _incidents(views: Views, reader: Reader) -> APIRouter:
    router = APIRouter(tags=["incidents"])

    @router.get("/incidents", responses=_LISTED)
    async def incidents(query: Annotated[IncidentQuery, Query()]) -> Incidents:
        """Incidents, the newest first."""
        return await reader.read(views.incidents, query)

    @router.get("/incidents/{identifier}", responses=_STORED)
    async def incident(identifier: Annotated[str, Path(description="The id of an incident.")]) -> IncidentDetail:
        """One incident with all that happened."""
        return _there(await reader.read(views.incident, identifier), f"no incident {identifier!r}")

    return router


def _runbooks(book: Book, reader: Reader) -> APIRouter:
    router = APIRouter(tags=["runbooks"])

    @router.get("/runbooks", responses=problems.documented())
    async def runbooks() -> Runbooks:
        """Every runbook, and the alerts that each is about."""
        return await reader.read(book.all)

    @router.get("/runbooks/{name}", responses=_ONE)
    async def runbook(name: Annotated[str, Path(description="A runbook, or an alert that one is about.")]) -> Runbook:
        """What to do about an alert, in Markdown."""
        return _there(await reader.read(book.one, name), f"no runbook {name!r}")

    return router


def _there(found: T | None, missing: str) -> T:
    if found is None:
        raise HTTPException(404, f"There is {missing}; the list above it names what there is.")
    return found
