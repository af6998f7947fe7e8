"""Incidents as rows of their tables, and back. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Row

from ppbe_observe.model import Acknowledgement, Identity, Incident, Step
from ppbe_observe.state.tables import incident

COLUMNS = tuple(
    incident.columns[name]
    for name in ("id", "labels", "fired_at", "recorded_at", "superseded_at", "summary", "description")
)


def row_of(given: Incident) -> dict[str, Any]:
    """The row of an incident."""
    acknowledged, resolution = given.acknowledgement, given.resolution
    return {
        "id": given.id,
        "key": given.identity.key,
        "labels": orjson.dumps(given.identity.labels).decode(),
        "alertname": given.identity.alertname,
        "severity": given.severity,
        "fired_at": given.fired_at,
        "recorded_at": given.recorded_at,
        "acknowledged_at": acknowledged.at if acknowledged else None,
        "resolved_at": given.resolved_at,
        "resolution": resolution.value if resolution else None,
        "superseded_at": given.superseded_at,
        "summary": given.summary,
        "description": given.description,
    }


def step_rows(given: Incident) -> list[dict[str, Any]]:
    """The rows of its steps."""
    return [
        {
            "incident": given.id,
            "name": each.name,
            "key": given.identity.key,
            "first": each.first,
            "starts": each.starts,
            "seen": each.seen,
            "ended": each.ended,
            "gone": each.gone,
        }
        for each in given.steps
    ]


def acknowledgement_rows(given: Incident) -> list[dict[str, Any]]:
    """The rows of its acknowledgements."""
    return [
        {
            "incident": given.id,
            "silence": each.silence,
            "at": each.at,
            "until": each.until,
            "author": each.author,
            "comment": each.comment,
        }
        for each in given.acknowledgements
    ]


def incidents_of(
    rows: Iterable[Row[Any]], steps: Mapping[str, Sequence[Step]], given: Mapping[str, Sequence[Acknowledgement]]
) -> list[Incident]:
    """The incidents of rows that hold ``COLUMNS``, with their steps and acknowledgements by incident."""
    return [
        Incident(
            id=row.id,
            identity=Identity(tuple((name, text) for name, text in orjson.loads(row.labels))),
            fired_at=row.fired_at,
            recorded_at=row.recorded_at,
            steps=tuple(sorted(steps[row.id], key=lambda each: (each.first, each.name))),
            acknowledgements=tuple(sorted(given.get(row.id, ()), key=lambda each: (each.at, each.silence))),
            superseded_at=row.superseded_at,
            summary=row.summary,
            description=row.description,
        )
        for row in rows
    ]
