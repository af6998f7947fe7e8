"""Smithy RPC v2 CBOR: what the newest Go, Java and JavaScript SDKs speak to CloudWatch. Pure.

Source: Smithy 2.0, "Smithy RPC v2 CBOR protocol".
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import cbor2

from ppbe_observe.simulate.http import Request, Response
from ppbe_observe.simulate.plane.errors import ServiceError
from ppbe_observe.simulate.protocols.json10 import plain_body, with_times
from ppbe_observe.simulate.protocols.protocol import TIMES, unreadable

_PROTOCOL = ("smithy-protocol", "rpc-v2-cbor")
_TYPE = ("content-type", "application/cbor")
_EPOCH = 1  # the tag of a time in seconds since the epoch, RFC 8949


class RpcV2Cbor:
    """CBOR in, CBOR out; times carry tag 1."""

    def read(self, request: Request) -> dict[str, Any]:
        """The map of the body."""
        body = plain_body(request)
        try:
            found = cbor2.loads(body) if body else {}
        except (cbor2.CBORDecodeError, ValueError) as error:
            raise unreadable(str(error)) from None
        if not isinstance(found, dict):
            raise unreadable("the body is not a CBOR map")
        return with_times(found)

    def answer(self, _operation: str, result: Mapping[str, Any], request_id: str) -> Response:
        """The result; an operation without output has no body."""
        headers = (_PROTOCOL, ("x-amzn-requestid", request_id))
        if not result:
            return Response(200, headers, b"")
        return Response(200, (*headers, _TYPE), cbor2.dumps(_tagged(result)))

    def error(self, error: ServiceError, request_id: str) -> Response:
        """``__type`` in the body, both names in the headers."""
        body = {"__type": f"com.amazonaws.cloudwatch#{error.shape}", "message": error.message}
        headers = (
            _PROTOCOL,
            _TYPE,
            ("x-amzn-requestid", request_id),
            ("x-amzn-query-error", f"{error.code};{error.fault}"),
        )
        return Response(error.status, headers, cbor2.dumps(body))


def _tagged(result: Mapping[str, Any]) -> dict[str, Any]:
    """The result with its times tagged; they lie in the members of its lists."""
    return {
        name: [_member(each) for each in value] if isinstance(value, list) else value for name, value in result.items()
    }


def _member(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {
        name: _times(each) if name in TIMES else [_member(one) for one in each] if isinstance(each, list) else each
        for name, each in value.items()
    }


def _times(value: Any) -> Any:
    if isinstance(value, list):
        return [cbor2.CBORTag(_EPOCH, each) for each in value]
    return cbor2.CBORTag(_EPOCH, value.timestamp() if isinstance(value, datetime) else value)
