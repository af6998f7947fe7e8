"""What the panels of services ask with: what is chosen, and where each number of tasks comes from."""

from alerts import ecs as ecs_alerts
from exporters import ecs
from ppbe_observe.grafana import Query, Scope, Variable

INSIGHT = ecs.INSIGHTS.series_name
INFO = ecs_alerts.INFO
OF_SERVICE, OF_CLUSTER = ecs_alerts.OF_SERVICE, 'dimension_ServiceName=""'
PLACES = Scope(INFO, ("account", "region", "environment"))
"""What a cluster says is filtered by these alone."""
IN = Scope(INFO)
SERVICES = Variable("resource", "Service", PLACES(INFO, OF_SERVICE), "name", r"/^(?<value>.*:service\/(?<text>.+))$/")
ALERTS = ecs_alerts.GROUP.alerts
DEFINED = 'task_definition!=""'
SERVICE = "{{dimension_ServiceName}} of {{dimension_ClusterName}}"
NO_INSIGHTS = "Container Insights is off, or has no enhanced observability."


def of(metric: str, legend: str = SERVICE) -> Query:
    """A metric of each service that is chosen."""
    return Query(IN(metric, OF_SERVICE), legend)


def either(insights: str, fact: str) -> str:
    """Container Insights by the minute, and where there is none what DescribeServices said."""
    return f"({IN(insights)} or on (name) {IN.joined(fact)})"


SHARE = IN(ecs_alerts.RUNNING_SHARE.name)
RUNNING = either(ecs_alerts.RUNNING, ecs_alerts.RUNNING_NOW)
DESIRED = either(ecs_alerts.DESIRED, ecs_alerts.DESIRED_NOW)
PENDING = either(ecs_alerts.PENDING, ecs_alerts.PENDING_NOW)
DEPLOYMENTS = either(ecs_alerts.DEPLOYMENTS, ecs_alerts.DEPLOYMENTS_NOW)
CPU, MEMORY = IN(ecs_alerts.CPU, OF_SERVICE), IN(ecs_alerts.MEMORY, OF_SERVICE)
REVISION = (
    f'label_replace({IN(INFO, OF_SERVICE, DEFINED)}, "revision", "$1", "task_definition", ".+task-definition/(.+)")'
)
"""The info series of each service, with the family and revision that its task definition's ARN ends with."""
