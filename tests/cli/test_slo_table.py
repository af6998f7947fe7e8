"""What a person sees of the objectives: wide, narrow, in a pipe, and without UTF-8."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from rich.console import Console

from ppbe_observe.alerting.slo.standing import RATES, Standing
from ppbe_observe.cli.chart import sparkline
from ppbe_observe.cli.slo_table import points_of, print_standings, summary

BURNS = dict(zip(RATES, (14.4, 7.0, 2.0, 0.5), strict=True))
API = Standing(
    "api-availability",
    "api",
    {"tag_Environment": "production", "region": "us-gov-west-1"},
    0.999,
    0.001,
    timedelta(days=30),
    good=0.9999999,
    left=0.424,
    burns=BURNS,
)
SPENT = replace(API, by={"tag_Environment": "staging"}, left=-0.05)
UNKNOWN = replace(API, slo="api-latency", by={}, good=None, left=None, burns={})
HISTORY = (None, 1.0, 0.9, 0.5, 0.424)
ALL = (API, SPENT, UNKNOWN)


def on_terminal(width: int) -> str:
    out = StringIO()
    console = Console(file=out, width=width, force_terminal=True, no_color=True, color_system=None)
    print_standings(console, ALL, [HISTORY, HISTORY, (None,)])
    return out.getvalue()


def in_pipe(encoding: str) -> str:
    out = BytesIO()
    file = TextIOWrapper(out, encoding=encoding, errors="strict", newline="\n")
    print_standings(Console(file=file, width=10_000, soft_wrap=True), ALL, [HISTORY, HISTORY, (None,)])
    file.flush()
    return out.getvalue().decode(encoding)


def row(text: str, name: str) -> list[str]:
    line = next(each for each in text.splitlines() if name in each and "99.9 %" in each)
    return [each.strip() for each in line.replace("|", "│").split("│") if each.strip()]


def test_a_row_tells_objective_present_budget_rates_and_end() -> None:
    assert row(on_terminal(160), "production") == [
        "api-availability",
        "production us-gov-west-1",
        "99.9 %",
        "99.999 %",  # never rounded up to 100 %
        "42.4 %",
        *("14.4", "7", "2", "0.5"),
        "21h12m",
    ]
    assert row(on_terminal(160), "staging")[-1] == "spent"
    assert row(on_terminal(160), "api-latency") == ["api-latency", "—", "99.9 %", "—", "unknown", *"————", "—"]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_where_a_table_does_not_fit_each_objective_is_a_paragraph(width: int) -> None:
    text = on_terminal(width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "  budget left: 42.4 %\n" in text
    assert "  spent in: 21h12m\n" in text
    assert "│" not in text


def test_the_chart_shows_the_budget_over_its_window() -> None:
    assert "api-availability production us-gov-west-1  ·██▅▄  30d: 100 % to 42 %" in on_terminal(160)
    assert f"api-latency{' ' * 32}·  30d: no data" in on_terminal(160)


def test_without_utf_8_nothing_is_escaped_or_lost() -> None:
    text = in_pipe("ascii")
    assert row(text, "production")[-1] == "21h12m"
    assert f"api-availability staging{' ' * 20}##=:  30d: 100 % to 42 %" in text


def test_in_a_pipe_an_objective_is_a_line() -> None:
    assert row(in_pipe("utf-8"), "staging")[4] == "-5.0 %"


def test_a_budget_that_nobody_spends_faster_than_allowed_never_ends() -> None:
    calm = replace(API, burns=dict.fromkeys(RATES, 0.3))
    out = StringIO()
    print_standings(Console(file=out, width=160), [calm], [HISTORY])
    assert row(out.getvalue(), "production")[-1] == "never"


def test_what_is_not_well_is_said_in_words() -> None:
    assert list(summary(ALL)) == [
        "1 of 3 have no budget left: api-availability staging",
        "1 of 3 are unknown (no events, or Prometheus lacks one of their counters): api-latency",
    ]
    assert list(summary([API])) == []


@pytest.mark.parametrize(("width", "points"), [(40, 30), (70, 44), (95, 60), (98, 31), (10_000, 60)])
def test_a_chart_has_as_many_points_as_there_is_room(width: int, points: int) -> None:
    assert points_of(Console(width=width, file=StringIO()), ALL) == points


@pytest.mark.parametrize(("unicode", "line"), [(True, "▁▁▅█·█"), (False, "__=# #")])
def test_heights(*, unicode: bool, line: str) -> None:
    assert sparkline((-3.0, 0.0, 0.5, 1.0, None, 1.2), unicode=unicode) == line
