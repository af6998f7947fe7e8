"""Variables in PromQL and in texts, as Grafana fills them in."""

import pytest

from ppbe_observe.preview.questions.filling import Chosen, in_query, in_text

ONE = Chosen(("us-gov-west-1",), ("us-gov-west-1",))
TWO = Chosen(("a.b", "c|d"), ("first", "second"))
EVERY = Chosen(("a", "b"), ("All",), everything=".*")
SINGLE = Chosen(("it's",), ("it's",), pattern=False)


@pytest.mark.parametrize(
    ("expr", "chosen", "filled"),
    [
        ('up{r=~"$r"}', ONE, 'up{r=~"us-gov-west-1"}'),
        ('up{r=~"${r}"}', ONE, 'up{r=~"us-gov-west-1"}'),
        ('up{r=~"[[r]]"}', ONE, 'up{r=~"us-gov-west-1"}'),
        ('up{r=~"$r|"}', EVERY, 'up{r=~".*|"}'),
        ('up{r=~"$r"}', TWO, r'up{r=~"(a\\.b|c\\|d)"}'),
        ("${r:raw}", TWO, "a.b,c|d"),
        ("${r:pipe}", TWO, "a.b|c|d"),
        ("${r:text}", TWO, "first + second"),
        ("$r", SINGLE, r"it\'s"),
        ("${r:regex}", SINGLE, r"it\\'s"),
        ("$rr ${rr} $other", ONE, "$rr ${rr} $other"),  # no variable: Prometheus names it
        ("rate(x[$__rate_interval])", ONE, "rate(x[4m])"),
    ],
)
def test_a_query_is_filled_in(expr: str, chosen: Chosen, filled: str) -> None:
    assert in_query(expr, {"r": chosen}, {"__rate_interval": "4m"}) == filled


def test_a_value_cannot_leave_its_quotes() -> None:
    """A tag may hold anything; Grafana leaves a double quote as it is."""
    hostile = Chosen(('x"} or up{a="\\\n',), ("x",))
    filled = in_query('up{r=~"$r"}', {"r": hostile}, {})
    assert filled == r'up{r=~"x\"\\} or up\\{a=\"\\\\\n"}'


def test_a_text_says_what_people_read() -> None:
    assert in_text("$r from $__from", {"r": TWO}, {"__from": "0"}) == "first + second from 0"
    assert in_text("$5 and $r", {"r": EVERY}, {}) == "$5 and All"
