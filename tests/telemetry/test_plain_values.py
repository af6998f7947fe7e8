"""Any value becomes JSON data of bounded size."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.telemetry.plain import LONGEST_TEXT, plain


class Broken:
    """A value that cannot say what it is."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


class Colour(StrEnum):
    RED = "red"


def cycle() -> object:
    inner: dict[str, object] = {}
    inner["self"] = [inner]
    return inner


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (2**64, "0x10000000000000000"),
        (0.5, 0.5),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        ("text", "text"),
        ("lone \ud800 surrogate", "lone \\ud800 surrogate"),
        ("emoji 🚀\n", "emoji 🚀\n"),
        (b"bytes \xff", "bytes \\xff"),
        (Colour.RED, "red"),
        (Path("/var/lib"), "/var/lib"),
        (timedelta(seconds=90), "0:01:30"),
        (Decimal("1.5"), "1.5"),
        (datetime(2026, 11, 23, tzinfo=UTC), "2026-11-23 00:00:00+00:00"),
        (ValueError("no"), "ValueError('no')"),
        ({1: (2, 3)}, {"1": [2, 3]}),
        ({"\ud800": 1}, {"\\ud800": 1}),
    ],
)
def test_a_value_is_shown_as_json_data(value: object, shown: object) -> None:
    assert plain(value) == shown


def test_a_value_that_cannot_say_what_it_is_says_of_what_type_it_is() -> None:
    assert plain(Broken()).startswith("<Broken instance at ")


def test_a_long_text_is_cut_and_says_how_long_it_was() -> None:
    shown = plain("é" * 1_000_000)
    assert shown == "é" * LONGEST_TEXT + "… (cut, 1000000 characters)"


def test_a_number_of_many_digits_does_not_raise() -> None:
    assert plain(10**5000).startswith("0x")


@pytest.mark.parametrize("value", [cycle(), [[]] * 100_000, {str(n): n for n in range(100_000)}])
def test_cycles_and_crowds_are_cut(value: object) -> None:
    assert len(orjson.dumps(plain(value))) < 100_000


def test_depth_is_cut() -> None:
    deep: object = "bottom"
    for _ in range(10_000):
        deep = [deep]
    assert json.dumps(plain(deep)) == '[[[[[[[["\\u2026"]]]]]]]]'


_ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None))
    | st.binary()
    | st.datetimes()
    | st.builds(Broken)
    | st.builds(object),
    lambda inner: (
        st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers() | st.binary(), inner)
    ),
    max_leaves=30,
)


@given(_ODD)
def test_anything_can_be_written_as_json(value: object) -> None:
    orjson.dumps(plain(value))
