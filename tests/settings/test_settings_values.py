"""Durations, addresses and account ids, as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.settings.values import Listen, format_duration, parse_duration, parse_listen


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("60s", 60.0),
        ("5m", 300.0),
        ("1h", 3600.0),
        ("1h30m", 5400.0),
        ("1d", 86400.0),
        ("500ms", 0.5),
        ("1.5s", 1.5),
        (" 7s ", 7.0),
        ("90", 90.0),
        (60, 60.0),
        (0.25, 0.25),
        (timedelta(seconds=3), 3.0),
    ],
)
def test_a_duration_is_a_number_with_a_unit_or_seconds(written: object, seconds: float) -> None:
    assert parse_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "written",
    ["", "s", "5 m", "five", "-5s", "5m-", "5y", "1h30", True, None, [], -1, float("nan"), float("inf"), "9" * 400],
)
def test_what_is_no_duration_is_told_with_the_way_to_write_one(written: object) -> None:
    with pytest.raises(ValueError, match=r"fix: write a number with its unit: 500ms, 30s"):
        parse_duration(written)


@given(st.integers(min_value=0, max_value=366 * 86400 * 1000))
def test_a_formatted_duration_reads_back_as_the_same(milliseconds: int) -> None:
    duration = timedelta(milliseconds=milliseconds)
    assert parse_duration(format_duration(duration)) == duration


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0s"), (55, "55s"), (60, "1m"), (90, "90s"), (3600, "1h"), (86400, "1d"), (0.5, "500ms")],
)
def test_a_duration_is_written_in_its_largest_whole_unit(seconds: float, written: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == written


@pytest.mark.parametrize(
    ("written", "host", "port"),
    [
        ("127.0.0.1:9106", "127.0.0.1", 9106),
        ("[::1]:9106", "::1", 9106),
        (":9106", "", 9106),
        ("ppbe-observe.internal:0", "ppbe-observe.internal", 0),
    ],
)
def test_an_address_is_host_and_port(written: str, host: str, port: int) -> None:
    assert parse_listen(written) == Listen(host, port)
    assert str(parse_listen(written)) == written


@pytest.mark.parametrize("written", ["9106", "127.0.0.1", "::1:9106", "host:70000", "host:port", "", 9106, None])
def test_what_is_no_address_is_told_with_the_way_to_write_one(written: object) -> None:
    with pytest.raises(ValueError, match=r"fix: write host:port"):
        parse_listen(written)
