"""Commands that are imported when they are asked for: a start pays for its own command, not for all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
import typer.main

from ppbe_observe.cli.common import examples


@dataclass(frozen=True, slots=True)
class Lazy:
    """Where a command is: ``module`` of this package, and the function or Typer in it."""

    module: str
    name: str
    examples: tuple[str, ...] = ()

    def load(self, called: str) -> Any:
        """Import it; gives what typer makes of it."""
        found = getattr(import_module(f"ppbe_observe.cli.{self.module}"), self.name)
        if isinstance(found, typer.Typer):
            command: Any = typer.main.get_group(found)
        else:
            one = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode="rich", add_completion=False)
            one.command(epilog=examples(*self.examples))(found)
            command = typer.main.get_command(one)
        command.name = called
        return command


class LazyCommands(Mapping[str, Any]):
    """Commands by their names, each imported the first time that it is taken out."""

    def __init__(self, known: Mapping[str, Lazy]) -> None:
        self._known = known
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = self._known[name].load(name)
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
