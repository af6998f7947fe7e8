"""Where panels stand on Grafana's grid of 24 columns. Pure.

Invariant: nothing overlaps, and panels side by side are equally high.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ppbe_observe.grafana.dashboard import Row
from ppbe_observe.grafana.panels import COLUMNS, AnyPanel


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the grid: the left upper corner, and the size."""

    x: int
    y: int
    w: int
    h: int

    def overlaps(self, other: "Box") -> bool:
        """Whether both cover a cell."""
        beside = self.x + self.w <= other.x or other.x + other.w <= self.x
        above = self.y + self.h <= other.y or other.y + other.h <= self.y
        return not (beside or above)


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row, where its heading stands, and where each of its panels does."""

    row: Row
    heading: Box
    panels: tuple[tuple[AnyPanel, Box], ...]


def placed(rows: Sequence[Row]) -> Iterator[PlacedRow]:
    """The rows below each other; a collapsed one takes no more than its heading."""
    top = 0
    for row in rows:
        panels = tuple(_in_lines(row.panels, top + 1))
        yield PlacedRow(row, Box(0, top, COLUMNS, 1), panels)
        top = top + 1 if row.collapsed else max(box.y + box.h for _, box in panels)


def _in_lines(panels: Sequence[AnyPanel], top: int) -> Iterator[tuple[AnyPanel, Box]]:
    for line in _lines(panels):
        height = max(each.height for each in line)
        left = 0
        for each in line:
            yield each, Box(left, top, each.width, height)
            left += each.width
        top += height


def _lines(panels: Sequence[AnyPanel]) -> Iterator[list[AnyPanel]]:
    line: list[AnyPanel] = []
    for each in panels:
        if line and sum(one.width for one in line) + each.width > COLUMNS:
            yield line
            line = []
        line.append(each)
    yield line
