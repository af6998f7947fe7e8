"""Where panels stand on the grid."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.grafana import Row, Text
from ppbe_observe.grafana.layout import Box, placed


def text(width: int, height: int = 4) -> Text:
    return Text(title="t", content="c", width=width, height=height)


def boxes(*rows: Row) -> list[Box]:
    return [box for row in placed(rows) for box in (row.heading, *(each for _, each in row.panels))]


def test_panels_stand_side_by_side_while_there_is_room() -> None:
    assert boxes(Row("r", (text(8), text(16), text(12)))) == [
        Box(0, 0, 24, 1),
        Box(0, 1, 8, 4),
        Box(8, 1, 16, 4),
        Box(0, 5, 12, 4),
    ]


def test_a_line_is_as_high_as_its_tallest_panel() -> None:
    assert [each.h for each in boxes(Row("r", (text(12, 3), text(12, 8), text(12, 2))))] == [1, 8, 8, 2]


def test_a_collapsed_row_takes_its_heading_and_no_more() -> None:
    closed, following = Row("a", (text(12, 9),), collapsed=True), Row("b", (text(12, 2),))
    assert [each.y for each in boxes(closed, following)] == [0, 1, 1, 2]


def test_rows_follow_each_other() -> None:
    assert [each.y for each in boxes(Row("a", (text(24, 9),)), Row("b", (text(24, 2),)))] == [0, 1, 10, 11]


sizes = st.lists(st.tuples(st.integers(1, 24), st.integers(1, 20)), min_size=1, max_size=12)


@given(st.lists(sizes, min_size=1, max_size=4))
def test_nothing_overlaps_or_stands_beyond_the_grid(rows: list[list[tuple[int, int]]]) -> None:
    made = boxes(*(Row("r", tuple(text(*size) for size in row)) for row in rows))
    assert not [pair for pair in combinations(made, 2) if pair[0].overlaps(pair[1])]
    assert all(each.x + each.w <= 24 for each in made)
