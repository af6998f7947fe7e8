"""``ppbe-observe plan``: what a month of collecting asks and costs, before it is spent."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from ppbe_observe.cli.common import INCOMPLETE, OK, ConfigOption, DefinitionsOption, settings_from, stderr, stdout
from ppbe_observe.cloudwatch.cost import Load, affordable
from ppbe_observe.collect.collector import Collects
from ppbe_observe.daemon.oneshot import PARALLEL_JOBS, Workbench
from ppbe_observe.model import Failure


@dataclass(frozen=True, slots=True)
class Line:
    """One exporter on one target."""

    load: Load
    kept: bool
    failures: tuple[Failure, ...]


def plan(
    config: ConfigOption = None,
    definitions: DefinitionsOption = None,
    budget: Annotated[
        float | None, typer.Option(help="Monthly dollars to plan with, in place of budget.monthly_dollars.", min=0)
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the GetMetricData calls, metrics and dollars of a month, per exporter and target, and what a budget cuts.

    Resources and metrics are looked up; no datapoint is asked for, so that planning itself costs next to nothing.
    """
    settings = settings_from(config, definitions)
    limit = settings.budget.monthly_dollars if budget is None else budget
    with Workbench(settings) as bench:
        collectors = bench.collectors(set(), set())
        rank = list(bench.assembly.rank)
        lines = _lines(collectors, rank, limit)
        unresolved = bench.failures
    if json:
        sys.stdout.buffer.write(_json(lines, limit))
    else:
        _print(lines, limit)
    console = stderr()
    for where, failure in unresolved:
        console.print(f"[yellow]incomplete[/] {where}: {escape(str(failure))}", highlight=False)
    for line in lines:
        for failure in line.failures:
            console.print(
                f"[yellow]incomplete[/] {line.load.exporter} {line.load.target}: {escape(str(failure))}",
                highlight=False,
            )
    raise typer.Exit(INCOMPLETE if unresolved or any(line.failures for line in lines) else OK)


def _lines(collectors: list[Collects], rank: list[str], limit: float | None) -> list[Line]:
    now, deadline = datetime.now(UTC), monotonic() + 60
    with ThreadPoolExecutor(PARALLEL_JOBS) as pool:
        surveys = list(pool.map(lambda each: each.survey(now, deadline), collectors))
    surveys.sort(key=lambda survey: (rank.index(survey[0].exporter), survey[0].target))
    kept = affordable((load for load, _ in surveys), limit)
    return [Line(load, (load.exporter, load.target) in kept, failures) for load, failures in surveys]


def _print(lines: list[Line], limit: float | None) -> None:
    table = Table(title="A month (30 days) of GetMetricData", title_justify="left")
    table.add_column("exporter")
    table.add_column("target")
    for heading in ("calls", "metrics", "dollars"):
        table.add_column(heading, justify="right")
    table.add_column("budget")
    for line in lines:
        load = line.load
        verdict = "[green]kept[/]" if line.kept else "[red]cut[/]"
        numbers = (f"{load.calls:,.0f}", f"{load.metrics:,.0f}", f"{load.dollars:,.2f}")
        table.add_row(load.exporter, load.target, *numbers, verdict if limit is not None else "-")
    table.add_section()
    kept = [line.load for line in lines if line.kept]
    table.add_row(
        "total" if limit is None else "total kept",
        "",
        f"{sum(load.calls for load in kept):,.0f}",
        f"{sum(load.metrics for load in kept):,.0f}",
        f"{sum(load.dollars for load in kept):,.2f}",
        "no budget" if limit is None else f"of {limit:,.2f}",
        style="bold",
    )
    console = stdout()
    console.print(table)
    console.print(
        "Calls are those of each exporter alone: exporters that are due together share calls, so that there are fewer."
    )


def _json(lines: list[Line], limit: float | None) -> bytes:
    rows = [
        {**asdict(line.load), "kept": line.kept, "failures": [str(failure) for failure in line.failures]}
        for line in lines
    ]
    dollars = sum(line.load.dollars for line in lines if line.kept)
    answer = {"month_seconds": 30 * 24 * 3600, "budget_dollars": limit, "kept_dollars": dollars, "loads": rows}
    return orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
