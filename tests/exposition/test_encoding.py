"""Labels, help and numbers as bytes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from ppbe_observe.exposition.encoding import LabelBlocks, help_text, label_block, number, openmetrics_help_text
from support.series import labels


@pytest.mark.parametrize(
    ("given_labels", "block"),
    [
        ((), b""),
        ((("name", "db"),), b'{name="db"}'),
        ((("b", "2"), ("a", "1")), b'{a="1",b="2"}'),
        ((("a", ""), ("b", "2")), b'{b="2"}'),
        ((("a", ""),), b""),
        ((("a", "first"), ("a", "second")), b'{a="first"}'),
        ((("a", 'q"b\\n\nx'),), b'{a="q\\"b\\\\n\\nx"}'),
        ((("a", "é🙂"),), '{a="é🙂"}'.encode()),
        ((("a", "x\ud800y"),), '{a="x\ufffdy"}'.encode()),
        ((("a", "\ud83d\ude42"),), '{a="🙂"}'.encode()),
        ((("a", "x\x00y"),), '{a="x\ufffdy"}'.encode()),
        ((("a", "123456789"),), b'{a="123456789"}'),
        ((("a", "12345678901"),), '{a="123456789…"}'.encode()),
        ((("tag-x.y", "1"),), b'{tag_x_y="1"}'),
        ((("1st", "1"),), b'{_1st="1"}'),
        ((("été", "1"),), b'{_t_="1"}'),
        ((("__name__", "1"),), b'{_name__="1"}'),
        ((("", "1"),), b'{_="1"}'),
    ],
)
def test_label_set(given_labels: tuple[tuple[str, str], ...], block: bytes) -> None:
    assert label_block(given_labels, 10) == block


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, b"0"),
        (-0.0, b"0"),
        (5.0, b"5"),
        (-3.0, b"-3"),
        (0.1, b"0.1"),
        (1e-7, b"1e-07"),
        (2.0**53 - 1, b"9007199254740991"),
        (1e16, b"1e+16"),
        (math.nan, b"NaN"),
        (math.inf, b"+Inf"),
        (-math.inf, b"-Inf"),
        (True, b"1"),
    ],
)
def test_number(value: float, text: bytes) -> None:
    assert number(value) == text


@given(st.floats(allow_nan=False))
def test_number_is_exact(value: float) -> None:
    assert float(number(value)) == value


def test_help_escapes_what_each_format_asks_for() -> None:
    text = 'a "b" \\ c\nd \udc80'
    assert help_text(text) == 'a "b" \\\\ c\\nd \ufffd'.encode()
    assert openmetrics_help_text(text) == 'a \\"b\\" \\\\ c\\nd \ufffd'.encode()


anything = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)


@given(st.lists(st.tuples(anything, anything), max_size=6))
def test_any_label_set_parses(pairs: list[tuple[str, str]]) -> None:
    """Whatever AWS returns, surrogates included, no label set breaks the page or another line of it."""
    block = label_block(tuple(pairs), 30)
    text = (b"before 1\nx" + block + b" 2\nafter 3\n").decode()
    families = list(text_string_to_metric_families(text))
    assert [family.samples[0].name for family in families] == ["before", "x", "after"]
    assert all(len(value) <= 30 for value in families[1].samples[0].labels.values())


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30))
def test_clean_value_comes_back(value: str) -> None:
    text = (b"x" + label_block((("a", value),), 30) + b" 1\n").decode()
    (family,) = text_string_to_metric_families(text)
    assert family.samples[0].labels == {"a": value}


def test_memory_keeps_shared_label_sets_of_one_run_only() -> None:
    first = LabelBlocks(1024)
    block = first.of(labels(name="a"))
    second = first.next(series=2)
    assert second.of(labels(name="a")) is block
    third = second.next(series=2).next(series=2)
    assert third.of(labels(name="a")) is not block


def test_memory_keeps_nothing_where_no_label_set_is_shared() -> None:
    first = LabelBlocks(1024)
    block = first.of(labels(name="a"))
    assert first.next(series=1).of(labels(name="a")) is not block
