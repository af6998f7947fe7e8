"""How records read on a page, and what its charts draw."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ppbe_observe.model import Outcome
from ppbe_observe.web.pages import charts, words
from ppbe_observe.web.queries import FindingQuery, IncidentQuery, IncidentState
from ppbe_observe.web.records.controls import Day
from ppbe_observe.web.records.objectives import Objective

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0s ago"),
        (59, "59s ago"),
        (61, "1m ago"),
        (3 * 3600 + 125, "3h2m ago"),
        (50 * 3600 + 59, "2d2h ago"),
        (-90, "in 1m"),
        (-86_400, "in 1d"),
    ],
)
def test_how_long_ago(seconds: int, told: str) -> None:
    assert words.ago(NOON - timedelta(seconds=seconds), NOON) == told


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (None, "—"),
        (1.0, "100 %"),
        (0.9999999, "99.999 %"),
        (0.5, "50 %"),
        (0.99953, "99.953 %"),
        (0.9989996, "99.899 %"),
        (1 - 0.0047, "99.53 %"),
    ],
)
def test_a_share_is_never_rounded_up(share: float | None, told: str) -> None:
    assert words.percent(share) == told


@pytest.mark.parametrize(
    ("arn", "told"),
    [
        ("arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:ppbe-production", "db:ppbe-production"),
        ("arn:aws:s3:::bucket/a/b", "bucket/a/b"),
        ("job=x, instance=y", "job=x, instance=y"),
        ("arn:x", "arn:x"),
        ("x" * 91, "x" * 90 + "…"),
    ],
)
def test_the_name_of_a_resource(arn: str, told: str) -> None:
    assert words.short(arn) == told


def test_the_address_of_a_resource_has_no_step_upwards() -> None:
    assert words.resource_path("arn:aws:s3:::b/../c?d#e%") == "/resources/arn:aws:s3:::b%2F..%2Fc%3Fd%23e%25"


def test_a_link_keeps_the_filter_and_leaves_out_what_is_usual() -> None:
    query = FindingQuery(outcome=(Outcome.FAIL, Outcome.UNKNOWN), q="a b&c", overdue=True)
    assert words.asked(query, offset=100) == "?outcome=fail&outcome=unknown&overdue=true&q=a+b%26c&offset=100"
    assert words.asked(FindingQuery(offset=100), offset=0) == ""
    assert words.asked(IncidentQuery(state=IncidentState.OPEN, limit=5)) == "?limit=5&state=open"


@pytest.mark.parametrize(
    ("left", "bar"),
    [
        (None, charts.Bar(0.0, "unknown", "unknown")),
        (0.42, charts.Bar(42.0, "pass", "42.0 %")),
        (0.25, charts.Bar(25.0, "warn", "25.0 %")),
        (0.0, charts.Bar(0.0, "fail", "0.0 %")),
        (-1.5, charts.Bar(0.0, "fail", "-150.0 %")),
    ],
)
def test_the_bar_of_a_budget(left: float | None, bar: charts.Bar) -> None:
    objective = Objective(
        slo="a",
        service="b",
        labels={},
        outcome="left",
        objective=0.99,
        window_seconds=1,
        good=None,
        budget_left=left,
        burn_rates={},
        spent_in_seconds=None,
    )
    assert charts.budget(objective) == bar


def test_a_day_that_nothing_is_known_of_is_drawn_as_such() -> None:
    days = [
        Day(day=date(2026, 11, 23), state="pass", worst="fail"),
        Day(day=date(2026, 1, 1), state="pass", worst="pass"),
    ]
    assert charts.strip(days, date(2026, 11, 24), 3) == (
        charts.Cell(0, "nothing", "2026-11-22: nothing is known"),
        charts.Cell(1, "fail", "2026-11-23: fail, at last pass"),
        charts.Cell(2, "nothing", "2026-11-24: nothing is known"),
    )
