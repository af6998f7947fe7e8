"""What happened within an hour, on the dashboard of incidents: counters that begin, rise, pause and begin anew."""

from pathlib import Path

import pytest

from ppbe_observe.generate.estate import read_estate
from ppbe_observe.grafana.panels import Panel
from support.project import PROJECT
from support.promql import answers

BEGAN = next(
    each.queries[0].expr
    for dashboard in read_estate(PROJECT).dashboards
    for each in dashboard.panels
    if isinstance(each, Panel) and each.title == "Incidents that began"
)
ALERT = 'ppbe_incidents_total{alertname="A",severity="page"}'


def page(many: int) -> list[str]:
    """So many pages."""
    return [f'{{severity="page"}} {many}']


@pytest.mark.parametrize(
    ("values", "at", "began"),
    [
        pytest.param("_x90 1x10", 92, 1, id="the first one ever"),
        pytest.param("_x90 1x10 3x10", 105, 3, id="the first one ever, and two more"),
        pytest.param("_x90 1x90", 170, 0, id="the first one, an hour ago"),
        pytest.param("5x90 6x20", 100, 1, id="one more"),
        pytest.param("5x200", 100, 0, id="none"),
        pytest.param("5x90 1x20", 100, 1, id="one since the daemon began anew"),
        pytest.param("5x90 _x10 5x100", 157, 0, id="a gap an hour ago"),
        pytest.param("5x90 _x10 5x100", 110, 0, id="a gap within the hour"),
    ],
)
def test_what_a_counter_began_with_counts_and_what_it_had_does_not(
    tmp_path: Path, values: str, at: int, began: int
) -> None:
    assert answers(tmp_path, BEGAN, {ALERT: values}, **{f"m{at}": page(began)}) == ""
