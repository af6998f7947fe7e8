"""Times as people write them, and the intervals that Grafana makes of them."""

import pytest

from ppbe_observe.errors import SettingsError
from ppbe_observe.preview.questions.span import Span, built_in, seconds_of, span_of, step_of, written

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("6h", NOW - 21_600),
        ("now-6h", NOW - 21_600),
        ("1h30m", NOW - 5400),
        ("2d", NOW - 172_800),
        ("now-1w", NOW - 604_800),
        ("2023-11-14T22:00:00Z", 1_699_999_200.0),
        ("2023-11-14T22:00:00", 1_699_999_200.0),
        ("2023-11-15T00:00:00+02:00", 1_699_999_200.0),
        ("1699999200", 1_699_999_200.0),
        ("1699999200000", 1_699_999_200.0),
        ("3000s", NOW - 3000),
    ],
)
def test_a_moment_is_written_in_many_ways(text: str, start: float) -> None:
    assert span_of(text, "now", NOW) == Span(start, NOW)


@pytest.mark.parametrize("text", ["", "yesterday", "6", "now+6h", "6x", "now-", "2023-13-01", "99999999999999999999d"])
def test_what_is_no_moment_is_told(text: str) -> None:
    with pytest.raises(SettingsError, match=r"--from .*: that is no time; write 6h \(ago\)"):
        span_of(text, "now", NOW)


def test_the_end_comes_after_the_beginning() -> None:
    with pytest.raises(SettingsError, match="--from 1h is not before --to 2h"):
        span_of("1h", "2h", NOW)
    with pytest.raises(SettingsError, match="--to soon: that is no time"):
        span_of("1h", "soon", NOW)


@pytest.mark.parametrize(
    ("span", "points", "least", "step"),
    [
        (21_600, 480, 60, 60),  # 45 s, as close as a scrape allows
        (21_600, 480, 15, 60),
        (21_600, 1440, 15, 15),
        (86_400, 480, 60, 120),
        (604_800, 480, 60, 1200),
        (2_592_000, 480, 60, 7200),
        (31_536_000 * 3, 2, 60, 31_536_000),
        (1_000_000, 100_000, 1, 1_000_000 / 11_000),  # never more than Prometheus gives
    ],
)
def test_the_step_is_grafanas(span: float, points: int, least: float, step: float) -> None:
    assert step_of(Span(0, span), points, least) == step


def test_what_grafana_fills_in() -> None:
    assert built_in(Span(1000, 22_600), 60, 60) == {
        "__interval": "1m",
        "__interval_ms": "60000",
        "__rate_interval": "4m",
        "__range": "21600s",
        "__range_s": "21600",
        "__range_ms": "21600000",
        "__from": "1000000",
        "__to": "22600000",
    }
    assert built_in(Span(0, 60), 600, 60)["__rate_interval"] == "11m"
    assert built_in(Span(0, 60), 15, 15)["__rate_interval"] == "1m"


@pytest.mark.parametrize(("seconds", "text"), [(90, "90s"), (60, "1m"), (7200, "2h"), (0.25, "250ms"), (86_400, "1d")])
def test_a_duration_reads_back_as_what_it_was(seconds: float, text: str) -> None:
    assert written(seconds) == text
    assert seconds_of(text) == seconds
