"""Matchers: what they accept, imply and exclude."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.alerting.escalation.matchers import Matcher, covers, disjoint, match, matchers
from ppbe_observe.errors import DefinitionError


@pytest.mark.parametrize(
    ("text", "accepts", "refuses"),
    [
        ('severity="page"', ["page"], ["", "pager", "ticket"]),
        ('severity!="page"', ["", "ticket"], ["page"]),
        ('name=~"arn:.*|x"', ["arn:aws", "x"], ["", "an arn:aws", "xy"]),
        ('name!~"arn:.*"', ["", "an arn:aws"], ["arn:aws"]),
        (r'name="a\"b\\c"', [r'a"b\c'], [r"a\"b\\c"]),
        (r'name=~"a\.b"', ["a.b"], ["axb"]),
    ],
)
def test_a_matcher_takes_the_whole_value(text: str, accepts: list[str], refuses: list[str]) -> None:
    found = Matcher.of(text)
    assert [each for each in (*accepts, *refuses) if found.accepts(each)] == accepts


@pytest.mark.parametrize("text", ['a="b"', 'a!="b"', 'a=~"b.*"', r'a=~"b\\.c"', r'a="\"\\"'])
def test_a_matcher_reads_as_it_was_written(text: str) -> None:
    assert str(Matcher.of(text)) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("severity=page", "'severity=page' is no matcher; write it like"),
        ('1a="b"', "is no matcher"),
        ('a=~"(?!b).*"', "Alertmanager's patterns have no lookaround"),
        (r'a=~"(b)\\1"', "and no back reference"),
        ('a=~"("', "no regular expression: missing )"),
    ],
)
def test_what_is_no_matcher_is_refused(text: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=r".*") as caught:
        Matcher.of(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("some", "others", "excluded"),
    [
        (['a="x"'], ['a="y"'], True),
        (['a="x"'], ['a!="x"'], True),
        (['a=~"x|y"'], ['a!~"x|y"'], True),
        (['a="z"'], ['a=~"x|y"'], True),
        (['a=~"x.*"'], ['a=~"y.*"'], False),  # true, but not told
        (['a="x"'], ['b="y"'], False),
        (['a="x"', 'b="1"'], ['a="x"', 'b="2"'], True),
    ],
)
def test_disjoint_matchers_have_no_alert_in_common(some: list[str], others: list[str], excluded: bool) -> None:  # noqa: FBT001 - a column
    assert disjoint(matchers(some), matchers(others)) is excluded
    assert disjoint(matchers(others), matchers(some)) is excluded


@pytest.mark.parametrize(
    ("wide", "narrow", "covered"),
    [
        ([], ['a="x"'], True),
        (['a="x"'], ['a="x"', 'b="y"'], True),
        (['a=~"x|y"'], ['a="x"'], True),
        (['a!="z"'], ['a="x"'], True),
        (['a="x"', 'b="y"'], ['a="x"'], False),
        (['a="x"'], ['a=~"x"'], False),
    ],
)
def test_wide_matchers_cover_narrow_ones(wide: list[str], narrow: list[str], covered: bool) -> None:  # noqa: FBT001 - a column
    assert covers(matchers(wide), matchers(narrow)) is covered


def test_a_label_that_is_not_there_is_empty() -> None:
    assert match(matchers(['a!="x"', 'b=~"|y"']), {})
    assert not match(matchers(['a!=""']), {})


VALUES = st.sampled_from(["", "a", "b", "ab", 'a"b', "a\\b"])
PATTERNS = st.sampled_from(["", "a", "a|b", "a.*", ".+", "[^a]"])
MATCHERS = st.builds(Matcher, st.sampled_from("xy"), st.sampled_from(["=", "!="]), VALUES) | st.builds(
    Matcher, st.sampled_from("xy"), st.sampled_from(["=~", "!~"]), PATTERNS
)
SEVERAL = st.lists(MATCHERS, max_size=3)


@given(MATCHERS)
def test_what_is_written_reads_as_the_same(found: Matcher) -> None:
    assert Matcher.of(str(found)) == found


@given(SEVERAL, SEVERAL, VALUES, VALUES)
def test_what_is_told_of_two_sets_is_so(one: list[Matcher], two: list[Matcher], x: str, y: str) -> None:
    """Disjoint ones have no alert in common; what covers has whatever the other has."""
    labels = {"x": x, "y": y}
    if disjoint(one, two):
        assert not (match(one, labels) and match(two, labels))
    if covers(one, two) and match(two, labels):
        assert match(one, labels)
