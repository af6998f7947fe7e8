"""What is read off a PromQL expression."""

from datetime import timedelta

import pytest

from ppbe_observe.errors import DefinitionError
from ppbe_observe.promql.expression import Comparison, Selector, parsed

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "comparison"),
    [
        ("up == 0", Comparison("==", 0)),
        ("0.5 > rate(a[5m])", Comparison("<", 0.5)),
        ("a - time() < 44 * 86400", Comparison("<", 44 * 86_400)),
        ("a > -(2 + 1) / 2", Comparison(">", -1.5)),
        ("(a > 1) and on (x) (b < 2)", Comparison(">", 1)),
        ("a > b", None),
        ("a > 1 / 0", None),
        ("a != 3", Comparison("!=", 3)),
        ("vector(1)", None),
    ],
)
def test_what_is_compared_with(text: str, comparison: Comparison | None) -> None:
    assert parsed(text).comparison == comparison


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        (">", False, False, True),
        ("<", True, False, False),
        (">=", False, True, True),
        ("<=", True, True, False),
        ("==", False, True, False),
        ("!=", True, False, True),
    ],
)
def test_when_a_comparison_holds(operator: str, below: bool, at: bool, above: bool) -> None:  # noqa: FBT001 - a table
    assert [Comparison(operator, 5).holds(each) for each in (4, 5, 6)] == [below, at, above]


def test_selectors_with_their_ranges() -> None:
    expression = parsed('max by (x) (a{b="1",c!~"2|3"}) / ignoring (y) sum(rate({__name__="d"}[5m])) > 1')
    assert expression.selectors == (
        Selector("a", (("b", "=", "1"), ("c", "!~", "2|3"))),
        Selector("d", (), 5 * MINUTE),
    )
    assert expression.selectors[0].equal == {"b": "1"}
    assert expression.labels == {"x", "y"}
    assert expression.functions == {"rate"}


@pytest.mark.parametrize(
    ("text", "compares"),
    [("a > 1", True), ("a > bool 1", False), ("a and b", False), ("sum(a > 1)", True), ("a > b", True)],
)
def test_a_comparison_that_drops_nothing_is_none(text: str, compares: bool) -> None:  # noqa: FBT001 - a table
    assert parsed(text).compares is compares


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("a > 1", 0), ("rate(a[5m]) + rate(b[1h]) > 1", 60), ("max_over_time(rate(a[5m])[30m:1m]) > 1", 35)],
)
def test_how_far_back_it_looks(text: str, minutes: int) -> None:
    assert parsed(text).reach == minutes * MINUTE


@pytest.mark.parametrize("text", ["a >", "rate(a)", "a[5m", "sum by a (b)", "no_such_function(a)", ""])
def test_what_is_no_promql_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match=r"^not PromQL: ") as caught:
        parsed(text)
    assert str(caught.value).endswith(f": {text}")
    assert "\n" not in str(caught.value)
