"""A dashboard's panels where they stand, each drawn. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ppbe_observe.preview.addresses import Addresses
from ppbe_observe.preview.drawn import Body, Link
from ppbe_observe.preview.panels.stat import stat
from ppbe_observe.preview.panels.state_timeline import state_timeline
from ppbe_observe.preview.panels.table import table
from ppbe_observe.preview.panels.text import markdown, text
from ppbe_observe.preview.panels.time_series import time_series
from ppbe_observe.preview.questions.answers import Answers, Json
from ppbe_observe.preview.questions.asking import scene_of
from ppbe_observe.preview.values.fields import field_of
from ppbe_observe.preview.values.figures import Mark
from ppbe_observe.preview.values.series import Named, Told, UndrawnError, named, told

SERIES = 100
"""That are drawn in a panel: of more, nobody can tell one from the other."""


@dataclass(frozen=True, slots=True)
class Place:
    """A panel: where it stands on the grid of 24 columns below its heading, and what is in it.

    ``back`` is how far it looks back where that is its own to say.
    """

    id: str
    kind: str
    title: str
    back: str
    about: str
    links: tuple[Link, ...]
    body: Body
    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True)
class Section:
    """A row with the panels below it; those before the first row have no title."""

    title: str
    closed: bool
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """What panels are drawn of, besides themselves."""

    addresses: Addresses
    answers: Answers
    marks: Sequence[Mark] = ()


def sections_of(dashboard: Json, material: Material) -> tuple[Section, ...]:
    """All of a dashboard, from the top to the bottom."""
    return tuple(_section(row, panels, material) for row, panels in _rows(dashboard) if panels)


def _rows(dashboard: Json) -> Iterator[tuple[Json, list[Any]]]:
    row: Json = {}
    panels: list[Any] = []
    for each in dashboard.get("panels", ()):
        if each["type"] == "row":
            yield row, panels
            row, panels = each, list(each.get("panels") or ())
        else:
            panels.append(each)
    yield row, panels


def _section(row: Json, panels: Sequence[Json], material: Material) -> Section:
    top = min(each["gridPos"]["y"] for each in panels)
    said = material.addresses.scene.said
    places = tuple(_place(each, top, material) for each in panels)
    return Section(said(row.get("title", "")), bool(row.get("collapsed")), places)


def _place(panel: Json, top: int, material: Material) -> Place:
    said = material.addresses.scene.said
    box = panel["gridPos"]
    return Place(
        id=f"panel-{panel['id']}",
        kind=panel["type"],
        title=said(panel.get("title", "")),
        back=str(panel.get("timeFrom") or ""),
        about=markdown(said(panel.get("description") or "")),
        links=material.addresses.links(panel.get("links") or ()),
        body=_body({**panel, "title": said(panel.get("title", ""))}, material),
        x=box["x"],
        y=box["y"] - top,
        w=box["w"],
        h=box["h"],
    )


def _body(panel: Json, material: Material) -> Body:
    """What is in a panel; what it cannot be drawn for is told in its place."""
    answers = told(panel, material.addresses.scene, material.answers)
    try:
        draw = DRAWN[panel["type"]]
    except KeyError:
        return Body(faults=(f"The preview does not draw panels of the type {panel['type']}; see it in Grafana.",))
    try:
        body = draw(panel, answers, material)
    except UndrawnError as error:
        return Body(faults=(*answers.errors, f"{error}; see it in Grafana."))
    return replace(body, faults=(*answers.errors, *body.faults))


def _over_time(panel: Json, answers: Told, material: Material) -> Body:
    scene = scene_of(panel, material.addresses.scene)
    return _few(panel, named(panel, answers, scene), lambda few: time_series(panel, few, scene.span, material.marks))


def _states(panel: Json, answers: Told, material: Material) -> Body:
    scene = scene_of(panel, material.addresses.scene)
    return _few(panel, named(panel, answers, scene), lambda few: state_timeline(panel, few, scene.span, material.marks))


def _values(panel: Json, answers: Told, material: Material) -> Body:
    scene = scene_of(panel, material.addresses.scene)
    return _few(panel, named(panel, answers, scene), lambda few: stat(panel, few, scene.span))


def _few(panel: Json, series: Sequence[Named], draw: Callable[[Sequence[Named]], Body]) -> Body:
    if not series:
        return _nothing(panel)
    left_out = len(series) - SERIES
    faults = (f"{left_out} further series are not drawn.",) if left_out > 0 else ()
    return replace(draw(series[:SERIES]), faults=faults)


def _rows_of_values(panel: Json, answers: Told, material: Material) -> Body:
    found = table(panel, answers, material.addresses)
    return found if found.table else _nothing(panel)


def _words(panel: Json, _answers: Told, material: Material) -> Body:
    return text(panel, material.addresses.scene)


def _nothing(panel: Json) -> Body:
    return Body(note=field_of(panel, "").nothing)


Draw = Callable[[Json, Told, Material], Body]
DRAWN: Mapping[str, Draw] = {
    "timeseries": _over_time,
    "state-timeline": _states,
    "stat": _values,
    "table": _rows_of_values,
    "text": _words,
}
"""The types of panels that can be drawn."""
