"""What the modules of ``dashboards/`` declare. Pure: the modules are loaded elsewhere."""

from collections.abc import Iterable
from dataclasses import replace
from types import ModuleType

from ppbe_observe.errors import DefinitionError
from ppbe_observe.grafana.dashboard import Dashboard

VARIABLE = "DASHBOARD"


def dashboards_of(modules: Iterable[ModuleType]) -> tuple[Dashboard, ...]:
    """The dashboard of each module, called after its file.

    Raises:
        DefinitionError: A module declares none.
    """
    return tuple(_declared(each) for each in modules)


def _declared(module: ModuleType) -> Dashboard:
    found = getattr(module, VARIABLE, None)
    if not isinstance(found, Dashboard):
        raise DefinitionError(
            f"{module.__file__}:1: {VARIABLE} is {found!r}; declare one Dashboard, or start the file's name with _ "
            "if it only helps"
        )
    try:
        return replace(found, slug=module.__name__.rpartition(".")[2])
    except DefinitionError as error:
        raise DefinitionError(f"{found.place}: {error}") from error
