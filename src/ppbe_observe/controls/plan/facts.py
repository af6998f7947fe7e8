"""Facts of a planned resource under AWS's own names, each told when it is looked at. Pure.

Invariants: a fact that the plan does not hold, and one that nobody has mapped, raises ``Unseen``: a check can then
neither pass nor fail by a default; only what is known to be absent looks absent.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

from ppbe_observe.controls.plan.block import untold

S = TypeVar("S")

ABSENT: Final = object()
"""What a teller gives for a member that AWS leaves out of its answer."""


class PlannedFacts(Mapping[str, Any]):
    """A mapping whose members are told by functions, by AWS's names, once each; ``what`` says whose they are."""

    __slots__ = ("_source", "_tellers", "_told", "_what")

    def __init__(self, what: str, source: S, tellers: Mapping[str, Callable[[S], Any]]) -> None:
        self._what = what
        self._source = source
        self._tellers = tellers
        self._told: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._tellers:
            raise untold(f"{name} of {self._what}" if self._tellers else self._what)
        value = self._told[name] if name in self._told else self._tellers[name](self._source)
        self._told[name] = value
        if value is ABSENT:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        """The members that are there; raises where that cannot be told of one."""
        return (name for name in self._tellers if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        """There is an answer, whatever of it can be told."""
        return True

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


def nothing_of(what: str) -> PlannedFacts:
    """An answer of which a plan tells nothing."""
    return PlannedFacts(what, None, {})
