"""Series in promtool's notation: read, written, and with gaps."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.alerting.prometheus.samples import Value, expand, gap, write
from ppbe_observe.errors import DefinitionError

VALUES = st.lists(st.none() | st.floats(allow_nan=False) | st.sampled_from((0.0, 1.0)), min_size=1, max_size=40)


@given(VALUES)
def test_what_is_written_reads_back(values: list[Value]) -> None:
    assert expand(write(values)) == values


@pytest.mark.parametrize(
    ("notation", "values"),
    [
        ("1", [1]),
        ("-0.5 1e3 .5", [-0.5, 1000, 0.5]),
        ("0+60x3", [0, 60, 120, 180]),
        ("10-2.5x2", [10, 7.5, 5]),
        ("7x2", [7, 7, 7]),
        ("1 _ 2", [1, None, 2]),
        ("_x3 1x0", [None, None, None, 1]),
        ("Inf -Inf", [math.inf, -math.inf]),
        ("", []),
    ],
)
def test_notation(notation: str, values: list[Value]) -> None:
    assert expand(notation) == values


def test_not_a_number_is_a_value() -> None:
    (value,) = expand(write([math.nan]))
    assert value is not None
    assert math.isnan(value)


@pytest.mark.parametrize("part", ["x3", "1+x3", "one", "1x", "_3", "0+60", "stale"])
def test_what_is_no_notation_is_refused(part: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        expand(f"1 {part}")
    assert str(caught.value) == f"{part!r} is no value of promtool's notation, such as 1, 0+60x120 or _x3"


@pytest.mark.parametrize(
    ("values", "notation"),
    [([1.0, 1.0, 1.0], "1x2"), ([1.0, None, None, 2.5], "1 _x2 2.5"), ([1e22, 0.1], "1e+22 0.10000000000000001")],
)
def test_equal_neighbours_are_written_once(values: list[Value], notation: str) -> None:
    assert write(values) == notation


def test_a_gap_takes_both_ends() -> None:
    assert gap([1, 2, 3, 4, 5], 1, 3) == [1, None, None, None, 5]
