"""``ppbe-observe doctor``: will these settings work, and if not, what is to be done."""

import sys
from dataclasses import asdict
from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from ppbe_observe.cli.common import FAILED, OK, ConfigOption, DefinitionsOption, settings_from, stderr, stdout
from ppbe_observe.daemon.doctor import Examined, examine


def doctor(
    config: ConfigOption = None,
    definitions: DefinitionsOption = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check identity, clock, endpoints, FIPS, the state database and each AWS call that the settings need.

    Exit code 0: all is well; 1: something will not work (named, with what to do); 3: wrong settings.
    """
    settings = settings_from(config, definitions)
    console = stderr()
    with console.status("asking AWS ..."):
        found = list(examine(settings))
    if json:
        answer = {"good": all(each.good for each in found), "examined": [asdict(each) for each in found]}
        sys.stdout.buffer.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    else:
        stdout().print(_table(found))
        stdout().print(_summary(found), highlight=False)
    raise typer.Exit(OK if all(each.good for each in found) else FAILED)


def _summary(found: list[Examined]) -> str:
    """What to look for among hundreds of rows."""
    bad = sum(not each.good for each in found)
    return f"[bold red]{bad} of {len(found)} will not work: ✗[/]" if bad else f"All {len(found)} are well."


def _table(found: list[Examined]) -> Table:
    table = Table()
    for heading in ("target", "what", "", "found"):
        table.add_column(heading, overflow="fold")
    for each in found:
        mark = "[green]✓[/]" if each.good else "[bold red]✗[/]"
        advice = f"\n[yellow]{escape(each.advice)}[/]" if each.advice else ""
        table.add_row(each.target, each.what, mark, escape(each.found) + advice)
    return table
