"""Attributes of a planned resource, or of a block in it, as the plan tells them. Pure.

Invariants: what is known only after apply, what is marked sensitive, and what the plan does not hold raises ``Unseen``
where it is looked at: it is never a value, and never an absence. Only within a block an attribute that is not there is
one that this version of the provider does not have, and so is not set.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ppbe_observe.controls.check import Unseen
from ppbe_observe.model import Failure, Reason

PLAN = "terraform:plan"
"""What stands in place of an AWS operation."""

Mark = Any
"""Which values are unknown or sensitive: true for a whole value, else by attribute or element (HashiCorp, "JSON Output
Format", change representation)."""

Step = str | int


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Attributes by the names that the provider gives them; ``trail`` leads to the block from its resource."""

    values: Mapping[str, Any]
    unknown: Mark = False
    sensitive: Mark = False
    trail: tuple[Step, ...] = ()

    def __getitem__(self, name: str) -> Any:
        """A value; None where the configuration leaves it out and the provider does not fill it in.

        Raises:
            Unseen: It is known only after apply, even in part, it is sensitive, or the plan does not hold it.
        """
        self._open(name, partly=True)
        return self.values.get(name)

    def holds(self, name: str) -> bool:
        """Whether the plan says anything of it; versions of the provider that do not have it cannot set it."""
        return name in self.values or _of(self.unknown, name) is not False

    def known(self, name: str) -> bool:
        """Whether it can be looked at."""
        try:
            self._open(name, partly=True)
        except Unseen:
            return False
        return True

    def after_apply(self, name: str) -> bool:
        """Whether the whole of it is known only after apply."""
        return _of(self.unknown, name) is True

    def has(self, name: str) -> bool:
        """Whether it is set to something, which may be sensitive: only that is told, not what.

        Raises:
            Unseen: That is known only after apply.
        """
        if self.after_apply(name):
            return True  # the configuration gives it: without that the attribute would be null
        self._open(name, partly=False, secret=True)
        return bool(self.values.get(name))

    def blocks(self, name: str) -> list["Block"]:
        """The blocks of a name, in order.

        Raises:
            Unseen: How many there are is known only after apply, or what they hold is sensitive as a whole.
        """
        self._open(name, partly=False)
        given = self.values.get(name)
        items = [given] if isinstance(given, Mapping) else given or []
        return [self._nested(name, index, item) for index, item in enumerate(items)]

    def first(self, name: str) -> "Block | None":
        """The block of a name that stands once at most."""
        return next(iter(self.blocks(name)), None)

    def entries(self, name: str) -> "Block":
        """A map as a block: its entries by their keys.

        Raises:
            Unseen: It is known only after apply or sensitive as a whole, or it is no map.
        """
        self._open(name, partly=False)
        given = self.values.get(name) or {}
        if not isinstance(given, Mapping):
            raise Unseen(Failure(Reason.MALFORMED, PLAN, f"not as documented: {self.path(name)} is no object"))
        return Block(given, _of(self.unknown, name), _of(self.sensitive, name), (*self.trail, name))

    def path(self, name: str) -> str:
        """How a person finds the attribute: ``rule[0].action``."""
        steps = (f"[{each}]" if isinstance(each, int) else f".{each}" for each in (*self.trail, name))
        return "".join(steps).removeprefix(".")

    def _open(self, name: str, *, partly: bool, secret: bool = False) -> None:
        unknown, sensitive = _of(self.unknown, name), _of(self.sensitive, name)
        if unknown is True or (partly and _any(unknown)):
            raise Unseen(Failure(Reason.PARTIAL, PLAN, f"known only after apply: {self.path(name)}"))
        if not secret and (sensitive is True or (partly and _any(sensitive))):
            raise Unseen(Failure(Reason.PARTIAL, PLAN, f"marked as sensitive, so not looked at: {self.path(name)}"))
        if name not in self.values and not self.trail:
            raise untold(self.path(name))

    def _nested(self, name: str, index: int, item: Any) -> "Block":
        if not isinstance(item, Mapping):
            raise Unseen(Failure(Reason.PARTIAL, PLAN, f"known only after apply: {self.path(name)}[{index}]"))
        unknown, sensitive = _at(_of(self.unknown, name), index), _at(_of(self.sensitive, name), index)
        return Block(item, unknown, sensitive, (*self.trail, name, index))


def untold(what: str) -> Unseen:
    """To be raised for what no plan can tell."""
    return Unseen(Failure(Reason.UNSUPPORTED, PLAN, f"a plan does not tell it: {what}"))


def _of(mark: Mark, name: str) -> Mark:
    return mark.get(name, False) if isinstance(mark, Mapping) else mark is True


def _at(mark: Mark, index: int) -> Mark:
    if isinstance(mark, list):
        return mark[index] if index < len(mark) else False
    return mark


def _any(mark: Mark) -> bool:
    if isinstance(mark, Mapping):
        return any(map(_any, mark.values()))
    return any(map(_any, mark)) if isinstance(mark, list) else mark is True
