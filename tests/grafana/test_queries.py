"""Variables in PromQL: which there are, and what is in their place before it is parsed."""

import pytest

from ppbe_observe.errors import DefinitionError
from ppbe_observe.grafana import Query
from ppbe_observe.grafana.queries import filled, variables_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a{x=~"$account"}', {"account"}),
        ('a{x=~"${account}",y=~"${region:regex}"}', {"account", "region"}),
        ("rate(a[$__rate_interval]) / $__range_s", set()),
        ('label_replace(a, "x", "$1", "y", "(.+)")', set()),
    ],
)
def test_the_variables_in_a_query(text: str, expected: set[str]) -> None:
    assert variables_in(text) == expected


def test_filling_them() -> None:
    text = 'rate(a{x=~"$account",y=~"${region:regex}",z=~"$other"}[$__rate_interval])'
    assert filled(text, {"account": "(1|2)", "region": "west"}) == 'rate(a{x=~"(1|2)",y=~"west",z=~".*"}[5m])'


def test_what_a_label_is_replaced_by_is_no_variable() -> None:
    text = 'label_replace(a, "x", "$1", "y", "(.+)")'
    assert filled(text, {}) == text


@pytest.mark.parametrize(("expr", "message"), [("rate(a[$__rate_interval]", "not PromQL: "), (" ", "a query without")])
def test_a_query_that_is_none_is_refused(expr: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Query(expr)


def test_the_labels_of_a_legend() -> None:
    assert Query("a", "{{name}} of {{ region }}: read").named_labels == {"name", "region"}
