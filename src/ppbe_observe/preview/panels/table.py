"""The newest values as a table: transformed, in order, with units, colours and links. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ppbe_observe.preview.addresses import Addresses
from ppbe_observe.preview.drawn import Body, Cell, Grid, Link
from ppbe_observe.preview.panels.transform import Frame, Row, Value, frames_of, sorted_by, transformed
from ppbe_observe.preview.questions.answers import Json
from ppbe_observe.preview.values.fields import Field, Shown, field_of
from ppbe_observe.preview.values.series import Told

ROWS = 500
"""That are shown: a page of more is slow, and nobody reads them."""
_OF_THE_ROW = re.compile(r"\$\{__data\.fields\[\"?([^\"\]]+)\"?\](?:\.text)?\}|\$\{__data\.fields\.(\w+)\}")
_OF_THE_CELL = re.compile(r"\$\{__value\.(?:raw|text)\}")


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    field: Field


def table(panel: Json, said: Told, addresses: Addresses) -> Body:
    """A table of what all queries say.

    Raises:
        UndrawnError: It is transformed in a way that the preview does not know.
    """
    frames = transformed(frames_of(said), panel.get("transformations") or ())
    frame = next((each for each in frames if each.rows), None)
    if frame is None:
        return Body()
    ordered = sorted_by(frame, (panel.get("options") or {}).get("sortBy") or ())
    columns = [_Column(name, _field(panel, name, frame)) for name in frame.names if name]
    rows = tuple(tuple(_cells(columns, row, addresses)) for row in ordered.rows[:ROWS])
    headings = tuple(str(each.field.config.get("displayName") or each.name) for each in columns)
    return Body(table=Grid(panel.get("title", ""), headings, rows, max(0, len(ordered.rows) - ROWS)))


def _field(panel: Json, name: str, frame: Frame) -> Field:
    found = field_of(panel, name, frame.refs.get(name, ""))
    return Field({**found.config, "unit": "dateTimeAsIso"}) if name == "Time" and name not in frame.refs else found


def _cells(columns: list[_Column], row: Row, addresses: Addresses) -> Iterator[Cell]:
    for number, each in enumerate(columns):
        value = row.get(each.name)
        shown = [link for link in each.field.config.get("links") or () if _belongs(link, each.name, number, columns)]
        yield _cell(each.field, value, tuple(_links(shown, row, value, addresses)))


def _cell(field: Field, value: Value | None, links: tuple[Link, ...]) -> Cell:
    """Grafana colours no cell that it is not told to, whatever its mapping or threshold says."""
    if value is None:
        return Cell(Shown("-"), links)
    found = field.text(value) if isinstance(value, str) else field.of(value)
    kind = (field.custom.get("cellOptions") or {}).get("type", "auto")
    coloured = found if kind.startswith("color") else Shown(found.text)
    number = not isinstance(value, str) and found.text == field.number(value)
    return Cell(coloured, links, number=number, filled=kind == "color-background")


def _belongs(link: Json, name: str, number: int, columns: list[_Column]) -> bool:
    """Grafana links every cell of a row to the same place; here it is the cell that the address names, or the first."""
    named = [found[1] or found[2] for found in _OF_THE_ROW.finditer(str(link.get("url", "")))]
    at_home = [each.name for each in columns if each.name in named]
    return name == at_home[0] if at_home else number == 0


def _links(links: list[Json], row: Row, value: Value | None, addresses: Addresses) -> Iterator[Link]:
    for each in links:
        url = _OF_THE_ROW.sub(lambda found: addresses.part(_said(row, found[1] or found[2])), str(each.get("url", "")))
        url = _OF_THE_CELL.sub(lambda _: addresses.part(str(value)), url)
        yield from addresses.link(str(each.get("title", "")), url)


def _said(row: Mapping[str, Value], name: str) -> str:
    return str(row.get(name, ""))
