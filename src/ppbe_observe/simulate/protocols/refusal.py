"""Errors of services other than CloudWatch, in the shape in which each service's clients expect them. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from xml.sax.saxutils import escape

import orjson

from ppbe_observe.simulate.http import Request, Response
from ppbe_observe.simulate.plane.errors import ServiceError

_EC2_CODES: Mapping[str, str] = MappingProxyType(
    {"Throttling": "RequestLimitExceeded", "AccessDenied": "UnauthorizedOperation", "ExpiredToken": "RequestExpired"}
)
_S3_CODES: Mapping[str, str] = MappingProxyType({"Throttling": "SlowDown", "InternalServiceError": "InternalError"})


def refuse(service: str, request: Request, error: ServiceError, request_id: str) -> Response:
    """The error as that service would send it."""
    if service in ("s3", "s3control"):
        code = _S3_CODES.get(error.code, error.code)
        return _xml(error, _S3.format(code, escape(error.message), request_id))
    if service == "ec2":
        code = _EC2_CODES.get(error.code, error.code)
        return _xml(error, _EC2.format(code, escape(error.message), request_id))
    if request.form:
        return _xml(error, _QUERY.format(error.fault, error.code, escape(error.message), request_id))
    return _json(error, request_id)


def _xml(error: ServiceError, body: str) -> Response:
    return Response(error.status, (("content-type", "text/xml"),), body.encode())


def _json(error: ServiceError, request_id: str) -> Response:
    headers = (
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amzn-requestid", request_id),
        ("x-amzn-errortype", error.shape),
    )
    body = {"__type": error.shape, "message": error.message, "Message": error.message}
    return Response(error.status, headers, orjson.dumps(body))


_S3 = "<Error><Code>{}</Code><Message>{}</Message><RequestId>{}</RequestId></Error>"
_EC2 = (
    "<Response><Errors><Error><Code>{}</Code><Message>{}</Message></Error></Errors><RequestID>{}</RequestID></Response>"
)
_QUERY = (
    "<ErrorResponse><Error><Type>{}</Type><Code>{}</Code><Message>{}</Message></Error>"
    "<RequestId>{}</RequestId></ErrorResponse>"
)
