"""What the modules of ``alerts/`` declare. Pure: the modules are loaded elsewhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import ModuleType

from ppbe_observe.alerting.rules import RuleGroup
from ppbe_observe.alerting.slo import Slo, groups_of
from ppbe_observe.errors import DefinitionError

GROUP, GROUPS, SLOS = "GROUP", "GROUPS", "SLOS"


@dataclass(frozen=True, slots=True)
class Subject:
    """One file of ``alerts/``: its name, and the groups that it declares."""

    name: str
    groups: tuple[RuleGroup, ...]


def subjects_of(modules: Iterable[ModuleType]) -> tuple[Subject, ...]:
    """The files that declare rules, each group called after its file unless it has a name.

    Raises:
        DefinitionError: What is declared is no group or no SLO, or two groups of a name are in one file.
    """
    found = (Subject(_name(each), tuple(_groups(each))) for each in modules)
    return tuple(each for each in found if each.groups)


def _groups(module: ModuleType) -> Iterator[RuleGroup]:
    declared = [
        *((module.GROUP,) if hasattr(module, GROUP) else ()),
        *getattr(module, GROUPS, ()),
        *(group for slo in _slos(module) for group in groups_of(slo)),
    ]
    names: set[str] = set()
    for each in declared:
        if not isinstance(each, RuleGroup):
            raise DefinitionError(
                f"{module.__file__}:1: {GROUP} is a RuleGroup, {GROUPS} a tuple of them, not {each!r}"
            )
        named = each if each.name else replace(each, name=_name(module))
        if named.name in names:
            raise DefinitionError(f"{each.place}: there is another group {named.name} in this file; give each a name")
        names.add(named.name)
        yield named


def _slos(module: ModuleType) -> Iterator[Slo]:
    declared = getattr(module, SLOS, ())
    if not isinstance(declared, tuple) or not all(isinstance(each, Slo) for each in declared):
        raise DefinitionError(f"{module.__file__}:1: {SLOS} is a tuple of Slo, not {declared!r}")
    yield from declared


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]
