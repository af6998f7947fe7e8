"""Whatever goes wrong is told as problem details (RFC 9457), with what to do next."""

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ppbe_observe.errors import StateError
from ppbe_observe.web.records.problems import Problem

MEDIA_TYPE = "application/problem+json"
METHODS = "GET, HEAD"
OPENAPI = "openapi.json"
_TITLES = {404: "Not found", 405: "Method not allowed", 422: "Unprocessable", 503: "Unavailable"}

_TOO_LONG: dict[int | str, dict[str, Any]] = {
    414: {"description": "The address is too long", "content": {"text/plain": {"schema": {"type": "string"}}}}
}
"""``bounds.Bounds`` refuses it before anything looks at it."""


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What operations may answer beside their record, for the OpenAPI document."""
    schema = {"$ref": "#/components/schemas/Problem"}
    told: dict[int | str, dict[str, Any]] = {
        status: {"description": _TITLES[status], "content": {MEDIA_TYPE: {"schema": schema}}} for status in statuses
    }
    return told | _TOO_LONG


def answer(request: Request, status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """One problem."""
    told = Problem(title=_TITLES.get(status, "Error"), status=status, detail=detail, instance=request.url.path)
    return Response(told.model_dump_json() + "\n", status, headers, MEDIA_TYPE)


def nothing(request: Request, prefix: str) -> Response:
    """There is nothing at an address below the API's own."""
    return answer(request, 404, f"There is nothing at {request.url.path}; {prefix}/{OPENAPI} says what there is.")


def install(app: FastAPI) -> None:
    """Have the application tell everything so."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(StateError, _unavailable)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:  # noqa: PLR2004 - the status of HTTP
        told = f"The API only reads: {request.url.path} takes {METHODS}, not {request.method}."
        return answer(request, 405, told, {"Allow": METHODS})
    if error.detail == "Not Found":  # Starlette's word where no route is
        return nothing(request, request.scope.get("root_path", ""))
    return answer(request, error.status_code, error.detail)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return answer(request, 422, "; ".join(f"{_where(each)}: {each['msg']}" for each in error.errors()))


async def _unavailable(request: Request, error: Exception) -> Response:
    return answer(request, 503, str(error), {"Retry-After": "5"})


def _where(error: dict[str, Any]) -> str:
    return ".".join(str(each) for each in error["loc"][1:]) or "the request"
