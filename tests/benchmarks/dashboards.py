"""What the dashboards take: reading their definitions, judging them, and rendering all of them."""

import time

from benchmarks.figure import Figure
from ppbe_observe.definitions import estate_root, load_modules
from ppbe_observe.generate.output import Peers, dashboard_files
from ppbe_observe.grafana.dashboard import Dashboard
from ppbe_observe.grafana.declared import dashboards_of
from ppbe_observe.grafana.panels import Panel

REPEATS = 5
LIMIT = 1.0  # seconds


def measure() -> dict[str, Figure]:
    """Seconds to render all dashboards, the best of some; and what reading them takes before."""
    began = time.perf_counter()
    dashboards = dashboards_of(load_modules(estate_root(), "dashboards"))
    read = time.perf_counter() - began
    panels = [panel for each in dashboards for panel in each.panels]
    queries = sum(len(each.queries) for each in panels if isinstance(each, Panel))
    rendered = min(_rendered(dashboards) for _ in range(REPEATS))
    what = f"{len(dashboards)} dashboards, {len(panels)} panels, {queries} queries"
    return {
        "rendering all dashboards": Figure(rendered, "s", LIMIT, f"best of {REPEATS}; {what}"),
        "reading their definitions": Figure(read, "s", None, "once, with the exporters and alerts that they refer to"),
    }


def _rendered(dashboards: tuple[Dashboard, ...]) -> float:
    """Seconds to the texts of all files."""
    began = time.perf_counter()
    dashboard_files(dashboards, "http://127.0.0.1:9106/runbooks", Peers())
    return time.perf_counter() - began
