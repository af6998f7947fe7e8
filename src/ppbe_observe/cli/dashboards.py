"""``ppbe-observe dashboards``: what they are, and how they look without Grafana."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from ppbe_observe.cli.common import INCOMPLETE, OK, DefinitionsOption, examples, stderr, stdout
from ppbe_observe.cli.dashboard_files import Dashboards, Target, declared, generated
from ppbe_observe.cli.slo import PROMETHEUS
from ppbe_observe.errors import PeerError, SettingsError
from ppbe_observe.peers.prometheus import Prometheus
from ppbe_observe.preview.library import check_installed
from ppbe_observe.preview.page import Picture, entry
from ppbe_observe.settings.values import parse_listen
from ppbe_observe.viewer.gathering import Showing, Told, Wanted

app = typer.Typer(help="The dashboards, and how they look without Grafana.", no_args_is_help=True)

GeneratedOption = Annotated[
    Path | None,
    typer.Option(
        "--generated",
        help="Instead of the definitions: the directory that `ppbe-observe generate` has written.",
        show_default=False,
    ),
]
NamesArgument = Annotated[
    list[str] | None, typer.Argument(help="Which of them, by the names of their files.", show_default="all")
]
FromOption = Annotated[
    str,
    typer.Option("--from", help="From when: 6h (ago), now-7d, 2026-11-30T12:00:00Z.", show_default="the dashboard's"),
]
ToOption = Annotated[str, typer.Option("--to", help="Until when, likewise.", show_default="the dashboard's")]
VarOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="What is chosen of a variable; once for each value.", show_default=False),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="The file of one dashboard, or the directory of several.", show_default=False),
]
ListenOption = Annotated[
    str,
    typer.Option(metavar="HOST:PORT", help="Write nothing: draw for a browser, whenever it asks.", show_default=False),
]
LONG = 20
"""Questions from which on a bar shows how many are answered."""


@app.command(
    "list", epilog=examples("ppbe-observe dashboards list", "ppbe-observe dashboards list --generated deploy/generated")
)
def list_(definitions: DefinitionsOption = None, written: GeneratedOption = None) -> None:
    """List the dashboards that there are."""
    table = Table("name", "title", "panels", "for")
    for name, each in _dashboards(definitions, written).items():
        found = entry(each, "")
        table.add_row(name, escape(found.title), str(found.panels), escape(found.description))
    stdout().print(table)


@app.command(
    epilog=examples(
        "ppbe-observe dashboards preview rds --from 6h",
        "ppbe-observe dashboards preview --out preview --var environment=production",
        "ppbe-observe dashboards preview --generated deploy/generated --listen 127.0.0.1:9180",
    )
)
def preview(
    names: NamesArgument = None,
    definitions: DefinitionsOption = None,
    written: GeneratedOption = None,
    prometheus: Annotated[str, typer.Option(help="Where Prometheus answers.")] = PROMETHEUS,
    begin: FromOption = "",
    end: ToOption = "",
    var: VarOption = None,
    out: OutOption = None,
    listen: ListenOption = "",
) -> None:
    """Draw dashboards from a running Prometheus, each as one HTML file that needs neither Grafana nor a network.

    Exit code 0: drawn; 2: Prometheus does not answer, and nothing is written, or it refuses a query, which the panel
    shows; 3: wrong usage.
    """
    check_installed()
    found = _named(_dashboards(definitions, written), names or [])
    showing = Showing(Prometheus(prometheus))
    if listen:
        _listen(found, showing, listen)
        return
    wanted = Wanted(begin, end, _chosen(var or []))
    target = Target(found, out)
    try:
        pictures = _pictures(found, replace(showing, others=target.others), wanted)
    except PeerError as error:
        stderr().print(f"[bold red]error[/]: {escape(str(error))}", highlight=False)
        raise typer.Exit(INCOMPLETE) from error
    for path in target.write(pictures):
        stdout().print(f"[green]drawn[/] {escape(str(path))}", highlight=False)
    raise typer.Exit(_refused(pictures))


def _dashboards(definitions: Path | None, written: Path | None) -> Dashboards:
    return generated(written) if written else declared(definitions)


def _named(dashboards: Dashboards, names: Sequence[str]) -> Dashboards:
    for each in names:
        if each not in dashboards:
            near = get_close_matches(each, dashboards, 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(dashboards)}"
            raise SettingsError(f"there is no dashboard {each}; {hint}")
    return {name: each for name, each in dashboards.items() if not names or name in names}


def _chosen(given: Sequence[str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not name or not equals:
            raise SettingsError(f"--var {each}: write NAME=VALUE, such as environment=production")
        found.setdefault(name, []).append(value)
    return found


def _pictures(dashboards: Dashboards, showing: Showing, wanted: Wanted) -> dict[str, Picture]:
    """All of them, before any is written."""
    now = time.time()
    found = {}
    for name, each in dashboards.items():
        with _bar(name) as told:
            found[name] = showing.picture(each, wanted, now, told)
    return found


@contextmanager
def _bar(name: str) -> Iterator[Told]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = stderr()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"asking for {escape(name)}", visible=False)

        def told(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of, visible=of >= LONG)

        yield told


def _refused(pictures: Mapping[str, Picture]) -> int:
    many = 0
    for name, each in pictures.items():
        errors = {answer.error for answer in each.answers.values() if answer.error}
        many += len(errors)
        for error in sorted(errors):
            stderr().print(f"[bold red]{escape(name)}[/]: {escape(error)}", highlight=False)
    return INCOMPLETE if many else OK


def _listen(dashboards: Dashboards, showing: Showing, text: str) -> None:
    from ppbe_observe.viewer.app import LOOPBACK, create_app, serve  # noqa: PLC0415 - a server, for this option only

    try:
        listen = parse_listen(text)
    except ValueError as error:
        raise SettingsError(f"--listen {error}") from error
    hosts = LOOPBACK if listen.host in LOOPBACK else frozenset[str]()
    if not hosts:
        stderr().print("[yellow]warning[/]: whoever reaches this address may look, without a login", highlight=False)
    stderr().print(f"previews: http://{listen}/   Ctrl-C ends it", highlight=False)
    serve(create_app(dashboards, showing, hosts), listen)
