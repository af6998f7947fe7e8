"""Whatever goes wrong is told as problem details (RFC 9457), with what to do next."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ppbe_observe.errors import NotYetError, StateError
from ppbe_observe.web.reading import RETRY
from ppbe_observe.web.records.problems import Problem

MEDIA_TYPE = "application/problem+json"
METHODS = "GET, HEAD"
OPENAPI = "openapi.json"
_TITLES = {404: "Not found", 405: "Method not allowed", 422: "Unprocessable", 503: "Unavailable"}

_BEFORE = {
    401: "Unauthorized: a user of the web configuration is asked for",
    414: "The address is too long",
    429: "Too many requests",
    503: "Too many logins at once",
}
"""What stands before the API (``bounds``, ``middleware``) answers, in plain text."""


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What an operation may answer beside its record, for the OpenAPI document."""
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _TITLES[status], "content": problem} for status in statuses}


def always() -> dict[int | str, dict[str, Any]]:
    """What every operation may answer beside its record, for the OpenAPI document."""
    told = documented(422, 503)
    for status, text in _BEFORE.items():
        ours = told.get(status, {"description": text, "content": {}})
        told[status] = {**ours, "content": {**ours["content"], "text/plain": {"schema": {"type": "string"}}}}
    return told


def answer(request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
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
    for unavailable in (StateError, NotYetError):
        app.add_exception_handler(unavailable, _unavailable)


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
    return answer(request, 503, str(error), RETRY)


def _where(error: dict[str, Any]) -> str:
    return ".".join(str(each) for each in error["loc"][1:]) or "the request"
