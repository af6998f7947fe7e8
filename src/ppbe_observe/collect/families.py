"""From what was seen to metric families: gauges, counters, facts and info. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ppbe_observe.cloudwatch.definition import Exporter
from ppbe_observe.cloudwatch.naming import counter_name, gauge_name, info_name
from ppbe_observe.cloudwatch.selection import Labelling
from ppbe_observe.collect.tracks import Track
from ppbe_observe.model import Facts, Family, Kind, Labels, Resource, Sample

_COUNTED = " Accumulated: every datapoint of the {} is counted once, late and revised ones included."
_INFO = "What is known of each resource; the value is always 0, join on name to use the labels."


def families(
    exporter: Exporter, tracks: Iterable[Track], resources: Iterable[Resource], labelling: Labelling, now: float
) -> tuple[Family, ...]:
    """Every family that has a sample, in the order of the definition."""
    samples: dict[str, list[Sample]] = {name: [] for name in exporter.family_names()}
    for track in tracks:
        _add_track(exporter, track, now, samples)
    for resource in resources:
        if resource.kind in exporter.kinds and resource.dimensions:  # without, it belongs to another namespace
            _add_resource(exporter, resource, labelling, samples)
    described = _described(exporter)
    return tuple(Family(name, *described[name], samples=tuple(found)) for name, found in samples.items() if found)


def _add_track(exporter: Exporter, track: Track, now: float, samples: Mapping[str, list[Sample]]) -> None:
    wanted = track.wanted
    value = track.value(now)
    if value is not None:
        name = gauge_name(exporter.namespace, wanted.metric.name, wanted.stat.statistic)
        samples[name].append(Sample(wanted.labels, value))
    total = track.total(now)
    if total is not None:
        name = counter_name(exporter.namespace, wanted.metric.name, wanted.stat.statistic)
        samples[name].append(Sample(wanted.labels, total))


def _add_resource(
    exporter: Exporter, resource: Resource, labelling: Labelling, samples: Mapping[str, list[Sample]]
) -> None:
    labels = labelling.of(resource.arn, resource.target, resource.dimensions)
    for fact in exporter.facts:
        if fact.kind in (None, resource.kind):
            value = number(at_path(resource.facts, fact.key))
            if value is not None:
                samples[exporter.fact_name(fact)].append(Sample(labels, value * fact.scale))
    samples[info_name(exporter.namespace)].append(Sample(_info_labels(exporter, resource, labelling), 0.0))


def _info_labels(exporter: Exporter, resource: Resource, labelling: Labelling) -> Labels:
    known = dict(labelling.of(resource.arn, resource.target, resource.dimensions, resource.tags))
    for label, key in exporter.info.items():
        value = at_path(resource.facts, key)
        if isinstance(value, bool):
            known.setdefault(label, str(value).lower())
        elif isinstance(value, str | int | float):
            known.setdefault(label, str(value))
    return tuple(known.items())


def _described(exporter: Exporter) -> dict[str, tuple[Kind, str]]:
    described: dict[str, tuple[Kind, str]] = {}
    for metric in exporter.metrics:
        for statistic in metric.statistics:
            name = gauge_name(exporter.namespace, metric.name, statistic)
            described[name] = (Kind.GAUGE, f"{metric.help} {_statistic_text(exporter, metric.name, statistic)}")
        for statistic in metric.counters:
            name = counter_name(exporter.namespace, metric.name, statistic)
            described[name] = (Kind.COUNTER, metric.help + _COUNTED.format(statistic))
    described.update((exporter.fact_name(fact), (Kind.GAUGE, fact.help)) for fact in exporter.facts)
    described[info_name(exporter.namespace)] = (Kind.GAUGE, _INFO)
    return described


def _statistic_text(exporter: Exporter, metric: str, statistic: str) -> str:
    return f"({exporter.namespace} {metric}, {statistic})"


def at_path(facts: Facts, key: str) -> object:
    """The value at a dotted path of mappings, or None."""
    value: object = facts
    for step in key.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def number(value: object) -> float | None:
    """A fact as a number: booleans as 0 or 1, times as seconds since the epoch, lists as their length, else None."""
    if isinstance(value, bool | int | float):
        return float(value)
    if isinstance(value, list | tuple):
        return float(len(value))
    if isinstance(value, datetime):
        return value.timestamp()
    return None
