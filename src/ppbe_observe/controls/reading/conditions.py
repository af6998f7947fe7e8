"""The conditions of policy statements: which of them limit a statement to somebody known. Pure.

Invariants: what is not recognised does not limit; a condition limits only where each of its values names somebody
fixed, as AWS decides it for public access (Amazon S3 User Guide, "The meaning of public").
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

_OWN = re.compile(r"\$\{\s*aws:Resource(?:Account|OrgID|OrgPaths)\s*\}", re.IGNORECASE)
"""Policy variables that stand for the resource's own account or organization."""
_WILD = re.compile(r"[*?]|\$\{")
"""Wildcards, and policy variables: whose value is anybody's own."""
_ARN_PARTS = 6
_BROADEST = {4: 8, 6: 32}
"""Prefix lengths: "values broader than /8 for IPv4 and /32 for IPv6" are public (same page)."""
_MATCHING = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress"})
_DIFFERING = frozenset(
    {"stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike", "notipaddress"}
)
_NEVER_WHEN_ABSENT = frozenset({"", "foranyvalue"})
_ALWAYS_WHEN_ABSENT = frozenset({"", "forallvalues"})


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a condition block, as it is written: ``StringEquals``, ``aws:SourceAccount``, the values."""

    operator: str
    key: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.operator} {self.key} {', '.join(self.values)}"

    @property
    def limits(self) -> bool:
        """Whether it holds only for somebody known."""
        return self._names_somebody(_MATCHING, _NEVER_WHEN_ABSENT)

    @property
    def spares(self) -> bool:
        """Whether it holds for all but somebody known: what a Deny needs in order to limit."""
        return self._names_somebody(_DIFFERING, _ALWAYS_WHEN_ABSENT)

    def is_on(self, *keys: str) -> bool:
        """Whether it is about one of these keys."""
        return self.key.casefold() in {each.casefold() for each in keys}

    def _names_somebody(self, operators: Iterable[str], when_absent: Iterable[str]) -> bool:
        quantifier, operator, if_exists = _parts(self.operator)
        if operator not in operators or quantifier not in when_absent:
            return False
        if if_exists and operator in _MATCHING:
            return False
        fixed = _WHO.get(self.key.casefold())
        return fixed is not None and bool(self.values) and all(fixed(each) for each in self.values)


def conditions(block: Any) -> tuple[Condition, ...]:
    """The lines of a condition block.

    Raises:
        ValueError: It is not one.
    """
    if not isinstance(block, Mapping) or not all(isinstance(each, Mapping) for each in block.values()):
        raise ValueError("a Condition that is no block of operators and keys")
    return tuple(
        Condition(operator, key, _values(given)) for operator, keys in block.items() for key, given in keys.items()
    )


def limiting(lines: Iterable[Condition], *keys: str) -> tuple[Condition, ...]:
    """Those that hold only for somebody known: on one of the keys, if any are named.

    ``ForAllValues`` and ``IfExists`` hold where the key is absent, so they limit only beside ``Null: false`` on it.
    """
    given = tuple(lines)
    present = {each.key.casefold() for each in given if _is_required(each)}
    return tuple(
        each for each in given if (not keys or each.is_on(*keys)) and (each.limits or _limits_present(each, present))
    )


def _is_required(line: Condition) -> bool:
    return line.operator.casefold() == "null" and [each.casefold() for each in line.values] == ["false"]


def _limits_present(line: Condition, present: Iterable[str]) -> bool:
    _, operator, _ = _parts(line.operator)
    return line.key.casefold() in present and Condition(operator, line.key, line.values).limits


def _parts(operator: str) -> tuple[str, str, bool]:
    """Quantifier, operator, and whether ``IfExists`` follows it."""
    quantifier, _, name = operator.casefold().rpartition(":")
    return quantifier, name.removesuffix("ifexists"), name.endswith("ifexists")


def _values(given: Any) -> tuple[str, ...]:
    values = given if isinstance(given, list) else [given]
    if not all(isinstance(each, str | bool | int | float) for each in values):
        raise ValueError("a Condition whose value is neither text, number, true nor false")
    return tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in values)


def _name(value: str) -> bool:
    """An account, an organization, a VPC."""
    own = _OWN.sub("own", value)
    return bool(own) and not _WILD.search(own)


def _until(separator: str) -> Callable[[str], bool]:
    """What is told apart by its first part: ``o-example/r-1/*``."""
    return lambda value: _name(_OWN.sub("own", value).partition(separator)[0])


def _arn(value: str) -> bool:
    """An ARN of one account; one without an account (a bucket's) by its name."""
    parts = _OWN.sub("own", value).split(":", _ARN_PARTS - 1)
    if len(parts) < _ARN_PARTS:
        return False
    *_, account, resource = parts
    return _name(account) if account else _name(resource.partition("/")[0]) or _name(resource)


def _range(value: str) -> bool:
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= _BROADEST[network.version]


_WHO: Mapping[str, Callable[[str], bool]] = {
    "aws:ec2instancesourcevpc": _name,
    "aws:principalaccount": _name,
    "aws:principalarn": _arn,
    "aws:principalorgid": _name,
    "aws:principalorgpaths": _until("/"),
    "aws:principalservicename": _name,
    "aws:principalservicenameslist": _name,
    "aws:sourceaccount": _name,
    "aws:sourcearn": _arn,
    "aws:sourceip": _range,
    "aws:sourceorgid": _name,
    "aws:sourceorgpaths": _until("/"),
    "aws:sourceowner": _name,
    "aws:sourcevpc": _name,
    "aws:sourcevpcarn": _arn,
    "aws:sourcevpce": _name,
    "aws:userid": _until(":"),
    "aws:vpceaccount": _name,
    "aws:vpceorgid": _name,
    "aws:vpceorgpaths": _until("/"),
    "kms:calleraccount": _name,
    "s3:dataaccesspointaccount": _name,
    "s3:dataaccesspointarn": _arn,
}
"""Global and service condition keys that tell who asks or on whose behalf, and when a value of them is fixed.

Others say how (``kms:ViaService``, ``aws:SecureTransport``) or what a caller may choose freely: its tags
(``aws:PrincipalTag``), its user names, its private addresses (``aws:VpcSourceIp``).
"""
