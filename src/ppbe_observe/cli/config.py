"""``ppbe-observe config``: show, check and describe the settings."""

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from ppbe_observe.cli.common import USAGE, ConfigOption, examples
from ppbe_observe.daemon.oneshot import Workbench
from ppbe_observe.errors import DefinitionError, SettingsError
from ppbe_observe.settings.load import Loaded, load
from ppbe_observe.settings.reference import json_schema, markdown
from ppbe_observe.settings.shown import Line, as_data, as_lines

app = typer.Typer(
    name="config", help="Show, check and describe the settings.", no_args_is_help=True, rich_markup_mode="rich"
)


class ShownAs(StrEnum):
    """How ``config show`` writes."""

    YAML = "yaml"
    JSON = "json"


class SchemaAs(StrEnum):
    """How ``config schema`` writes."""

    JSON = "json"
    MARKDOWN = "markdown"


@app.command(
    epilog=examples("ppbe-observe config show", "ppbe-observe config show --format json | jq .origins"),
)
def show(
    config: ConfigOption = None,
    shown_as: Annotated[ShownAs, typer.Option("--format", help="yaml or json.")] = ShownAs.YAML,
) -> None:
    """Print every effective setting and where it came from: a line of the file, a variable, or the default."""
    try:
        loaded = load(config, os.environ)
    except SettingsError as error:
        raise _refused(error) from None
    if shown_as is ShownAs.JSON:
        typer.echo(json.dumps(as_data(loaded), indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False, soft_wrap=True)
    for line in as_lines(loaded):
        console.print(_styled(line))


@app.command(epilog=examples("ppbe-observe config check", "ppbe-observe config check staging.yaml"))
def check(
    file: Annotated[Path | None, typer.Argument(help="Settings file; by default as for --config.")] = None,
) -> None:
    """Judge a settings file together with the environment; exit 0 when it is good, 3 when it is not."""
    try:
        loaded = load(file, os.environ)
        _put_together(loaded)
    except (SettingsError, DefinitionError) as error:
        raise _refused(error) from None
    regions = sum(len(target.regions) for target in loaded.settings.targets)
    Console(highlight=False, soft_wrap=True).print(
        Text.assemble((str(loaded.file), "bold"), ": ", ("good", "green"), f", {regions} target{'s' * (regions != 1)}")
    )


@app.command(
    epilog=examples(
        "ppbe-observe config schema > ppbe-observe.schema.json",
        "ppbe-observe config schema --format markdown > docs/reference/settings.md",
    ),
)
def schema(
    schema_as: Annotated[SchemaAs, typer.Option("--format", help="json or markdown.")] = SchemaAs.JSON,
) -> None:
    """Describe every setting: JSON Schema for editors, or the reference page as Markdown."""
    if schema_as is SchemaAs.MARKDOWN:
        typer.echo(markdown(), nl=False)
    else:
        typer.echo(json.dumps(json_schema(), indent=2))


def _put_together(loaded: Loaded) -> None:
    """What the daemon does with them before it asks AWS: checks, exporters and regions by their names.

    Raises:
        DefinitionError: A file of the estate root is wrong.
        SettingsError: They name what there is not; the file is named first.
    """
    try:
        with Workbench(loaded.settings):
            pass
    except SettingsError as error:
        raise SettingsError(f"{loaded.file}: {error}") from None


def _styled(line: Line) -> Text:
    text = Text(line.indent)
    text.append(line.key, "bold")
    if line.value:
        text.append(f" {line.value}")
    if line.origin:
        text.append(f"  # {line.origin}", "dim" if line.origin == "default" else "cyan")
    return text


def _refused(error: SettingsError | DefinitionError) -> typer.Exit:
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for problem in str(error).splitlines():
        before, fix, after = problem.partition("; fix: ")
        console.print(Text.assemble((before, "red"), (fix, "bold"), after))
    return typer.Exit(USAGE)
