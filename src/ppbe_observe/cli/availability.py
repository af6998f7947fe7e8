"""``ppbe-observe availability``: how available the watched system was, day by day."""

import sys
from enum import StrEnum
from typing import Annotated

import typer
from rich.markup import escape

from ppbe_observe.availability.reading import read_record
from ppbe_observe.cli.availability_table import print_record
from ppbe_observe.cli.common import FAILED, INCOMPLETE, OK, ConfigOption, settings_from, stderr, stdout
from ppbe_observe.clock import utc_now
from ppbe_observe.errors import StateError
from ppbe_observe.model import Availability
from ppbe_observe.model.availability_record import AvailabilityRecord

SHOWN = 90
"""Days: as many as a chart has room for beside its title on a wide terminal."""


class Format(StrEnum):
    """How the result is written."""

    TABLE = "table"
    JSON = "json"


def availability(
    config: ConfigOption = None,
    form: Annotated[
        Format, typer.Option("--format", "-f", help="How the result is written.", case_sensitive=False)
    ] = Format.TABLE,
    days: Annotated[int, typer.Option(min=1, max=2555, help="Whole days that are shown, besides today.")] = SHOWN,
) -> None:
    """Show how available the watched system was: from the state database, and from Prometheus for today.

    Exit code 0: every objective was met over the last 30 days; 1: one was missed; 2: one is unknown, nothing is
    recorded, or the database cannot be read; 3: wrong settings or usage.
    """
    try:
        record = read_record(settings_from(config), utc_now(), days)
    except StateError as error:
        stderr().print(f"[bold red]error[/]: {escape(str(error))}", highlight=False)
        raise typer.Exit(INCOMPLETE) from error
    if form is Format.JSON:
        sys.stdout.buffer.write(record.as_json())
    else:
        print_record(stdout(), record)
    if record.problem:
        stderr().print(f"[yellow]warning[/]: {escape(record.problem)}", highlight=False)
    raise typer.Exit(_code(record))


def _code(record: AvailabilityRecord) -> int:
    states = {each.summaries[0].state for each in record.objectives}
    if Availability.MISSED in states:
        return FAILED
    return INCOMPLETE if Availability.UNKNOWN in states or not states else OK
