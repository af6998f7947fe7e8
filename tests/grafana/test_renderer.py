"""A dashboard as Grafana's JSON: what it is word for word, and what grafanalib alone would have got wrong."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from ppbe_observe.grafana import Dashboard, Query, Row, Stat, TimeSeries, Unit
from ppbe_observe.grafana.links import Addresses
from ppbe_observe.grafana.panels import AnyPanel
from ppbe_observe.grafana.renderer import as_text, is_ours, rendered
from support.every_panel import ADDRESSES, EVERY_PANEL

GOLDEN = Path(__file__).with_name("golden.json")
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
DOCUMENT = rendered(EVERY_PANEL, ADDRESSES)


def every_panel(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["panels"]
    return [each for one in found for each in (one, *one.get("panels", []))]


PANELS = {each["title"]: each for each in every_panel(DOCUMENT)}
ASKING = [each for each in PANELS.values() if each["type"] not in {"row", "text"}]


def test_it_is_word_for_word() -> None:
    """After a change that is wanted write ``as_text(DOCUMENT)`` there, and look at the diff."""
    assert as_text(DOCUMENT) == GOLDEN.read_text("utf-8")


def test_the_same_definition_gives_the_same_bytes() -> None:
    assert as_text(rendered(EVERY_PANEL, ADDRESSES)) == as_text(DOCUMENT)


def test_nothing_is_null_but_the_first_step_of_thresholds() -> None:
    def nulls(value: Any, path: str) -> list[str]:
        if value is None:
            return [path]
        pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [each for key, one in pairs for each in nulls(one, f"{path}/{key}")]

    assert {each.rpartition("/steps/")[2] for each in nulls(DOCUMENT, "")} == {"0/value"}


def test_data_sources_are_objects_everywhere() -> None:
    assert [each["datasource"] for each in ASKING] == [SOURCE] * len(ASKING)
    assert all(target["datasource"] == SOURCE for each in ASKING for target in each["targets"])
    assert all(each["datasource"] == SOURCE for each in DOCUMENT["annotations"]["list"])
    (which, *others) = DOCUMENT["templating"]["list"]
    assert (which["name"], which["type"], which["query"]) == ("datasource", "datasource", "prometheus")
    assert [each["datasource"] for each in others] == [SOURCE] * len(others)


def test_each_query_has_a_letter() -> None:
    assert [each["refId"] for each in PANELS["Each thing"]["targets"]] == ["A", "B"]


def test_what_shows_the_newest_value_asks_for_no_more() -> None:
    kinds = {each["title"]: (each["targets"][0]["instant"], each["targets"][0]["range"]) for each in ASKING}
    newest, course = (True, False), (False, True)
    assert kinds == {
        "Things": newest,
        "Busiest": course,
        "Each thing": newest,
        "Firing": newest,
        "CPU": course,
        "Memory": course,
        "Requests": course,
        "State": course,
        "Level": course,
    }


def test_a_range_is_long_enough_for_a_counter_that_moves_once_a_minute() -> None:
    """The newest value, too: a Prometheus that somebody else provisioned has a step of 15 seconds, and a rate of 0."""
    assert {target["interval"] for each in ASKING for target in each["targets"]} == {"1m"}


def test_thresholds_that_are_bad_above_are_lines_and_those_below_an_area() -> None:
    def style(title: str) -> tuple[str, list[Any]]:
        defaults = PANELS[title]["fieldConfig"]["defaults"]
        return defaults["custom"]["thresholdsStyle"]["mode"], defaults["thresholds"]["steps"]

    assert style("CPU") == (
        "dashed",
        [
            {"value": None, "color": "transparent"},
            {"value": 80.0, "color": "orange"},
            {"value": 95.0, "color": "red"},
        ],
    )
    assert style("Memory") == (
        "dashed+area",
        [{"value": None, "color": "orange"}, {"value": 1024.0, "color": "transparent"}],
    )
    assert style("Requests") == ("off", [{"value": None, "color": "transparent"}])


def test_the_runbooks_of_its_thresholds_are_links_of_a_panel() -> None:
    assert [(each["title"], each["url"]) for each in PANELS["CPU"]["links"]] == [
        ("Why", "https://wiki.agency.gov/cpu"),
        ("Runbook: CpuHigh", "https://observe.agency.gov/runbooks/CpuHigh"),
        ("Runbook: CpuSpent", "https://observe.agency.gov/runbooks/CpuSpent"),
    ]


def test_only_what_a_table_names_is_shown_in_its_order() -> None:
    merge, chosen, organized = PANELS["Each thing"]["transformations"]
    assert merge["id"] == "merge"
    assert chosen["options"]["include"]["names"] == ["name", "Value #A", "Value #B"]
    assert organized["options"] == {
        "indexByName": {"name": 0, "Value #A": 1, "Value #B": 2},
        "renameByName": {"name": "Thing", "Value #A": "CPU, %", "Value #B": "Memory, bytes"},
    }
    assert PANELS["Firing"]["transformations"][1]["options"]["include"]["names"][-1] == "Value"


def test_a_row_of_a_table_leads_on() -> None:
    (link,) = PANELS["Firing"]["fieldConfig"]["defaults"]["links"]
    assert link["url"] == 'https://observe.agency.gov/runbooks/${__data.fields["Alert"]}'


def test_a_cell_has_the_colour_of_its_state_and_that_of_text_where_it_has_none() -> None:
    """Grafana colours no cell that it is not told to; then those without a state have the colour of the first step."""
    defaults = PANELS["Firing"]["fieldConfig"]["defaults"]
    assert defaults["custom"]["cellOptions"] == {"type": "color-text"}
    assert defaults["thresholds"]["steps"] == [{"value": None, "color": "text"}]
    assert PANELS["Each thing"]["fieldConfig"]["defaults"]["custom"]["cellOptions"] == {"type": "auto"}


def test_why_a_panel_is_empty_is_its_text_and_in_its_description() -> None:
    memory = PANELS["Memory"]
    assert memory["fieldConfig"]["defaults"]["noValue"] == "nothing tells its memory."
    assert memory["description"] == "Free.\n\nNothing to see: nothing tells its memory."
    assert PANELS["CPU"]["fieldConfig"]["defaults"]["noValue"].startswith("No data. Is it collected?")


def test_states_are_words_and_colours() -> None:
    (mapping,) = PANELS["State"]["fieldConfig"]["defaults"]["mappings"]
    assert mapping == {
        "type": "value",
        "options": {
            "0": {"text": "ok", "color": "green", "index": 0},
            "1": {"text": "in alarm", "color": "red", "index": 1},
        },
    }


def test_a_collapsed_row_holds_its_panels() -> None:
    now, over_time = (each for each in DOCUMENT["panels"] if each["type"] == "row")
    assert (now["collapsed"], now["panels"]) == (False, [])
    assert over_time["collapsed"] is True
    assert [each["title"] for each in over_time["panels"]] == ["CPU", "Memory", "Requests", "State", "Level"]


def test_every_value_of_a_variable_can_be_chosen_and_all_is_anything() -> None:
    account = DOCUMENT["templating"]["list"][1]
    assert (account["multi"], account["includeAll"], account["allValue"]) == (True, True, ".*")
    assert account["current"] == {"selected": True, "text": ["All"], "value": ["$__all"]}
    assert account["query"] == "label_values(info, account_id)"


def test_ids_are_unique_and_stay_when_a_panel_is_put_before() -> None:
    ids = [each["id"] for each in every_panel(DOCUMENT)]
    assert len({*ids}) == len(ids)
    first, *others = EVERY_PANEL.rows
    new = Stat(title="New", description="d", unit=Unit.COUNT, queries=(Query("up"),))
    more = replace(EVERY_PANEL, rows=(replace(first, panels=(new, *first.panels)), *others))
    after = {each["title"]: each["id"] for each in every_panel(rendered(more, ADDRESSES))}
    assert {title: after[title] for title in PANELS} == {title: each["id"] for title, each in PANELS.items()}


def test_a_neighbour_that_is_not_there_is_not_linked() -> None:
    links = rendered(EVERY_PANEL, replace(ADDRESSES, alertmanager=""))["links"]
    assert [each["title"] for each in links] == [
        "Dashboards",
        "Overview",
        "Wiki",
        "Runbooks",
        "ppbe-observe",
        "Prometheus alerts",
    ]


def test_other_dashboards_get_the_time_and_what_is_chosen() -> None:
    _, overview, wiki, *_ = DOCUMENT["links"]
    assert (overview["url"], overview["includeVars"], overview["keepTime"]) == ("/d/ppbe-overview", True, True)
    assert (wiki["includeVars"], wiki["keepTime"], wiki["targetBlank"]) == (False, False, True)


def test_markup_in_a_title_is_data() -> None:
    panel = TimeSeries(
        title='</script>"&', description="{{d}}", unit=Unit.COUNT, queries=(Query('up{a="\\"<b>"}', "{{a}}"),)
    )
    one = Dashboard(slug="one", title="1", description="d", rows=(Row("r", (panel,)),))
    found = json.loads(as_text(rendered(one, ADDRESSES)))["panels"][1]
    assert (found["title"], found["targets"][0]["expr"]) == ('</script>"&', 'up{a="\\"<b>"}')


@pytest.mark.parametrize(
    ("slug", "changes", "ours"),
    [
        ("every_panel", {}, True),
        ("every_panel_2", {}, False),
        ("every_panel", {"uid": "abc"}, False),
        ("every_panel", {"editable": True}, False),
        ("every_panel", {"tags": ["example"]}, False),
        ("every_panel", {"tags": None}, False),
    ],
)
def test_a_file_of_ours_is_told_from_others(slug: str, changes: dict[str, Any], ours: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_ours(slug, as_text({**DOCUMENT, **changes})) is ours


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "1", '"ppbe-every-panel"', "{}"])
def test_what_is_no_dashboard_is_not_ours(text: str) -> None:
    assert not is_ours("every_panel", text)


def test_the_addresses_are_put_into_links() -> None:
    addresses = Addresses("r", "d", "p", "a")
    assert addresses.put_into("{runbooks} {daemon} {prometheus} {alertmanager} ${x}") == "r d p a ${x}"


def test_the_example_has_every_kind_of_panel() -> None:
    assert {type(each) for each in EVERY_PANEL.panels} == {*get_args(AnyPanel)}
