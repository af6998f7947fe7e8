"""A definition of an alarm could be put into CloudWatch, or is refused where it is written."""

from typing import Any

import pytest

from ppbe_observe.cloudwatch import DAY, HOUR, Exporter, Metric
from ppbe_observe.cloudwatch.alarm import (
    BREACHING,
    GREATER,
    GREATER_OR_EQUAL,
    IGNORE,
    LESS,
    LESS_OR_EQUAL,
    MISSING,
    NOT_BREACHING,
    Comparison,
    MissingData,
)
from ppbe_observe.errors import DefinitionError
from support.alarms import alarm, seconds

KEY = '{alarm="ppbe-db-cpu"}'


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"metric": "CpuUtilization"}, "has no metric CpuUtilization; did you mean CPUUtilization?"),
        ({"metric": "Zzz"}, "exporter of AWS/RDS has no metric Zzz"),
        ({"statistic": "Median"}, "CloudWatch has no statistic 'Median'"),
        ({"level": ("DBClusterIdentifier",)}, "CPUUtilization has no level ('DBClusterIdentifier',)"),
        ({"datapoints": 3}, "3 of 2 datapoints; M is at least 1 and at most N"),
        ({"datapoints": 0}, "0 of 2 datapoints"),
        ({"period": seconds(15)}, "a period of 15 s; an alarm takes 10, 20, 30 or a multiple of 60"),
        ({"period": seconds(5)}, "a period of 5 s"),
        ({"period": seconds(90)}, "a period of 90 s"),
        ({"period": seconds(300), "of": 289}, "289 periods of 300 s are longer than the 1 days"),
        ({"period": HOUR, "of": 169}, "169 periods of 3600 s are longer than the 7 days"),
        ({"threshold": float("nan")}, "the threshold is nan"),
        ({"name": "{Environment}"}, "its name is made of tags only"),
        ({"name": "ppbe-{Env?}-x"}, "its name wants the tag 'Env?'"),
        ({"name": "ppbe-{Environment"}, "its name is not at most 255 characters of ASCII with {tag keys}"),
        ({"name": "ü-{Environment}"}, "its name is not at most 255 characters of ASCII"),
        ({"topic": "a\nb"}, "its topic is not at most"),
        (
            {"name": "a-${Environment}"},
            "its name is not at most 255 characters of ASCII with {tag keys}, without $ and %",
        ),
    ],
)
def test_what_cloudwatch_would_refuse_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        alarm(**given)
    assert str(caught.value).startswith(f"alarm {given.get('name', 'ppbe-{Environment}-db-cpu')}: ")
    assert told in str(caught.value)


@pytest.mark.parametrize(("period", "of"), [(seconds(300), 288), (HOUR, 168), (DAY, 7), (seconds(10), 3)])
def test_the_longest_evaluations_that_cloudwatch_takes(period: Any, of: int) -> None:
    assert alarm(period=period, of=of).of == of


@pytest.mark.parametrize(
    ("comparison", "breaching"),
    [
        (GREATER, [False, False, True]),
        (GREATER_OR_EQUAL, [False, True, True]),
        (LESS, [True, False, False]),
        (LESS_OR_EQUAL, [True, True, False]),
    ],
)
def test_which_side_of_the_threshold_breaches(comparison: Comparison, breaching: list[bool]) -> None:
    found = alarm(comparison=comparison)
    assert [found.breaches(value) for value in (79.9, 80.0, 80.1)] == breaching


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ppbe-{Environment}-db-cpu", "ppbe-db-cpu"),
        ("{Project}-{Environment}-db", "db"),
        ("plain", "plain"),
    ],
)
def test_a_definition_is_called_as_its_name_without_the_tags(name: str, key: str) -> None:
    assert alarm(name=name).key == key


def test_the_name_wants_the_tags_of_its_resource() -> None:
    found = alarm(topic="ppbe-{Environment}-{Team}")
    assert found.fields == ("Environment", "Team")
    assert found.named((("Environment", "staging"), ("Team", "a"))) == "ppbe-staging-db-cpu"
    assert found.named((("Environment", "staging"),)) is None
    assert found.named((("Environment", "staging"), ("Team", ""))) is None


@pytest.mark.parametrize(
    ("missing", "promql"),
    [
        (NOT_BREACHING, f"ppbe_alarm_breaching_datapoints{KEY} >= 2"),
        (BREACHING, f"ppbe_alarm_breaching_datapoints{KEY} + (3 - ppbe_alarm_reported_datapoints{KEY}) >= 2"),
        (MISSING, f"ppbe_alarm_breaching_datapoints{KEY} >= 2 or ppbe_alarm_breaching_reach_datapoints{KEY} >= 2"),
        (
            IGNORE,
            (
                f"last_over_time((ppbe_alarm_breaching_datapoints{KEY} >= 2 or ppbe_alarm_breaching_datapoints{KEY} != "
                f"ppbe_alarm_reported_datapoints{KEY})[1d:1m]) >= 2"
            ),
        ),
    ],
)
def test_the_alert_names_the_definition_not_the_environment(missing: MissingData, promql: str) -> None:
    assert alarm(missing=missing, of=3).firing == promql


def test_a_page_tells_the_newest_datapoint_where_there_is_one() -> None:
    newest = f"ppbe_alarm_newest_datapoint{KEY} and "
    found = alarm(missing=NOT_BREACHING)
    assert found.paging == f"{newest}({found.firing})"  # without a datapoint none breaches
    found = alarm(missing=BREACHING)
    assert found.paging == f"{newest}({found.firing}) or ({found.firing}) * NaN"


def test_what_is_watched_is_the_metric_alone_whatever_the_exporter_makes_of_it() -> None:
    found = alarm(metric="Errors", statistic="p90", period=seconds(300)).watched
    (metric,) = found.metrics
    assert (found.kinds, metric.statistics, metric.counters, metric.levels) == (
        ("rds:db",),
        ("p90",),
        (),
        (("DBInstanceIdentifier",),),
    )
    assert found.period_of(metric) == seconds(300)


def test_an_exporter_without_resources_has_alarms_at_its_fixed_dimensions() -> None:
    fixed = Exporter(
        name="api",
        namespace="PPBE/Api",
        static=((("Path", "/a"),), (("Host", "b"), ("Path", "/a"))),
        metrics=(Metric("Errors", "Sum", help="Errors."),),
    )
    given = {"exporter": fixed, "metric": "Errors", "statistic": "Sum", "name": "api-errors"}
    assert alarm(**given, level=("Path",)).watched.static == ((("Path", "/a"),),)
    assert alarm(**given, level=("Path",)).named(()) == "api-errors"
