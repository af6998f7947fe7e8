"""Every dashboard of ``dashboards/``, as Grafana gets it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ppbe_observe.generate.estate import Options, read_estate
from ppbe_observe.generate.output import DASHBOARDS
from ppbe_observe.grafana.dashboard import Dashboard
from ppbe_observe.grafana.finished import every_panel, faults
from ppbe_observe.grafana.panels import Panel
from ppbe_observe.grafana.renderer import rendered
from support.every_panel import ADDRESSES, EVERY_PANEL
from support.project import PROJECT

SCHEMA = PROJECT.parent / "shared" / "data" / "grafana-dashboard.schema.json"
"""Grafana's own, which is not shipped."""
ESTATE = read_estate(PROJECT)
DOCUMENTS = {
    Path(name).stem: json.loads(text) for name, text in ESTATE.files(Options()).items() if name.startswith(DASHBOARDS)
}
every_dashboard = pytest.mark.parametrize("dashboard", ESTATE.dashboards, ids=lambda each: each.slug)
every_document = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)


def test_each_is_rendered() -> None:
    assert DOCUMENTS.keys() == {each.slug for each in ESTATE.dashboards} != set()


@pytest.mark.skipif(not SCHEMA.is_file(), reason=f"{SCHEMA} is not there: Grafana's schema is not shipped")
@every_document
def test_grafana_s_schema_takes_it(document: dict[str, Any]) -> None:
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text("utf-8")))
    assert [f"{each.json_path}: {each.message[:200]}" for each in validator.iter_errors(document)] == []


@every_document
def test_it_has_none_of_what_no_dashboard_may_have(document: dict[str, Any]) -> None:
    assert list(faults(document)) == []


def test_no_two_have_one_uid_or_title() -> None:
    for key in ("uid", "title"):
        found = [each[key] for each in DOCUMENTS.values()]
        assert len({*found}) == len(found)


@every_dashboard
def test_each_account_and_region_can_be_chosen_and_marks_are_made(dashboard: Dashboard) -> None:
    assert {"account", "region"} <= {each.name for each in dashboard.variables}
    assert {each.name for each in dashboard.annotations} >= {"Deployments", "Alerts"}


@every_dashboard
def test_descriptions_are_sentences(dashboard: Dashboard) -> None:
    wrong = [each.title for each in dashboard.panels if isinstance(each, Panel) and not each.description.endswith(".")]
    assert wrong == []


@every_dashboard
def test_each_threshold_of_an_alert_leads_to_its_runbook(dashboard: Dashboard) -> None:
    alerts = {alert.name for each in ESTATE.subjects for group in each.groups for alert in group.alerts}
    shown = {each["title"]: each for each in every_panel(DOCUMENTS[dashboard.slug]) if each["type"] != "row"}
    for panel in (each for each in dashboard.panels if isinstance(each, Panel)):
        wanted = {each.alert for each in panel.thresholds if each.alert}
        assert wanted <= alerts
        links = {each["url"].rpartition("/")[2] for each in shown[panel.title]["links"]}
        assert wanted <= links


@pytest.mark.skipif(not SCHEMA.is_file(), reason=f"{SCHEMA} is not there: Grafana's schema is not shipped")
def test_grafana_s_schema_takes_every_kind_of_panel() -> None:
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text("utf-8")))
    assert [each.message[:200] for each in validator.iter_errors(rendered(EVERY_PANEL, ADDRESSES))] == []
