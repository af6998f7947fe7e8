"""Every unit shows a number as Prometheus' own template engine does."""

import math

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ppbe_observe.alerting.prometheus.samples import write
from ppbe_observe.alerting.units import BYTES, COUNT, PERCENT, RATIO, SECONDS, Unit
from support.alerts import judged

UNITS = (COUNT, PERCENT, RATIO, BYTES, SECONDS)
EDGES = (0.0, 1.0, 59.0, 59.9996, 60.0, 999.0, 999.96, 1000.0, 1023.0, 1024.0, 3599.0, 3600.0, 86_399.0, 86_400.0)
SMALL = (1e-3, 0.5, 0.99999, 1e-9, 1e-27)
LARGE = (2e9, 123_456_789.0, 1e15, 9e18)
ODD = (math.inf, -math.inf, math.nan)
SPREAD = st.one_of(
    st.floats(-1e15, 1e15),
    st.floats(-2, 2),
    st.integers(-(10**12), 10**12).map(float),
    st.builds(lambda digits, power: digits * 10.0**power, st.integers(1, 99_999), st.integers(-12, 9)),
)


@given(st.lists(SPREAD, min_size=300, max_size=300))
@settings(max_examples=2, phases=(Phase.generate,))  # the first is all zeros; shrinking would run promtool for minutes
def test_every_unit_shows_a_value_as_prometheus_does(
    tmp_path_factory: pytest.TempPathFactory, values: list[float]
) -> None:
    """One run of promtool for all values: each is a series, each unit an annotation."""
    numbers = [*(sign * each for each in (*EDGES, *SMALL, *LARGE) for sign in (1, -1)), *ODD, *values]
    unlike = {each: number for number, each in enumerate(dict.fromkeys(map(repr, numbers)))}
    series = {number: float(each) for each, number in unlike.items()}
    rules = {"groups": [{"name": "g", "rules": [_rule()]}]}
    assert judged(tmp_path_factory.mktemp("units"), rules, _tests(series)) == ""


def _rule() -> dict[str, object]:
    return {"alert": "A", "expr": "v", "annotations": {each.name: each.template for each in UNITS}}


def _tests(series: dict[int, float]) -> dict[str, object]:
    expected = [
        {"exp_labels": {"n": str(number)}, "exp_annotations": {each.name: each.show(value) for each in UNITS}}
        for number, value in series.items()
    ]
    given_series = [{"series": f'v{{n="{number}"}}', "values": write([value])} for number, value in series.items()]
    case = {"eval_time": "0m", "alertname": "A", "exp_alerts": expected}
    return {
        "rule_files": ["rules.yml"],
        "tests": [{"interval": "1m", "input_series": given_series, "alert_rule_test": [case]}],
    }


@pytest.mark.parametrize(
    ("unit", "number", "shown"),
    [
        (COUNT, 1_500_000_000, "1.5G"),
        (COUNT, 0.25, "250m"),
        (PERCENT, 87.654321, "87.65 %"),
        (RATIO, 0.05, "5%"),
        (BYTES, 5 * 2**30, "5GiB"),
        (BYTES, 0, "0B"),
        (SECONDS, 44 * 86_400, "44d 0h 0m 0s"),
        (SECONDS, -90, "-1m 30s"),
        (SECONDS, 0.02, "20ms"),
    ],
)
def test_how_a_number_reads(unit: Unit, number: float, shown: str) -> None:
    assert unit.show(number) == shown
