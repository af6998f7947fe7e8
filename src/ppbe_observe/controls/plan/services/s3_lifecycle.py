"""Lifecycle rules of buckets (S3). Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ppbe_observe.controls.plan.block import Block
from ppbe_observe.controls.plan.facts import ABSENT
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.telling import flag, number, optional, part, told

_BUCKET = "aws_s3_bucket"


def lifecycle_of(source: Planned) -> Mapping[str, Any]:
    """The rules of a lifecycle configuration, or of a bucket's own blocks."""
    own = source.change.type == _BUCKET
    rules = source.attributes.blocks("lifecycle_rule" if own else "rule")
    return {"Rules": [part(each, _OWN_RULE if own else _RULE) for each in rules]} if rules else {}


def _action(name: str) -> Callable[[Block], Any]:
    def tell(rule: Block) -> Any:
        block = rule.first(name)
        return part(block, {"Days": number("days"), "Date": _date}) if block else ABSENT

    return tell


def _date(block: Block) -> Any:
    given = block["date"]
    return datetime.fromisoformat(given if "T" in given else f"{given}T00:00:00+00:00") if given else ABSENT


def _noncurrent(days: str) -> Callable[[Block], Any]:
    def tell(rule: Block) -> Any:
        block = rule.first("noncurrent_version_expiration")
        return part(block, {"NoncurrentDays": told(days)}) if block else ABSENT

    return tell


def _transitions(rule: Block) -> Any:
    tellers = {"StorageClass": told("storage_class"), "Days": _days_of_transition, "Date": _date}
    return [part(each, tellers) for each in rule.blocks("transition")] or ABSENT


def _days_of_transition(block: Block) -> Any:
    return ABSENT if block["date"] else block["days"] or 0  # at once, where neither is given


def _filter(rule: Block) -> Any:
    block = rule.first("filter")
    return part(block, {"Prefix": optional("prefix"), "Tag": _tag, "And": _both, **_SIZES}) if block else ABSENT


def _tag(block: Block) -> Any:
    tag = block.first("tag")
    return part(tag, {"Key": told("key"), "Value": told("value")}) if tag else ABSENT


def _both(block: Block) -> Any:
    both = block.first("and")
    return part(both, {"Prefix": optional("prefix"), "Tags": _tags, **_SIZES}) if both else ABSENT


def _tags(block: Block) -> Any:
    return [{"Key": key, "Value": value} for key, value in (block["tags"] or {}).items()] or ABSENT


_SIZES: Mapping[str, Callable[[Block], Any]] = {
    "ObjectSizeGreaterThan": number("object_size_greater_than"),
    "ObjectSizeLessThan": number("object_size_less_than"),
}

_RULE: Mapping[str, Callable[[Block], Any]] = {
    "ID": told("id"),
    "Status": told("status"),
    "Prefix": optional("prefix"),
    "Filter": _filter,
    "Expiration": _action("expiration"),
    "NoncurrentVersionExpiration": _noncurrent("noncurrent_days"),
    "Transitions": _transitions,
}
_OWN_RULE: Mapping[str, Callable[[Block], Any]] = {
    "ID": optional("id"),
    "Status": lambda rule: "Enabled" if flag("enabled")(rule) else "Disabled",
    "Prefix": optional("prefix"),
    "Filter": lambda rule: {"And": {"Tags": tags}} if (tags := _tags(rule)) is not ABSENT else ABSENT,
    "Expiration": _action("expiration"),
    "NoncurrentVersionExpiration": _noncurrent("days"),
    "Transitions": _transitions,
}
