"""A Terraform plan, as ``terraform show -json`` prints it: the AWS resources that it plans. Pure.

Source: HashiCorp, "JSON Output Format", format version 1. What is deleted, what Terraform only reads (data sources)
and what other providers plan is left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ppbe_observe.controls.plan.addresses import Key, module_path
from ppbe_observe.controls.plan.block import Block
from ppbe_observe.controls.plan.configuration import Name
from ppbe_observe.errors import SettingsError

HOW = "write it by `terraform plan -out plan.out && terraform show -json plan.out > plan.json`"

_VERSION = "1"
_OURS = "hashicorp/aws"
_REMOVING = frozenset({("delete",), ("forget",)})


@dataclass(frozen=True, slots=True)
class Change:
    """One planned resource.

    ``created`` where nothing of it exists yet, or all of it is replaced, ``existed`` where something did; ``removed``
    where nothing is left of it: its attributes are then those that it had.
    """

    address: str
    name: Name
    key: Key
    attributes: Block
    created: bool
    existed: bool
    changed: bool
    removed: bool = False

    @property
    def type(self) -> str:
        """That of the provider (``aws_s3_bucket``)."""
        return self.name.type


def changes_of(document: Mapping[str, Any]) -> tuple[Change, ...]:
    """Every resource of AWS as it will be, and those that will be gone.

    Raises:
        SettingsError: It is no plan, or one of another format, or one that failed, or has nothing of AWS.
    """
    _validate(document)
    try:
        listed = [each for each in _listed(document) if each.get("mode") == "managed"]
        ours = [each for each in listed if _is_ours(each)]
        found = {each.address: each for each in map(_change, ours) if each is not None}
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise SettingsError(f"the plan is not as documented: {type(error).__name__}: {error}; {HOW}") from error
    if not ours:
        others = sorted({str(each.get("provider_name")) for each in listed})
        has = f"only of {', '.join(others)}" if others else "none at all"
        raise SettingsError(f"the plan has no resource of the provider {_OURS}, {has}; give the plan of an AWS estate")
    return tuple(found.values())


def data_values(document: Mapping[str, Any], kind: str, attribute: str) -> set[str]:
    """What data sources of a type have said of an attribute before the plan was made."""
    state = document.get("prior_state")
    root = (state.get("values") or {}).get("root_module") if isinstance(state, Mapping) else None
    return {
        value
        for each in _in_module(root or {})
        if (each.get("mode"), each.get("type")) == ("data", kind)
        and isinstance(value := (each.get("values") or {}).get(attribute), str)
    }


def _validate(document: Mapping[str, Any]) -> None:
    if not isinstance(document, Mapping):
        raise SettingsError(f"this is no Terraform plan: a JSON object is expected; {HOW}")
    version = document.get("format_version")
    if "planned_values" not in document and "resource_changes" not in document:
        state = "lineage" in document or "values" in document
        what = "is the state of Terraform, not a plan" if state else "is no Terraform plan"
        raise SettingsError(f"this {what}; {HOW}")
    if not isinstance(version, str) or version.partition(".")[0] != _VERSION:
        raise SettingsError(
            f"the plan has format_version {version!r}, {_VERSION}.x is understood (Terraform 1.1 and later); {HOW}"
        )
    if document.get("errored") is True:
        raise SettingsError(f"the plan failed, so that it is not whole: mend what `terraform plan` says; then {HOW}")


def _listed(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The changes, unchanged resources included; where they were cut off, what is said of the planned values."""
    if (changes := document.get("resource_changes")) is not None:
        yield from changes
    elif root := (document.get("planned_values") or {}).get("root_module"):
        yield from _in_module(root)


def _in_module(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for each in module.get("resources") or ():
        yield {"module_address": module.get("address"), **each}
    for child in module.get("child_modules") or ():
        yield from _in_module(child)


def _is_ours(resource: Mapping[str, Any]) -> bool:
    """Whatever the registry: OpenTofu and mirrors have their own."""
    return str(resource.get("provider_name", "")).endswith(f"/{_OURS}")


def _change(resource: Mapping[str, Any]) -> Change | None:
    for each in ("address", "type", "name"):
        if not isinstance(resource[each], str):
            raise TypeError(f"the {each} of a resource is no text")
    change = resource.get("change") or {"after": resource["values"], "actions": ["no-op"]}
    actions, after = tuple(change["actions"]), change.get("after")
    removed = actions in _REMOVING
    if resource.get("deposed") or actions == ("read",) or (after is None and not removed):
        return None
    sensitive = change.get("after_sensitive", resource.get("sensitive_values", False))
    before = Block(change.get("before") or {}, sensitive=change.get("before_sensitive", False))
    return Change(
        address=resource["address"],
        name=Name(module_path(resource.get("module_address")), resource["type"], resource["name"]),
        key=resource.get("index"),
        attributes=before if removed else Block(dict(after or {}), change.get("after_unknown", False), sensitive),
        created="create" in actions,
        existed=change.get("before") is not None or "create" not in actions,
        changed=actions != ("no-op",),
        removed=removed,
    )
