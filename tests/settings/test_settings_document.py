"""The settings file as data with lines; what is not YAML, or too much of it, is told with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.settings.document import Document, DocumentError, Problem, parse


def test_every_key_and_item_has_its_line() -> None:
    document = parse("a: 1\nb:\n  - x: 2\n  - {y: 3}\n")
    assert document.data == {"a": 1, "b": [{"x": 2}, {"y": 3}]}
    assert document.lines == {
        ("a",): 1,
        ("b",): 2,
        ("b", 0): 3,
        ("b", 0, "x"): 3,
        ("b", 1): 4,
        ("b", 1, "y"): 4,
    }


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("012345670123", "012345670123"),  # YAML 1.1 reads an octal number here, and the account id is lost
        ("123456789012", 123456789012),
        ("1:30", "1:30"),
        ("no", "no"),
        ("true", True),
        ("~", None),
        ("", None),
        ("0.5", 0.5),
        ("-3", -3),
        ("'7'", "7"),
        ("!!str 7", "7"),
        ("2026-11-01", "2026-11-01"),
        (".inf", ".inf"),
        ("9" * 40, "9" * 40),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_scalars_are_read_by_the_rules_of_yaml_1_2(written: str, value: object) -> None:
    assert parse(f"key: {written}").data == {"key": value}


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert parse("# nothing yet\n") == Document()


def test_anchors_and_merge_keys_work_and_own_keys_win() -> None:
    text = "a: &base {x: 1, y: 2}\nb:\n  <<: *base\n  y: 3\nc: *base\n"
    document = parse(text)
    assert document.data == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}, "c": {"x": 1, "y": 2}}
    assert document.lines["b", "y"] == 4


def test_a_key_that_is_there_twice_is_a_problem_with_both_lines() -> None:
    assert parse("a: 1\nb: 2\na: 3\n").problems == (
        Problem(3, ("a",), "is there twice, first on line 1; fix: keep one of them"),
    )


def test_a_key_that_is_not_text_is_a_problem() -> None:
    assert parse("? [1, 2]\n: 3\n").problems[0].line == 1


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("- a\n- b\n", 1, "the file is not a mapping"),
        ("just text", 1, "the file is not a mapping"),
        ("a: 1\n  b: 2\n", 2, "not YAML"),
        ("a: [1, 2\n", 2, "not YAML"),
        ("a: 1\n\tb: 2\n", 2, "not YAML"),
        ("a: 1\n---\nb: 2\n", 2, "not YAML"),
        ("a: *nobody\n", 1, "not YAML"),
        ("a: \x00\n", 1, "not YAML"),
        ("a: &a [*a]\n", 1, "an alias contains itself"),
        ("a: !!python/object:os.system {}\n", 1, "tag"),
        ("a: !secret x\n", 1, "tag"),
        ("a: " + "[" * 5000, 1, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line_and_a_fix(text: str, line: int, message: str) -> None:
    with pytest.raises(DocumentError, match=message) as caught:
        parse(text)
    assert caught.value.line == line
    assert "; fix: " in str(caught.value)


def test_aliases_that_multiply_are_stopped() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(DocumentError, match="more than 100000 values"):
        parse("\n".join(lines))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    try:
        lines = set(parse(text).lines.values())
    except DocumentError as error:
        lines = {error.line}
    assert all(line >= 1 for line in lines)
