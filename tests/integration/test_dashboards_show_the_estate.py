"""Every query of every panel on a real Prometheus that watches the simulated estate through the daemon."""

from collections.abc import Iterator

import pytest

from ppbe_observe.generate.estate import read_estate
from ppbe_observe.grafana.dashboard import Dashboard
from ppbe_observe.grafana.queries import filled, variables_in
from support.daemon import until
from support.dashboards import asked, every_value, silent
from support.processes import Peer
from support.project import PROJECT
from support.watched import watched

ESTATE = read_estate(PROJECT)
SHOWN_WITHIN = 60.0  # seconds; about 20 on two CPUs that do nothing else
every_dashboard = pytest.mark.parametrize("dashboard", ESTATE.dashboards, ids=lambda each: each.slug)

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    """Prometheus, started once for all dashboards."""
    with watched(ESTATE, tmp_path_factory.mktemp("watched")) as found:
        yield found


@every_dashboard
def test_every_panel_shows_something_or_says_why_not(peer: Peer, dashboard: Dashboard) -> None:
    until(lambda: not silent(peer, dashboard), SHOWN_WITHIN, lambda: "\n".join(silent(peer, dashboard)))


@every_dashboard
def test_it_does_where_each_value_of_its_variables_is_chosen(peer: Peer, dashboard: Dashboard) -> None:
    chosen = until(lambda: found if "()" not in (found := every_value(peer, dashboard)).values() else None)
    until(lambda: not silent(peer, dashboard, chosen), explain=lambda: "\n".join(silent(peer, dashboard, chosen)))


@every_dashboard
def test_it_shows_nothing_of_what_is_not_chosen(peer: Peer, dashboard: Dashboard) -> None:
    """With a value that nothing has, what is left has no such label: it counts nothing, or is about something else."""
    for variable in dashboard.variables:
        left = [
            each
            for each in asked(peer, dashboard, {variable.name: "nowhere"})
            if variable.name in variables_in(each.query.expr) and any(variable.label in one for one in each.labels)
        ]
        assert left == [], variable.name


@every_dashboard
def test_legends_name_labels_that_are_there(peer: Peer, dashboard: Dashboard) -> None:
    for each in asked(peer, dashboard):
        there = {label for labels in each.labels for label in labels}
        assert not each.labels or each.query.named_labels <= there, f"{each} has {there}"


@every_dashboard
def test_annotations_are_queries_that_prometheus_takes(peer: Peer, dashboard: Dashboard) -> None:
    for each in dashboard.annotations:
        peer.query(filled(each.query.expr, {}))
