"""The panels of ``dashboards/``. Pure.

Invariant: what exists is whole. A panel without a title, a description, a unit or a query that is PromQL is refused
where it is written.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from ppbe_observe.errors import DefinitionError
from ppbe_observe.grafana.levels import State, Threshold
from ppbe_observe.grafana.links import Link
from ppbe_observe.grafana.queries import Query
from ppbe_observe.grafana.units import Unit
from ppbe_observe.place import place

COLUMNS = 24
"""The width of Grafana's grid."""
_SPAN = re.compile(r"[1-9][0-9]*[mhdwy]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What every panel that asks something has.

    Attributes:
        title: What is shown; no two panels of a dashboard have the same.
        description: What it means, and what to do when it is bad: for somebody who sees it for the first time.
        unit: Of the values.
        queries: What is asked.
        thresholds: From where on a value is bad; those of alerts come from ``limits``.
        states: What single values stand for.
        links: Where to look further; the runbooks of the thresholds' alerts are there by themselves.
        empty: Why there may be nothing to show; a panel without it that shows nothing is a fault.
        width: In columns of 24.
        height: In Grafana's rows of 30 pixels; panels side by side get the height of the tallest.
        decimals: Digits after the point; as Grafana sees fit where None.
        minimum: Where the axis begins; as Grafana sees fit where None.
        maximum: Where it ends.
        span: How far back it looks, whatever is chosen at the top: ``30d``; as chosen where empty.
        place: Where it is declared.
    """

    title: str
    description: str
    unit: Unit
    queries: tuple[Query, ...]
    thresholds: tuple[Threshold, ...] = ()
    states: tuple[State, ...] = ()
    links: tuple[Link, ...] = ()
    empty: str = ""
    width: int = 8
    height: int = 8
    decimals: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    span: str = ""
    place: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", self.place or place())
        if not self.title.strip():
            raise DefinitionError("a panel has no title; say in a few words what it shows")
        for wanted in ("description", "queries"):
            if not getattr(self, wanted):
                raise DefinitionError(f"panel {self.title!r}: {wanted} is missing")
        check_size(self.title, self.width, self.height)
        if self.span and not _SPAN.fullmatch(self.span):
            raise DefinitionError(f"panel {self.title!r}: {self.span!r} is no span; give it a unit, like 30d")
        if fault := self.fault():
            raise DefinitionError(f"panel {self.title!r}: {fault}")

    def fault(self) -> str:
        """What is wrong with a panel of this kind; empty where nothing is."""
        return ""


class Draw(StrEnum):
    """How a time series is drawn."""

    LINES = "line"
    BARS = "bars"


LINES, BARS = Draw


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSeries(Panel):
    """Values over time, with the thresholds as dashed lines.

    Attributes:
        draw: Lines, or bars for what is counted.
        stacked: Whether the series add up to something.
        summary: What the legend says of each series: ``("lastNotNull", "max")``.
    """

    draw: Draw = LINES
    stacked: bool = False
    summary: tuple[str, ...] = ("lastNotNull", "max")

    def fault(self) -> str:
        """Several series without names cannot be told apart."""
        return _without_legend(self.queries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stat(Panel):
    """The newest value, large; one for each series.

    Attributes:
        calculation: What of the values in sight is shown.
        trend: Whether their course is shown behind it.
    """

    width: int = 4
    height: int = 4
    calculation: str = "lastNotNull"
    trend: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTimeline(Panel):
    """Which state each series was in, as bars over time."""

    unit: Unit = Unit.COUNT
    width: int = 24

    def fault(self) -> str:
        """Colours without names say nothing."""
        if not self.states and not self.thresholds:
            return "states are missing: say what each value stands for"
        return _without_legend(self.queries)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        field: A label; or the number of the query, from 0, whose values it shows.
        title: What stands above it, with the unit where it is not the panel's: ``"Free, GiB"``.
        thresholds: Of its values.
    """

    field: str | int
    title: str
    thresholds: tuple[Threshold, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Panel):
    """The newest values of one or several queries, a row for each set of labels.

    Attributes:
        columns: What is shown, in this order; everything else is not.
        sort: The title of the column that the rows are sorted by; the first where empty.
        descending: Whether the largest is first.
        row_links: Where a cell leads to, with Grafana's ``${__data.fields["TITLE"]}`` for what stands in its row.
    """

    columns: tuple[Column, ...]
    sort: str = ""
    descending: bool = True
    row_links: tuple[Link, ...] = ()
    width: int = 24

    def fault(self) -> str:
        """Columns that show nothing, and an order by what is not there."""
        if beyond := [each.field for each in self.columns if not self._asked(each.field)]:
            return f"a column shows query {beyond[0]}; there are {len(self.queries)}, the first is 0"
        titles = [each.title for each in self.columns]
        if not titles or len(set(titles)) < len(titles) or not all(titles):
            return "every column has a title of its own"
        return "" if not self.sort or self.sort in titles else f"it is sorted by {self.sort!r}, which is no column"

    def _asked(self, column: str | int) -> bool:
        return isinstance(column, str) or 0 <= column < len(self.queries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words, as Markdown: what a person should know before looking at numbers."""

    title: str
    content: str
    width: int = 24
    height: int = 4
    place: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", self.place or place())
        for wanted in ("title", "content"):
            if not getattr(self, wanted).strip():
                raise DefinitionError(f"a text has no {wanted}; write it, or delete the panel")
        check_size(self.title, self.width, self.height)


AnyPanel = TimeSeries | Stat | StateTimeline | Table | Text


def check_size(title: str, width: int, height: int) -> None:
    """Refuse what does not fit on the grid.

    Raises:
        DefinitionError: It does not.
    """
    if not 1 <= width <= COLUMNS or height < 1:
        raise DefinitionError(f"panel {title!r}: {width} by {height} is no size; the grid is {COLUMNS} wide")


def _without_legend(queries: tuple[Query, ...]) -> str:
    nameless = next((each.expr for each in queries if not each.legend), "")
    return f"a legend is missing: how are the series of {nameless} called?" if nameless else ""
