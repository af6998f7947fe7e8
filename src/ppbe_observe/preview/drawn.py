"""What is made of a panel, before it is HTML. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from ppbe_observe.preview.values.fields import Shown
from ppbe_observe.preview.values.figures import Figure


@dataclass(frozen=True, slots=True)
class Link:
    """An address that a person may follow, with its title."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    shown: Shown
    links: tuple[Link, ...] = ()
    number: bool = False
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; ``left_out`` says how many of its rows are not shown."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a legend: a series, its colour, and what is said of its values."""

    name: str
    colour: str
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Legend:
    """What the series of a chart are called; ``headings`` are those of what is said of each."""

    headings: tuple[str, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """One large value, with its name where it has one, and its course."""

    name: str
    shown: Shown
    filled: bool
    figure: Figure | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """What stands in a panel: any of these.

    Attributes:
        figure: A chart, with ``alternative`` as its text.
        legend: Of the chart.
        tiles: Large values.
        table: What is shown as a table.
        data: The numbers of a chart, for who cannot see it.
        html: Text that is HTML already, made of Markdown.
        note: Why there is nothing else.
        faults: What could not be asked or drawn.
    """

    figure: Figure | None = None
    alternative: str = ""
    legend: Legend | None = None
    tiles: Sequence[Tile] = ()
    table: Grid | None = None
    data: Grid | None = None
    html: str = ""
    note: str = ""
    faults: tuple[str, ...] = ()
