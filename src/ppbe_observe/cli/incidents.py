"""``ppbe-observe incidents``: what fired, who acknowledged it, and how long it took."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from ppbe_observe.cli.common import ConfigOption, settings_from, stdout
from ppbe_observe.cli.incident_table import print_incidents
from ppbe_observe.clock import utc_now
from ppbe_observe.errors import SettingsError
from ppbe_observe.incidents.records import as_csv, as_json
from ppbe_observe.model import Incident
from ppbe_observe.settings import Settings, parse_duration
from ppbe_observe.state.database import guest_of
from ppbe_observe.state.incidents import IncidentStore


class Format(StrEnum):
    """How the result is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def incidents(
    config: ConfigOption = None,
    form: Annotated[
        Format, typer.Option("--format", "-f", help="How the result is written.", case_sensitive=False)
    ] = Format.TABLE,
    since: Annotated[
        str, typer.Option(help="Resolved ones of so long (12h, 30d), or since a day or time (2026-11-23).")
    ] = "30d",
    only_open: Annotated[bool, typer.Option("--open", help="Only those that are not resolved.")] = False,
) -> None:
    """List incidents from the state database, open ones first; no running daemon is needed.

    Exit code 0: they are listed, or there are none; 1: the database cannot be read; 3: wrong settings or usage.
    """
    now = utc_now()
    found = _known(settings_from(config), None if only_open else _since(since, now))
    ordered = sorted(found, key=lambda each: (each.resolved_at is not None, -each.fired_at.timestamp(), each.id))
    if form is Format.TABLE:
        print_incidents(stdout(), ordered, now)
    else:
        sys.stdout.buffer.write(as_json(ordered, now) if form is Format.JSON else as_csv(ordered))


def _known(settings: Settings, since: datetime | None) -> list[Incident]:
    database = guest_of(settings.state.url.get_secret_value())
    if database is None:
        return []
    try:
        return IncidentStore(database).current(since)
    finally:
        database.close()


def _since(text: str, now: datetime) -> datetime:
    try:
        return now - parse_duration(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise SettingsError(
            f"--since {text}: neither a duration (12h, 30d) nor a day or time (2026-11-23, 2026-11-23T08:00:00Z)"
        ) from None
