"""Series in promtool's notation: what is written is read as the same values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.alerting.prometheus.samples import expand, write

VALUES = st.lists(st.one_of(st.none(), st.integers(-50, 50).map(float), st.floats(-1e9, 1e9)), max_size=40)


@given(VALUES)
def test_what_is_written_is_read_as_the_same(values: list[float | None]) -> None:
    assert expand(write(values)) == values


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([1.0, 1.0, 1.0], "1x2"),
        ([0.0, 60.0, 120.0, 180.0], "0+60x3"),
        ([9.0, 6.0, 3.0], "9-3x2"),
        ([1.0, 2.0], "1 2"),
        ([1.0, 2.0, 3.0, None, None, 6.0], "1+1x2 _x2 6"),
        ([0.0, math.inf, math.inf], "0 Infx1"),
        ([], ""),
    ],
)
def test_even_steps_are_one_run(values: list[float | None], text: str) -> None:
    assert write(values) == text
