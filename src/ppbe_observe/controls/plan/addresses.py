"""Addresses of resources and modules, and references to them, as Terraform writes them. Pure.

Source: HashiCorp, "Resource Addressing" and "References to Named Values".
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

Key = int | str | None
"""The index of an instance: of count, of for_each, none."""

Path = tuple[tuple[str, Key], ...]
"""The module calls that lead to a module, each with the index of its instance."""

_KEY = r'\[(?P<key>\d+|"(?:[^"\\]|\\.)*")\]'
_MODULE = re.compile(rf"module\.(?P<name>[^.\[\]]+)(?:{_KEY})?\.?")
_REFERENCE = re.compile(
    rf"(?P<head>[^.\[\]]+)\.(?P<name>[^.\[\]]+)(?:{_KEY})?(?:\.(?P<attribute>[^.\[\]]+))?(?P<rest>.*)", re.DOTALL
)
_LEADING_KEY = re.compile(_KEY)


@dataclass(frozen=True, slots=True)
class Reference:
    """``aws_s3_bucket.logs["a"].id`` is to the instance ``a`` of ``logs``, attribute ``id``; ``head`` is the type.

    Of ``module.logs.buckets["a"].id`` the head is ``module``, the attribute ``buckets``; ``inner`` is the index in it.
    """

    head: str
    name: str
    key: Key = None
    attribute: str | None = None
    inner: Key = None


def reference(text: str) -> Reference | None:
    """What a reference says; None where it has no name (``terraform``, ``self``)."""
    found = _REFERENCE.fullmatch(text)
    if found is None:
        return None
    inner = _LEADING_KEY.match(found["rest"])
    return Reference(found["head"], found["name"], _key(found["key"]), found["attribute"], _key(inner and inner["key"]))


def module_path(address: str | None) -> Path:
    """The path to a module, from its address (``module.network["a"].module.subnets``)."""
    return tuple((each["name"], _key(each["key"])) for each in _MODULE.finditer(address or ""))


def most_specific(references: Iterable[str]) -> list[str]:
    """Without those that another one only goes on from: Terraform lists ``a.b.id`` and then ``a.b`` too."""
    given = list(dict.fromkeys(references))
    return [each for each in given if not any(other.startswith((f"{each}.", f"{each}[")) for other in given)]


def _key(text: str | None) -> Key:
    if text is None:
        return None
    key: int | str = json.loads(text)
    return key
