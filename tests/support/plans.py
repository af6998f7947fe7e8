"""Terraform plans for tests: made of a few resources, or of the estate's good one by changing a little."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from typing import Any

import orjson

from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.controls.plan import judge_plan
from ppbe_observe.controls.rules import Override, Rules
from ppbe_observe.model import Finding
from support.project import PROJECT

EXAMPLES = PROJECT / "examples" / "terraform"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
AWS = "registry.terraform.io/hashicorp/aws"

Document = dict[str, Any]
Trail = tuple[str | int, ...]


def resource(
    address: str,
    values: Mapping[str, Any],
    unknown: Mapping[str, Any] | None = None,
    *,
    actions: Iterable[str] = ("create",),
    sensitive: Mapping[str, Any] | None = None,
    provider: str = AWS,
) -> dict[str, Any]:
    """One entry of ``resource_changes``; the address gives module, type, name and index."""
    module, _, own = address.rpartition("module.")
    if module or own != address:
        inside, _, rest = own.partition(".aws_")
        module, own = f"{module}module.{inside}", f"aws_{rest}"
    kind, _, name = own.partition(".")
    name, _, index = name.partition("[")
    change = {
        "actions": list(actions),
        "before": None,
        "after": None if list(actions) == ["delete"] else {"tags": None, "tags_all": {}, **values},
        "after_unknown": {"arn": True, "id": True, **(unknown or {})} if "create" in actions else (unknown or {}),
        "after_sensitive": sensitive or {},
    }
    if list(actions) == ["delete"]:
        change["before"] = dict(values)
    return {
        "address": address,
        **({"module_address": module} if module else {}),
        "mode": "managed",
        "type": kind,
        "name": name,
        **({"index": orjson.loads(index.removesuffix("]"))} if index else {}),
        "provider_name": provider,
        "change": change,
    }


def plan(*resources: dict[str, Any], root: Mapping[str, Any] | None = None, **parts: Any) -> Document:
    """A whole plan; ``root`` is the configuration of the root module."""
    provider = {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "us-gov-west-1"}}}}
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": list(resources),
        "configuration": {"provider_config": provider, "root_module": dict(root or {})},
        **parts,
    }


def configured(address: str, expressions: Mapping[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    """One resource of a configuration; expressions that are lists of text are references."""
    kind, _, name = address.partition(".")
    told = {
        key: {"references": value} if isinstance(value, list) else value for key, value in (expressions or {}).items()
    }
    node = {"address": address, "mode": "managed", "type": kind, "name": name, "provider_config_key": "aws"}
    return {**node, "expressions": told, **parts}


@cache
def _example(name: str) -> bytes:
    return (EXAMPLES / name / "plan.json").read_bytes()


def example(name: str) -> Document:
    """One of the shipped plans, to be changed at will."""
    document: Document = orjson.loads(_example(name))
    return document


def change_of(document: Document, address: str) -> dict[str, Any]:
    """The change of one resource."""
    (found,) = (each for each in document["resource_changes"] if each["address"] == address)
    change: dict[str, Any] = found["change"]
    return change


def with_value(document: Document, address: str, trail: Trail, value: Any) -> Document:
    """The same plan, where one attribute has another value, which is known."""
    made = deepcopy(document)
    change = change_of(made, address)
    _within(change["after"], trail)[trail[-1]] = value
    marks = _within(change["after_unknown"], trail)
    if isinstance(marks, dict):
        marks.pop(trail[-1], None)
    return made


def after_apply(document: Document, address: str, trail: Trail) -> Document:
    """The same plan, where one attribute is known only after apply."""
    made = deepcopy(document)
    change = change_of(made, address)
    _within(change["after"], trail).pop(trail[-1], None)
    marks = change["after_unknown"]
    for step, following in pairwise(trail):
        if isinstance(marks, list):
            marks.extend({} for _ in range(int(step) + 1 - len(marks)))
        elif step not in marks:
            marks[step] = [] if isinstance(following, int) else {}
        marks = marks[step]
    marks[trail[-1]] = True
    return made


def without(document: Document, *addresses: str) -> Document:
    """The same plan without some resources, in the configuration too."""
    made = deepcopy(document)
    made["resource_changes"] = [each for each in made["resource_changes"] if each["address"] not in addresses]
    _drop(made["configuration"]["root_module"], addresses, "")
    return made


def existing(document: Document, *addresses: str) -> Document:
    """The same plan, where some resources exist already and stay as they are; what is not known stays so."""
    made = deepcopy(document)
    for address in addresses:
        change = change_of(made, address)
        change["actions"], change["before"] = ["no-op"], deepcopy(change["after"])
    return made


def judged(document: Document, *checks: str, **parameters: Any) -> dict[str, Finding]:
    """The findings of some checks, or of all, by the address or ARN; of one check only, where several say of it."""
    chosen = [each for each in CHECKS if each.id in checks] if checks else list(CHECKS)
    assert not checks or {each.id for each in chosen} == set(checks), "no such check"
    rules = Rules(chosen, {each.id: Override(parameters=parameters) for each in chosen}, {}, "production")
    return {each.resource.arn: each for each in judge_plan(document, rules, NOW)}


def said(document: Document, check: str, address: str, **parameters: Any) -> tuple[str, str]:
    """Outcome and reason of one check on one resource."""
    finding = judged(document, check, **parameters)[address]
    return finding.outcome.value, finding.verdict.reason


def _within(values: Any, trail: Trail) -> Any:
    for step in trail[:-1]:
        if isinstance(values, list):
            values = values[int(step)] if int(step) < len(values) else {}
        else:
            values = values.get(step, {}) if isinstance(values, dict) else {}
    return values


def _drop(module: dict[str, Any], addresses: tuple[str, ...], prefix: str) -> None:
    kept = module.get("resources", [])
    module["resources"] = [each for each in kept if f"{prefix}{each['address']}" not in addresses]
    for name, call in module.get("module_calls", {}).items():
        _drop(call["module"], addresses, f"{prefix}module.{name}.")
