"""Which resources alarms are about, given what ListMetrics and the describe calls show. Pure.

An alarm is on every resource that has its dimensions and the tags that its name wants, with data or without: those on
which it would be made in CloudWatch. A name that several of a target would have is nobody's.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm
from ppbe_observe.cloudwatch.query import ListedMetric, MetricStat
from ppbe_observe.cloudwatch.selection import Labelling, select
from ppbe_observe.model import Labels, Resource, Target


@dataclass(frozen=True, slots=True)
class Watched:
    """An alarm on one resource.

    Attributes:
        alarm: The definition.
        resource: The ARN of the resource, or what stands for it in the label ``name``.
        stat: What it asks CloudWatch.
        wanted: The name that the alarm has in CloudWatch.
        tags: The tags of the resource.
        labels: Those of the resource's series: name, account, region, dimensions, tags.
        contested: Whether another alarm or resource of the target wants the same name.
    """

    alarm: CloudWatchAlarm
    resource: str
    stat: MetricStat
    wanted: str
    tags: Labels
    labels: Labels
    contested: bool = False

    @property
    def name(self) -> str:
        """The name in CloudWatch; empty where it is contested."""
        return "" if self.contested else self.wanted


def watched(
    alarm: CloudWatchAlarm,
    target: Target,
    listed: Iterable[ListedMetric],
    resources: Sequence[Resource],
    labelling: Labelling,
) -> list[Watched]:
    """The resources of one alarm on a target, in a stable order."""
    tags = {each.arn: each.tags for each in resources}
    found = []
    for each in select(alarm.watched, target, listed, resources, labelling):
        resource = dict(each.labels)["name"]
        own = tags.get(resource, ())
        if (name := alarm.named(own)) is not None:
            found.append(Watched(alarm, resource, each.stat, name, own, each.labels))
    return found


def settled(found: Iterable[Watched]) -> tuple[Watched, ...]:
    """All alarms of a target, those contested whose name is wanted more than once."""
    found = tuple(found)
    claims = Counter(each.wanted for each in found)
    return tuple(replace(each, contested=claims[each.wanted] > 1) for each in found)
