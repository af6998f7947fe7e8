"""Each rule of the lint of dashboards: a definition that fails it, and its nearest neighbour that does not."""

from dataclasses import replace
from typing import Any

import pytest

from ppbe_observe.grafana import Annotation, Column, Dashboard, Query, Row, Scope, Table, TimeSeries, Unit, Variable
from ppbe_observe.grafana.levels import NOTE
from ppbe_observe.grafana.links import dashboard as link_to
from ppbe_observe.grafana.lint import lint
from ppbe_observe.promql.known import KnownMetric

KNOWN = {
    "cpu": KnownMetric(frozenset({"name", "account_id"})),
    "info": KnownMetric(frozenset({"name", "account_id", "version"})),
}
IN = Scope("info", ("account",))
ACCOUNT = IN.variables[0]


def over_time(expr: str, legend: str = "{{name}}", **changes: Any) -> TimeSeries:
    given = {"title": "CPU", "description": "d", "unit": Unit.PERCENT, "queries": (Query(expr, legend),)}
    return TimeSeries(**{**given, **changes})


def table(expr: str, field: str) -> Table:
    columns = (Column(field, "F"), Column(0, "V"))
    return Table(title="T", description="d", unit=Unit.COUNT, queries=(Query(expr),), columns=columns)


def dashboard(*panels: Any, **changes: Any) -> Dashboard:
    """One that nothing is wrong with, unless a test changes what it is about."""
    shown = panels or (over_time(IN("cpu")),)
    given = {"slug": "one", "title": "One", "description": "d", "variables": IN.variables, "rows": (Row("R", shown),)}
    return Dashboard(**{**given, **changes})


def wrong(*dashboards: Dashboard) -> list[str]:
    return [each.text for each in lint(dashboards, KNOWN, {"cpu:max"})]


def test_nothing_is_wrong() -> None:
    assert wrong(dashboard()) == []


@pytest.mark.parametrize(
    ("panel", "fault"),
    [
        (over_time(IN("memory")), "panel CPU: nobody exports memory; take its name from the exporter"),
        (over_time(IN("cpu", 'zone="a"')), "panel CPU: cpu has no label zone; it has account_id, name"),
        (
            over_time(IN("cpu", 'name="a",name="b"')),
            'panel CPU: cpu can never have name="a" and "b" at once',
        ),
        (over_time(f"sum({IN('cpu')})"), "panel CPU: the legend names name, which the expression sums away"),
        (
            table(f"max by (account_id) ({IN('cpu')})", "name"),
            "panel T: column F shows name, which the expressions sum away",
        ),
        (
            over_time('cpu{account_id=~"$account",name=~"$resource"}'),
            "panel CPU names $resource, which is no variable of One",
        ),
        (
            over_time(IN("cpu"), links=(link_to("two", "Two"),)),
            "the link Two leads to /d/ppbe-two, which is no dashboard",
        ),
    ],
)
def test_each_fault_of_a_panel(panel: Any, fault: str) -> None:
    assert wrong(dashboard(panel)) == [fault]


@pytest.mark.parametrize(
    "panel",
    [
        over_time(IN("cpu:max", 'anything="x"')),
        over_time(f"max by (name) ({IN('cpu')})"),
        table(f"max by (name) ({IN('cpu')})", "name"),
        over_time(IN("cpu"), links=(link_to("one", "Itself"),)),
        over_time(f'label_replace({IN("cpu")}, "x", "$1", "name", "(.+)")', "{{x}}"),
    ],
)
def test_their_neighbours_are_sound(panel: Any) -> None:
    assert wrong(dashboard(panel)) == []


@pytest.mark.parametrize(
    ("variables", "faults"),
    [
        ((), ["panel CPU names $account, which is no variable of One"]),
        (
            (ACCOUNT, Variable("region", "Region", IN("info"), "account_id")),
            ["nothing in One uses $region; filter by it"],
        ),
        (
            (Variable("region", "Region", IN("info"), "account_id"), ACCOUNT),
            [
                "variable region needs account, which is not before it",
                "nothing in One uses $region; filter by it",
            ],
        ),
        (
            (replace(ACCOUNT, series="inof"),),
            ["variable account: nobody exports inof; take its name from the exporter"],
        ),
        (
            (replace(ACCOUNT, label="acount"),),
            ["variable account: info has no label acount; it has account_id, name, version"],
        ),
    ],
)
def test_each_fault_of_variables(variables: tuple[Variable, ...], faults: list[str]) -> None:
    assert wrong(dashboard(variables=variables)) == faults


def test_a_variable_that_only_another_one_uses_is_used() -> None:
    other = Variable("resource", "Resource", IN("info"), "name")
    assert wrong(dashboard(over_time('cpu{name=~"$resource"}'), variables=(ACCOUNT, other))) == []


def test_annotations_are_judged_like_panels() -> None:
    marks = Annotation("Marks", Query('inof{x=~"$y"}'), "t", "t", NOTE)
    assert wrong(dashboard(annotations=(marks,))) == [
        "annotation Marks names $y, which is no variable of One",
        "annotation Marks: nobody exports inof; take its name from the exporter",
    ]


def test_the_text_of_a_mark_names_what_its_query_leaves() -> None:
    marks = Annotation("Marks", Query(f"max by (name) ({IN('info')})"), "{{name}}", "{{version}}", NOTE)
    assert wrong(dashboard(annotations=(marks,))) == [
        "annotation Marks: the text names version, which the expression sums away"
    ]
    assert wrong(dashboard(annotations=(replace(marks, text="{{name}}"),))) == []


def test_two_of_one_name() -> None:
    first, second = dashboard(place="a.py:1"), dashboard(place="b.py:1")
    assert wrong(first, second) == [
        "the title One is that of the dashboard at a.py:1, too",
        "the uid ppbe-one is that of the dashboard at a.py:1, too",
    ]
    assert wrong(first, replace(second, title="Two", slug="two")) == []


def test_two_panels_or_rows_of_one_name() -> None:
    row = Row("R", (over_time(IN("cpu")),))
    assert wrong(dashboard(rows=(row, row))) == ["two panels of One are called CPU", "two rows of One are called R"]
    other = Row("S", (over_time(IN("cpu"), title="Other"),))
    assert wrong(dashboard(rows=(row, other))) == []
