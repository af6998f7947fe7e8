"""What users get, by environment: the first thing to look at on whatever page somebody is."""

from alerts import alb as alb_alerts
from alerts._shared import REQUESTS, WHOLE_BALANCER
from exporters import alb
from ppbe_observe.cloudwatch.naming import info_name
from ppbe_observe.grafana import Query, Scope, TimeSeries, Unit, dashboard, limits

IN = Scope(info_name(alb.EXPORTER.namespace), ("account", "region", "environment"))
BALANCER = "{{tag_Environment}}"
BY_ENVIRONMENT = "sum by (tag_Environment)"
ANSWERS = IN(alb_alerts.ANSWERS.name)
ERRORS = " + ".join(f"increase({IN(each, WHOLE_BALANCER)}[10m])" for each in (alb_alerts.TARGET[5], alb_alerts.ELB_5XX))
BALANCERS = (dashboard("alb", "Load balancers (ALB)"),)


def told(expr: str) -> tuple[Query, ...]:
    """A line for each environment, and one for what has no tag that says it."""
    return (Query(f'label_replace({expr}, "tag_Environment", "no environment", "tag_Environment", "")', BALANCER),)


USERS = (
    TimeSeries(
        title="Requests",
        description="Requests a second that reached a target. What vanishes here at noon is an outage.",
        unit=Unit.REQUESTS_PER_SECOND,
        queries=told(f"{BY_ENVIRONMENT} (rate({IN(REQUESTS, WHOLE_BALANCER)}[$__rate_interval]))"),
        links=BALANCERS,
        minimum=0,
    ),
    TimeSeries(
        title="Answers that are errors",
        description="5xx of the targets and of the load balancer, of all answers of ten minutes.",
        unit=Unit.RATIO,
        queries=told(f"{BY_ENVIRONMENT} ({ERRORS}) / ({BY_ENVIRONMENT} ({ANSWERS}) > 0)"),
        thresholds=limits(alb_alerts.GROUP.alerts, "AlbErrorRatioHigh"),
        links=BALANCERS,
        minimum=0,
        empty="nobody asked for anything.",
    ),
    TimeSeries(
        title="Slowest requests",
        description="1 % of the requests took longer than this until a target answered.",
        unit=Unit.SECONDS,
        queries=told(f"max by (tag_Environment) ({IN(alb_alerts.P99, WHOLE_BALANCER)})"),
        thresholds=limits(alb_alerts.GROUP.alerts, "AlbLatencyHigh"),
        links=BALANCERS,
        minimum=0,
        empty="no target answered anything.",
    ),
)
"""Traffic, errors and latency; saturation is the page's own subject."""
