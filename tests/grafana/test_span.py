"""A panel that looks further back than the rest of its dashboard."""

import pytest

from ppbe_observe.errors import DefinitionError
from ppbe_observe.grafana import Column, Query, Stat, StateTimeline, Table, TimeSeries, Unit, above
from ppbe_observe.grafana.elements import panel_json
from ppbe_observe.grafana.levels import BAD
from ppbe_observe.grafana.links import Addresses
from ppbe_observe.grafana.panels import AnyPanel

ADDRESSES = Addresses("http://daemon/runbooks", "http://daemon", "http://prometheus", "http://alertmanager")
QUERIES = (Query("up", "{{instance}}"),)


def lines(span: str = "") -> TimeSeries:
    """Lines with what a panel must have."""
    return TimeSeries(title="Up", description="Whether it is.", unit=Unit.COUNT, queries=QUERIES, span=span)


@pytest.mark.parametrize(
    "panel",
    [
        lines("30d"),
        Stat(title="Up", description="Whether it is.", unit=Unit.COUNT, queries=QUERIES, span="30d"),
        StateTimeline(title="Up", description="Is it.", queries=QUERIES, thresholds=(above(1, BAD),), span="30d"),
        Table(
            title="Up",
            description="Whether it is.",
            unit=Unit.COUNT,
            queries=QUERIES,
            columns=(Column("instance", "Instance"),),
            span="30d",
        ),
    ],
    ids=lambda panel: type(panel).__name__,
)
def test_grafana_is_told_how_far_back_a_panel_of_any_kind_looks(panel: AnyPanel) -> None:
    assert panel_json(panel, ADDRESSES)["timeFrom"] == "30d"


def test_a_panel_without_a_span_looks_as_far_back_as_is_chosen() -> None:
    assert "timeFrom" not in panel_json(lines(), ADDRESSES)


@pytest.mark.parametrize("span", ["30", "d", "0d", "now-30d", "30d "])
def test_a_span_without_number_and_unit_is_refused(span: str) -> None:
    with pytest.raises(DefinitionError, match="is no span; give it a unit, like 30d"):
        lines(span)
