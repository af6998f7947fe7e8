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

USERS = (
    TimeSeries(
        title="Requests",
        description="Requests a second that reached a target. What vanishes here at noon is an outage.",
        unit=Unit.REQUESTS_PER_SECOND,
        queries=(Query(f"{BY_ENVIRONMENT} (rate({IN(REQUESTS, WHOLE_BALANCER)}[$__rate_interval]))", BALANCER),),
        links=BALANCERS,
        minimum=0,
    ),
    TimeSeries(
        title="Answers that are errors",
        description="5xx of the targets and of the load balancer, of all answers of ten minutes.",
        unit=Unit.RATIO,
        queries=(Query(f"{BY_ENVIRONMENT} ({ERRORS}) / ({BY_ENVIRONMENT} ({ANSWERS}) > 0)", BALANCER),),
        thresholds=limits(alb_alerts.GROUP.alerts, "AlbErrorRatioHigh"),
        links=BALANCERS,
        minimum=0,
        empty="nobody asked for anything.",
    ),
    TimeSeries(
        title="Slowest requests",
        description="1 % of the requests took longer than this until a target answered.",
        unit=Unit.SECONDS,
        queries=(Query(f"max by (tag_Environment) ({IN(alb_alerts.P99, WHOLE_BALANCER)})", BALANCER),),
        thresholds=limits(alb_alerts.GROUP.alerts, "AlbLatencyHigh"),
        links=BALANCERS,
        minimum=0,
        empty="no target answered anything.",
    ),
)
"""Traffic, errors and latency; saturation is the page's own subject."""
