"""What all commands share: consoles, exit codes, options, and how an error is told to a person."""

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from ppbe_observe.errors import DefinitionError, ObserveError, SettingsError
from ppbe_observe.settings import Settings, load_settings
from ppbe_observe.settings.load import DEFAULT_FILE, FILE_VARIABLE

OK = 0
FAILED = 1
INCOMPLETE = 2
USAGE = 3

UNFOLDED = 10_000
"""Columns: wider than any table of ours."""

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="Settings file. Without it: $PPBE_OBSERVE_CONFIG, else ./ppbe-observe.yaml.",
        show_default=False,
    ),
]
DefinitionsOption = Annotated[
    Path | None,
    typer.Option(
        help="Estate root with exporters/, alerts/, dashboards/. Without it: the built-in one.", show_default=False
    ),
]


def stdout() -> Console:
    """The console for results; in a pipe or file nothing is folded or cut, so that it can be searched.

    What its encoding does not know is shown escaped.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    piped = not sys.stdout.isatty()
    return Console(soft_wrap=piped, width=UNFOLDED if piped and "COLUMNS" not in os.environ else None)


def stderr() -> Console:
    """The console for progress and errors."""
    return Console(stderr=True, soft_wrap=True)


def settings_from(config: Path | None, definitions: Path | None = None) -> Settings:
    """The settings, with the estate root of the command line where it was given.

    Raises:
        SettingsError: The file or the environment is wrong.
    """
    settings = load_settings(config, os.environ)
    return settings.model_copy(update={"definitions": definitions}) if definitions else settings


def settings_if_any(config: Path | None, definitions: Path | None = None) -> Settings | None:
    """None where there is no settings file and none was named."""
    named = config or os.environ.get(FILE_VARIABLE)
    return settings_from(config, definitions) if named or DEFAULT_FILE.exists() else None


def explain(error: ObserveError) -> int:
    """Print what went wrong and give the exit code."""
    stderr().print(f"[bold red]error[/]: {escape(str(error))}", highlight=False)
    return USAGE if isinstance(error, SettingsError | DefinitionError) else FAILED


def examples(*commands: str) -> str:
    """The end of a help text: commands that can be pasted."""
    return "Examples:\n\n" + "\n\n".join(f"  $ {command}" for command in commands)
