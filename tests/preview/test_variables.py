"""What can be chosen of a dashboard, and what is."""

from typing import Any

import pytest

from ppbe_observe.errors import SettingsError
from ppbe_observe.grafana.variables import LAST_PART
from ppbe_observe.preview.questions.filling import Chosen
from ppbe_observe.preview.questions.variables import Option, Variable, check_names, chosen_of, variables_of
from support.previews import dashboard

ARN = "arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:ppbe-production"


def variable(**more: Any) -> Variable:
    """The one variable of a dashboard; several can be chosen, and all are."""
    given = {
        "name": "region",
        "label": "Region",
        "type": "query",
        "query": 'label_values(up{a="b, c"}, region)',
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]},
        **more,
    }
    source = {"name": "datasource", "type": "datasource", "query": "prometheus"}
    (found,) = variables_of(dashboard(templating={"list": [source, given]}))
    return found


@pytest.mark.parametrize(
    ("query", "series", "label"),
    [
        ('label_values(up{a="b, c"}, region)', 'up{a="b, c"}', "region"),
        ("label_values(region)", None, "region"),
        ({"query": "label_values(up,region)", "refId": "x"}, "up", "region"),
    ],
)
def test_the_values_of_a_label_are_asked_for(query: object, series: str | None, label: str) -> None:
    found = variable(query=query)
    assert (found.series, found.label) == (series, label)


@pytest.mark.parametrize("query", ["query_result(up)", "metrics(.*)", ""])
def test_another_query_is_told(query: str) -> None:
    with pytest.raises(SettingsError, match=r"variable region: the preview knows label_values\(SERIES, LABEL\) only"):
        variable(query=query)
    with pytest.raises(SettingsError, match="does not know the type adhoc"):
        variable(type="adhoc")


@pytest.mark.parametrize(
    ("regex", "options"),
    [
        ("", [Option("a-1", "a-1"), Option("b-2", "b-2")]),
        ("/b.*/", [Option("b-2", "b-2")]),
        ("/(.)-./", [Option("a", "a"), Option("b", "b")]),
        ("/^(?<text>.)-(?<value>.)$/", [Option("1", "a"), Option("2", "b")]),
    ],
)
def test_a_regex_says_what_is_shown_and_what_is_taken(regex: str, options: list[Option]) -> None:
    assert variable(regex=regex).options(["b-2", "a-1", "a-1"]) == tuple(options)


def test_an_arn_is_shown_by_its_last_part() -> None:
    assert variable(regex=LAST_PART).options([ARN]) == (Option(ARN, "ppbe-production"),)


A, B = OPTIONS = (Option("a", "first"), Option("b", "second"))


@pytest.mark.parametrize(
    ("more", "wanted", "chosen"),
    [
        ({}, (), Chosen(("a", "b"), ("All",), everything=".*")),
        ({}, ("All",), Chosen(("a", "b"), ("All",), everything=".*")),
        ({}, ("b", "first"), Chosen(("b", "a"), ("second", "first"))),
        ({"allValue": None}, (), Chosen(("a", "b"), ("All",))),
        ({"current": {"value": "b"}}, (), Chosen(("b",), ("second",))),
        ({"current": {}}, (), Chosen(("a", "b"), ("All",), everything=".*")),
        ({"current": {}, "includeAll": False}, (), Chosen(("a",), ("first",))),
        ({"multi": False, "includeAll": False}, ("b",), Chosen(("b",), ("second",), pattern=False)),
    ],
)
def test_what_is_chosen(more: dict[str, Any], wanted: tuple[str, ...], chosen: Chosen) -> None:
    assert chosen_of(variable(**more), OPTIONS, wanted) == chosen


def test_what_cannot_be_chosen_is_told_with_what_can() -> None:
    with pytest.raises(SettingsError, match="--var region=c: Prometheus has no such value; there are first, second"):
        chosen_of(variable(), OPTIONS, ("c",))
    with pytest.raises(SettingsError, match="--var region: only one can be chosen, not a, b"):
        chosen_of(variable(multi=False), OPTIONS, ("a", "b"))
    with pytest.raises(SettingsError, match="--var zone: the dashboard has no such variable; it has region"):
        check_names([variable()], {"region": ["a"], "zone": ["b"]})
    with pytest.raises(SettingsError, match="it has none"):
        check_names([], {"zone": ["b"]})


def test_where_prometheus_has_no_values_a_choice_is_taken_as_it_is() -> None:
    assert chosen_of(variable(), (), ("c",)) == Chosen(("c",), ("c",))
    assert chosen_of(variable(allValue=None), (), ()) == Chosen(("",), ("All",))


def test_a_list_of_ones_own_asks_nothing() -> None:
    found = variable(type="custom", query="1m, 5m", multi=False, includeAll=False, current={"value": "5m"})
    assert found.options(["x"]) == (Option("1m", "1m"), Option("5m", "5m"))
    assert chosen_of(found, found.options(()), ()) == Chosen(("5m",), ("5m",), pattern=False)
