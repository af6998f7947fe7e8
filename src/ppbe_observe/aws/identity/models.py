"""botocore's service models, cut down to the operations that we declare: half the memory, a third of the start. I/O.

A client of EC2 has 830 operations and 4,400 shapes; we call ten of them. An operation that is not declared is not
there, so that a call of it fails in every test.
"""

import gzip
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson
from botocore.loaders import JSONFileLoader, Loader, create_loader

_SERVICE = "service-2"
_READ: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType({".json": bytes, ".json.gz": gzip.decompress})


class _Files(JSONFileLoader):
    """Reads botocore's data files in a fifth of the time."""

    def load_file(self, file_path: str) -> Any:
        """The data in a file whose name is given without its ending; None where there is none."""
        for ending, read in _READ.items():
            path = Path(file_path + ending)
            if path.is_file():
                return orjson.loads(read(path.read_bytes()))
        return None


class _Whole(Loader):
    """Loads whole models, and is told which services there are: to find out takes longer than to load one."""

    def __init__(self, paths: list[str], services: list[str]) -> None:
        super().__init__(paths, file_loader=_Files(), include_default_search_paths=False)
        self._services = services

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 - they all have this type
        """Every service."""
        return self._services


class DeclaredOperations(Loader):
    """Loads models as botocore does; those of the named services with the named operations only.

    ``operations`` are by service as boto3 calls it. Others are left whole.
    """

    def __init__(self, search_path: str | None, operations: Mapping[str, frozenset[str]]) -> None:
        paths = create_loader(search_path).search_paths
        super().__init__(paths, file_loader=_Files(), include_default_search_paths=False)
        self._operations = operations
        self._cut: dict[str, dict[str, Any]] = {}

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        """One model of a service."""
        wanted = self._operations.get(service_name)
        if type_name != _SERVICE or wanted is None or api_version is not None:
            return super().load_service_model(service_name, type_name, api_version)
        if service_name not in self._cut:
            # A loader keeps all that it has read: this one is thrown away.
            whole = _Whole(self.search_paths, self.list_available_services(type_name))
            model = whole.load_service_model(service_name, type_name)
            self._cut[service_name] = cut(model, wanted)
        return self._cut[service_name]


def cut(model: Mapping[str, Any], operations: Iterable[str]) -> dict[str, Any]:
    """The model with these operations and the shapes that they reach."""
    known = model["operations"]
    kept = {name: _without_documentation(known[name]) for name in operations if name in known}
    shapes: dict[str, Any] = {}
    waiting = [name for operation in kept.values() for name in _names(operation)]
    while waiting:
        name = waiting.pop()
        if name not in shapes:
            shapes[name] = _without_documentation(model["shapes"][name])
            waiting.extend(_names(shapes[name]))
    return {**_without_documentation(model), "operations": kept, "shapes": shapes}


def _names(described: Mapping[str, Any]) -> list[str]:
    """The shapes that an operation or a shape refers to."""
    single = [described[each] for each in ("input", "output", "member", "key", "value") if each in described]
    several = [*described.get("errors", ()), *described.get("members", {}).values()]
    return [each["shape"] for each in (*single, *several)]


def _without_documentation(described: Mapping[str, Any]) -> dict[str, Any]:
    members = described.get("members")
    less = {name: each for name, each in described.items() if name != "documentation"}
    if isinstance(members, dict):
        less["members"] = {name: _without_documentation(each) for name, each in members.items()}
    return less
