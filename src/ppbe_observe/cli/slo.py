"""``ppbe-observe slo``: how the objectives stand, as Prometheus has recorded them."""

import sys
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import orjson
import typer
from rich.markup import escape

from ppbe_observe.alerting.durations import duration
from ppbe_observe.alerting.slo.burn import WINDOW
from ppbe_observe.alerting.slo.recording import REMAINING
from ppbe_observe.alerting.slo.standing import QUERY, Outcome, Standing, key_of, standings
from ppbe_observe.cli.common import FAILED, INCOMPLETE, OK, examples, stderr, stdout
from ppbe_observe.cli.slo_table import History, document, points_of, print_standings, summary
from ppbe_observe.errors import PeerError
from ppbe_observe.peers.prometheus import Prometheus, Result

PROMETHEUS = "http://127.0.0.1:9090"
_EXAMPLES = (
    "ppbe-observe slo status",
    "ppbe-observe slo status --prometheus https://prometheus.agency.gov --format json",
)

app = typer.Typer(help="Service level objectives.", no_args_is_help=True)


class Format(StrEnum):
    """How the result is written."""

    TABLE = "table"
    JSON = "json"


@app.command(epilog=examples(*_EXAMPLES))
def status(
    prometheus: Annotated[str, typer.Option(help="Where Prometheus answers.")] = PROMETHEUS,
    format_: Annotated[Format, typer.Option("--format", help="How the result is written.")] = Format.TABLE,
) -> None:
    """Show how much of each error budget is left, how fast it is being spent, and how it went.

    Exit code 0: every objective has budget left; 1: one has none; 2: one is unknown, or Prometheus does not answer; 3:
    wrong usage.
    """
    server = Prometheus(prometheus)
    try:
        standing, now = _standings(server)
        histories = _histories(server, standing, now, points_of(stdout(), standing))
        kept = server.retention()
    except PeerError as error:
        stderr().print(f"[bold red]error[/]: {escape(str(error))}", highlight=False)
        raise typer.Exit(INCOMPLETE) from error
    _show(standing, histories, format_)
    if kept is not None and kept < WINDOW:
        _warn(kept)
    raise typer.Exit(_code(standing))


def _warn(kept: timedelta) -> None:
    text = f"Prometheus keeps {duration(kept)} only, so each budget is that of {duration(kept)}"
    advice = "start it with --storage.tsdb.retention.time=35d"
    stderr().print(f"[yellow]warning[/]: {text}: {advice}", highlight=False)


def _standings(server: Prometheus) -> tuple[Sequence[Standing], float]:
    """How they stand, and the time of that by Prometheus' clock."""
    found = server.query(QUERY)
    standing = standings((each.labels, each.points[-1][1]) for each in found)
    if not standing:
        raise PeerError(
            f"Prometheus at {server.url} has recorded no objective: load the rules that ppbe-observe generate writes "
            "(rule_files), and wait for their first evaluation"
        )
    return standing, found[0].points[-1][0]


def _histories(server: Prometheus, standing: Sequence[Standing], now: float, points: int) -> list[History]:
    step = WINDOW.total_seconds() / points
    first = now - step * (points - 1)
    found = {key_of(each.labels): each for each in server.query_range(REMAINING, first, now, step)}
    keys = (key_of({"slo": each.slo, **each.by}) for each in standing)
    return [_history(found.get(key), first, step, points) for key in keys]


def _history(result: Result | None, first: float, step: float, points: int) -> History:
    known = {round((at - first) / step): value for at, value in result.points} if result else {}
    return [known.get(position) for position in range(points)]


def _show(standing: Sequence[Standing], histories: Sequence[History], form: Format) -> None:
    if form is Format.JSON:
        answer = {"slos": [document(each, history) for each, history in zip(standing, histories, strict=True)]}
        sys.stdout.buffer.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        return
    print_standings(stdout(), standing, histories)
    for line in summary(standing):
        stderr().print(f"[bold red]{escape(line)}[/]", highlight=False)


def _code(standing: Sequence[Standing]) -> int:
    outcomes = {each.outcome for each in standing}
    if Outcome.SPENT in outcomes:
        return FAILED
    return INCOMPLETE if Outcome.UNKNOWN in outcomes else OK
