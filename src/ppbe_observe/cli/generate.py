"""``ppbe-observe generate``: files out of the definitions, and whether those that are there are still theirs."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.syntax import Syntax

from ppbe_observe.alerting.alertmanager import OLDEST, version
from ppbe_observe.alerting.alertmanager.versions import shown
from ppbe_observe.cli.common import FAILED, OK, USAGE, DefinitionsOption, stderr, stdout
from ppbe_observe.generate.directory import differences, write
from ppbe_observe.generate.estate import RUNBOOKS_URL, Estate, Options, read_estate
from ppbe_observe.generate.output import Files

OUT = Path("deploy/generated")


def generate(
    definitions: DefinitionsOption = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The directory that is written, or compared.")] = OUT,
    check: Annotated[
        bool,
        typer.Option("--check", help="Write nothing: fail where a definition is wrong, or a file is not up to date."),
    ] = False,
    runbooks_url: Annotated[str, typer.Option(help="Where the runbooks are served.")] = RUNBOOKS_URL,
    alertmanager: Annotated[
        str, typer.Option(metavar="VERSION", help="The oldest Alertmanager that must take the configuration.")
    ] = shown(OLDEST),
) -> None:
    """Write what Prometheus, Alertmanager, CloudWatch and Grafana read, and the unit tests of the rules.

    Exit code 0: done, or up to date; 1: not up to date, or a definition has a fault that is told; 3: wrong usage, a
    definition that cannot be read, or a directory that cannot be written.
    """
    estate = read_estate(definitions)
    files = estate.files(Options(runbooks_url=runbooks_url, alertmanager=version(alertmanager)))
    raise typer.Exit(_faults(estate) or (_compare(out, files) if check else _write(out, files)))


def _faults(estate: Estate) -> int:
    for each in estate.problems:
        stderr().print(f"[bold red]fault[/]: {escape(str(each))}", highlight=False)
    return FAILED if estate.problems else OK


def _write(out: Path, files: Files) -> int:
    written, gone = write(out, files)
    for path in written:
        stdout().print(f"[green]wrote[/]   {escape(str(path))}", highlight=False)
    for path in gone:
        stdout().print(f"[yellow]removed[/] {escape(str(path))}", highlight=False)
    stderr().print(f"{len(files)} files in {escape(str(out))}, {len(written)} of them new or changed", highlight=False)
    return OK


def _compare(out: Path, files: Files) -> int:
    if not out.is_dir():
        stderr().print(f"[bold red]error[/]: there is no directory {escape(str(out))}; leave out --check to make it")
        return USAGE
    changes = differences(out, files)
    if not changes:
        stderr().print(f"{len(files)} files in {escape(str(out))} are up to date", highlight=False)
        return OK
    stdout().print(Syntax(changes, "diff", background_color="default") if sys.stdout.isatty() else escape(changes))
    stderr().print(f"[bold red]not up to date[/]: run ppbe-observe generate --out {escape(str(out))}", highlight=False)
    return FAILED
