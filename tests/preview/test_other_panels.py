"""Large values, states over time, tables and words."""

import pytest

from ppbe_observe.preview.drawn import Body, Cell, Entry, Grid, Link, Tile
from ppbe_observe.preview.panels.stat import stat
from ppbe_observe.preview.panels.state_timeline import state_timeline, stays_of
from ppbe_observe.preview.panels.table import ROWS, table
from ppbe_observe.preview.panels.text import text
from ppbe_observe.preview.questions.answers import Answer, Series
from ppbe_observe.preview.questions.filling import Chosen
from ppbe_observe.preview.values.fields import Shown
from ppbe_observe.preview.values.series import Named, UndrawnError, named, told
from support.previews import (
    END,
    GREEN_THEN_RED,
    HOSTILE,
    SPAN,
    START,
    STEP,
    Json,
    addresses,
    answers,
    panel,
    scene,
    series,
    steps,
    target,
)
from support.previews import told as said

STATES = [
    {
        "type": "value",
        "options": {"0": {"text": "ok", "color": "green"}, "1": {"text": "in alarm", "color": "red"}},
    }
]


def named_of(shown: Json, *found: Series) -> tuple[Named, ...]:
    return named(shown, told(shown, scene(), answers(shown, said(*found))), scene())


def tiles(shown: Json, *found: Series) -> tuple[Tile, ...]:
    return tuple(stat(shown, named_of(shown, *found), SPAN).tiles)


def tabled(shown: Json, *found: Answer) -> Body:
    return table(shown, told(shown, scene(), answers(shown, *found)), addresses(ppbe_rds="rds.html"))


def texts(grid: Grid | None) -> list[list[str]]:
    """What stands in the cells of a table."""
    assert grid is not None
    return [[cell.shown.text for cell in row] for row in grid.rows]


@pytest.mark.parametrize(
    ("value", "mode", "tile"),
    [
        (50, "background", Tile("", Shown("50%", "green"), filled=True)),
        (80, "background", Tile("", Shown("80%", "red"), filled=True)),
        (80, "value", Tile("", Shown("80%", "red"), filled=False)),
        (80, "none", Tile("", Shown("80%"), filled=False)),
    ],
)
def test_a_value_has_the_colour_of_its_threshold(value: float, mode: str, tile: Tile) -> None:
    defaults = {"unit": "percent", "thresholds": steps(*GREEN_THEN_RED)}
    assert tiles(panel("stat", defaults=defaults, options={"colorMode": mode}), series(value)) == (tile,)


def test_a_value_stands_for_what_its_mapping_says() -> None:
    made = panel("stat", defaults={"mappings": STATES}, options={"colorMode": "background"})
    assert [each.shown for each in tiles(made, series(1), series(0), series(2))] == [
        Shown("in alarm", "red"),
        Shown("ok", "green"),
        Shown("2"),
    ]
    ranged = [{"type": "range", "options": {"from": 5, "to": None, "result": {"text": "many"}}}]
    special = [{"type": "special", "options": {"match": "nan", "result": {"text": "never"}}}]
    assert tiles(panel("stat", defaults={"mappings": ranged}), series(7))[0].shown == Shown("many")
    assert tiles(panel("stat", defaults={"mappings": special}), series(7))[0].shown == Shown("7")


def test_what_of_the_values_is_shown_is_the_panels_to_say() -> None:
    wanted = {"lastNotNull": "6", "max": "9", "min": "3", "mean": "6", "sum": "18", "first": "3", "diff": "3"}
    for how, number in (wanted | {"range": "6", "count": "3"}).items():
        (tile,) = tiles(panel("stat", options={"reduceOptions": {"calcs": [how]}}), series(3, 9, float("nan"), 6))
        assert tile.shown.text == number, how
    assert tiles(panel("stat", defaults={"noValue": "none yet"}), series(float("nan")))[0].shown == Shown("none yet")


def test_several_values_have_names_and_a_trend_its_course() -> None:
    made = panel("stat", options={"textMode": "value_and_name", "graphMode": "area", "colorMode": "background"})
    first, second = tiles(made, series(1, 3, name="a"), series(2, name="b"))
    assert (first.name, second.name) == ("a", "b")
    assert first.figure is not None
    assert first.figure["data"][0]["y"] == [1, 3]
    assert first.figure["layout"]["yaxis"]["visible"] is False
    assert second.figure is None  # one point is no course


def test_an_override_is_about_the_fields_that_it_names() -> None:
    changed = [
        {"matcher": {"id": "byName", "options": "a"}, "properties": [{"id": "unit", "value": "bytes"}]},
        {"matcher": {"id": "byRegexp", "options": "/^b/"}, "properties": [{"id": "custom.x.y", "value": 1}]},
        {"matcher": {"id": "byFrameRefID", "options": "A"}, "properties": [{"id": "decimals", "value": 1}]},
        {
            "matcher": {"id": "byNames", "options": {"mode": "exclude", "names": ["a"]}},
            "properties": [{"id": "displayName", "value": "other"}],
        },
    ]
    made = panel("stat", overrides=changed, defaults={"custom": {"x": {"z": 2}}})
    a, b = named_of(made, series(1024, name="a"), series(1, name="b"))
    assert (a.name, a.field.of(1024).text) == ("a", "1.0 KiB")
    assert (b.name, b.field.of(1).text, b.field.custom) == ("other", "1.0", {"x": {"z": 2, "y": 1}})


def test_a_state_lasts_until_the_next_one_and_not_over_a_gap() -> None:
    at = [(START, 0.0), (START + STEP, 0.0), (START + 2 * STEP, 1.0), (START + 6 * STEP, 1.0)]
    (one,) = named_of(panel("state-timeline", defaults={"mappings": STATES}), Series({}, tuple(at)))
    found = [(each.start - START, each.end - START, each.shown.text) for each in stays_of(one, 0)]
    assert found == [(0, 120, "ok"), (120, 180, "in alarm"), (360, 420, "in alarm")]


def test_each_state_is_bars_in_its_colour_a_row_for_each_series() -> None:
    shown = panel("state-timeline", defaults={"mappings": STATES})
    found = named_of(shown, series(0, 0, name="a"), series(0, 1, name=HOSTILE))
    made = state_timeline(shown, found, SPAN, ())
    assert made.figure is not None
    assert made.legend is not None
    ok, alarm = made.figure["data"]
    assert (ok["name"], ok["y"], ok["marker"]["color"]) == ("ok", [0, 1], "var:green")
    assert (alarm["name"], alarm["y"], alarm["base"], alarm["x"]) == ("in alarm", [1], [END * 1000], [STEP * 1000])
    assert alarm["text"] == ["&lt;script&gt;alert(1)&lt;/script&gt;: 2023-11-14 23:13:20 to 2023-11-14 23:14:20"]
    assert made.figure["layout"]["yaxis"]["ticktext"] == ["a", "&lt;script&gt;alert(1)&lt;/script&gt;"]
    assert made.legend.entries == (Entry("ok", "var:green"), Entry("in alarm", "var:red"))


MERGED = [
    {"id": "merge", "options": {}},
    {"id": "filterFieldsByName", "options": {"include": {"names": ["name", "Value #A", "Value #B"]}}},
    {
        "id": "organize",
        "options": {
            "indexByName": {"Value #B": 2, "name": 0, "Value #A": 1},
            "renameByName": {"name": "Database", "Value #A": "CPU", "Value #B": "Memory"},
        },
    },
]
TWO = (target("cpu", ref="A", instant=True), target("memory", ref="B", instant=True))


def test_rows_of_several_queries_become_one_by_their_labels() -> None:
    shown = panel("table", *TWO, transformations=MERGED, options={"sortBy": [{"displayName": "CPU", "desc": True}]})
    found = tabled(
        shown,
        said(series(10, name="a", hidden="x"), series(90, name="b", hidden="x")),
        said(series(1, name="b"), series(2, name="c")),
    )
    assert found.table is not None
    assert found.table.headings == ("Database", "CPU", "Memory")
    assert texts(found.table) == [["b", "90", "1"], ["a", "10", "-"], ["c", "-", "2"]]
    assert found.table.rows[0][1].number


def test_rows_that_contradict_each_other_stay_apart() -> None:
    shown = panel("table", *TWO, transformations=[{"id": "merge", "options": {}}])
    found = tabled(shown, said(series(1, name="a", x="1"), series(2, name="a", x="2")), said(series(5, name="a")))
    assert found.table is not None
    assert found.table.headings == ("Time", "name", "x", "Value #A", "Value #B")
    assert texts(found.table)[0] == ["2023-11-14 23:13:20", "a", "1", "1", "5"]
    assert texts(found.table)[1] == ["2023-11-14 23:13:20", "a", "2", "2", "-"]


def test_a_column_has_its_own_thresholds_where_an_override_colours_it() -> None:
    coloured = {
        "matcher": {"id": "byNames", "options": {"mode": "include", "names": ["CPU"]}},
        "properties": [
            {"id": "custom.cellOptions", "value": {"type": "color-text"}},
            {"id": "thresholds", "value": steps(*GREEN_THEN_RED)},
        ],
    }
    shown = panel("table", *TWO, transformations=MERGED, overrides=[coloured], defaults={"unit": "percent"})
    found = tabled(shown, said(series(90, name="a")), said(series(90, name="a")))
    assert found.table is not None
    assert [each.shown for each in found.table.rows[0]] == [Shown("a"), Shown("90%", "red"), Shown("90%")]


def test_a_number_that_stands_for_a_word_is_a_word() -> None:
    shown = panel("table", target(instant=True), defaults={"mappings": STATES})
    found = tabled(shown, said(series(1, name="a"), series(2, name="b"))).table
    assert found is not None
    assert [(row[2].shown.text, row[2].number) for row in found.rows] == [("in alarm", False), ("2", True)]


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("auto", Shown("wake up")), ("color-text", Shown("wake up", "red")), ("json-view", Shown("wake up"))],
)
def test_a_word_is_coloured_only_where_that_is_said(kind: str, shown: Shown) -> None:
    mapping = [{"type": "value", "options": {"page": {"text": "wake up", "color": "red"}}}]
    defaults = {"mappings": mapping, "custom": {"cellOptions": {"type": kind}}}
    found = tabled(panel("table", target(instant=True), defaults=defaults), said(series(1, severity="page"))).table
    assert found is not None
    assert found.rows[0][1].shown == shown


def test_a_row_leads_to_where_its_values_say() -> None:
    links = [
        {"title": "Runbook", "url": 'http://127.0.0.1/runbooks/${__data.fields["Database"]}'},
        {"title": "Databases", "url": "/d/ppbe-rds?var-resource=${__data.fields.name}"},
        {"title": "No", "url": "javascript:alert(1)"},
    ]
    shown = panel("table", *TWO, transformations=MERGED, defaults={"links": links})
    found = tabled(shown, said(series(1, name="a/b c")), said(series(1, name="a/b c")))
    assert found.table is not None
    assert found.table.rows[0][0] == Cell(
        Shown("a/b c"), (Link("Runbook", "http://127.0.0.1/runbooks/a%2Fb%20c"), Link("Databases", "rds.html"))
    )
    assert found.table.rows[0][1].links == ()


def test_a_long_table_says_what_it_leaves_out() -> None:
    shown = panel("table", target(instant=True))
    found = tabled(shown, said(*(series(number, name=f"n{number}") for number in range(ROWS + 3))))
    assert found.table is not None
    assert (len(found.table.rows), found.table.left_out) == (ROWS, 3)


@pytest.mark.parametrize(
    ("transformation", "rows"),
    [
        ({"id": "sortBy", "options": {"sort": [{"field": "Value", "desc": True}]}}, ["3", "2", "1"]),
        ({"id": "limit", "options": {"limitField": 2}}, ["1", "3"]),
        ({"id": "organize", "options": {"excludeByName": {"Value": True}}}, []),
        ({"id": "limit", "options": {"limitField": 1}, "disabled": True}, ["1", "3", "2"]),
    ],
)
def test_other_transformations(transformation: Json, rows: list[str]) -> None:
    shown = panel("table", target(instant=True), transformations=[transformation])
    found = tabled(shown, said(series(1, name="a"), series(3, name="b"), series(2, name="c"))).table
    assert found is not None
    values = found.headings.index("Value") if "Value" in found.headings else None
    assert [row[values].shown.text for row in found.rows if values is not None] == rows


@pytest.mark.parametrize(
    ("transformation", "told"),
    [
        ({"id": "pivot"}, "does not know the transformation pivot"),
        ({"id": "filterFieldsByName", "options": {"include": {"pattern": "a"}}}, "names to include only"),
    ],
)
def test_a_transformation_that_is_not_known_is_told(transformation: Json, told: str) -> None:
    with pytest.raises(UndrawnError, match=told):
        tabled(panel("table", target(instant=True), transformations=[transformation]), said(series(1)))


def test_words_are_markdown_and_never_html() -> None:
    seen = scene(environment=Chosen(("production",), ("production",)))
    content = f"# Of $environment\n\n**bold** {HOSTILE} [x](javascript:alert(1)) ![i](http://x/y.png)"
    made = text(panel("text", options={"mode": "markdown", "content": content}), seen)
    assert "<h4>Of production</h4>" in made.html
    assert "<strong>bold</strong> &lt;script&gt;" in made.html
    assert "<img" not in made.html
    assert 'href="javascript' not in made.html
    with pytest.raises(UndrawnError, match="text that is Markdown, not html"):
        text(panel("text", options={"mode": "html", "content": "x"}), seen)
