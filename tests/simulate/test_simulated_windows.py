"""Which datapoints a question covers: counted off from its start, which is rounded to whole minutes."""

import pytest

from ppbe_observe.simulate.plane.window import Window

NOON = 1_800_000_000 // 86_400 * 86_400 + 43_200


@pytest.mark.parametrize(
    ("start", "end", "period", "starts"),
    [
        (0, 900, 300, [0, 300, 600]),
        (420, 1320, 300, [420, 720, 1020]),
        (455, 1320, 300, [420, 720, 1020]),
        (60, 61, 300, [60]),
        (7, 31, 10, [0, 10, 20, 30]),
    ],
)
def test_periods_begin_where_the_question_does(start: int, end: int, period: int, starts: list[int]) -> None:
    window = Window(NOON + start, NOON + end, NOON + 3600)
    assert [each - NOON for each in window.periods(period)] == starts


def test_what_is_no_longer_kept_is_left_out() -> None:
    window = Window(NOON - 20 * 86_400 + 420, NOON, NOON)
    kept = window.periods(60)
    assert NOON - 15 * 86_400 <= kept[0] < NOON - 15 * 86_400 + 60
    assert (kept[0] - window.start) % 60 == 0
