import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.simulate.plane.aggregate import Aggregate, merge, single
from ppbe_observe.simulate.plane.shapes import Even, LogNormal, Observed, Shape
from ppbe_observe.simulate.plane.statistics import statistic_named

TEN_TO_TWENTY = Aggregate(5.0, 75.0, 10.0, 20.0)


@st.composite
def aggregates(draw: st.DrawFn) -> Aggregate:
    values = draw(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=8))
    pairs = tuple((value, 1.0) for value in values)
    return Aggregate(float(len(values)), math.fsum(values), min(values), max(values), pairs)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Average", 15.0),
        ("Sum", 75.0),
        ("Minimum", 10.0),
        ("Maximum", 20.0),
        ("SampleCount", 5.0),
        ("p0", 10.0),
        ("p50", 15.0),
        ("p99.9", 19.99),
        ("p100", 20.0),
        ("IQM", 15.0),
        ("TM(10%:90%)", 15.0),
        ("tm90", 14.5),
        ("TC(10%:90%)", 4.0),
        ("TS(:50%)", 31.25),
        ("WM(:90%)", 14.95),
        ("PR(:12.5)", 25.0),
        ("TC(:12.5)", 1.0),
        ("TC(12.5:)", 4.0),
        ("TC(:20)", 5.0),
        ("PR(15:)", 50.0),
    ],
)
def test_a_statistic_of_samples_spread_evenly(name: str, value: float) -> None:
    statistic = statistic_named(name)
    assert statistic is not None
    assert statistic(TEN_TO_TWENTY, Even()) == pytest.approx(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TC(:0.5)", 5.0),  # the upper end is included
        ("TC(:0.4999)", 3.0),
        ("TC(0.5:)", 3.0),  # the lower end is not
        ("TC(0.1:0.5)", 4.0),
        ("TC(:0.05)", 0.0),
        ("TC(:9)", 8.0),
        ("PR(:0.5)", 62.5),
    ],
)
def test_samples_that_were_published_one_by_one_are_counted_exactly(name: str, value: float) -> None:
    """The CloudWatch user guide: TM(150:1000) leaves out what is lower than or equal to 150, or higher than 1000."""
    values = ((0.1, 1.0), (0.2, 2.0), (0.5, 2.0), (0.7, 2.0), (3.0, 1.0))
    statistic = statistic_named(name)
    assert statistic is not None
    assert statistic(Aggregate(8.0, 6.9, 0.1, 3.0, values), Observed()) == value


@given(aggregates(), st.floats(0.0, 1e6), st.sampled_from([Even(), LogNormal(0.7), Observed()]))
def test_those_up_to_a_value_and_those_beyond_it_are_all(aggregate: Aggregate, bound: float, shape: Shape) -> None:
    below, above = statistic_named(f"TC(:{bound:f})"), statistic_named(f"TC({bound:f}:)")
    assert below is not None
    assert above is not None
    assert below(aggregate, shape) + above(aggregate, shape) == aggregate.samples


@pytest.mark.parametrize("name", ["average", "p101", "p", "TM(90%:10%)", "TM(:)", "PR(:)", "tm", "median", ""])
def test_a_statistic_that_cloudwatch_does_not_have(name: str) -> None:
    assert statistic_named(name) is None


@given(aggregates(), st.sampled_from([Even(), LogNormal(0.7), Observed()]))
def test_percentiles_rise_with_their_rank_and_stay_within_the_extremes(aggregate: Aggregate, shape: Shape) -> None:
    ranks = [0.0, 0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0]
    values = [shape.quantile(aggregate, rank) for rank in ranks]
    assert all(left <= right for left, right in pairwise(values))
    assert aggregate.low <= values[0]
    assert values[-1] <= aggregate.high


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20))
def test_merging_samples_keeps_their_count_sum_and_extremes(values: list[float]) -> None:
    merged = merge(single(value) for value in values)
    assert merged is not None
    assert merged.samples == len(values)
    assert merged.total == pytest.approx(math.fsum(values), abs=1e-6)
    assert (merged.low, merged.high) == (min(values), max(values))


def test_nothing_merges_to_nothing() -> None:
    assert merge(()) is None
