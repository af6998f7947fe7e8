"""What a plan makes, and what belongs to what in it. Pure.

Invariants: a resource belongs to another one where a known value or the only reference says so; where that cannot be
told, asking raises ``Unseen``. Nothing is absent for certain unless its owner is made by this very plan, and the plan
is whole: what exists already may have parts that this plan does not hold.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ppbe_observe.controls.check import Unseen
from ppbe_observe.controls.plan.addresses import Path
from ppbe_observe.controls.plan.block import PLAN, Block, Step
from ppbe_observe.controls.plan.configuration import Configuration, Instances, Name
from ppbe_observe.controls.plan.document import Change, changes_of
from ppbe_observe.controls.plan.places import ACCOUNT, Places
from ppbe_observe.model import Failure, Labels, Reason, Target

_NAMES = (
    *("id", "arn", "name", "key_id", "bucket", "identifier", "cluster_identifier", "replication_group_id", "user_name"),
)
"""Attributes by which others refer to a resource."""

_SAME_ID: Mapping[str, str] = {"aws_kms_alias": "target_key_id", "aws_sns_topic_policy": "arn"}
"""Types whose id or ARN stands for another resource, which this attribute names."""
_OF_BUCKET = "aws_s3_bucket_"

_FAMILIES = (
    ("aws_lb", "aws_alb"),
    ("aws_lb_listener", "aws_alb_listener"),
    ("aws_network_acl", "aws_default_network_acl"),
    ("aws_security_group", "aws_default_security_group"),
)
"""Types whose resources others name by the same attribute."""


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """One resource as it will be, in the plan that makes it."""

    plan: "Plan"
    change: Change
    target: Target

    def __getitem__(self, name: str) -> Any:
        """An attribute; raises as ``Block`` does."""
        return self.change.attributes[name]

    @property
    def attributes(self) -> Block:
        """All that the plan tells of it."""
        return self.change.attributes

    @property
    def address(self) -> str:
        """Terraform's name of it (``module.db.aws_db_instance.main``)."""
        return self.change.address

    @property
    def created(self) -> bool:
        """Whether nothing of it exists yet."""
        return self.change.created

    @property
    def arn(self) -> str:
        """Its ARN, else its address."""
        return str(self["arn"] or self.address) if self.attributes.known("arn") else self.address

    @property
    def pseudonym(self) -> str:
        """Its ARN, else what looks like one and ends in the address, for where an ARN is expected."""
        service = self.change.type.split("_")[1]
        target = self.target
        own = f"arn:{target.partition}:{service}:{target.region}:{ACCOUNT}:{self.address}"
        return self.arn if self.arn != self.address else own

    def holds(self, name: str) -> bool:
        """Whether the plan says anything of an attribute."""
        return self.attributes.holds(name)

    def leaves_out(self, attribute: str) -> bool:
        """Whether it is only known after apply because the configuration does not set it, so that AWS chooses."""
        left_out = self.plan.configuration.leaves_out(self.change.name, attribute)
        return self.attributes.after_apply(attribute) and left_out

    def tags(self) -> Labels:
        """Its tags, those that the provider adds too; what is known only after apply or sensitive is left out.

        Raises:
            Unseen: That is so of all of them, or of the environment.
        """
        own = not self.plan.configuration.adds_tags(self.change.name) and self.attributes.after_apply("tags_all")
        name = "tags" if own or not self.holds("tags_all") else "tags_all"
        if not self.holds(name):
            return ()
        try:
            given = self.attributes.entries(name)
            told = {key: value for key, value in given.values.items() if given.known(key)}
            told["Environment"] = given["Environment"]
        except Unseen as unseen:
            raise Unseen(replace(unseen.failure, detail=f"{unseen.failure.detail} of {self.address}")) from None
        return tuple((key, str(value)) for key, value in told.items() if value is not None)


@dataclass(slots=True)
class _Parts:
    """Resources of one type by whom they belong to; ``doubtful`` are those of which that cannot be told."""

    owned: dict[str, list[Planned]] = field(default_factory=dict)
    doubtful: list[tuple[Planned, frozenset[str]]] = field(default_factory=list)

    def may_be_of(self, owner: Planned) -> list[Planned]:
        return [part for part, candidates in self.doubtful if not candidates or owner.address in candidates]


class Plan:
    """A whole plan.

    Raises:
        SettingsError: The document is no plan that can be judged.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        changes = changes_of(document)
        self.configuration = Configuration(document)
        self.whole = document.get("complete") is not False
        places = Places(document, changes, self.configuration)
        self.resources = tuple(Planned(self, each, places.target(each)) for each in changes if not each.removed)
        self.home = places.home
        self._by_type: dict[str, list[Planned]] = {}
        self._by_name: dict[tuple[str, ...], list[Planned]] = {}
        for each in self.resources:
            self._by_type.setdefault(each.change.type, []).append(each)
            self._by_name.setdefault(_without_indexes(each.change.name), []).append(each)
        self._removed: dict[str, list[Change]] = {}
        for change in changes:
            if change.removed:
                self._removed.setdefault(change.type, []).append(change)
        self._named: dict[str, dict[str, list[Planned]]] = {}
        self._parts: dict[tuple[str, str, tuple[str, ...]], _Parts] = {}

    def of(self, *types: str) -> list[Planned]:
        """The resources of some types."""
        return [each for kind in types for each in self._by_type.get(kind, ())]

    def named(self, user: Planned, attribute: str, *types: str) -> Planned | str | None:
        """The resource of one of the types that an attribute of another one names; as text where it is outside.

        Raises:
            Unseen: That cannot be told.
        """
        if user.attributes.known(attribute):
            value = user[attribute]
            return self._with_value(user, str(value), types) if value else None
        found = self._referred(user, (attribute,), types)
        if len(found) != 1 or not user.attributes.after_apply(attribute):
            return str(user[attribute])  # raises, with the reason
        return found[0]

    def all_named(self, user: Planned, attribute: str, *types: str) -> list[Planned | str]:
        """The same for an attribute that names several."""
        if user.attributes.known(attribute):
            return [self._with_value(user, str(each), types) for each in user[attribute] or ()]
        found = self._referred(user, (attribute,), types)
        return [*found] if found else list(user[attribute])  # raises, with the reason

    def at(self, user: Planned, trail: tuple[Step, ...], *types: str) -> Planned | str | None:
        """The same as ``named``, of an attribute within blocks; raises like it."""
        block = _within(user.attributes, trail)
        name = str(trail[-1])
        if block.known(name):
            return self._with_value(user, str(block[name]), types) if block[name] else None
        found = self._referred(user, trail, types)
        if len(found) != 1 or not block.after_apply(name):
            return str(block[name])  # raises, with the reason
        return found[0]

    def part_of(self, owner: Planned, by: str, *kinds: str) -> Planned | None:
        """The resource of some types that belongs to another one, by the attribute that names it; None for certain.

        Raises:
            Unseen: One may belong to it, or there is none and it may have one that the plan does not hold.
        """
        own, doubtful = self._parts_of(owner, by, kinds)
        if own:
            return own[0]
        _doubt(doubtful, by)
        self._absent_for_certain(owner, by, kinds)
        return None

    def parts_of(self, owner: Planned, by: str, *kinds: str) -> list[Planned]:
        """All of them; raises also where one more may belong to it."""
        if not (own := self.parts_in_plan(owner, by, *kinds)):
            self._absent_for_certain(owner, by, kinds)
        return own

    def parts_in_plan(self, owner: Planned, by: str, *kinds: str) -> list[Planned]:
        """All that the plan holds; raises where one more may belong to it."""
        own, doubtful = self._parts_of(owner, by, kinds)
        _doubt(doubtful, by)
        return own

    def removed_from(self, owner: Planned, by: str, *kinds: str) -> bool:
        """Whether the plan takes one of them away."""
        names = {owner[name] for name in _NAMES if owner.attributes.known(name)} - {None, ""}
        return any(
            each.attributes.values.get(by) in names
            for kind in kinds
            for each in self._removed.get(kind, ())
            if each.attributes.values.get(by)
        )

    def alters(self, owner: Planned, by: str, *kinds: str) -> bool:
        """Whether the plan changes parts that an existing resource has, so that what it says of itself is outdated."""
        own, _ = self._parts_of(owner, by, kinds)
        return self.removed_from(owner, by, *kinds) or any(each.change.changed and each.change.existed for each in own)

    def _absent_for_certain(self, owner: Planned, by: str, kinds: tuple[str, ...]) -> None:
        if not self.certain_of(owner) and not self.removed_from(owner, by, *kinds):
            told = f"{owner.address} may have a {kinds[0]} that is not in the plan"
            raise Unseen(Failure(Reason.PARTIAL, PLAN, told))

    def _parts_of(self, owner: Planned, by: str, kinds: tuple[str, ...]) -> tuple[list[Planned], list[Planned]]:
        owners = next((each for each in _FAMILIES if owner.change.type in each), (owner.change.type,))
        tables = [self._table(kind, by, owners) for kind in kinds]
        own = [part for table in tables for part in table.owned.get(owner.address, ())]
        return own, [part for table in tables for part in table.may_be_of(owner)]

    def certain_of(self, owner: Planned) -> bool:
        """Whether what the plan does not hold of it does not exist."""
        return owner.created and self.whole

    def _table(self, kind: str, by: str, owners: tuple[str, ...]) -> _Parts:
        if (kind, by, owners) not in self._parts:
            table = self._parts[kind, by, owners] = _Parts()
            for part in self.of(kind):
                try:
                    owner = self.named(part, by, *owners)
                except Unseen:
                    candidates = self._referred(part, (by,), owners)
                    table.doubtful.append((part, frozenset(each.address for each in candidates)))
                    continue
                if isinstance(owner, Planned):
                    table.owned.setdefault(owner.address, []).append(part)
        return self._parts[kind, by, owners]

    def _with_value(self, user: Planned, value: str, types: Iterable[str]) -> Planned | str:
        found = [each for kind in types for each in self._known(kind).get(value, ())]
        near = [each for each in found if each.target.region == user.target.region] or found
        if len(near) > 1:
            names = ", ".join(each.address for each in near)
            raise Unseen(Failure(Reason.PARTIAL, PLAN, f"{user.address} names one of several alike: {names}"))
        return near[0] if near else value

    def _known(self, kind: str) -> dict[str, list[Planned]]:
        if kind not in self._named:
            names = self._named[kind] = {}
            for each in self.of(kind):
                values = {each[name] for name in _NAMES if each.attributes.known(name)}
                for value in values - {None, ""}:
                    names.setdefault(str(value), []).append(each)
        return self._named[kind]

    def _referred(self, user: Planned, trail: tuple[Step, ...], types: Iterable[str], depth: int = 0) -> list[Planned]:
        """Every resource of the types that an attribute refers to, through others that only pass an id on."""
        wanted, found = frozenset(types), dict[str, Planned]()
        for instances in self.configuration.referred(user.change.name, user.change.key, trail):
            for each in self._instances(instances):
                if each.change.type in wanted:
                    found[each.address] = each
                elif depth < len(wanted) + 2:
                    passed = _passed_on(each.change.type, instances.attribute)
                    found |= {one.address: one for one in self._onwards(each, passed, wanted, depth)}
        return list(found.values())

    def _onwards(self, user: Planned, attribute: str | None, wanted: frozenset[str], depth: int) -> list[Planned]:
        if attribute is None:
            return []
        if user.attributes.known(attribute) and isinstance(value := user[attribute], str):
            told = self._with_value(user, value, wanted)
            return [told] if isinstance(told, Planned) else []
        return self._referred(user, (attribute,), wanted, depth + 1)

    def _instances(self, wanted: Instances) -> Iterator[Planned]:
        alike = [
            each
            for each in self._by_name.get(_without_indexes(wanted.name), ())
            if _leads_to(wanted.name.path, each.change.name.path)
        ]
        exactly = [each for each in alike if each.change.key == wanted.key]
        yield from exactly if wanted.key is not None and exactly else alike


def _within(block: Block, trail: tuple[Step, ...]) -> Block:
    """The block that holds the last step of a trail."""
    for name, index in zip(trail[:-1:2], trail[1:-1:2], strict=True):
        block = block.blocks(str(name))[int(index)]
    return block


def _doubt(doubtful: list[Planned], by: str) -> None:
    if doubtful:
        names = ", ".join(each.address for each in doubtful)
        raise Unseen(Failure(Reason.PARTIAL, PLAN, f"known only after apply: {by} of {names}"))


def _passed_on(kind: str, attribute: str | None) -> str | None:
    """The attribute by which a resource of this type names the one whose id it gives."""
    if attribute in {"id", "arn", None}:
        return _SAME_ID.get(kind) or ("bucket" if kind.startswith(_OF_BUCKET) else None)
    return attribute


def _leads_to(wanted: Path, path: Path) -> bool:
    """Whether a path is that of an instance of the same module; without an index it stands for all of them."""
    return all(key in {None, index} for (_, key), (_, index) in zip(wanted, path, strict=True))


def _without_indexes(name: Name) -> tuple[str, ...]:
    return name.type, name.name, *(module for module, _ in name.path)
