"""The unit tests that an alert gets unasked: made of its expression or its example, and true for promtool."""

from datetime import timedelta
from pathlib import Path

import pytest

from ppbe_observe.alerting.prometheus.examples import Climb, cases_of, climbs_of, example_of, series_of
from ppbe_observe.alerting.prometheus.rule_file import Rendering, rule_file
from ppbe_observe.alerting.prometheus.rule_tests import test_file as unit_tests
from ppbe_observe.alerting.rules import Alert, Case, Example
from ppbe_observe.errors import DefinitionError
from support.alerts import alert, group, judged

MINUTE = timedelta(minutes=1)
PLACE = {"account_id": "123456789012", "region": "us-gov-west-1"}
ONE_STEP = Rendering(lambda _: (("", timedelta()),), "http://runbooks")
LADDER = Rendering(
    lambda _: (("l1", timedelta()), ("l2", 15 * MINUTE), ("l3", 30 * MINUTE)), "https://observe.agency.gov/runbooks"
)


def simple(**changes: object) -> Alert:
    """One selector and a comparison."""
    return alert(
        **{"expr": 'queue_depth{queue="a"} > 50', "description": "{queue}: {value}", "lasts": 10 * MINUTE, **changes}
    )


@pytest.mark.parametrize(
    ("expr", "fires", "quiet"),
    [
        ("a > 50", 55, 50),
        ("a >= 50", 50, 45),
        ("a < 50", 45, 50),
        ("a <= 50", 50, 55),
        ("a == 0", 0, 1),
        ("a != 1", 1.1, 1),
        ("a > 0", 1, 0),
        ("50 < a", 55, 50),
        ("a < -5", -5.5, -5),
    ],
)
def test_an_example_is_made_around_the_threshold(expr: str, fires: float, quiet: float) -> None:
    found = example_of(alert(expr=expr, description="x", resource=()), timedelta())
    (series,) = found.fires.items()
    assert series == (series_of("a", PLACE), f"{fires:.17g}x29")
    assert found.quiet == {series_of("a", PLACE): f"{quiet:.17g}x29"}
    assert (found.value, found.labels) == (fires, PLACE)


def test_an_example_is_long_enough_for_the_whole_ladder() -> None:
    found = example_of(simple(), timedelta(minutes=45))
    assert list(found.fires.values()) == [f"55x{10 + 45 + 30 - 1}"]


def test_an_example_has_the_labels_that_are_wanted_and_named() -> None:
    found = example_of(alert(expr='a{x="1",y!="2",z=""} > 1', description="{w}", resource=("name",)), timedelta())
    arn = "arn:aws-us-gov:service:us-gov-west-1:123456789012:example"
    assert found.labels == {**PLACE, "w": "example-w", "name": arn, "x": "1"}


@pytest.mark.parametrize(
    "expr", ["a > b", "rate(a[5m]) > 1", "a > 1 and b > 1", "sum by (x) (a) > 1", "a - time() < 5"]
)
def test_what_is_not_simple_must_bring_its_example(expr: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        example_of(alert(expr=expr, description="x", place="rds.py:7"), timedelta())
    assert str(caught.value) == "rds.py:7: alert TargetDown: give it an example: its expression is not simple"


def test_a_given_example_is_taken() -> None:
    given = Example(fires={"a": "1x9"}, quiet={"a": "0x9"}, labels={}, value=1)
    assert example_of(alert(expr="sum(a) > 0", description="x", example=given), timedelta()) is given


def test_the_cases_of_an_example() -> None:
    found = simple(keeps=2 * MINUTE)
    example = example_of(found, timedelta())
    on, off = (next(iter(each)) for each in (example.fires, example.quiet))
    fired = (55, example.labels)
    assert list(cases_of(found, example)) == [
        Case("fires", {on: "55x39"}, 10 * MINUTE, *fired),
        Case("does not fire before its time", {on: "55x39"}, 9 * MINUTE),
        Case("does not fire below", {off: "50x39"}, 10 * MINUTE),
        Case("keeps quiet without data", {}, 10 * MINUTE),
        Case("fires although samples are late", {on: "55x6 _x3 55x29"}, 10 * MINUTE, *fired),
        Case("ends when its series end", {on: "55x10"}, (10 + 5 + 2 + 2) * MINUTE),
    ]


@pytest.mark.parametrize(
    ("lasts", "titles"),
    [
        (timedelta(), ["fires", "does not fire below", "keeps quiet without data", "ends when its series end"]),
        (
            4 * MINUTE,
            [
                "fires",
                "does not fire before its time",
                "does not fire below",
                "keeps quiet without data",
                "ends when its series end",
            ],
        ),
    ],
)
def test_what_cannot_be_shown_of_a_short_alert_is_left_out(lasts: timedelta, titles: list[str]) -> None:
    found = simple(lasts=lasts)
    assert [each.title for each in cases_of(found, example_of(found, timedelta()))] == titles


def test_an_alert_on_absence_fires_without_data() -> None:
    labels = {"job": "x"}
    example = Example(fires={}, quiet={'up{job="x"}': "1x20"}, labels=labels, value=1, absent=True)
    found = alert(expr='absent(up{job="x"})', lasts=10 * MINUTE, example=example)
    cases = {each.title: each for each in cases_of(found, example)}
    assert cases["fires without data"] == Case("fires without data", {}, 10 * MINUTE, 1, labels)
    assert "ends when its series end" not in cases


def test_the_watchdog_has_one_case() -> None:
    found = alert(expr="vector(1)", always=True, description="it works")
    example = Example(fires={}, quiet={}, labels={}, value=1)
    assert list(cases_of(found, example)) == [Case("always fires", {}, timedelta(), 1)]
    assert list(climbs_of(found, example, LADDER.steps(found))) == []


def test_the_climb_shows_who_is_called_when() -> None:
    found = simple()
    example = example_of(found, LADDER.longest(found))
    assert list(climbs_of(found, example, LADDER.steps(found))) == [
        Climb("climbs to l1", example.fires, 10 * MINUTE, ("l1",)),
        Climb("climbs to l2", example.fires, 25 * MINUTE, ("l1", "l2")),
        Climb("climbs to l3", example.fires, 40 * MINUTE, ("l1", "l2", "l3")),
    ]


def test_names_of_series_are_escaped() -> None:
    assert series_of("a", {"y": '"\\\n', "x": "1"}) == 'a{x="1",y="\\"\\\\\\n"}'


ALERTS = (
    simple(),
    simple(name="Short", lasts=timedelta()),
    simple(name="Kept", keeps=15 * MINUTE),
    alert(
        name="Gone",
        expr='absent(up{job="x"})',
        lasts=10 * MINUTE,
        example=Example(fires={}, quiet={'up{job="x"}': "1x20"}, labels={"job": "x"}, value=1, absent=True),
    ),
    alert(
        name="Shrinks",
        expr="predict_linear(free[1h], 3600) < 0",
        description="{value} at {disk}",
        lasts=5 * MINUTE,
        example=Example(
            fires={'free{disk="a"}': "100-1x180"},
            quiet={'free{disk="a"}': "1000-1x180"},
            labels={"disk": "a"},
            value=-6.0,
            begins=41 * MINUTE,
        ),
        cases=(Case("by hand", {'free{disk="b"}': "5x90"}, 90 * MINUTE),),
    ),
    alert(name="Fails", expr='finding{severity="high"} == 1', description="{check} ({severity})"),
    alert(
        name="Watchdog",
        expr="vector(1)",
        always=True,
        description="it works",
        example=Example(fires={}, quiet={}, labels={}, value=1),
    ),
)


@pytest.mark.parametrize("rendering", [ONE_STEP, LADDER], ids=["one step", "ladder"])
def test_promtool_agrees(tmp_path: Path, rendering: Rendering) -> None:
    groups = [group(*ALERTS)]
    assert judged(tmp_path, rule_file(groups, rendering), unit_tests(groups, ["rules.yml"], rendering)) == ""


@pytest.mark.parametrize("wrong", [simple(expr='queue_depth{queue="a"} > 60'), simple(lasts=11 * MINUTE)])
def test_promtool_finds_rules_that_are_not_those_of_the_tests(tmp_path: Path, wrong: Alert) -> None:
    """The generated tests are worth something: another threshold or duration fails them."""
    rules = rule_file([group(wrong)], ONE_STEP)
    assert "FAILED" in judged(tmp_path, rules, unit_tests([group(simple())], ["rules.yml"], ONE_STEP))
