"""How objectives stand, for people: a table where it fits, else a paragraph each; below it the budget as it went."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from rich.cells import cell_len
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from ppbe_observe.alerting.durations import duration
from ppbe_observe.alerting.slo.standing import RATES, Outcome, Standing, share_text
from ppbe_observe.cli.chart import sparkline
from ppbe_observe.cli.common import UNFOLDED
from ppbe_observe.cli.findings import shown_text

History = Sequence[float | None]
"""The share of the budget that was left, evenly spaced, oldest first."""

_LOW = 0.25
"""A quarter of the budget: what deployments are held back for."""
_HEADINGS = ("SLO", "by", "objective", "now", "budget left", *(f"burn {duration(each)}" for each in RATES), "spent in")
_DAY = timedelta(days=1)
_FEWEST, _MOST = 30, 60
"""Points of a chart: a day or half a day each."""
_TOLD = 26
"""Columns for what is told beside a chart."""
_WORDS = {
    Outcome.SPENT: "have no budget left",
    Outcome.UNKNOWN: "are unknown (no events, or Prometheus lacks one of their counters)",
}


def print_standings(console: Console, standings: Sequence[Standing], histories: Sequence[History]) -> None:
    """All of them, in the width and the characters that the console has."""
    rows = [_cells(each, dash(console)) for each in standings]
    table = Table(*_HEADINGS)
    for row in rows:
        table.add_row(*row)
    if _width(console, table) <= console.width:
        console.print(table)
    else:
        for row in rows:
            console.print(_paragraph(row))
    widest = max(cell_len(_title(each)) for each in standings)
    for each, history in zip(standings, histories, strict=True):
        console.print(_chart(console, each, history, widest))


def _width(console: Console, table: Table) -> int:
    """What it would take without folding."""
    return Measurement.get(console, console.options.update(max_width=UNFOLDED), table).maximum


def points_of(console: Console, standings: Sequence[Standing]) -> int:
    """How many points a chart has room for: beside its title where that leaves enough, else below it."""
    beside = console.width - max(cell_len(_title(each)) for each in standings)
    room = beside if beside >= _FEWEST + _TOLD else console.width
    return max(_FEWEST, min(_MOST, room - _TOLD))


def _cells(standing: Standing, dash: str) -> tuple[Text, ...]:
    burns = [_burn(standing.burns.get(window), dash) for window in RATES]
    return (
        Text(shown_text(standing.slo), "bold"),
        Text(_by(standing) or dash),
        Text(f"{100 * standing.objective:.6g} %"),
        Text(dash if standing.good is None else share_text(standing.good)),
        _left(standing),
        *burns,
        _spent_in(standing, dash),
    )


def _by(standing: Standing) -> str:
    return shown_text(" ".join(value for value in standing.by.values() if value))


def _title(standing: Standing) -> str:
    return f"{shown_text(standing.slo)} {_by(standing)}".rstrip()


def _left(standing: Standing) -> Text:
    if standing.left is None:
        return Text("unknown", "bold yellow")
    text = f"{100 * standing.left:.1f} %"
    return Text(text, _colour(standing.left))


def _colour(left: float) -> str:
    if left <= 0:
        return "bold red"
    return "yellow" if left <= _LOW else "green"


def _burn(burn: float | None, dash: str) -> Text:
    if burn is None:
        return Text(dash, "dim")
    return Text(f"{burn:.3g}", "bold red" if burn >= 6 else "yellow" if burn > 1 else "")  # noqa: PLR2004 - the page's


def _spent_in(standing: Standing, dash: str) -> Text:
    if standing.outcome is Outcome.SPENT:
        return Text("spent", "bold red")
    left = standing.spent_in
    if left is None:
        return Text(dash if standing.left is None or standing.burns.get(RATES[0]) is None else "never", "dim")
    return Text(_about(left), "bold red" if left < _DAY else "yellow")


def _about(length: timedelta) -> str:
    """Two units at most: nobody needs the seconds of a week."""
    step = timedelta(hours=1) if length >= _DAY else timedelta(minutes=1)
    return duration(max(step, length // step * step))


def _paragraph(row: Sequence[Text]) -> Text:
    named = (Text.assemble(f"  {heading}: ", cell) for heading, cell in zip(_HEADINGS[1:], row[1:], strict=True))
    return Text("\n").join([row[0], *named])


def _chart(console: Console, standing: Standing, history: History, widest: int) -> Text:
    line = sparkline(history, unicode=unicode(console))
    known = [each for each in history if each is not None]
    told = f"{100 * known[0]:.0f} % to {100 * known[-1]:.0f} %" if known else "no data"
    style = _colour(known[-1]) if known else "dim"
    window = duration(standing.window)
    told = f"  {window}: {told}"
    if widest + 2 + len(line) + len(told) > console.width:
        return Text.assemble(f"{_title(standing)}\n  ", (line, style), told)
    return Text.assemble(_title(standing), " " * (widest + 2 - cell_len(_title(standing))), (line, style), told)


def unicode(console: Console) -> bool:
    """Whether it can show blocks."""
    return console.encoding.lower().startswith("utf")


def dash(console: Console) -> str:
    """What stands for nothing."""
    return "—" if unicode(console) else "-"


def document(standing: Standing, history: History) -> Mapping[str, object]:
    """The same for a machine."""
    spent = standing.spent_in
    return {
        "slo": standing.slo,
        "service": standing.service,
        "labels": dict(standing.by),
        "outcome": standing.outcome.value,
        "objective": standing.objective,
        "window_seconds": int(standing.window.total_seconds()),
        "good": standing.good,
        "budget_left": standing.left,
        "burn_rates": {duration(window): standing.burns.get(window) for window in RATES},
        "spent_in_seconds": None if spent is None else int(spent.total_seconds()),
        "history": list(history),
    }


def summary(standings: Sequence[Standing]) -> Iterator[str]:
    """What is not well, in words that need no colour."""
    for outcome, text in _WORDS.items():
        names = [_title(each) for each in standings if each.outcome is outcome]
        if names:
            yield f"{len(names)} of {len(standings)} {text}: {', '.join(names)}"
