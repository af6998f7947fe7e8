"""How the values of a series move, learnt from the examples of the alerts: healthy ones, and those that fire."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from ppbe_observe.alerting.declared import Subject
from ppbe_observe.alerting.prometheus.examples import example_of
from ppbe_observe.alerting.prometheus.samples import expand

VARIANTS = 8
"""Series of a metric that differ from each other; more would only cost time here."""
DAY = 86_400.0
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Track:
    """Values over time.

    Attributes:
        start: A gauge's value; how far from now a time is.
        step: What a counter grows by each minute, as CloudWatch counts; 0 for a gauge.
        noise: The share of ``start`` that a gauge moves up and down by, away from what fires.
        clock: Whether it is a time: that of the question, and ``start`` seconds.
        variant: Which of several like it.
    """

    start: float
    step: float = 0.0
    noise: float = 0.0
    clock: bool = False
    variant: int = 0

    def at(self, time: float) -> float:
        """The value at a time in seconds since the epoch."""
        minute = time // MINUTE
        if self.clock:
            return minute * MINUTE + self.start
        moved = _scattered(minute * VARIANTS + self.variant)
        if self.step:
            return self.step * (minute - _BEGAN + 0.5 * moved)
        return self.start * (1 + self.noise * moved)


_BEGAN = 29_000_000
"""The minute at which counters began: in 2025."""


@cache
def _scattered(number: float) -> float:
    """A number between 0 and 1 that looks random, always the same one."""
    return math.modf(abs(math.sin(number) * 43_758.5453))[0]


_Ways = tuple[tuple[float, float], tuple[float, float]]
"""First value and growth a minute: where all is well, and where it fires."""


CALM: Mapping[str, float] = {
    "aws_applicationelb_healthy_host_count_maximum": 3,
    "aws_applicationelb_un_healthy_host_count_maximum": 0,
    "aws_ecs_containerinsights_desired_task_count_average": 4,
    "aws_ecs_containerinsights_running_task_count_average": 4,
    "aws_ecs_containerinsights_running_task_count_minimum": 4,
    "aws_ecs_containerinsights_pending_task_count_average": 0,
    "aws_ecs_containerinsights_deployment_count_maximum": 1,
    "aws_ecs_service_desired_tasks": 4,
    "aws_ecs_service_running_tasks": 4,
    "aws_ecs_service_pending_tasks": 0,
    "aws_ecs_service_deployments": 1,
    "aws_rds_database_connections_maximum": 100,
    "aws_rds_oldest_replication_slot_lag_average": 1e8,
    "aws_rds_transaction_logs_disk_usage_average": 1e9,
    "aws_rds_freeable_memory_minimum": 4e9,
    "aws_rds_free_storage_space_minimum": 6e10,
    "aws_rds_allocated_storage_bytes": 107_374_182_400,
    "aws_rds_max_allocated_storage_bytes": 214_748_364_800,
    "aws_rds_maximum_used_transaction_ids_maximum": 2e8,
    "aws_logs_emfparsing_errors_sum": 0,
    "aws_logs_emfvalidation_errors_sum": 0,
    "aws_ppbe_api_report_queue_depth_average": 0,
    "fedramp_findings": 0,
}
"""What is healthy beside all other metrics: the example of one alert may be quiet for that alert only."""
GROWING: Mapping[str, float] = {
    "aws_s3_bucket_size_bytes_average": 1_048_576,
    "aws_s3_number_of_objects_average": 1,
}
"""Gauges that grow by so much a minute where all is well."""


@dataclass(frozen=True, slots=True)
class Values:
    """What each metric does."""

    ways: Mapping[str, _Ways]

    def of(self, metric: str, *, broken: bool, variant: int) -> Track:
        """The track of one series."""
        variant %= VARIANTS
        (well, growth), (ill, grows) = self.ways.get(metric, ((1.0, 0.0), (1.0, 0.0)))
        if metric.endswith("_timestamp_seconds"):
            return _time(metric, broken=broken)
        if metric.endswith("_total"):
            calm = growth / 2 if grows > growth else growth
            return Track(0.0, grows if broken else calm, variant=variant)
        if broken:
            return Track(ill, variant=variant)
        if metric in GROWING:
            return Track(0.0, GROWING[metric], variant=variant)
        if metric in CALM:
            return Track(CALM[metric], noise=0.0 if CALM[metric] <= _COUNTED else 0.1, variant=variant)
        away = 0.0 if ill == well or (well <= _COUNTED and well == int(well)) else 0.2 if ill < well else -0.2
        return Track(well * (1 + away), noise=away, variant=variant)


_COUNTED = 10
"""Whole numbers up to this one are hosts, tasks or states: they stay as they are."""


def _time(metric: str, *, broken: bool) -> Track:
    """A time that comes, such as the end of a certificate, or that of the last of many events."""
    if any(each in metric for each in ("not_after", "due", "accept_by")):
        return Track(2 * DAY if broken else 400 * DAY, clock=True)
    return Track(-5 * DAY if broken else -MINUTE, clock=True)


def values_of(subjects: Iterable[Subject]) -> Values:
    """What the examples of all alerts say."""
    found: dict[str, list[tuple[Any, Any]]] = {}
    for subject in subjects:
        for alert in (each for group in subject.groups for each in group.alerts):
            example = example_of(alert, timedelta(hours=1))
            quiet, fires = ({_metric(k): _way(v) for k, v in each.items()} for each in (example.quiet, example.fires))
            for metric in quiet.keys() & fires.keys():
                found.setdefault(metric, []).append((quiet[metric], fires[metric]))
    return Values({metric: _decided(ways) for metric, ways in found.items()})


def _decided(ways: list[tuple[Any, Any]]) -> _Ways:
    """The first in which the metric is what makes the difference."""
    return next(((well, ill) for well, ill in ways if well != ill), ways[0])


def _metric(series: str) -> str:
    return series.partition("{")[0]


def _way(notation: str) -> tuple[float, float]:
    values = [each for each in expand(notation)[:2] if each is not None]
    return (values[0], values[1] - values[0]) if len(values) > 1 else (values[0] if values else 0.0, 0.0)
