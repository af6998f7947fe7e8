"""Which labels the result of an expression may have."""

import pytest

from ppbe_observe.promql.expression import parsed
from ppbe_observe.promql.results import may_have


@pytest.mark.parametrize(
    ("text", "has", "lacks"),
    [
        ("a > 1", "x", ""),
        ("sum(a) > 1", "", "x"),
        ("sum by (x) (a) > 1", "x", "y"),
        ("sum without (x) (a) > 1", "y", "x"),
        ("topk(3, a) > 1", "x", ""),
        ("max by (x) (sum by (y) (a)) > 1", "", "x"),
        ("a / on (x) b > 1", "x", "y"),
        ("a / ignoring (x) b > 1", "y", "x"),
        ("a / on (x) group_left b > 1", "y", ""),
        ("sum by (x) (a) * on (x) group_left (z) b > 1", "z", "y"),
        ("sum by (x) (a) * on (x) group_right b > 1", "y", ""),
        ("a > 1 and on (x) b", "y", ""),
        ("sum(a) > 1 unless on () b", "", "x"),
        ("sum(a) > 1 or sum by (x) (b) > 1", "x", "y"),
        ('label_replace(sum(a), "x", "$1", "y", "(.*)") > 1', "x", "y"),
        ('absent(a{x="1",y=~"2"})', "x", "y"),
        ('absent_over_time(a{x="1"}[5m])', "x", "y"),
        ("absent(sum(a))", "", "x"),
        ("-(rate(a[5m])) > 1", "x", ""),
        ("max_over_time(sum by (x) (a)[1h:5m]) > 1", "x", "y"),
        ("time() - a > 1", "x", ""),
        ("vector(1)", "", "x"),
    ],
)
def test_labels_of_a_result(text: str, has: str, lacks: str) -> None:
    """Prometheus drops what an operator or aggregation does not match or group by."""
    root = parsed(text).root
    assert not has or may_have(root, has)
    assert not lacks or not may_have(root, lacks)
