"""Policy documents (IAM JSON policy language): what their statements say, and to whom. Pure.

Invariants: what a document means does not depend on how it is written (a single statement or value, or a list of
one); a document that cannot be read raises ValueError, it is never an empty one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

from ppbe_observe.controls.reading.conditions import Condition, conditions, limiting

EVERYBODY = "*"
_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_NAMES = {each.casefold(): each for each in _ELEMENTS}


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a statement is about: ``AWS``, ``Service``, ``Federated`` or ``CanonicalUser``, and the name."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; an element that it does not have is empty."""

    allow: bool
    principals: tuple[Principal, ...] = ()
    not_principals: tuple[Principal, ...] = ()
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    sid: str = ""

    @property
    def for_everybody(self) -> bool:
        """Whether it names everybody, or all but some; its conditions are not weighed."""
        spared = any(each.name == EVERYBODY for each in self.not_principals)
        return (bool(self.not_principals) and not spared) or any(each.name == EVERYBODY for each in self.principals)

    @property
    def public(self) -> bool:
        """Whether it allows everybody something: no condition limits it to somebody known."""
        return self.allow and self.for_everybody and not self.limited_by()

    @property
    def services(self) -> tuple[str, ...]:
        """The AWS services that it names as principals (``ecs-tasks.amazonaws.com``)."""
        return tuple(each.name for each in self.principals if each.kind == "Service")

    @property
    def allows_everything(self) -> bool:
        """Whether it allows every action on every resource; a condition does not make it narrower.

        All but some actions is everything too unless all of IAM is among those: who can write policies can
        grant themselves the rest. So is all but some resources.
        """
        spared = any(_covers(each, "iam:*") for each in self.not_actions)
        actions = any(_is_all(each) for each in self.actions) or (bool(self.not_actions) and not spared)
        left = bool(self.not_resources) and not any(_is_all(each) for each in self.not_resources)
        return self.allow and actions and (left or any(_is_all_resources(each) for each in self.resources))

    @property
    def service_wildcards(self) -> tuple[str, ...]:
        """What it allows all actions of a service by: ``s3:*``, ``*``, or all but some (``not iam:*``)."""
        if not self.allow or any(_is_all(each) for each in self.not_actions):
            return ()
        return (*filter(_is_whole_service, self.actions), *(f"not {each}" for each in self.not_actions))

    @property
    def what(self) -> str:
        """Its actions, and its name if it has one, for a person to read."""
        actions = f"all but {', '.join(self.not_actions)}" if self.not_actions else ", ".join(self.actions)
        return f"{actions} (statement {self.sid})" if self.sid else actions

    def limited_by(self, *keys: str) -> tuple[Condition, ...]:
        """The conditions that limit it to somebody known: those on one of the keys, if any are named."""
        return limiting(self.conditions, *keys)

    def values(self, operator: str, key: str) -> tuple[str, ...]:
        """What one operator compares one key with; upper and lower case are alike in both names."""
        return tuple(
            value
            for each in self.conditions
            if each.is_on(key) and each.operator.casefold() == operator.casefold()
            for value in each.values
        )

    def is_about(self, action: str) -> bool:
        """Whether it speaks of an action (``iam:PassRole``), be it to allow or to deny it."""
        if self.not_actions:
            return not any(_covers(each, action) for each in self.not_actions)
        return any(_covers(each, action) for each in self.actions)

    def is_on(self, resource: str) -> bool:
        """Whether it speaks of a resource, by its ARN."""
        if self.not_resources:
            return not any(matches(each, resource) for each in self.not_resources)
        return any(matches(each, resource) for each in self.resources)


def statements(document: str | bytes | Mapping[str, Any]) -> tuple[Statement, ...]:
    """The statements of a document: JSON, URL-encoded JSON as IAM answers, or already parsed.

    Raises:
        ValueError: It is not a policy document.
    """
    parsed = document if isinstance(document, Mapping) else _parsed(document)
    given = {name.casefold(): value for name, value in parsed.items()}.get("statement")
    if isinstance(given, Mapping):
        return (_statement(given),)
    if isinstance(given, list) and all(isinstance(each, Mapping) for each in given):
        return tuple(_statement(each) for each in given)
    raise ValueError("a policy document without Statement, or one that is no JSON object")


def public_statements(document: str | bytes | Mapping[str, Any]) -> tuple[Statement, ...]:
    """Those that let everybody in, unless another one denies the same to all but somebody known.

    Raises:
        ValueError: It is not a policy document.
    """
    given = statements(document)
    return tuple(each for each in given if each.public and not any(_denied(each, other) for other in given))


def matches(pattern: str, value: str) -> bool:
    """Whether a pattern with ``*`` and ``?`` stands for a value."""
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def _parsed(document: str | bytes) -> Mapping[str, Any]:
    text = (document.decode() if isinstance(document, bytes) else document).strip()
    parsed = json.loads(text if text.startswith("{") else unquote(text), object_pairs_hook=_unique)
    if isinstance(parsed, dict):
        return parsed
    raise ValueError("a policy document that is no JSON object")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(named := dict(pairs)) < len(pairs):
        raise ValueError("a policy document that has an element twice")
    return named


def _statement(given: Mapping[str, Any]) -> Statement:
    elements = _elements(given)
    return Statement(
        allow=elements["Effect"] == "Allow",
        principals=_principals(elements, "Principal"),
        not_principals=_principals(elements, "NotPrincipal"),
        actions=_strings(elements, "Action"),
        not_actions=_strings(elements, "NotAction"),
        resources=_strings(elements, "Resource"),
        not_resources=_strings(elements, "NotResource"),
        conditions=conditions(elements.get("Condition", {})),
        sid=str(elements.get("Sid", "")),
    )


def _elements(given: Mapping[str, Any]) -> dict[str, Any]:
    elements = {_NAMES.get(name.casefold(), name): value for name, value in given.items()}
    if (effect := elements.get("Effect")) not in (
        "Allow",
        "Deny",
    ):  # a tuple, since a list cannot be looked up in a set
        raise ValueError(f"a Statement whose Effect is {effect!r}")
    for name in ("Action", "Principal", "Resource"):
        if name in elements and f"Not{name}" in elements:
            raise ValueError(f"a Statement with both {name} and Not{name}")
    if elements.keys().isdisjoint({"Action", "NotAction"}):
        raise ValueError("a Statement without Action")
    return elements


def _principals(elements: Mapping[str, Any], name: str) -> tuple[Principal, ...]:
    given = elements.get(name, {})
    if isinstance(given, str):
        return (Principal("AWS", given),)
    if isinstance(given, Mapping):
        return tuple(Principal(kind, each) for kind in given for each in _strings(given, kind))
    raise ValueError(f"a {name} that is neither text nor a JSON object")


def _strings(elements: Mapping[str, Any], name: str) -> tuple[str, ...]:
    given = elements.get(name, [])
    values = given if isinstance(given, list) else [given]
    if all(isinstance(each, str) for each in values):
        return tuple(values)
    raise ValueError(f"a {name} that is neither text nor a list of it")


def _covers(pattern: str, action: str) -> bool:
    """Actions are alike in upper and lower case."""
    return matches(pattern.casefold(), action.casefold())


def _is_all(pattern: str) -> bool:
    return bool(pattern) and not pattern.strip("*:")


def _is_all_resources(pattern: str) -> bool:
    scheme, _, rest = pattern.partition(":")
    _partition, _, parts = rest.partition(":")
    return _is_all(pattern) or (scheme == "arn" and not parts.strip("*:") and pattern.endswith("*"))


def _is_whole_service(action: str) -> bool:
    _service, colon, name = action.partition(":")
    return _is_anything(name) if name else not colon and action.endswith("*")


def _is_anything(name: str) -> bool:
    """Whether a pattern stands for every name of an action: none is so short that a few ? beside the * matter."""
    return "*" in name and not name.strip("*?")


def _denied(allowed: Statement, other: Statement) -> bool:
    """Whether the other one denies all that is allowed, to everybody or to all but somebody known."""
    if other.allow or not _includes(other, allowed):
        return False
    if other.not_principals:
        return not other.conditions and all(each.name != EVERYBODY for each in other.not_principals)
    return other.for_everybody and all(each.spares for each in other.conditions)


def _includes(wide: Statement, narrow: Statement) -> bool:
    """Whether one is about all that the other one is about; not where either says it by what it is not about."""
    if wide.not_actions or wide.not_resources or narrow.not_actions or narrow.not_resources:
        return False
    actions = all(any(_contains(own.casefold(), each.casefold()) for own in wide.actions) for each in narrow.actions)
    return actions and all(any(_contains(own, each) for own in wide.resources) for each in narrow.resources)


def _contains(pattern: str, other: str) -> bool:
    """Whether a pattern stands for all that another one stands for."""
    return matches(pattern, other) and (pattern == other or "?" not in pattern)
