"""``ppbe-observe collect``: one run of the exporters, to standard output."""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from enum import StrEnum
from time import monotonic
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ppbe_observe.cli.common import (
    INCOMPLETE,
    OK,
    USAGE,
    ConfigOption,
    DefinitionsOption,
    settings_from,
    stderr,
)
from ppbe_observe.collect.collector import Collects
from ppbe_observe.daemon.oneshot import PARALLEL_JOBS, Workbench
from ppbe_observe.exposition.formats import Format as TextFormat
from ppbe_observe.exposition.renderer import Renderer
from ppbe_observe.exposition.store import SeriesStore
from ppbe_observe.model import Snapshot


class Format(StrEnum):
    """How the result is written."""

    PROMETHEUS = "prometheus"
    OPENMETRICS = "openmetrics"
    JSON = "json"


def collect(
    config: ConfigOption = None,
    definitions: DefinitionsOption = None,
    exporter: Annotated[list[str] | None, typer.Option("--exporter", "-e", help="Only this one; repeatable.")] = None,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", "-t", help="Only this account, region or account/region; repeatable."),
    ] = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How the result is written.")] = Format.PROMETHEUS,
    timeout: Annotated[float, typer.Option(help="Seconds after which what is missing is given up.", min=1)] = 60,
) -> None:
    """Collect once and print the metrics; nothing is kept, the counters of a running daemon are not touched.

    Exit code 0: everything was seen; 2: something could not be (named on standard error); 3: wrong settings or usage.
    """
    console = stderr()
    with Workbench(settings_from(config, definitions)) as bench:
        collectors = bench.collectors(set(exporter or ()), set(target or ()))
        if not collectors and not bench.failures:
            console.print("[bold red]error[/]: no exporter and target match; see --exporter and --target")
            raise typer.Exit(USAGE)
        snapshots = _run(collectors, timeout, console)
        failures = bench.failures
    sys.stdout.buffer.write(_written(snapshots, form))
    sys.stdout.buffer.flush()
    for where, failure in failures:
        console.print(f"[yellow]incomplete[/] {where}: {escape(str(failure))}", highlight=False)
    for snapshot in snapshots:
        for failure in snapshot.failures:
            console.print(
                f"[yellow]incomplete[/] {snapshot.exporter} {snapshot.target.name}: {escape(str(failure))}",
                highlight=False,
            )
    raise typer.Exit(INCOMPLETE if failures or any(each.failures for each in snapshots) else OK)


def _run(collectors: Sequence[Collects], timeout: float, console: Console) -> list[Snapshot]:
    now, deadline = datetime.now(UTC), monotonic() + timeout
    columns = (SpinnerColumn(), TextColumn("collecting"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        ThreadPoolExecutor(PARALLEL_JOBS) as pool,
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress,
    ):
        task = progress.add_task("", total=len(collectors))
        runs = [pool.submit(collector.run, now, deadline) for collector in collectors]
        for _ in as_completed(runs):
            progress.advance(task)
        return [run.result() for run in runs]


def _page(snapshots: Sequence[Snapshot], form: TextFormat) -> bytes:
    store = SeriesStore()
    for snapshot in snapshots:
        store.publish(snapshot)
    renderer = Renderer(store)
    renderer.update()
    return b"".join(renderer.pages(()).page(form, gzip=False).chunks)


def _written(snapshots: Sequence[Snapshot], form: Format) -> bytes:
    if form is not Format.JSON:
        return _page(snapshots, TextFormat.OPENMETRICS if form is Format.OPENMETRICS else TextFormat.TEXT)
    rows = [
        {
            "name": family.name,
            "type": family.kind,
            "labels": dict(sample.labels),
            "value": sample.value,
            "exporter": snapshot.exporter,
        }
        for snapshot in snapshots
        for family in snapshot.families
        for sample in family.samples
    ]
    failures = [
        {
            "exporter": snapshot.exporter,
            "target": snapshot.target.name,
            "reason": failure.reason,
            "operation": failure.operation,
            "detail": failure.detail,
        }
        for snapshot in snapshots
        for failure in snapshot.failures
    ]
    return orjson.dumps({"samples": rows, "failures": failures}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
