"""Dashboards for tests: how Grafana fills their variables, and what a Prometheus answers to their queries."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from ppbe_observe.grafana import Query
from ppbe_observe.grafana.dashboard import Dashboard
from ppbe_observe.grafana.panels import Panel
from ppbe_observe.grafana.queries import filled
from support.processes import Peer

ALL: Mapping[str, str] = {}
"""Nothing is chosen: every variable is ``.*``."""
_SPECIAL = re.compile(r"[$^*{}\[\]'+?.()|]")
"""As Grafana escapes: packages/grafana-prometheus, ``prometheusSpecialRegexEscape``."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of a panel, and the series that answer it."""

    panel: Panel
    query: Query
    labels: tuple[Mapping[str, str], ...]

    def __str__(self) -> str:
        return f"{self.panel.title}: {self.query.expr}"


def asked(peer: Peer, dashboard: Dashboard, chosen: Mapping[str, str] = ALL) -> Iterator[Asked]:
    """Every query of every panel; raises where Prometheus does not take one."""
    with httpx.Client(base_url=peer.url) as client:
        for panel in dashboard.panels:
            if isinstance(panel, Panel):
                yield from (Asked(panel, query, _labels(client, query, chosen)) for query in panel.queries)


def _labels(client: httpx.Client, query: Query, chosen: Mapping[str, str]) -> tuple[Mapping[str, str], ...]:
    answer = client.get("/api/v1/query", params={"query": filled(query.expr, chosen)})
    found = answer.json()
    assert found["status"] == "success", f"{query.expr}: {found}"
    return tuple(each["metric"] for each in found["data"]["result"])


def silent(peer: Peer, dashboard: Dashboard, chosen: Mapping[str, str] = ALL) -> list[str]:
    """The queries that nothing answers, of panels that do not say why."""
    return [str(each) for each in asked(peer, dashboard, chosen) if not each.labels and not each.panel.empty]


def every_value(peer: Peer, dashboard: Dashboard) -> dict[str, str]:
    """What each variable becomes where somebody chooses all of its values one by one."""
    chosen: dict[str, str] = {}
    for variable in dashboard.variables:
        chosen[variable.name] = several(values(peer, filled(variable.series, chosen), variable.label))
    return chosen


def values(peer: Peer, series: str, label: str) -> list[str]:
    """What Grafana's ``label_values`` gives."""
    found: Any = peer.get(f"/api/v1/label/{label}/values", **{"match[]": series}).json()["data"]
    return [str(each) for each in found]


def several(chosen: list[str]) -> str:
    """Several values as Grafana writes them into a PromQL string: escaped for the regex, and that for the string."""
    return f"({'|'.join(_SPECIAL.sub(_escaped, each) for each in chosen)})"


def _escaped(found: re.Match[str]) -> str:
    return rf"\\{found[0]}"
