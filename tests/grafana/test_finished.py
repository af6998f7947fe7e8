"""What no provisioned dashboard may have: each fault is found in a dashboard that is sound but for it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from ppbe_observe.grafana.finished import faults
from ppbe_observe.grafana.renderer import rendered
from support.every_panel import ADDRESSES, EVERY_PANEL

SOUND = rendered(EVERY_PANEL, ADDRESSES)
Document = dict[str, Any]


def cpu(document: Document) -> Document:
    """A panel over time, in the collapsed row."""
    found: Document = document["panels"][-1]["panels"][0]
    return found


def things(document: Document) -> Document:
    """A stat beside another one."""
    found: Document = document["panels"][2]
    return found


def test_what_is_rendered_has_none() -> None:
    assert list(faults(SOUND)) == []


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda found: found.update(uid=""), "the uid is ''"),
        (lambda found: found.pop("uid"), "the uid is None"),
        (lambda found: found.update(uid="x" * 41), f"the uid is '{'x' * 41}'"),
        (lambda found: found.update(schemaVersion=12), "the schema is 12"),
        (lambda found: found.update(schemaVersion=42), "the schema is 42"),
        (lambda found: found.pop("description"), "there is no description"),
        (lambda found: found.update(__inputs=[]), "it has inputs, which nobody fills in where it is provisioned"),
        (lambda found: cpu(found).update(type="graph"), "panel CPU: Grafana 12 has no graph"),
        (lambda found: cpu(found).pop("title"), "panel None: it has no title"),
        (lambda found: cpu(found).pop("description"), "panel CPU: it has no description"),
        (lambda found: cpu(found)["fieldConfig"]["defaults"].pop("unit"), "panel CPU: it has no unit"),
        (lambda found: cpu(found).update(datasource="Prometheus"), "panel CPU: its data source is 'Prometheus'"),
        (lambda found: cpu(found)["targets"][0].pop("datasource"), "panel CPU: its data source is None"),
        (lambda found: cpu(found)["targets"][0].update(refId=""), "panel CPU: its queries are called ['']"),
        (
            lambda found: cpu(found)["targets"].append(cpu(found)["targets"][0]),
            "panel CPU: its queries are called ['A', 'A']",
        ),
        (lambda found: things(found)["gridPos"].update(w=5), "panels Things and Busiest overlap"),
        (lambda found: cpu(found)["gridPos"].update(w=9), "panels CPU and Memory overlap"),
        (lambda found: cpu(found).update(id=things(found)["id"]), f"id {things(SOUND)['id']} is not that of one panel"),
        (lambda found: cpu(found).pop("id"), "id None is not that of one panel"),
    ],
)
def test_each_of_them_is_found(spoil: Callable[[Document], object], fault: str) -> None:
    document = deepcopy(SOUND)
    spoil(document)
    assert list(faults(document)) == [fault]
