"""The verdict on a figure, and what the runner does with it."""

import pytest

from benchmarks.figure import Figure


@pytest.mark.parametrize(
    ("figure", "ok", "ratio"),
    [
        (Figure(2.0, "ms", limit=4.0), True, 0.5),
        (Figure(4.0, "ms", limit=4.0), True, 1.0),
        (Figure(6.0, "ms", limit=4.0), False, 1.5),
        (Figure(90.0, "ms"), True, None),
    ],
)
def test_a_figure_is_ok_up_to_its_limit(figure: Figure, ok: bool, ratio: float | None) -> None:  # noqa: FBT001
    assert (figure.ok, figure.ratio) == (ok, ratio)
