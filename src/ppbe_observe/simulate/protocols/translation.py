"""Lets moto, which speaks JSON and Query to CloudWatch, answer the operations that a CBOR client asks of it. Pure."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import cbor2
import orjson

from ppbe_observe.simulate.http import Request, Response
from ppbe_observe.simulate.plane.errors import ServiceError
from ppbe_observe.simulate.protocols.cbor import RpcV2Cbor

_TARGET = "GraniteServiceVersion20100801"
_FIRST_ERROR = 400


def as_json(request: Request, operation: str) -> Request:
    """The same request in AWS JSON 1.0."""
    headers = {
        name: value
        for name, value in request.headers.items()
        if name not in ("smithy-protocol", "content-length", "content-encoding", "accept")
    }
    headers |= {"x-amz-target": f"{_TARGET}.{operation}", "content-type": "application/x-amz-json-1.0"}
    body = orjson.dumps(RpcV2Cbor().read(request), default=_seconds)
    return replace(request, path="/", headers=headers, body=body)


def as_cbor(response: Response, request_id: str) -> Response:
    """Moto's JSON answer in CBOR."""
    found = orjson.loads(response.body) if response.body.strip() else {}
    wire = RpcV2Cbor()
    if response.status >= _FIRST_ERROR:
        name = str(found.get("__type", "InternalServiceFault")).rpartition("#")[2]
        message = str(found.get("message") or found.get("Message") or "")
        return wire.error(ServiceError(name, name, message, response.status), request_id)
    return wire.answer("", _dated(found), request_id)


def _dated(value: Any, name: str = "") -> Any:
    """The value with a date wherever a member is called one."""
    if isinstance(value, dict):
        return {key: _dated(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_dated(each) for each in value]
    if isinstance(value, int | float) and name.endswith(("Timestamp", "Date", "LastModified")):
        return cbor2.CBORTag(1, value)
    return value


def _seconds(value: Any) -> float:
    if isinstance(value, datetime):
        return value.astimezone(UTC).timestamp()
    raise TypeError
