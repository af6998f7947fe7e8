"""What a panel, a row, a link and a dashboard must have: each is refused where it is written without."""

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from ppbe_observe.errors import DefinitionError
from ppbe_observe.grafana import (
    BAD,
    Column,
    Dashboard,
    Link,
    Query,
    Row,
    Stat,
    StateTimeline,
    Table,
    Text,
    TimeSeries,
    Unit,
    above,
    alert_table,
)
from ppbe_observe.grafana.declared import dashboards_of
from ppbe_observe.grafana.links import uid_of

UP = (Query("up", "{{job}}"),)


def stat(**changes: Any) -> Stat:
    return Stat(**{"title": "T", "description": "d", "unit": Unit.COUNT, "queries": UP, **changes})


def over_time(**changes: Any) -> TimeSeries:
    return TimeSeries(**{"title": "T", "description": "d", "unit": Unit.COUNT, "queries": UP, **changes})


def states(**changes: Any) -> StateTimeline:
    return StateTimeline(**{"title": "T", "description": "d", "queries": UP, "thresholds": (above(1, BAD),), **changes})


def table(*columns: Column, **changes: Any) -> Table:
    given = {"title": "T", "description": "d", "unit": Unit.COUNT, "queries": UP, "columns": columns}
    return Table(**{**given, **changes})


def dashboard(**changes: Any) -> Dashboard:
    return Dashboard(**{"title": "T", "description": "d", "rows": (Row("R", (stat(),)),), **changes})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: stat(title=" "), "a panel has no title"),
        (lambda: stat(description=""), "panel 'T': description is missing"),
        (lambda: stat(queries=()), "panel 'T': queries is missing"),
        (lambda: stat(width=25), "panel 'T': 25 by 4 is no size; the grid is 24 wide"),
        (lambda: stat(width=0), "panel 'T': 0 by 4 is no size"),
        (lambda: stat(height=0), "panel 'T': 4 by 0 is no size"),
        (lambda: over_time(queries=(Query("up"),)), "panel 'T': a legend is missing: how are the series of up called"),
        (lambda: states(queries=(Query("up"),)), "panel 'T': a legend is missing"),
        (lambda: states(thresholds=()), "panel 'T': states are missing: say what each value stands for"),
        (table, "panel 'T': every column has a title of its own"),
        (lambda: table(Column("job", "A"), Column(0, "A")), "panel 'T': every column has a title of its own"),
        (lambda: table(Column("job", "")), "panel 'T': every column has a title of its own"),
        (lambda: table(Column(1, "A")), "panel 'T': a column shows query 1; there are 1, the first is 0"),
        (lambda: table(Column(-1, "A")), "panel 'T': a column shows query -1"),
        (lambda: table(Column("job", "A"), sort="B"), "panel 'T': it is sorted by 'B', which is no column"),
        (lambda: Text(title="", content="c"), "a text has no title; write it, or delete the panel"),
        (lambda: Text(title="T", content=" "), "a text has no content"),
        (lambda: Row("", (stat(),)), "row '': a row has a title and panels"),
        (lambda: Row("R", ()), "row 'R': a row has a title and panels"),
        (lambda: Link("", "https://x"), "a link needs a title and an address"),
        (lambda: Link("X", " "), "a link needs a title and an address"),
        (lambda: dashboard(title=""), "dashboard '': title is missing"),
        (lambda: dashboard(description=""), "dashboard 'T': description is missing"),
        (lambda: dashboard(rows=()), "dashboard 'T': rows is missing"),
        (lambda: dashboard(slug="Rds"), "dashboard 'T': 'Rds': a file is called like rds_more"),
        (lambda: dashboard(slug="x" * 36), "a file is called like rds_more, in 35 characters at most"),
    ],
)
def test_what_is_not_whole_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        make()
    assert message in str(refused.value)


def test_what_is_whole_is_not() -> None:
    assert [stat().width, over_time().width, states().width, table(Column("job", "A")).width] == [4, 8, 24, 24]


def test_it_knows_where_it_stands() -> None:
    assert stat().place.partition(":")[0] == __file__
    assert alert_table("T", "d").place.partition(":")[0] == __file__


def test_the_longest_name_of_a_file_is_still_a_uid() -> None:
    assert len(uid_of(dashboard(slug="x" * 35).slug)) == 40


def test_a_dashboard_is_called_after_its_file() -> None:
    module = ModuleType("dashboards.rds_more")
    module.DASHBOARD = dashboard()  # type: ignore[attr-defined]  # what a module declares
    (found,) = dashboards_of([module])
    assert found == replace(dashboard(), slug="rds_more")
    assert uid_of(found.slug) == "ppbe-rds-more"
