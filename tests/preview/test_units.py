"""Numbers as Grafana writes them, and the axes that they stand on."""

import math
from typing import Any

import pytest

from ppbe_observe.grafana.units import Unit
from ppbe_observe.preview.values.axis import axis_of
from ppbe_observe.preview.values.fields import Field
from ppbe_observe.preview.values.units import FORMS, shown


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "text"),
    [
        (0, "short", None, "0"),
        (12, "short", None, "12"),
        (0.123456, "short", None, "0.123"),
        (1234.5, "short", None, "1.23 K"),
        (-2_500_000, "short", 1, "-2.5 Mil"),
        (79.96, "percent", None, "80.0%"),
        (0.9995, "percentunit", 2, "99.95%"),
        (1_610_612_736, "bytes", None, "1.50 GiB"),
        (512, "binBps", None, "512 B/s"),
        (0.25, "s", None, "250 ms"),
        (90, "s", None, "1.50 min"),
        (86_400, "s", None, "1 day"),
        (0.00002, "s", None, "20 µs"),
        (1500, "ms", None, "1.50 s"),
        (12, "d", None, "1.71 weeks"),
        (93_784, "dtdurations", None, "1 day, 2 hours"),
        (0, "dtdurations", None, "0 seconds"),
        (1500, "reqps", None, "1.50K req/s"),
        (3, "cps", None, "3 c/s"),
        (7, "iops", None, "7 io/s"),
        (-1234, "currencyUSD", 2, "-$1.23K"),
        (1_700_000_000_000, "dateTimeAsIso", None, "2023-11-14 22:13:20"),
        (1e300, "dateTimeAsIso", 0, f"{1e300:.0f}"),
        (1, "bool_yes_no", None, "Yes"),
        (0, "bool_yes_no", None, "No"),
        (5, "string", None, "5"),
        (5.5, "parsecs", None, "5.50 parsecs"),
        (math.nan, "bytes", None, "NaN"),
        (-math.inf, "bytes", None, "-Inf"),
        (-0.0001, "short", 1, "0.0"),
    ],
)
def test_a_number_is_written_with_its_unit(value: float, unit: str, decimals: int | None, text: str) -> None:
    assert shown(value, unit, decimals) == text


def test_every_unit_of_our_panels_is_known() -> None:
    assert {each.value for each in Unit} - FORMS.keys() == set()


@pytest.mark.parametrize(
    ("values", "config", "texts"),
    [
        ([0, 100], {"unit": "percent", "min": 0, "max": 100}, ["0%", "20%", "40%", "60%", "80%", "100%"]),
        ([0, 1], {"unit": "percentunit", "min": 0, "max": 1}, ["0%", "20%", "40%", "60%", "80%", "100%"]),
        ([0, 4 * 2**30], {"unit": "bytes", "min": 0}, ["0 B", "1 GiB", "2 GiB", "3 GiB", "4 GiB"]),
        ([0, 100], {"unit": "s", "min": 0, "max": 120}, ["0 s", "30 s", "1 min", "1.50 min", "2 min"]),
        ([3, 3], {}, ["2.90", "3", "3.10"]),
        ([], {}, ["0", "0.250", "0.500", "0.750", "1"]),
    ],
)
def test_the_lines_of_an_axis_are_numbers_to_count_in(
    values: list[float], config: dict[str, Any], texts: list[str]
) -> None:
    assert list(axis_of(values, Field(config)).texts) == texts


def test_an_axis_has_the_ends_that_are_said_and_some_room_elsewhere() -> None:
    found = axis_of([10, 20, math.nan, math.inf], Field({}))
    assert (found.low, found.high) == (9.5, 20.5)
    found = axis_of([-10, 10], Field({"max": 100}))
    assert (found.low, found.high) == (-15.5, 100)
    assert axis_of([0.1, 10], Field({})).low == 0
