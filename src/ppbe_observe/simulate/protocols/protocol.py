"""What a wire format does: read parameters, write an answer or an error. Pure.

Inside, times are seconds since the epoch; a format writes them its own way.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from ppbe_observe.simulate.http import Request, Response
from ppbe_observe.simulate.plane.errors import ServiceError

TIMES = frozenset({"Timestamp", "Timestamps", "StartTime", "EndTime"})
"""The members of the four operations that are times."""


class WireFormat(Protocol):
    """One protocol."""

    def read(self, request: Request) -> dict[str, Any]:
        """The parameters.

        Raises:
            ServiceError: SerializationException, where the body cannot be read.
        """
        ...

    def answer(self, operation: str, result: Mapping[str, Any], request_id: str, /) -> Response:
        """A good answer."""
        ...

    def error(self, error: ServiceError, request_id: str) -> Response:
        """An error answer."""
        ...


def unreadable(detail: str) -> ServiceError:
    """The body does not follow the protocol."""
    return ServiceError("SerializationException", "SerializationException", detail)
