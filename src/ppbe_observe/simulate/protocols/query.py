"""AWS Query: forms in, XML out; what older SDKs and Debian's awscli speak to CloudWatch. Pure.

Source: Smithy 2.0, "AWS query protocol".
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from xml.sax.saxutils import escape

from ppbe_observe.simulate.http import Request, Response
from ppbe_observe.simulate.plane.errors import ServiceError
from ppbe_observe.simulate.protocols.json10 import with_times
from ppbe_observe.simulate.protocols.protocol import TIMES, unreadable

_NAMESPACE = "http://monitoring.amazonaws.com/doc/2010-08-01/"
_TYPE = ("content-type", "text/xml")
_READ: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        **dict.fromkeys(("Period", "MaxDatapoints", "StorageResolution"), int),
        **dict.fromkeys(("Value", "Values", "Counts", "SampleCount", "Sum", "Minimum", "Maximum"), float),
        "ReturnData": lambda text: text.lower() == "true",
    }
)


class Query:
    """Forms and XML."""

    def read(self, request: Request) -> dict[str, Any]:
        """The parameters of the form, nested again, numbers as numbers."""
        tree: dict[str, Any] = {}
        for name, value in (request.form or request.parameters).items():
            if name not in ("Action", "Version"):
                _put(tree, name.split("."), value)
        found = _shaped("", tree)
        return with_times(found) if isinstance(found, dict) else {}

    def answer(self, operation: str, result: Mapping[str, Any], request_id: str) -> Response:
        """``<OperationResponse>`` around ``<OperationResult>``."""
        body = "".join(_elements(result))
        xml = (
            f'<{operation}Response xmlns="{_NAMESPACE}"><{operation}Result>{body}</{operation}Result>'
            f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
        )
        return Response(200, (_TYPE, ("x-amzn-requestid", request_id)), xml.encode())

    def error(self, error: ServiceError, request_id: str) -> Response:
        """``<ErrorResponse>``."""
        xml = (
            f'<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>{error.fault}</Type><Code>{error.code}</Code>'
            f"<Message>{escape(error.message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        )
        return Response(error.status, (_TYPE, ("x-amzn-requestid", request_id)), xml.encode())


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
        if not isinstance(tree, dict):
            raise unreadable(f"{'.'.join(path)} is both a value and a structure")
    tree[path[-1]] = value


def _shaped(name: str, value: Any, *, text: bool = False) -> Any:
    """The value of a parameter: a structure, a list, or a scalar of the type of that name.

    The value of a dimension is text, though it has the name of the value of a datum, which is a number.
    """
    if not isinstance(value, dict):
        return value if text else _scalar(name, value)
    text = text or name == "Dimensions"
    members = value.get("member")
    if isinstance(members, dict):
        return [_shaped(name, members[index], text=text) for index in sorted(members, key=_position)]
    return {key: _shaped(key, each, text=text) for key, each in value.items()}


def _scalar(name: str, value: str) -> Any:
    try:
        return _READ.get(name, str)(value)
    except ValueError:
        raise unreadable(f"{value!r} is not a value for {name}") from None


def _position(index: str) -> int:
    if not index.isdecimal():
        raise unreadable(f"member.{index} is no position in a list")
    return int(index)


def _elements(value: Mapping[str, Any]) -> Iterator[str]:
    for name, each in value.items():
        yield f"<{name}>{_content(name, each)}</{name}>"


def _content(name: str, value: Any) -> str:
    if name == "ExtendedStatistics":
        return "".join(f"<entry><key>{escape(k)}</key><value>{v!r}</value></entry>" for k, v in value.items())
    if isinstance(value, Mapping):
        return "".join(_elements(value))
    if isinstance(value, list | tuple):
        return "".join(f"<member>{_content(name if name in TIMES else '', each)}</member>" for each in value)
    if name in TIMES:
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return repr(value) if isinstance(value, float) else escape(str(value))
