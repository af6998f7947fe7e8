"""Which series an exporter has, given what ListMetrics and the describe calls show. Pure.

A series exists where CloudWatch lists its metric at a declared set of dimensions; a metric that counts events
(``nil_to_zero``) also exists, at 0, for every resource that has not had one yet. A listed metric whose resource is
gone is left out: CloudWatch lists it for two more weeks.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ppbe_observe.cloudwatch.definition import SUM, Exporter, Metric
from ppbe_observe.cloudwatch.naming import label_name
from ppbe_observe.cloudwatch.query import ListedMetric, MetricStat
from ppbe_observe.model import Labels, Resource, Target

UNKNOWN_RESOURCE = "global"
"""The ``name`` of a series that belongs to no resource, as yet-another-cloudwatch-exporter has it."""


@dataclass(frozen=True, slots=True)
class Labelling:
    """How labels are written: the allowed tag keys, and whether names are in snake case."""

    tags: tuple[str, ...] = ()
    snake_case: bool = False

    def of(self, name: str, target: Target, dimensions: Labels, tags: Labels = ()) -> Labels:
        """The labels of a series; the first of two keys that become the same label wins."""
        labels = {"name": name, "account_id": target.account_id, "region": target.region}
        for key, value in dimensions:
            labels.setdefault(label_name("dimension", key, snake=self.snake_case), value)
        for key, value in tags:
            if key in self.tags:
                labels.setdefault(label_name("tag", key, snake=self.snake_case), value)
        return tuple(labels.items())


@dataclass(frozen=True, slots=True)
class Wanted:
    """One statistic to ask for, and how it is labelled."""

    stat: MetricStat
    metric: Metric
    labels: Labels

    @property
    def accumulated(self) -> bool:
        """Whether its datapoints also feed a counter."""
        return self.stat.statistic in self.metric.counters

    @property
    def counts_datapoints(self) -> bool:
        """Whether its counter says how many datapoints there were: of none, 0."""
        return self.accumulated and self.stat.statistic != SUM


class _Owners:
    """Finds the resource of a set of dimensions: the one that shares most of them, then the first kind."""

    def __init__(self, exporter: Exporter, resources: Iterable[Resource]) -> None:
        rank = {kind: position for position, kind in enumerate(exporter.kinds)}
        self.resources = sorted(
            (each for each in resources if each.kind in rank),
            key=lambda each: (-len(each.dimensions), rank[each.kind], each.arn),
        )
        self._by_dimensions: dict[Labels, Resource] = {}
        self._patterns: dict[tuple[str, ...], None] = {}
        for resource in self.resources:
            self._own(resource, resource.dimensions)
        for resource in self.resources:
            for alias in resource.aliases:
                self._own(resource, alias)

    def _own(self, resource: Resource, dimensions: Labels) -> None:
        if dimensions:
            key = tuple(sorted(dimensions))
            self._by_dimensions.setdefault(key, resource)
            self._patterns[tuple(name for name, _ in key)] = None

    def of(self, dimensions: Mapping[str, str]) -> Resource | None:
        for pattern in self._patterns:
            if all(name in dimensions for name in pattern):
                found = self._by_dimensions.get(tuple((name, dimensions[name]) for name in pattern))
                if found is not None:
                    return found
        return None


def select(
    exporter: Exporter,
    target: Target,
    listed: Iterable[ListedMetric],
    resources: Iterable[Resource],
    labelling: Labelling,
) -> tuple[Wanted, ...]:
    """Every series of the exporter on the target, in a stable order, none twice."""
    owners = _Owners(exporter, resources)
    metrics: dict[str, list[Metric]] = {}
    for metric in exporter.metrics:
        metrics.setdefault(metric.name, []).append(metric)
    labels: dict[Labels, Labels | None] = {}
    wanted: dict[tuple[str, str, Labels], Metric] = {}
    shared: dict[Labels, Labels] = {}  # equal dimensions become one object: there are many metrics for each
    for name, found in _candidates(exporter, listed, owners):
        at_level = [each for each in metrics.get(name, ()) if _at_level(exporter, each, found)]
        if not at_level:
            continue
        dimensions = shared.setdefault(found, found)
        if dimensions not in labels:
            labels[dimensions] = _labels(exporter, target, dimensions, owners, labelling)
        if labels[dimensions] is not None:
            for metric in at_level:
                wanted.setdefault((name, metric.statistics[0], dimensions), metric)
    return tuple(
        Wanted(_stat(exporter, metric, dimensions, statistic), metric, labels[dimensions] or ())
        for (_, _, dimensions), metric in wanted.items()
        for statistic in metric.statistics
    )


def _candidates(exporter: Exporter, listed: Iterable[ListedMetric], owners: _Owners) -> Iterator[tuple[str, Labels]]:
    for dimensions in exporter.static:
        yield from ((metric.name, tuple(sorted(dimensions))) for metric in exporter.metrics)
    for entry in listed:
        yield entry.name, tuple(sorted(entry.dimensions))
    for resource in owners.resources:
        if resource.dimensions:
            own = tuple(sorted(resource.dimensions))
            yield from ((metric.name, own) for metric in exporter.metrics if metric.nil_to_zero)


def _at_level(exporter: Exporter, metric: Metric, dimensions: Labels) -> bool:
    if exporter.static:
        return True
    levels = metric.levels or exporter.levels
    names = {name for name, _ in dimensions}
    return not levels or any(names == set(level) for level in levels)


def _labels(
    exporter: Exporter, target: Target, dimensions: Labels, owners: _Owners, labelling: Labelling
) -> Labels | None:
    if any(not value.isprintable() for _, value in dimensions):
        return None  # CloudWatch takes printable ASCII only (API reference, Dimension.Value)
    if not exporter.kinds:
        return labelling.of(exporter.name, target, dimensions)
    owner = owners.of(dict(dimensions))
    if owner is not None:
        return labelling.of(owner.arn, target, dimensions, owner.tags)
    return labelling.of(UNKNOWN_RESOURCE, target, dimensions) if not dimensions else None


def _stat(exporter: Exporter, metric: Metric, dimensions: Labels, statistic: str) -> MetricStat:
    period = int(exporter.period_of(metric).total_seconds())
    return MetricStat(exporter.namespace, metric.name, dimensions, statistic, period)
