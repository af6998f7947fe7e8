"""Lifecycle rules of buckets: what those that are enabled do, when, and to which objects. Pure.

Source: S3 User Guide, "Lifecycle configuration elements". Invariant: a rule that spares some objects never counts as
one for all of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

ARCHIVES = ("GLACIER", "DEEP_ARCHIVE", "GLACIER_IR")
"""The storage classes of S3 Glacier, Instant Retrieval included."""

_Rule = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """What one rule does to objects or noncurrent versions of a certain age, or from a date on whatever their age.

    ``only`` says which objects; it is empty where it is all of them.
    """

    rule: str
    what: str
    only: str = ""
    days: int | None = None
    date: datetime | None = None

    def __str__(self) -> str:
        when = f"after {self.days} days" if self.date is None else f"from {self.date:%Y-%m-%d} on, whatever their age"
        return f"rule {self.rule} {self.what} {when}{self.only and f', but only {self.only}'}"

    def age(self, now: datetime) -> int | None:
        """The age in days at which it is done; None where its date has not come. One that has holds for all to come."""
        if self.date is None:
            return self.days
        return 0 if self.date <= now else None


def expirations(rules: Iterable[_Rule]) -> tuple[Action, ...]:
    """Each expiry of objects; the removal of delete markers that hide nothing is none."""
    return tuple(
        _action(rule, "expires objects", rule["Expiration"])
        for rule in _enabled(rules)
        if {"Days", "Date"} & rule.get("Expiration", {}).keys()
    )


def noncurrent_expirations(rules: Iterable[_Rule]) -> tuple[Action, ...]:
    """Each expiry of noncurrent versions; one that spares the newest of them expires the others."""
    return tuple(
        Action(_name(rule), "expires noncurrent versions", _only(rule), rule[_NONCURRENT]["NoncurrentDays"])
        for rule in _enabled(rules)
        if _NONCURRENT in rule
    )


def archivals(rules: Iterable[_Rule]) -> tuple[Action, ...]:
    """Each move of objects to a storage class of S3 Glacier."""
    return tuple(
        _action(rule, f"moves objects to {each['StorageClass']}", each)
        for rule in _enabled(rules)
        for each in rule.get("Transitions", ())
        if each["StorageClass"] in ARCHIVES
    )


_NONCURRENT = "NoncurrentVersionExpiration"


def _enabled(rules: Iterable[_Rule]) -> Iterator[_Rule]:
    return (each for each in rules if each["Status"] == "Enabled")


def _action(rule: _Rule, what: str, when: Mapping[str, Any]) -> Action:
    if "Date" in when:
        return Action(_name(rule), what, _only(rule), date=when["Date"])
    return Action(_name(rule), what, _only(rule), days=when["Days"])


def _name(rule: _Rule) -> str:
    return str(rule.get("ID") or "without a name")


def _only(rule: _Rule) -> str:
    given = rule.get("Filter") or {}
    both = given.get("And") or {}
    prefix = rule.get("Prefix") or given.get("Prefix") or both.get("Prefix")
    tags = [*both.get("Tags", ()), *([given["Tag"]] if "Tag" in given else [])]
    sizes = {**given, **both}
    return " ".join(
        (
            *([f"under {prefix}"] if prefix else []),
            *(f"tagged {each['Key']}={each.get('Value', '')}" for each in tags),
            *(f"of more than {sizes[name]} bytes" for name in ("ObjectSizeGreaterThan",) if name in sizes),
            *(f"of less than {sizes[name]} bytes" for name in ("ObjectSizeLessThan",) if name in sizes),
        )
    )
