"""Incidents as a table for people: colours on a terminal, plain lines in a pipe."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ppbe_observe.alerting.incidents import resource_of
from ppbe_observe.cli.findings import shown_text
from ppbe_observe.model import Incident, Resolution

_SEVERITIES = {"page": "red", "ticket": "yellow", "info": "cyan"}
_HOW = {Resolution.NOTICED: " (noticed)", Resolution.SUPERSEDED: " (fired again)"}
_DAY, _HOUR, _MINUTE = 86_400, 3600, 60  # seconds


def print_incidents(console: Console, incidents: Sequence[Incident], now: datetime) -> None:
    """The incidents in the order that they are given in, and how many there are."""
    if incidents:
        console.print(_table(incidents, now))
    still_open = sum(each.resolved_at is None for each in incidents)
    many = f"{len(incidents)} incident{'s' if len(incidents) != 1 else ''}"
    if not incidents:
        console.print(Text("No incidents.", style="green"))
    else:
        console.print(Text(f"{many}, {still_open} open", style="bold red" if still_open else "green"))


def _table(incidents: Sequence[Incident], now: datetime) -> Table:
    table = Table(header_style="bold")
    table.add_column("state", no_wrap=True)
    table.add_column("alert", overflow="fold")
    table.add_column("resource", overflow="fold")
    table.add_column("severity", no_wrap=True)
    table.add_column("fired", no_wrap=True)
    table.add_column("acknowledged after", overflow="fold")
    table.add_column("resolved after", overflow="fold")
    table.add_column("step", no_wrap=True)
    for each in incidents:
        table.add_row(*_row(each, now))
    return table


def _row(incident: Incident, now: datetime) -> tuple[Text, ...]:
    is_open = incident.resolved_at is None
    state = Text("open", style="bold red") if is_open else Text("resolved", style="green")
    severity = incident.severity
    return (
        state,
        Text(shown_text(incident.identity.alertname)),
        Text(shown_text(resource_of(incident.identity))),
        Text(shown_text(severity), style=_SEVERITIES.get(severity, "")),
        Text(f"{incident.fired_at:%Y-%m-%d %H:%M}Z"),
        _acknowledged(incident, now),
        _resolved(incident),
        Text(shown_text(incident.step)),
    )


def _acknowledged(incident: Incident, now: datetime) -> Text:
    given = incident.acknowledgement
    if given:
        return Text(f"{lasted(given.at - incident.fired_at)} by {shown_text(given.author)}")
    if incident.muted_before:
        return Text("silenced before", style="dim")
    if incident.resolved_at is None:
        return Text(f"not for {lasted(now - incident.fired_at)}", style="bold yellow")
    return Text("never", style="dim")


def _resolved(incident: Incident) -> Text:
    if incident.resolved_at is None:
        return Text("")
    how = _HOW.get(incident.resolution, "") if incident.resolution else ""
    return Text(f"{lasted(incident.resolved_at - incident.fired_at)}{how}")


def lasted(duration: timedelta) -> str:
    """In two units, as a person says it: ``15m``, ``2h 5m``, ``3d 4h``; never less than 0."""
    seconds = max(0, int(duration.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds}s"
    for size, unit, part, smaller in ((_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "m")):
        if seconds >= size:
            rest = seconds % size // part
            return f"{seconds // size}{unit} {rest}{smaller}" if rest else f"{seconds // size}{unit}"
    return f"{seconds // _MINUTE}m"
