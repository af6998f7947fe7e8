"""AWS JSON 1.0, with the headers of a service that once spoke Query (awsQueryCompatible). Pure.

Source: Smithy 2.0, "AWS JSON 1.0 protocol" and "aws.protocols#awsQueryCompatible".
"""

import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from ppbe_observe.simulate.http import Request, Response
from ppbe_observe.simulate.plane.errors import ServiceError
from ppbe_observe.simulate.protocols.protocol import TIMES, unreadable

_TYPE = ("content-type", "application/x-amz-json-1.0")


class Json10:
    """What boto3 speaks to CloudWatch."""

    def read(self, request: Request) -> dict[str, Any]:
        """The JSON object; times as seconds."""
        try:
            found = orjson.loads(plain_body(request) or b"{}")
        except orjson.JSONDecodeError as error:
            raise unreadable(str(error)) from None
        if not isinstance(found, dict):
            raise unreadable("the body is not a JSON object")
        return with_times(found)

    def answer(self, _operation: str, result: Mapping[str, Any], request_id: str) -> Response:
        """The result as it is: JSON's times are numbers."""
        return Response(200, (_TYPE, ("x-amzn-requestid", request_id)), orjson.dumps(result))

    def error(self, error: ServiceError, request_id: str) -> Response:
        """``__type`` in the body, both names in the headers."""
        body = {"__type": f"com.amazonaws.cloudwatch#{error.shape}", "message": error.message}
        headers = (
            _TYPE,
            ("x-amzn-requestid", request_id),
            ("x-amzn-errortype", error.shape),
            ("x-amzn-query-error", f"{error.code};{error.fault}"),
        )
        return Response(error.status, headers, orjson.dumps(body))


def plain_body(request: Request) -> bytes:
    """The body, unpacked where the client packed it (``@requestCompression`` of PutMetricData)."""
    if request.headers.get("content-encoding") != "gzip":
        return request.body
    try:
        return zlib.decompress(request.body, wbits=31)
    except zlib.error as error:
        raise unreadable(f"the body is not gzip: {error}") from None


def with_times(parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters with every time in seconds since the epoch."""
    for name in TIMES & parameters.keys():
        parameters[name] = seconds(parameters[name])
    for datum in parameters.get("MetricData") or ():
        if isinstance(datum, dict) and "Timestamp" in datum:
            datum["Timestamp"] = seconds(datum["Timestamp"])
    return parameters


def seconds(value: Any) -> Any:
    """Seconds since the epoch, from a number or an ISO 8601 time; anything else is left for validation."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).timestamp()
        except ValueError:
            raise unreadable(f"{value!r} is not a time") from None
    return value
