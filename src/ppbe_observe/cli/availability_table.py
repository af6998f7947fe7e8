"""The availability record for people: a table, and below it each objective day by day."""

from collections.abc import Sequence
from datetime import timedelta

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ppbe_observe.alerting.slo.standing import share_text
from ppbe_observe.cli.chart import sparkline
from ppbe_observe.cli.findings import shown_text
from ppbe_observe.cli.incident_table import lasted
from ppbe_observe.cli.slo_table import dash, unicode
from ppbe_observe.model import Availability
from ppbe_observe.model.availability_record import WINDOWS, AvailabilityRecord, DayEntry, ObjectiveRecord, Summary

_COLOURS = {Availability.MET: "green", Availability.MISSED: "bold red", Availability.UNKNOWN: "bold yellow"}
_LEAST = 20
"""Columns of a chart below which it is not worth a line."""


def print_record(console: Console, record: AvailabilityRecord) -> None:
    """All of it, in the width and the characters that the console has."""
    if not record.objectives:
        console.print(Text("No objective was recorded.", style="bold yellow"))
        return
    console.print(_table(console, record.objectives))
    widest = max(cell_len(_title(each)) for each in record.objectives)
    for each in record.objectives:
        console.print(_chart(console, each, widest))


def _table(console: Console, objectives: Sequence[ObjectiveRecord]) -> Table:
    windows = (f"{days} days" for days in WINDOWS)
    of_first = (f"{what} in {WINDOWS[0]} days" for what in ("out", "unknown"))
    table = Table("SLO", "by", "objective", "today", *windows, *of_first, header_style="bold")
    for each in objectives:
        first, nothing = each.summaries[0], dash(console)
        periods: tuple[DayEntry | Summary, ...] = (each.days[-1], *each.summaries)
        table.add_row(
            Text(shown_text(each.slo), "bold"),
            Text(_by(each) or nothing),
            Text(f"{100 * each.objective:.6g} %"),
            *(_share(period, nothing) for period in periods),
            Text(_lasted(first.outage_minutes, nothing)),
            Text(_lasted(first.unknown_minutes, nothing)),
        )
    return table


def _share(period: DayEntry | Summary, nothing: str) -> Text:
    """The share of good events and, where that is not all there is to say, the state."""
    known = nothing if period.availability is None else share_text(period.availability)
    style = _COLOURS.get(period.state, "dim")
    if period.state in {Availability.MET, Availability.MISSED}:
        return Text(known, style)
    return Text(period.state.value if period.availability is None else f"{known} ({period.state.value})", style)


def _lasted(minutes: int, nothing: str) -> str:
    return lasted(timedelta(minutes=minutes)) if minutes else nothing


def _chart(console: Console, objective: ObjectiveRecord, widest: int) -> Text:
    """As many of the last whole days as there is room for."""
    title = _title(objective)
    room = max(_LEAST, console.width - widest - len("  9999d") - 2)
    days = objective.days[:-1][-room:]
    line = sparkline([_height(each, objective.objective) for each in days], unicode=unicode(console))
    return Text.assemble(title, " " * (widest + 2 - cell_len(title)), line, f"  {len(days)}d")


def _height(day: DayEntry, objective: float) -> float | None:
    """Full without an error, the middle where the objective is just met, nothing from twice its errors on."""
    if day.availability is None:
        return None
    return max(0.0, 1 - (1 - day.availability) / (1 - objective) / 2)


def _by(objective: ObjectiveRecord) -> str:
    return shown_text(" ".join(value for value in objective.labels.values() if value))


def _title(objective: ObjectiveRecord) -> str:
    return f"{shown_text(objective.slo)} {_by(objective)}".rstrip()
