"""A whole page: what is on it, what is escaped, and that it needs nothing from elsewhere."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

import orjson
import plotly.graph_objects as go
import pytest

from ppbe_observe.preview.drawn import Link
from ppbe_observe.preview.library import library
from ppbe_observe.preview.marks import marked
from ppbe_observe.preview.page import Choice, Entry, Picture, entry, index, page, refusal
from ppbe_observe.preview.questions.answers import Answer, Question, Series
from ppbe_observe.preview.questions.asking import Scene, mark_question, panels_of, questions_of
from ppbe_observe.preview.questions.filling import Chosen
from ppbe_observe.preview.questions.span import Span
from ppbe_observe.preview.questions.variables import Option, variables_of
from ppbe_observe.preview.sections import DRAWN, Material, sections_of
from ppbe_observe.preview.values.figures import Mark
from support.previews import (
    END,
    HOSTILE,
    SPAN,
    START,
    Json,
    addresses,
    answers,
    dashboard,
    panel,
    picture,
    points,
    scene,
    series,
    target,
    told,
)
from support.project import PROJECT

SHIPPED = sorted((PROJECT / "deploy/generated/grafana/dashboards").glob("*.json"))
COLOUR = re.compile(r"var:\w+(?:/[\d.]+)?|#[0-9a-f]{6}/[\d.]+")


def everything(shown: Json) -> list[Question]:
    """What the panels of a dashboard ask."""
    return [question for each in panels_of(shown) for question in questions_of(each, scene())]


def made(shown: Json, *panels: tuple[Json, Answer]) -> str:
    """A page with these answers to its panels."""
    found = {question: answer for each, said in panels for question, answer in answers(each, said).items()}
    return page(picture(shown, found), "/* library */")


def test_a_page_says_what_is_seen_when_it_was_drawn_and_where_from() -> None:
    found = made(dashboard(panel(title="CPU", description="In **use**.")))
    assert "<title>Databases · ppbe-observe</title>" in found
    assert "From <b>2023-11-14 22:13:20</b> to <b>2023-11-14 23:13:20</b> UTC" in found
    assert "Drawn <b>2023-11-14 23:13:20</b> UTC from Prometheus at <b>http://127.0.0.1:9090</b>" in found
    assert '<h3 id="panel-7-title">CPU</h3>' in found
    assert "<p>In <strong>use</strong>.</p>" in found


def test_scripts_are_named_by_their_digests_and_nothing_is_asked_for() -> None:
    found = made(dashboard(panel()))
    scripts = re.findall(r"<script>(.*?)</script>", found, re.DOTALL)
    digests = " ".join(f"'sha256-{b64encode(sha256(each.encode()).digest()).decode()}'" for each in scripts)
    assert len(scripts) == 2
    assert scripts[0] == "/* library */"
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    assert f"{policy}; script-src {digests}".replace("'", "&#39;") in found
    assert re.findall(r"<(?:link|script|img)[^>]*(?:href|src)=\"(?!data:)", found) == []


def test_the_library_cannot_end_its_script() -> None:
    assert "</script" not in library()
    assert library().startswith("/**\n* plotly.js v")


@pytest.mark.parametrize("kind", ["timeseries", "stat", "state-timeline", "table"])
def test_names_from_aws_are_escaped_wherever_they_stand(kind: str) -> None:
    shown = panel(kind, target(), options={"textMode": "value_and_name"}, title=HOSTILE, description=HOSTILE)
    found = made(dashboard(shown, title=HOSTILE, description=HOSTILE), (shown, told(series(1, 2, name=HOSTILE))))
    assert "alert(1)" in found
    assert "<script>alert" not in found
    data = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', found)
    assert all("<" not in each and ">" not in each and "&" not in each for each in data)


def test_a_refused_query_is_told_in_its_panel_beside_what_is_known() -> None:
    two = panel("timeseries", target("up"), target("down(", ref="B"))
    found = page(picture(dashboard(two), answers(two, told(series(1, name="a")), Answer(error=f"bad {HOSTILE}"))), "x")
    assert '<p class="fault">B: bad &lt;script&gt;alert(1)&lt;/script&gt;</p>' in found
    assert 'data-figure="panel-7-chart-figure"' in found


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (panel("heatmap"), "The preview does not draw panels of the type heatmap; see it in Grafana."),
        (
            panel("table", target(instant=True), transformations=[{"id": "pivot"}]),
            "the preview does not know the transformation pivot; see it in Grafana.",
        ),
    ],
)
def test_what_cannot_be_drawn_says_so_where_it_would_be(shown: Json, said: str) -> None:
    found = made(dashboard(shown), (shown, told(series(1))))
    assert f'<p class="fault">{said}</p>' in found


def test_a_panel_without_data_says_what_it_was_told_to() -> None:
    found = made(dashboard(panel(defaults={"noValue": "nobody asked."}), panel("stat", id=8), panel("table", id=9)))
    assert re.findall(r'<p class="nothing">(.*?)</p>', found) == ["nobody asked.", "No data", "No data"]


def test_a_panel_may_look_further_back_than_its_dashboard() -> None:
    shown = panel(timeFrom="30d")
    (question,) = questions_of(shown, scene())
    hour = END // 3600 * 3600
    assert (question.start, question.end, question.step) == (hour - 30 * 86_400, hour, 3600)
    found = made(dashboard(shown), (shown, told(series(1, name="a"))))
    assert "CPU <small>last 30d</small>" in found
    assert f'"range":[{(END - 30 * 86_400) * 1000:.0f},{END * 1000:.0f}]' in found


def test_of_very_many_series_a_hundred_are_drawn_and_the_rest_is_told() -> None:
    shown = panel("stat")
    many = told(*(series(1, name=f"s{number}") for number in range(103)))
    found = made(dashboard(shown), (shown, many))
    assert found.count('<div class="tile"') == 100
    assert '<p class="fault">3 further series are not drawn.</p>' in found


def test_rows_are_headings_and_a_closed_one_can_be_opened() -> None:
    first = panel(id=1, title="a", gridPos={"x": 0, "y": 0, "w": 24, "h": 8})
    second = panel(id=2, title="b", gridPos={"x": 12, "y": 10, "w": 12, "h": 8})
    hidden = panel(id=3, title="c", gridPos={"x": 0, "y": 31, "w": 12, "h": 8})
    rows = (
        {"type": "row", "title": "Open", "id": 4, "gridPos": {"y": 9}},
        {"type": "row", "title": "Closed", "id": 5, "collapsed": True, "panels": [hidden], "gridPos": {"y": 30}},
    )
    shown = dashboard(first, rows[0], second, rows[1])
    found = sections_of(shown, Material(addresses(), {}))
    assert [(each.title, each.closed) for each in found] == [("", False), ("Open", False), ("Closed", True)]
    assert [(each.x, each.y, each.w, each.h) for section in found for each in section.places] == [
        (0, 0, 24, 8),
        (12, 0, 12, 8),
        (0, 0, 12, 8),
    ]
    assert '<details class="row"><summary><h2>Closed</h2></summary>' in made(shown)
    assert len(everything(shown)) == 3


def test_marks_are_where_a_query_is_above_zero() -> None:
    mark = {"name": "Alerts", "enable": True, "iconColor": "red", "expr": "ALERTS", "step": "1m"}
    named = {**mark, "titleFormat": "{{alertname}}", "textFormat": "{{severity}}"}
    shown = dashboard(annotations={"list": [named, {**mark, "enable": False}, {"name": "built in", "enable": True}]})
    at = [(START, 1.0), (START + 60, 1.0), (START + 180, 1.0), (START + 240, 0.0)]
    question = mark_question(named, scene())
    found = marked(shown, scene(), {question: told(Series({"alertname": "A", "severity": "page"}, tuple(at)))})
    assert found.marks == (
        Mark(START, START + 60, "A", "page", "var:red"),
        Mark(START + 180, START + 180, "A", "page", "var:red"),
    )
    assert marked(shown, scene(), {question: Answer(error="no")}).errors == ("Alerts: no",)


@pytest.mark.parametrize(
    ("url", "links"),
    [
        ("http://127.0.0.1:9106/runbooks", (Link("there", "http://127.0.0.1:9106/runbooks"),)),
        ("https://x/?r=$region", (Link("there", "https://x/?r=west"),)),
        ("/d/ppbe-rds", (Link("there", "rds.html"),)),
        ("/d/ppbe-rds/databases?${__url_time_range}", (Link("there", "rds.html"),)),
        ("/d/unknown", ()),
        ("javascript:alert(1)", ()),
        ("//elsewhere/x", ()),
        ("data:text/html,x", ()),
        ("", ()),
    ],
)
def test_a_link_leads_where_a_person_may_go(url: str, links: tuple[Link, ...]) -> None:
    west = scene(region=Chosen(("west",), ("west",)))
    assert addresses(west, ppbe_rds="rds.html").links([{"title": "there", "url": url}]) == links


def test_where_a_server_draws_the_time_goes_along() -> None:
    (link,) = addresses(asked=True, ppbe_rds="/d/ppbe-rds").links([{"title": "x", "url": "/d/ppbe-rds?var-a=b"}])
    assert link.url == "/d/ppbe-rds?var-a=b&from=1700000000000&to=1700003600000"


def test_a_served_page_offers_what_can_be_chosen() -> None:
    given = {"name": "region", "label": "Region", "type": "query", "query": "label_values(region)", "multi": True}
    (variable,) = variables_of(dashboard(templating={"list": [{**given, "includeAll": True}]}))
    choice = Choice(variable, (Option("a", "first"), Option("b", HOSTILE)), Chosen(("b",), ("second",)))
    shown = Picture(dashboard(), addresses(), (choice,), {}, END, "http://x", ("now-1h", "now"))
    found = page(shown)
    assert '<option value="a">first</option>' in found
    assert '<option value="b" selected>&lt;script&gt;' in found
    assert '<input name="from" value="now-1h" size="22">' in found
    assert '<script src="/plotly.js"></script>' in found
    assert "Content-Security-Policy" not in found  # the server says it


def test_the_list_of_all_dashboards() -> None:
    row = {"type": "row", "panels": [panel(), panel()]}
    assert entry(dashboard(panel(), row, description="For all."), "a.html") == Entry(
        "Databases", "a.html", "For all.", 3
    )
    found = index([Entry(HOSTILE, "a.html", "For all.", 3)], alone=True)
    assert '<a href="a.html">&lt;script&gt;alert(1)&lt;/script&gt;</a>' in found
    assert "<style>" in found
    assert "No dashboard is defined." in index([])
    assert '<p class="fault">gone</p>' in refusal("gone")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda each: each.stem)
def test_all_that_is_shipped_is_drawn_as_plotly_wants_it(path: Any) -> None:
    """Every type of panel, transformation and calculation is known; plotly's own schema judges the figures."""
    shown = orjson.loads(path.read_text())
    kinds = {each["type"] for each in panels_of(shown)} - {"row"}
    assert kinds <= DRAWN.keys()
    seen = Scene(Span(START, END), {each.name: Chosen(("a",), ("a",)) for each in variables_of(shown)})
    labels = dict.fromkeys(("name", "alertname", "severity", "region", "account_id"), "x")
    found = {
        question: Answer((Series(labels, points(1.0, 2.0, step=question.step)),))
        for each in panels_of(shown)
        for question in questions_of(each, seen)
    }
    sections = sections_of(shown, Material(addresses(seen), found, (Mark(START, END, "a", "b", "var:red"),)))
    places = [place for section in sections for place in section.places]
    assert [place.body.faults for place in places if place.body.faults] == []
    figures = [place.body.figure for place in places if place.body.figure]
    figures += [tile.figure for place in places for tile in place.body.tiles if tile.figure]
    assert figures
    for each in figures:
        go.Figure(orjson.loads(COLOUR.sub("red", orjson.dumps(each).decode())))


def test_dashboards_are_shipped() -> None:
    assert {"overview", "rds"} <= {each.stem for each in SHIPPED}
    assert Span(START, END) == SPAN
