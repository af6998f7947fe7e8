"""Finds the operation of a REST request (S3, GuardDuty, Security Hub ...) in botocore's service models."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader

from ppbe_observe.simulate.http import Request


@dataclass(frozen=True, slots=True)
class _Route:
    operation: str
    method: str
    path: re.Pattern[str]
    query: frozenset[str]

    def matches(self, request: Request) -> bool:
        return (
            self.method == request.method
            and self.query <= request.parameters.keys()
            and self.path.fullmatch(request.path) is not None
        )


class RestfulOperations:
    """Looks routes up, the most demanding first; a service's model is read when it is first asked for."""

    def __init__(self) -> None:
        self._loader = Loader()
        self._routes: dict[str, tuple[_Route, ...]] = {}

    def __call__(self, service: str, request: Request) -> str | None:
        """The operation; None where no route fits."""
        if service not in self._routes:
            self._routes[service] = self._read(service)
        for route in self._routes[service]:
            if route.matches(request):
                return route.operation
        return None

    def _read(self, service: str) -> tuple[_Route, ...]:
        try:
            model = self._loader.load_service_model(service, "service-2")
        except UnknownServiceError:
            return ()
        operations = model["operations"]
        # S3 has routes with two names: what is deprecated comes last.
        names = sorted(operations, key=lambda name: bool(operations[name].get("deprecated")))
        routes = [_route(name, operations[name]["http"]) for name in names]
        return tuple(sorted(routes, key=lambda route: (-len(route.query), -len(route.path.pattern))))


def _route(name: str, http: Mapping[str, Any]) -> _Route:
    path, _, query = http["requestUri"].partition("?")
    pieces = re.split(r"(\{[^}]+\})", path)
    pattern = "".join(_piece(piece) for piece in pieces)
    return _Route(
        name,
        http["method"],
        re.compile(pattern.rstrip("/") + "/?"),
        frozenset(key for key, _ in parse_qsl(query, keep_blank_values=True)),
    )


def _piece(piece: str) -> str:
    if not piece.startswith("{"):
        return re.escape(piece)
    return ".+" if piece.endswith("+}") else "[^/]+"
