"""Which escalation the modules of ``alerts/`` declare. Pure: the modules are loaded elsewhere."""

from collections.abc import Iterable
from types import ModuleType

from ppbe_observe.alerting.escalation.whole import Escalation
from ppbe_observe.errors import DefinitionError

VARIABLE = "ESCALATION"


def escalation_of(modules: Iterable[ModuleType]) -> Escalation:
    """The one that is declared as ``ESCALATION``.

    Raises:
        DefinitionError: There is none, another kind of thing, or a second one; ``file:line: message``.
    """
    found = [each for each in modules if hasattr(each, VARIABLE)]
    if not found:
        raise DefinitionError(f"no file of alerts/ declares {VARIABLE}; declare an Escalation in alerts/escalation.py")
    escalations = [_checked(each) for each in found]
    first = escalations[0]
    for module, other in zip(found[1:], escalations[1:], strict=True):
        if other is first:
            raise DefinitionError(f"{module.__file__}:1: {VARIABLE} is imported here; import alerts.escalation instead")
        raise DefinitionError(f"{other.place}: there is already an escalation at {first.place}; keep one of them")
    return first


def _checked(module: ModuleType) -> Escalation:
    found: object = getattr(module, VARIABLE)
    if not isinstance(found, Escalation):
        raise DefinitionError(f"{module.__file__}:1: {VARIABLE} is an Escalation, not {type(found).__name__}")
    return found
