"""What the panels of load balancers ask with: what is chosen, the levels, and names that people know.

The same request is filed under its load balancer, zone and target group: every query names its level.
"""

from alerts import alb as alb_alerts
from alerts import alb_targets
from alerts._shared import WHOLE_BALANCER
from exporters import alb
from ppbe_observe.cloudwatch.naming import info_name
from ppbe_observe.grafana import Query, Scope, Variable

METRIC, COUNTER = alb.EXPORTER.series_name, alb.EXPORTER.counter_name
INFO = info_name(alb.EXPORTER.namespace)
PLACES = ("account", "region", "environment")
IN = Scope(INFO, PLACES)
CHOSEN = 'dimension_LoadBalancer=~"$balancer"'
BALANCERS = Variable(
    "balancer", "Load balancer", IN(INFO), "dimension_LoadBalancer", r"/^(?<value>app\/(?<text>[^\/]+)\/.+)$/"
)
"""By the dimension, which target groups have, too: by ARN they would vanish with their load balancer."""
ALERTS = (*alb_alerts.GROUP.alerts, *alb_targets.GROUP.alerts)
TARGET = alb_alerts.TARGET
BALANCER, GROUP = "{{balancer}}", "{{group}}"
ONE_BALANCER, ONE_GROUP = 'dimension_TargetGroup=""', 'dimension_TargetGroup!=""'
IDLE = "nobody asked for anything."
UNANSWERED = "no target answered anything."


def at(metric: str, level: str = WHOLE_BALANCER) -> str:
    """A metric of the load balancers that are chosen, at one level."""
    return IN(metric, CHOSEN, level)


def rate(metric: str, level: str = WHOLE_BALANCER) -> str:
    """Events a second."""
    return f"rate({at(metric, level)}[$__rate_interval])"


def counted(metric: str, window: str, level: str = WHOLE_BALANCER) -> str:
    """Events of a window, as the alerts count them."""
    return f"increase({at(metric, level)}[{window}])"


def share(*metrics: str) -> str:
    """Answers of ten minutes that were of these kinds, of all."""
    return f"({' + '.join(counted(each, '10m') for each in metrics)}) / ({at(alb_alerts.ANSWERS.name)} > 0)"


def of_requests(metric: str, window: str, whole: str) -> str:
    """Events as a share of others, such as those of handshakes that fail."""
    return f"{counted(metric, window)} / ({counted(whole, window)} > 0)"


def named(expr: str) -> str:
    """Load balancer and target group by the names that people gave them."""
    balancer = f'label_replace({expr}, "balancer", "$1", "dimension_LoadBalancer", "app/(.+)/.+")'
    return f'label_replace({balancer}, "group", "$1", "dimension_TargetGroup", "targetgroup/(.+)/.+")'


def each(expr: str, legend: str = BALANCER) -> tuple[Query, ...]:
    """One query, a line for each load balancer, or for each target group."""
    return (Query(named(expr), legend),)


HEALTHY_OF_BALANCER = (
    f"{IN(INFO, CHOSEN, ONE_BALANCER)} + on ({alb_alerts.BY_BALANCER}) group_left () "
    f"max by ({alb_alerts.BY_BALANCER}) ({at(alb_alerts.HEALTHY, ONE_GROUP)})"
)
"""The most that any group of it has; the info series is 0, and brings the name of the load balancer."""
ERRORS = share(TARGET[5], alb_alerts.ELB_5XX)
"""What AlbErrorRatioHigh looks at."""
