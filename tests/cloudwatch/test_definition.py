"""Definitions refuse what CloudWatch would refuse, and say so."""

from datetime import timedelta

import pytest

from ppbe_observe.cloudwatch import AVERAGE, MINUTE, SAMPLE_COUNT, SUM, Exporter, Fact, Metric, percentiles
from ppbe_observe.errors import DefinitionError

RDS = Exporter(
    namespace="AWS/RDS",
    resources="rds:db",
    dimensions=("DBInstanceIdentifier",),
    metrics=(
        Metric("CPUUtilization", AVERAGE, help="CPU."),
        Metric("Failures", SUM, help="F.", period=5 * MINUTE, delay=2 * MINUTE),
    ),
    facts=(Fact("AllocatedStorage", "allocated_storage_bytes", help="S."),),
    name="rds",
)


def test_rules_take_their_names_from_the_exporter() -> None:
    assert RDS.series_name("CPUUtilization", AVERAGE) == "aws_rds_cpuutilization_average"
    assert RDS.counter_name("Failures") == "aws_rds_failures_total"
    assert list(RDS.family_names()) == [
        "aws_rds_cpuutilization_average",
        "aws_rds_failures_sum",
        "aws_rds_failures_total",
        "aws_rds_allocated_storage_bytes",
        "aws_rds_info",
    ]


@pytest.mark.parametrize(("metric", "statistic"), [("CPUUtilisation", AVERAGE), ("CPUUtilization", "p99")])
def test_a_name_that_nobody_exports_is_an_error(metric: str, statistic: str) -> None:
    with pytest.raises(DefinitionError, match=metric):
        RDS.series_name(metric, statistic)


def test_a_metric_without_sum_has_no_counter() -> None:
    with pytest.raises(DefinitionError, match="no accumulated counter"):
        RDS.counter_name("CPUUtilization")


def test_period_delay_and_lookback_come_from_the_metric_or_the_exporter() -> None:
    cpu, failures = RDS.metrics
    assert (RDS.period_of(cpu), RDS.delay_of(cpu), RDS.lookback_of(cpu)) == (MINUTE, MINUTE, 10 * MINUTE)
    assert (RDS.period_of(failures), RDS.delay_of(failures)) == (5 * MINUTE, 2 * MINUTE)
    assert RDS.lookback_of(failures) == 20 * MINUTE
    assert RDS.every == MINUTE


@pytest.mark.parametrize("statistic", ["p0.1", "p99.99", "p100", "IQM", "tm99", "TM(10%:90%)", "PR(:300)", "wm98.5"])
def test_extended_statistics_are_accepted(statistic: str) -> None:
    assert Metric("M", statistic, help="H.").statistics == (statistic,)


@pytest.mark.parametrize("statistic", ["avg", "p101", "P99", "TM(10%)", "", "pp", "p99 "])
def test_a_statistic_that_cloudwatch_does_not_have_is_refused(statistic: str) -> None:
    with pytest.raises(DefinitionError, match="no statistic"):
        Metric("M", statistic, help="H.")


@pytest.mark.parametrize("seconds", [0, -60, 7, 61, 90, 0.5])
def test_a_period_that_cloudwatch_does_not_have_is_refused(seconds: float) -> None:
    with pytest.raises(DefinitionError, match="period"):
        Metric("M", SUM, help="H.", period=timedelta(seconds=seconds))


def test_other_mistakes_are_refused() -> None:
    good = Metric("M", SUM, help="H.")
    with pytest.raises(DefinitionError, match="at least one statistic"):
        Metric("M", help="H.")
    with pytest.raises(DefinitionError, match="twice"):
        Metric("M", SUM, SUM, help="H.")
    with pytest.raises(DefinitionError, match="help is missing"):
        Metric("M", SUM, help=" ")
    with pytest.raises(DefinitionError, match="Sum, not among its statistics"):
        Metric("M", AVERAGE, help="H.", counters=(SUM,))
    with pytest.raises(DefinitionError, match="declared twice"):
        Exporter(namespace="N", metrics=(good, good))
    with pytest.raises(DefinitionError, match="not both"):
        Exporter(namespace="N", metrics=(good,), resources="rds:db", static=((("A", "b"),),))


@pytest.mark.parametrize("statistic", [AVERAGE, "p99", "tc90", "TC(10%:90%)", "TM(:0.5)", "PR(:0.5)"])
def test_what_does_not_add_up_over_periods_is_not_accumulated(statistic: str) -> None:
    with pytest.raises(DefinitionError, match="does not add up"):
        Metric("M", statistic, help="H.", counters=(statistic,))


TIMED = Exporter(
    namespace="AWS/ApplicationELB",
    name="alb",
    metrics=(
        Metric("TargetResponseTime", AVERAGE, help="T."),
        Metric("TargetResponseTime", SAMPLE_COUNT, "TC(:0.5)", help="T.", counters=(SAMPLE_COUNT, "TC(:0.5)")),
    ),
)


def test_numbers_of_datapoints_have_counters_and_keep_their_gauges() -> None:
    """The counter is never the gauge and _total: OpenMetrics would take them for one family."""
    assert list(TIMED.family_names()) == [
        "aws_applicationelb_target_response_time_average",
        "aws_applicationelb_target_response_time_sample_count",
        "aws_applicationelb_target_response_time_tc__0_5_",
        "aws_applicationelb_target_response_time_samples_total",
        "aws_applicationelb_target_response_time_tc_0_5_total",
    ]
    assert TIMED.counter_name("TargetResponseTime", "TC(:0.5)").endswith("_tc_0_5_total")
    with pytest.raises(DefinitionError, match="no accumulated counter of Average"):
        TIMED.counter_name("TargetResponseTime", AVERAGE)


def test_a_statistic_of_a_metric_is_declared_once() -> None:
    with pytest.raises(DefinitionError, match=r"M \(Sum\) is declared twice"):
        Exporter(namespace="N", metrics=(Metric("M", AVERAGE, SUM, help="H."), Metric("M", SUM, help="H.")))


def test_percentiles() -> None:
    assert percentiles(50, 99.9) == ("p50", "p99.9")
