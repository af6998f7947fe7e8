"""Incidents as records for machines and assessors: JSON with every step, CSV with a line each. Pure."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import orjson

from ppbe_observe.alerting.incidents import resource_of
from ppbe_observe.model import Incident

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""What a spreadsheet takes for the beginning of a formula, or skips before one (OWASP, CSV injection)."""
_COLUMNS = (
    "id",
    "state",
    "alert",
    "resource",
    "severity",
    "step",
    "fired_at",
    "acknowledged_at",
    "acknowledged_by",
    "comment",
    "resolved_at",
    "resolution",
    "seconds_to_acknowledge",
    "seconds_to_resolve",
    "summary",
    "description",
)


def as_json(incidents: Sequence[Incident], now: datetime) -> bytes:
    """Everything that is known of them."""
    told = {"at": now, "incidents": [_whole(each) for each in incidents]}
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
    return orjson.dumps(told, option=options)


def as_csv(incidents: Iterable[Incident]) -> bytes:
    """One line each; cells that a spreadsheet would take for a formula are quoted with an apostrophe."""
    out = StringIO()
    writer = csv.DictWriter(out, _COLUMNS)
    writer.writeheader()
    for each in incidents:
        writer.writerow({name: _cell(value) for name, value in entry(each).items()})
    return out.getvalue().encode()


def entry(incident: Incident) -> dict[str, Any]:
    """What is told of an incident in a line; times of a muted one's silence are in its acknowledgements."""
    given = incident.acknowledgement
    return {
        "id": incident.id,
        "state": "resolved" if incident.resolved_at else "open",
        "alert": incident.identity.alertname,
        "resource": resource_of(incident.identity),
        "severity": incident.severity,
        "step": incident.step,
        "fired_at": incident.fired_at,
        "acknowledged_at": given.at if given else None,
        "acknowledged_by": given.author if given else None,
        "comment": given.comment if given else None,
        "resolved_at": incident.resolved_at,
        "resolution": incident.resolution.value if incident.resolution else None,
        "seconds_to_acknowledge": _seconds(given.at - incident.fired_at) if given else None,
        "seconds_to_resolve": _seconds(incident.resolved_at - incident.fired_at) if incident.resolved_at else None,
        "summary": incident.summary,
        "description": incident.description,
    }


def _whole(incident: Incident) -> dict[str, Any]:
    return {
        **entry(incident),
        "labels": dict(incident.identity.labels),
        "recorded_at": incident.recorded_at,
        "muted_before": incident.muted_before,
        "steps": [
            {
                "step": each.name,
                "fired_at": each.first,
                "last_fired_at": each.starts,
                "last_seen_at": each.seen,
                "resolved_at": each.over,
            }
            for each in incident.steps
        ],
        "acknowledgements": [
            {
                "silence": each.silence,
                "at": each.at,
                "until": each.until,
                "author": each.author,
                "comment": each.comment,
            }
            for each in incident.acknowledgements
        ],
    }


def _seconds(duration: timedelta) -> float:
    return duration.total_seconds()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
