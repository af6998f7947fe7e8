"""Questions are packed into as few calls as GetMetricData's limits allow."""

from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.cloudwatch.packing import DATAPOINTS_PER_CALL, QUERIES_PER_CALL, pack
from ppbe_observe.cloudwatch.query import MetricStat
from ppbe_observe.cloudwatch.windows import CATCH_UP, Question, Window, since, window_at

NOW = 1_800_000_000


def question(period: int = 60, reach: int = 600, name: str = "m") -> Question:
    stat = MetricStat("AWS/RDS", name, (), "Average", period)
    return Question(stat, window_at(NOW, period=period, delay=0, lookback=reach))


def test_twenty_four_metrics_of_a_hundred_load_balancers_take_five_calls() -> None:
    calls = pack([question(name=f"m{each}") for each in range(2400)])
    assert [len(call.positions) for call in calls] == [500, 500, 500, 500, 400]


def test_different_periods_share_a_call() -> None:
    calls = pack([question(60, 600), question(300, 1200)])
    assert len(calls) == 1
    assert calls[0].window == Window(NOW - 1200, NOW)


def test_a_daily_metric_does_not_make_minute_metrics_answer_for_days() -> None:
    calls = pack([question(60, 600), question(86400, 4 * 86400)])
    assert [call.positions for call in calls] == [(0,), (1,)]


@given(st.lists(st.tuples(st.sampled_from([1, 60, 300, 3600, 86400]), st.integers(1, 1500)), min_size=1, max_size=1200))
def test_every_question_is_in_exactly_one_call_within_the_limits(shapes: list[tuple[int, int]]) -> None:
    questions = [question(period, period * count) for period, count in shapes]
    calls = pack(questions)
    assert sorted(position for call in calls for position in call.positions) == list(range(len(questions)))
    for call in calls:
        span = call.window.end - call.window.start
        asked = [questions[position] for position in call.positions]
        assert len(asked) <= QUERIES_PER_CALL
        assert sum(-(-span // each.stat.period) for each in asked) <= DATAPOINTS_PER_CALL + len(asked)
        assert all(call.window.start <= each.window.start <= each.window.end <= call.window.end for each in asked)


def sliding(period: int, start: int, end: int = NOW) -> Question:
    return Question(MetricStat("AWS/RDS", "m", (), "Average", period), Window(start, end))


def test_a_call_begins_whole_periods_before_each_of_its_questions() -> None:
    """Datapoints are counted off from the start of the call."""
    (call,) = pack([sliding(60, NOW - 600), sliding(300, NOW - 1080), sliding(60, NOW - 1200)])
    assert call.window == Window(NOW - 1380, NOW)


def test_five_minutes_that_begin_elsewhere_are_asked_for_in_another_call() -> None:
    calls = pack([sliding(300, NOW - 1080), sliding(300, NOW - 1200)])
    assert [(call.positions, call.window.start) for call in calls] == [((0,), NOW - 1080), ((1,), NOW - 1200)]


@given(
    st.lists(
        st.tuples(st.sampled_from([10, 60, 120, 300, 420, 3600]), st.integers(1, 30), st.integers(0, 60)), min_size=1
    )
)
def test_every_question_is_a_whole_number_of_periods_after_the_start_of_its_call(
    shapes: list[tuple[int, int, int]],
) -> None:
    questions = [sliding(period, NOW - 60 * late - period * count, NOW) for period, count, late in shapes]
    for call in pack(questions):
        for position in call.positions:
            asked = questions[position]
            assert (asked.window.start - call.window.start) % asked.stat.period == 0
            assert call.window.start <= asked.window.start


@given(
    now=st.floats(1e9, 3e9),
    period=st.sampled_from([1, 10, 60, 300, 86400]),
    delay=st.integers(0, 7200),
    lookback=st.integers(1, 400_000),
)
def test_windows_are_aligned_and_wait_out_the_delay(now: float, period: int, delay: int, lookback: int) -> None:
    window = window_at(now, period=period, delay=delay, lookback=lookback)
    assert window.start % period == window.end % period == 0
    assert window.end <= now - delay < window.end + period + 1
    assert lookback <= window.end - window.start < lookback + period


def test_a_counter_joins_on_to_what_was_covered() -> None:
    window = Window(9_000_000, 9_000_600)
    assert since(window, 9_000_300, 60) == window
    assert since(window, 8_998_200, 60) == Window(8_998_200, 9_000_600)
    assert since(window, 1, 60) == Window(9_000_600 - CATCH_UP, 9_000_600)
    assert since(window, 0, 60) == window
