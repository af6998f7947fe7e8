"""What several dashboards say: which marks are in every panel, and a number that is good or bad."""

from functools import partial

from exporters import ecs
from ppbe_observe.cloudwatch.naming import info_name
from ppbe_observe.grafana import NOTE, Annotation, Query, Stat, Threshold, Unit, firing

ECS_INFO = info_name(ecs.UTILIZATION.namespace)
_SERVICE = 'task_definition!="",account_id=~"$account",region=~"$region"'
_NEW = f"{ECS_INFO}{{{_SERVICE}}} unless on (name, task_definition) {ECS_INFO}{{{_SERVICE}}} offset 5m"

DEPLOYMENTS = Annotation(
    name="Deployments",
    # A service that was not known before is a daemon that has begun to look, not a deployment.
    # Info series are 0, and Grafana marks what is above.
    query=Query(f"(({_NEW}) and on (name) {ECS_INFO}{{{_SERVICE}}} offset 5m) + 1"),
    title="{{dimension_ServiceName}} of {{dimension_ClusterName}} is deployed",
    text="{{task_definition}}",
    level=NOTE,
)
"""The first five minutes of a task definition on a service."""
FIRING = firing('account_id=~"$account|"', 'region=~"$region|"')
"""Every alert of what is chosen, and those that are about no account at all."""
MARKS = (DEPLOYMENTS, FIRING)


PLACE = ('account_id=~"$account"', 'region=~"$region"', 'tag_Environment=~"$environment|"')
"""Of alerts: the account, region and environment that are chosen; facts, and so their alerts, have no environment."""


def some(found: str, among: str) -> str:
    """How many there are; 0 only where there are others among which to look for them: an absent daemon is not good."""
    return f"count({found}) or 0 * count({among})"


def number(
    title: str, description: str, unit: Unit, expr: str, *thresholds: Threshold, empty: str = "", width: int = 4
) -> Stat:
    """One number that is good or bad; six stand side by side."""
    return Stat(
        title=title,
        description=description,
        unit=unit,
        queries=(Query(expr),),
        thresholds=thresholds,
        empty=empty,
        width=width,
    )


small = partial(number, width=3)
"""The same where eight stand side by side."""
