"""``Dashboard``: rows of panels, and what all of them share. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ppbe_observe.errors import DefinitionError
from ppbe_observe.grafana.levels import Level
from ppbe_observe.grafana.links import Link
from ppbe_observe.grafana.panels import AnyPanel
from ppbe_observe.grafana.queries import Query
from ppbe_observe.grafana.variables import Variable
from ppbe_observe.place import place

TAG = "ppbe-observe"
"""On every dashboard: the menu that leads from one to another lists what has it."""
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,34}")
"""A uid is at most 40 characters, ``ppbe-`` among them."""


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under a heading, from the left to the right, in as many lines as they need.

    Attributes:
        title: The heading.
        panels: What is under it.
        collapsed: Whether it is closed until somebody opens it: what is looked at rarely costs no query.
    """

    title: str
    panels: tuple[AnyPanel, ...]
    collapsed: bool = False

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.panels:
            raise DefinitionError(f"row {self.title!r}: a row has a title and panels")


@dataclass(frozen=True, slots=True)
class Annotation:
    """Moments or times marked in every panel over time: wherever the query has a value.

    Attributes:
        name: The switch at the top.
        query: Its series; each is marked while it is there.
        title: Of a mark, with ``{{label}}``.
        text: What more it says, with ``{{label}}``.
        level: Its colour.
    """

    name: str
    query: Query
    title: str
    text: str
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """One dashboard.

    Attributes:
        title: Its name in Grafana.
        description: Who looks at it, and for what.
        rows: What it shows.
        variables: What can be chosen, those of ``SCOPE.variables`` first.
        annotations: What is marked in the panels over time.
        links: Where it leads to, besides the other dashboards, the runbooks and the daemon.
        tags: Besides ``ppbe-observe`` and the name of its file.
        span: How far back it looks when it is opened: ``6h``.
        refresh: How often it asks again.
        slug: The name of its file; given by the loader.
        place: Where it is declared.
    """

    title: str
    description: str
    rows: tuple[Row, ...]
    variables: tuple[Variable, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    links: tuple[Link, ...] = ()
    tags: tuple[str, ...] = ()
    span: str = "6h"
    refresh: str = "1m"
    slug: str = ""
    place: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", self.place or place())
        for wanted in ("title", "description", "rows"):
            if not getattr(self, wanted):
                raise DefinitionError(f"dashboard {self.title!r}: {wanted} is missing")
        if self.slug and not _SLUG.fullmatch(self.slug):
            raise DefinitionError(
                f"dashboard {self.title!r}: {self.slug!r}: a file is called like rds_more, in 35 characters at most"
            )

    @property
    def panels(self) -> Iterator[AnyPanel]:
        """All panels, from the top to the bottom."""
        return (panel for row in self.rows for panel in row.panels)
