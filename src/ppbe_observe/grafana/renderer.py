"""A dashboard as the JSON that Grafana provisions from files. Pure.

Invariant: the same definition gives the same bytes; a panel keeps its id, which addresses name, while it keeps its
title.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from zlib import crc32

from ppbe_observe.grafana import elements
from ppbe_observe.grafana.dashboard import TAG, Dashboard
from ppbe_observe.grafana.elements import Json
from ppbe_observe.grafana.layout import PlacedRow, placed
from ppbe_observe.grafana.links import Addresses, Link, uid_of

SCHEMA_VERSION = 38
"""That of Grafana 10.0; what is newer brings it up to its own."""
_LARGEST_ID = 0x7FFFFFFF

_STANDING = (
    Link("Runbooks", "{runbooks}"),
    Link("ppbe-observe", "{daemon}"),
    Link("Prometheus alerts", "{prometheus}/alerts"),
    Link("Alertmanager", "{alertmanager}"),
)


def rendered(dashboard: Dashboard, addresses: Addresses) -> Json:
    """The dashboard, as plain values."""
    links = (*dashboard.links, *(each for each in _STANDING if addresses.put_into(each.url).startswith("http")))
    return elements.dashboard_json(
        title=dashboard.title,
        description=dashboard.description,
        uid=uid_of(dashboard.slug),
        tags=list(dict.fromkeys((TAG, dashboard.slug, *dashboard.tags))),
        editable=False,
        graphTooltip=1,
        timezone="utc",
        refresh=dashboard.refresh,
        span=dashboard.span,
        schemaVersion=SCHEMA_VERSION,
        variables=[elements.datasource_json(), *map(elements.variable_json, dashboard.variables)],
        annotations=[elements.annotation_json(each) for each in dashboard.annotations],
        links=[elements.menu_json(), *(elements.link_json(each, addresses) for each in links)],
        panels=[each for row in placed(dashboard.rows) for each in _row(row, addresses)],
    )


def as_text(document: Json) -> str:
    """JSON with its keys in order, so that a change of a definition is a small change of the file."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def is_ours(slug: str, text: str) -> bool:
    """Whether a file called ``slug`` is a dashboard that was rendered here.

    JSON has no comments to say so: it has our tag, cannot be edited, and its uid is made of the name of its file, which
    that of a copy is not.
    """
    try:
        found = json.loads(text)
    except ValueError:
        return False
    if not isinstance(found, dict):
        return False
    return found.get("uid") == uid_of(slug) and found.get("editable") is False and TAG in (found.get("tags") or ())


def _row(row: PlacedRow, addresses: Addresses) -> Iterator[Json]:
    panels = [
        elements.panel_json(panel, addresses) | {"id": _id(panel.title), "gridPos": asdict(box)}
        for panel, box in row.panels
    ]
    hidden = panels if row.row.collapsed else []
    heading = elements.row_json(row.row.title, hidden, collapsed=row.row.collapsed)
    yield heading | {"id": _id(f"row {row.row.title}"), "gridPos": asdict(row.heading)}
    yield from () if row.row.collapsed else panels


def _id(title: str) -> int:
    """Made of the title: a panel that is put before others leaves theirs as they are."""
    return crc32(title.encode()) & _LARGEST_ID or 1
