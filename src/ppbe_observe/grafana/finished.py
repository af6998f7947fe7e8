"""What no provisioned dashboard may have, found in its JSON, whoever made it. Pure.

The vocabulary and the renderer are built so that none of it can be; this says so of what they really made.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from ppbe_observe.grafana.layout import Box

Json = Mapping[str, Any]
LONGEST_UID = 40
OLDEST_SCHEMA, NEWEST_SCHEMA = 36, 39
"""What Grafana 10, 11 and 12 all take."""
_LEGACY = frozenset({"graph", "singlestat", "table-old", "grafana-piechart-panel", "heatmap-old"})
_WITHOUT_QUERIES = frozenset({"row", "text"})
_WITHOUT_UNIT = frozenset({"row", "text", "state-timeline"})


def faults(document: Json) -> Iterator[str]:
    """Everything that is wrong with a dashboard."""
    yield from _whole(document)
    panels = list(every_panel(document))
    ids = [each.get("id") for each in panels]
    yield from (f"id {each} is not that of one panel" for each in {*ids} if each is None or ids.count(each) > 1)
    for panel in panels:
        yield from (f"panel {panel.get('title')}: {text}" for text in _panel(panel))
    yield from _overlaps(document["panels"])
    for row in document["panels"]:
        yield from _overlaps(row.get("panels", []))


def every_panel(document: Json) -> Iterator[Json]:
    """All panels, those inside of rows and the rows among them."""
    for panel in document["panels"]:
        yield panel
        yield from panel.get("panels", [])


def _whole(document: Json) -> Iterator[str]:
    if not 0 < len(document.get("uid") or "") <= LONGEST_UID:
        yield f"the uid is {document.get('uid')!r}"
    if not OLDEST_SCHEMA <= document.get("schemaVersion", 0) <= NEWEST_SCHEMA:
        yield f"the schema is {document.get('schemaVersion')}"
    yield from (f"there is no {key}" for key in ("title", "description") if not document.get(key))
    if "__inputs" in document:
        yield "it has inputs, which nobody fills in where it is provisioned"


def _panel(panel: Json) -> Iterator[str]:
    kind = panel.get("type", "")
    if kind in _LEGACY:
        yield f"Grafana 12 has no {kind}"
    if not panel.get("title"):
        yield "it has no title"
    if kind not in _WITHOUT_QUERIES:
        yield from _asking(panel)
    if kind not in _WITHOUT_UNIT and not panel["fieldConfig"]["defaults"].get("unit"):
        yield "it has no unit"


def _asking(panel: Json) -> Iterator[str]:
    if not panel.get("description"):
        yield "it has no description"
    letters = [each.get("refId") for each in panel["targets"]]
    if not letters or not all(letters) or len({*letters}) < len(letters):
        yield f"its queries are called {letters}"
    for each in (panel, *panel["targets"]):
        if not isinstance(source := each.get("datasource"), Mapping) or source.keys() != {"type", "uid"}:
            yield f"its data source is {source!r}"


def _overlaps(panels: list[Json]) -> Iterator[str]:
    places = [(each.get("title"), Box(**each["gridPos"])) for each in panels]
    for (title, box), (other, its) in combinations(places, 2):
        if box.overlaps(its):
            yield f"panels {title} and {other} overlap"
