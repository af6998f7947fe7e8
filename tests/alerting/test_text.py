"""Descriptions: for Prometheus, and as a person reads them."""

import pytest

from ppbe_observe.alerting.text import expanded, fields, template
from ppbe_observe.alerting.units import BYTES, PERCENT
from ppbe_observe.errors import DefinitionError

TEXT = "{name} has {value} left; {threshold} are needed ({region})"


def test_the_fields_of_a_text() -> None:
    assert fields(TEXT) == {"name", "value", "threshold", "region"}
    assert fields("nothing {{in}} braces") == frozenset()


def test_for_prometheus() -> None:
    assert template(TEXT, BYTES, 2**30) == (
        "{{ $labels.name }} has {{ $value | humanize1024 }}B left; 1GiB are needed ({{ $labels.region }})"
    )


def test_as_it_arrives() -> None:
    assert expanded(TEXT, BYTES, 2**30, {"name": "db"}, 2**20) == "db has 1MiB left; 1GiB are needed ()"


def test_without_a_number_to_compare_with_the_threshold_is_a_label_like_any_other() -> None:
    assert template("{threshold}", PERCENT, None) == "{{ $labels.threshold }}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{value", "'{value': expected '}' before end of string; write {{ for a brace"),
        ("value}", "'value}': Single '}' encountered in format string; write {{ for a brace"),
        ("{value:.2f}", "{value} in '{value:.2f}': write {value}, {threshold} or the name of a label"),
        ("{value!r}", "{value} in '{value!r}': write {value}, {threshold} or the name of a label"),
        ("{a.b}", "{a.b} in '{a.b}': write {value}, {threshold} or the name of a label"),
        ("{}", "{} in '{}': write {value}, {threshold} or the name of a label"),
    ],
)
def test_what_is_no_field_is_refused(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        fields(text)
    assert str(caught.value) == message
