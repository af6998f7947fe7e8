"""Values over time as plotly.js gets them: lines, thresholds, marks, the legend and the numbers."""

import math
from typing import Any

import pytest

from ppbe_observe.preview.drawn import Body, Entry
from ppbe_observe.preview.panels.time_series import time_series
from ppbe_observe.preview.questions.answers import Series
from ppbe_observe.preview.values.figures import Mark
from ppbe_observe.preview.values.series import UndrawnError, named, told
from support.previews import END, HOSTILE, SPAN, START, STEP, Json, answers, panel, points, scene, series, steps, target
from support.previews import told as said

DASHED = {"custom": {"thresholdsStyle": {"mode": "dashed"}}, "unit": "percent", "min": 0, "max": 100}
AREA = {**DASHED, "custom": {"thresholdsStyle": {"mode": "dashed+area"}}}


def drawn(shown: Json, *found: Series, marks: tuple[Mark, ...] = ()) -> Body:
    """The panel, with these series as the answer to its query."""
    answered = told(shown, scene(), answers(shown, said(*found)))
    return time_series(shown, named(shown, answered, scene()), SPAN, marks)


def figure(shown: Json, *found: Series, marks: tuple[Mark, ...] = ()) -> dict[str, Any]:
    made = drawn(shown, *found, marks=marks).figure
    assert made is not None
    return made


def test_a_line_has_times_values_and_texts_in_the_unit() -> None:
    shown = panel("timeseries", defaults={"unit": "percent", "custom": {"fillOpacity": 8}})
    (trace,) = figure(shown, series(1, 2.5, name="db-1"))["data"]
    assert trace == {
        "name": "db-1",
        "type": "scatter",
        "mode": "lines",
        "x": [1_700_003_540_000, 1_700_003_600_000],
        "y": [1, 2.5],
        "text": ["1%", "2.50%"],
        "hovertemplate": "%{fullData.name}: %{text}<extra></extra>",
        "line": {"color": "var:s0", "width": 1.5, "shape": "linear"},
        "connectgaps": False,
        "fill": "tozeroy",
        "fillcolor": "var:s0/0.08",
    }


def test_a_line_is_interrupted_where_a_value_is_missing() -> None:
    gap = Series({}, ((START, 1.0), (START + STEP, 2.0), (START + 4 * STEP, 3.0)))
    (trace,) = figure(panel(), gap)["data"]
    assert trace["y"] == [1, 2, None, 3]
    assert trace["x"][2] == (START + 2 * STEP) * 1000
    assert figure(panel(), series(1, math.nan, math.inf))["data"][0]["y"] == [1, None, None]


def test_a_value_without_neighbours_is_a_point() -> None:
    alone = Series({}, ((START, 1.0), (START + 4 * STEP, 2.0), (START + 5 * STEP, 3.0)))
    (trace,) = figure(panel(), alone)["data"]
    assert trace["y"] == [1, None, 2, 3]
    assert (trace["mode"], trace["marker"]) == ("lines+markers", {"size": [5, 0, 0, 0]})


def test_what_adds_up_is_stacked_and_the_axis_reaches_the_sum() -> None:
    shown = panel(defaults={"custom": {"stacking": {"mode": "normal"}, "fillOpacity": 60}})
    made = figure(shown, series(10, 20, name="a"), series(5, math.nan, name="b"))
    assert [each["stackgroup"] for each in made["data"]] == ["A", "A"]
    assert [each["line"]["color"] for each in made["data"]] == ["var:s0", "var:s1"]
    assert made["layout"]["yaxis"]["range"] == [0, 21]


def test_bars_begin_at_zero() -> None:
    made = figure(panel(defaults={"custom": {"drawStyle": "bars"}}), series(10, 20))
    assert made["data"][0]["type"] == "bar"
    assert made["data"][0]["marker"] == {"color": "var:s0/0.8"}
    assert made["layout"]["yaxis"]["range"] == [0, 21]


def test_a_threshold_is_a_dashed_line_in_its_colour() -> None:
    shown = panel(defaults={**DASHED, "thresholds": steps((None, "transparent"), (80, "orange"), (90, "red"))})
    shapes = figure(shown, series(10))["layout"]["shapes"]
    assert [(each["type"], each["y0"], each["y1"], each["line"]["color"]) for each in shapes] == [
        ("line", 80, 80, "var:orange"),
        ("line", 90, 90, "var:red"),
    ]
    assert shapes[0]["line"]["dash"] == "dash"


def test_what_is_bad_below_is_an_area_down_to_the_foot_of_the_axis() -> None:
    shown = panel(defaults={**AREA, "thresholds": steps((None, "red"), (10, "orange"), (20, "transparent"))})
    shapes = figure(shown, series(50))["layout"]["shapes"]
    places = [(each["type"], each["y0"], each["y1"]) for each in shapes]
    assert places == [("rect", 0, 10), ("rect", 10, 20), ("line", 10, 10)]
    assert [each.get("fillcolor") for each in shapes] == ["var:red/0.12", "var:orange/0.12", None]


def test_a_threshold_that_is_out_of_sight_or_switched_off_is_not_drawn() -> None:
    thresholds = steps((None, "transparent"), (80, "red"))
    free = {**DASHED, "thresholds": thresholds, "max": None}
    assert figure(panel(defaults=free), series(10))["layout"]["shapes"] == []
    assert figure(panel(defaults={"thresholds": thresholds, "max": 100}), series(10))["layout"]["shapes"] == []
    line = {**DASHED, "thresholds": thresholds, "custom": {"thresholdsStyle": {"mode": "line"}}}
    assert figure(panel(defaults=line), series(10))["layout"]["shapes"][0]["line"]["dash"] == "solid"


def test_a_mark_is_a_line_and_as_long_as_it_lasts_an_area() -> None:
    marks = (Mark(START, START, "deployed", "", "var:blue"), Mark(START, START + 60, "<b>", "high", "var:red"))
    layout = figure(panel(), series(1), marks=marks)["layout"]
    assert [(each["type"], each["x0"], each["x1"], each["yref"]) for each in layout["shapes"]] == [
        ("rect", START * 1000, (START + 60) * 1000, "paper"),
        ("line", START * 1000, START * 1000, "paper"),
        ("line", START * 1000, START * 1000, "paper"),
    ]
    assert [each["hovertext"] for each in layout["annotations"]] == ["deployed", "&lt;b&gt;: high"]


def test_of_marks_that_overlap_the_area_is_drawn_once() -> None:
    """One on top of the other would hide what they are about."""
    lasting = [(0, 60, "red"), (30, 90, "red"), (40, 50, "red"), (200, 300, "red"), (0, 60, "blue")]
    marks = tuple(Mark(START + first, START + last, "a", "", f"var:{colour}") for first, last, colour in lasting)
    shapes = figure(panel(), series(1), marks=marks)["layout"]["shapes"]
    areas = [((each["x0"] / 1000 - START, each["x1"] / 1000 - START), each["fillcolor"]) for each in shapes[:3]]
    assert areas == [((0, 90), "var:red/0.12"), ((200, 300), "var:red/0.12"), ((0, 60), "var:blue/0.12")]
    assert [each["type"] for each in shapes[3:]] == ["line"] * 5


def test_the_axes_are_those_of_the_dashboard() -> None:
    layout = figure(panel(defaults=DASHED), series(10))["layout"]
    assert layout["xaxis"]["range"] == [START * 1000, END * 1000]
    assert layout["yaxis"]["range"] == [0, 100]
    assert layout["yaxis"]["ticktext"] == ["0%", "20%", "40%", "60%", "80%", "100%"]


def test_the_legend_says_what_the_panel_wants_to_have_said() -> None:
    shown = panel(options={"legend": {"calcs": ["lastNotNull", "max", "mean"]}}, defaults={"unit": "ms"})
    legend = drawn(shown, series(1, 4, 2.5, name="a"), series(name="b")).legend
    assert legend is not None
    assert legend.headings == ("Last", "Max", "Mean")
    assert legend.entries == (
        Entry("a", "var:s0", ("2.50 ms", "4 ms", "2.50 ms")),
        Entry("b", "var:s1", ("-", "-", "-")),
    )


def test_a_calculation_that_is_not_known_is_told() -> None:
    with pytest.raises(UndrawnError, match="does not know the calculation p95"):
        drawn(panel(options={"legend": {"calcs": ["p95"]}}), series(1))


@pytest.mark.parametrize(
    ("legend", "labels", "name"),
    [
        ("{{name}} of {{ region }}", {"name": "a", "region": "west"}, "a of west"),
        ("{{name}}", {"region": "west"}, '{region="west"}'),
        ("{{name}}", {}, "Value"),
        ("", {"__name__": "up", "job": "x", "a": "b"}, 'up{a="b", job="x"}'),
        ("", {}, "up"),
        ("__auto", {"__name__": "up"}, "up"),
    ],
)
def test_a_series_is_called_as_its_legend_says(legend: str, labels: dict[str, str], name: str) -> None:
    made = drawn(panel("timeseries", target(legend=legend)), series(1, **labels))
    assert made.legend is not None
    assert [each.name for each in made.legend.entries] == [name]


def test_what_looks_like_markup_is_text_for_plotly_too() -> None:
    """plotly.js takes some tags and entities in names and texts."""
    (trace,) = figure(panel(), series(1, name=HOSTILE))["data"]
    assert trace["name"] == "&lt;script&gt;alert(1)&lt;/script&gt;"


def test_the_numbers_are_few_the_newest_first() -> None:
    data = drawn(panel(defaults={"unit": "percent"}), Series({"name": "a"}, points(*range(31)))).data
    assert data is not None
    assert data.headings == ("Time (UTC)", "a")
    assert len(data.rows) == 13
    assert [each.shown.text for each in data.rows[0]] == ["2023-11-14 23:13:20", "30%"]
    assert [each.shown.text for each in data.rows[6]] == ["2023-11-14 22:43:20", "0%"]
    assert [each.shown.text for each in data.rows[7]] == ["2023-11-14 22:38:20", "-"]  # before there was a value


def test_many_series_are_not_all_in_the_numbers() -> None:
    data = drawn(panel(), *(series(1, name=f"s{number}") for number in range(14))).data
    assert data is not None
    assert len(data.headings) == 13
    assert data.caption == "CPU, in numbers; 2 further series are in the chart"
