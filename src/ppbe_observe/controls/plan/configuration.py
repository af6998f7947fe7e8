"""The configuration behind a plan: which planned resources an expression refers to. Pure.

A plan does not say what will only be known after apply, the id of a bucket that is yet to be made; its configuration
says of which bucket it is the id. Locals are not in a plan: what refers to a resource through one cannot be told.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ppbe_observe.controls.plan.addresses import Key, Path, Reference, module_path, most_specific, reference
from ppbe_observe.controls.plan.block import Step

Node = Mapping[str, Any]
Expression = Any

_DEEPEST = 50
"""Modules within modules, and outputs of outputs: more than any plan has."""
_NO_RESOURCES = frozenset({"count", "data", "each", "local", "path", "self", "terraform", "var"})
_OWN_INDEX = ("count.index", "each.key", "each.value")


@dataclass(frozen=True, slots=True)
class Name:
    """A resource with all of its instances: the module it is in, its type and its name there."""

    path: Path
    type: str
    name: str


@dataclass(frozen=True, slots=True)
class Instances:
    """Instances that are referred to: that of ``key``, else all that there are."""

    name: Name
    attribute: str | None
    key: Key = None


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where an expression stands: in a module, in the block of an instance with this index and ``for_each``."""

    path: Path
    key: Key = None
    for_each: tuple[str, ...] = ()
    depth: int = 0


class Configuration:
    """The part ``configuration`` of a plan, and the values of its variables."""

    def __init__(self, document: Node) -> None:
        given = _node(document, "configuration")
        self._root = _node(given, "root_module")
        self._resources = dict(_resources(self._root, ()))
        self._providers = _node(given, "provider_config")
        self._variables = _node(document, "variables")

    def expression(self, name: Name, trail: Iterable[Step]) -> Expression:
        """What the configuration says of an attribute; None where nothing, or where the plan does not hold it."""
        found: Any = _node(self._resource(name), "expressions")
        for step in trail:
            if isinstance(found, list) and isinstance(step, int):
                found = found[step] if step < len(found) else None
            elif isinstance(found, Mapping) and isinstance(step, str):
                found = found.get(step)
            elif not isinstance(found, Mapping):  # of a block that stands once there is no list
                return None
        return found

    def leaves_out(self, name: Name, attribute: str) -> bool:
        """Whether it is certain that a resource does not set an attribute (blocks may come from dynamic ones)."""
        resource = self._resource(name)
        return bool(resource) and attribute not in _node(resource, "expressions")

    def referred(self, name: Name, key: Key, trail: Iterable[Step]) -> Iterator[Instances]:
        """The resources that an attribute of an instance refers to, through variables and outputs of modules too."""
        for_each = _references(self._resource(name).get("for_each_expression"))
        scope = _Scope(name.path, key, for_each)
        return self._resolved(_references(self.expression(name, trail)), scope)

    def region(self, name: Name) -> str | None:
        """The region of a resource's provider; None where the plan does not say it."""
        provider, path = self._provider(name)
        region = self._constant(_node(provider, "expressions").get("region"), path) if provider else None
        return region if isinstance(region, str) else None

    def adds_tags(self, name: Name) -> bool:
        """Whether the provider of a resource may add tags of its own (``default_tags``)."""
        provider, _ = self._provider(name)
        return provider is None or "default_tags" in _node(provider, "expressions")

    def _constant(self, expression: Expression, path: Path, depth: int = 0) -> Any:
        """The value of an expression that is a constant or a variable alone; None of any other."""
        if not isinstance(expression, Mapping) or depth > _DEEPEST:
            return None
        if "constant_value" in expression:
            return expression["constant_value"]
        found = [reference(each) for each in most_specific(_references(expression))]
        if len(found) != 1 or found[0] is None or found[0].head != "var":
            return None
        variable = found[0].name
        if path:
            call = self._call(path)
            return self._constant(_node(call, "expressions").get(variable), path[:-1], depth + 1)
        return _node(self._variables, variable).get("value")

    def _resolved(self, references: Iterable[str], scope: _Scope, hint: Key = None) -> Iterator[Instances]:
        given = list(references)
        own = scope.key if any(each.startswith(_OWN_INDEX) for each in given) else hint
        scope = replace(scope, depth=scope.depth + 1)
        for text in most_specific(given) if scope.depth < _DEEPEST else ():
            found = reference(text)
            if text.startswith("each.value"):
                yield from self._resolved(scope.for_each, replace(scope, for_each=()), scope.key)
            elif found is None:
                continue
            elif found.head == "var":
                yield from self._given(found.name, scope)
            elif found.head == "module":
                yield from self._put_out(found, own, scope)
            elif found.head not in _NO_RESOURCES:
                key = own if found.key is None else found.key
                yield Instances(Name(scope.path, found.head, found.name), found.attribute, key)

    def _given(self, variable: str, scope: _Scope) -> Iterator[Instances]:
        """What the call of the module gives for a variable."""
        if scope.path:
            call = self._call(scope.path)
            for_each = _references(call.get("for_each_expression"))
            outer = _Scope(scope.path[:-1], scope.path[-1][1], for_each, scope.depth)
            yield from self._resolved(_references(_node(call, "expressions").get(variable)), outer)

    def _put_out(self, found: Reference, own: Key, scope: _Scope) -> Iterator[Instances]:
        """What an output of a module refers to."""
        path = (*scope.path, (found.name, own if found.key is None else found.key))
        output = _node(_node(self._module(path), "outputs"), found.attribute or "")
        inside = _Scope(path, None, (), scope.depth)
        yield from self._resolved(_references(output.get("expression")), inside, found.inner)

    def _module(self, path: Path) -> Node:
        module = self._root
        for name, _ in path:
            module = _node(_node(_node(module, "module_calls"), name), "module")
        return module

    def _call(self, path: Path) -> Node:
        return _node(_node(self._module(path[:-1]), "module_calls"), path[-1][0])

    def _resource(self, name: Name) -> Node:
        return self._resources.get((tuple(module for module, _ in name.path), name.type, name.name), {})

    def _provider(self, name: Name) -> tuple[Node | None, Path]:
        """That of a resource, with the module whose variables it may name.

        A module that is handed one names it as its own, without saying anything of it.
        """
        key = str(self._resource(name).get("provider_config_key", "aws"))
        module, _, own = key.rpartition(":")
        found = self._providers.get(key)
        if not isinstance(found, Mapping) or (module and not found.get("expressions")):
            module, found = "", self._providers.get(own, found)
        return found if isinstance(found, Mapping) else None, name.path[: len(module_path(module))]


def _resources(module: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[tuple[str, ...], str, str], Node]]:
    listed = module.get("resources")
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, Mapping) and each.get("mode") == "managed":
            yield (path, str(each.get("type")), str(each.get("name"))), each
    for name, call in _node(module, "module_calls").items():
        if isinstance(call, Mapping):
            yield from _resources(_node(call, "module"), (*path, name))


def _references(expression: Expression) -> tuple[str, ...]:
    """Every reference of an expression, those of blocks within it too."""
    if isinstance(expression, list):
        return tuple(found for each in expression for found in _references(each))
    if not isinstance(expression, Mapping):
        return ()
    listed = expression.get("references")
    if isinstance(listed, list):
        return tuple(each for each in listed if isinstance(each, str))
    return tuple(found for each in expression.values() for found in _references(each))


def _node(parent: Node, name: str) -> Node:
    found = parent.get(name)
    return found if isinstance(found, Mapping) else {}
