"""Each rule of the lint: a definition that fails it, and its nearest neighbour that does not."""

from datetime import timedelta
from typing import Any

import pytest

from ppbe_observe.alerting.lint import lint
from ppbe_observe.alerting.rules import Record
from ppbe_observe.alerting.units import PERCENT
from ppbe_observe.promql.known import KnownMetric
from support.alerts import alert, group

MINUTE = timedelta(minutes=1)
KNOWN = {
    "up": KnownMetric(frozenset()),
    "aws_rds_cpuutilization_average": KnownMetric(frozenset({"name", "region"}), ("tag_",)),
    "requests_total": KnownMetric(frozenset({"name", "code"})),
}
RUNBOOKS = {"TargetDown"}
CPU = "aws_rds_cpuutilization_average"


def problems(*rules: Any) -> list[str]:
    """What is wrong, without the place."""
    return [each.text.partition(": ")[2] for each in lint([group(*rules)], KNOWN, RUNBOOKS)]


@pytest.mark.parametrize(
    ("wrong", "problem", "right"),
    [
        (
            {"expr": "aws_rds_cpu_average > 80"},
            "nobody exports aws_rds_cpu_average; take its name from the exporter",
            {"expr": f"{CPU} > 80"},
        ),
        (
            {"expr": f'{CPU}{{dimension_Name="x"}} > 80'},
            f"{CPU} has no label dimension_Name; it has name, region",
            {"expr": f'{CPU}{{tag_Environment="production",job="observe"}} > 80'},
        ),
        (
            {"expr": f'{CPU}{{name="a",name="b"}} > 80'},
            f'{CPU} can never have name="a" and "b" at once',
            {"expr": f'{CPU}{{name="a",name=~"a|b"}} > 80'},
        ),
        (
            {"expr": f"max_over_time({CPU}[1m]) > 80"},
            "a range of 60 s holds less than two samples; take 2m at least",
            {"expr": f"max_over_time({CPU}[2m]) > 80"},
        ),
        (
            {"expr": CPU},
            "its expression compares nothing: it fires whenever the series is there",
            {"expr": CPU, "always": True},
        ),
        (
            {"expr": f"{CPU} > bool 80"},
            "its expression compares nothing: it fires whenever the series is there",
            {"expr": "absent(up)", "lasts": 5 * MINUTE, "description": "gone"},
        ),
        (
            {"expr": "absent(up)", "description": "gone"},
            "absent() without lasts fires at every restart; give it some minutes",
            {"expr": "absent(up)", "lasts": MINUTE, "description": "gone"},
        ),
        (
            {"expr": f"{CPU} > 100", "unit": PERCENT},
            "it can never fire: nothing is > 100 %",
            {"expr": f"{CPU} >= 100", "unit": PERCENT},
        ),
        (
            {"expr": f"{CPU} > Inf"},
            "it can never fire: nothing is > +Inf",
            {"expr": f"{CPU} > -Inf"},
        ),
        (
            {"labels": {"level": "{{ $value }}"}},
            "label level changes with the value: every change would be another alert; put it into the text",
            {"labels": {"level": "high"}},
        ),
        (
            {"expr": f"sum by (region) ({CPU}) > 80", "description": "{name}"},
            "the description names name, which the expression sums away",
            {"expr": f"sum by (region) ({CPU}) > 80", "description": "{region}"},
        ),
        (
            {"expr": f"{CPU} * on (name) requests_total > 80", "description": "{region}"},
            "the description names region, which the expression sums away",
            {"expr": f"{CPU} * on (name) group_left requests_total > 80", "description": "{region}"},
        ),
        (
            {"name": "Other"},
            "there is no runbook docs/runbooks/Other.md; write it",
            {"name": "Other", "runbook": "TargetDown"},
        ),
    ],
)
def test_each_rule(wrong: dict[str, Any], problem: str, right: dict[str, Any]) -> None:
    assert problems(alert(**wrong)) == [problem]
    assert problems(alert(**right)) == []


def test_a_recorded_series_is_known_to_every_group() -> None:
    recorded = Record(name="rds:cpu:max", expr=f"max({CPU})")
    used = alert(expr="rds:cpu:max > 80")
    assert lint([group(used), group(recorded)], KNOWN, RUNBOOKS) == ()
    assert problems(used) == ["nobody exports rds:cpu:max; take its name from the exporter"]


def test_recording_rules_are_judged_too() -> None:
    (problem,) = lint([group(Record(name="a:b", expr="sum(nothing)", place="rds.py:3"))], KNOWN, RUNBOOKS)
    assert str(problem) == "rds.py:3: rule a:b: nobody exports nothing; take its name from the exporter"


def test_a_name_that_is_taken() -> None:
    first = alert(place="rds.py:1")
    second = alert(expr="up == 2", place="ecs.py:5")
    (problem,) = lint([group(first), group(second)], KNOWN, RUNBOOKS)
    assert str(problem) == "ecs.py:5: TargetDown is already declared at rds.py:1"


def test_two_names_for_one_meaning() -> None:
    first = alert(expr="up  ==  0", place="rds.py:1")
    second = alert(name="Down", runbook="TargetDown", expr="up == 0", place="ecs.py:5")
    (problem,) = lint([group(first, second)], KNOWN, RUNBOOKS)
    assert str(problem) == "ecs.py:5: alert Down says the same as TargetDown at rds.py:1"
    assert problems(first, alert(name="Down", runbook="TargetDown", expr="up == 0", lasts=MINUTE)) == []


def test_a_series_may_be_recorded_in_parts_with_labels_of_their_own() -> None:
    def part(window: str, place: str = "") -> Record:
        return Record(name="a:b", expr=f"sum(rate(requests_total[{window}]))", labels={"window": window}, place=place)

    assert problems(part("5m"), part("1h")) == []
    (problem,) = lint([group(part("5m", "slo.py:1"), part("5m", "slo.py:2"))], KNOWN, RUNBOOKS)
    assert str(problem) == "slo.py:2: a:b is already declared at slo.py:1"
