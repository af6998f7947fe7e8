"""What is exported, and with which labels: what definitions may refer to. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from prometheus_client import CollectorRegistry

from ppbe_observe.cloudwatch.definition import Exporter
from ppbe_observe.cloudwatch.naming import info_name, label_name
from ppbe_observe.collect import alarm_families
from ppbe_observe.controls.families import LABELS
from ppbe_observe.exposition import availability, incidents
from ppbe_observe.exposition.own import OwnMetrics
from ppbe_observe.promql.known import Known, KnownMetric

_PLACE = frozenset({"name", "account_id", "region"})
_DIMENSION, _TAG = "dimension_", "tag_"
_ANY = ""
_ALERTS = ("ALERTS", "ALERTS_FOR_STATE")
"""Their series have the labels of what the alert is about, whichever these are."""
_PROMETHEUS: Mapping[str, tuple[str, ...]] = {
    "up": (),
    "scrape_duration_seconds": (),
    "scrape_samples_scraped": (),
    "prometheus_config_last_reload_successful": (),
    "prometheus_notifications_alertmanagers_discovered": (),
    "prometheus_notifications_errors_total": ("alertmanager",),
    "prometheus_notifications_dropped_total": (),
    "prometheus_rule_evaluation_failures_total": ("rule_group",),
    "prometheus_rule_group_iterations_missed_total": ("rule_group",),
    "prometheus_tsdb_wal_corruptions_total": (),
    "alertmanager_config_last_reload_successful": (),
    "alertmanager_notifications_failed_total": ("integration",),
    "alertmanager_notifications_total": ("integration",),
    "process_start_time_seconds": (),
    "process_resident_memory_bytes": (),
    "process_open_fds": (),
    "process_max_fds": (),
    "process_cpu_seconds_total": (),
}
"""What Prometheus and Alertmanager say of themselves and of what they scrape, as far as alerts use it."""


def known_metrics(exporters: Iterable[Exporter]) -> Known:
    """Everything that the daemon exports with these exporters, and what its neighbours say of themselves."""
    own = OwnMetrics(CollectorRegistry()).labels
    fixed = {**_PROMETHEUS, **own, **incidents.LABELS, **availability.LABELS, **LABELS}
    return {
        **{name: KnownMetric(frozenset(labels)) for name, labels in fixed.items()},
        **{name: KnownMetric(frozenset(), (_ANY,)) for name in _ALERTS},
        **{name: KnownMetric(frozenset(each), (_TAG, _DIMENSION)) for name, each in alarm_families.LABELS.items()},
        **{name: metric for each in exporters for name, metric in _of(each)},
    }


def _of(exporter: Exporter) -> Iterator[tuple[str, KnownMetric]]:
    dimensions = {label_name("dimension", key, snake=False) for level in exporter.levels for key in level}
    dimensions |= {label_name("dimension", key, snake=False) for each in exporter.static for key, _ in each}
    labels = _PLACE | dimensions
    metric = KnownMetric(labels, (_TAG,) if dimensions else (_TAG, _DIMENSION))
    described = KnownMetric(labels, (_TAG, _DIMENSION))  # each kind of resource has dimensions of its own
    fact = replace(described, prefixes=(_DIMENSION,))
    facts = {exporter.fact_name(each) for each in exporter.facts}
    for name in exporter.family_names():
        if name == info_name(exporter.namespace):
            yield name, replace(described, labels=labels | frozenset(exporter.info))
        else:
            yield name, fact if name in facts else metric
