"""Rows of the load balancers: their targets, what they have to carry, and requests that break the rules."""

from alerts import acm as acm_alerts
from alerts import alb as alb_alerts
from alerts._shared import REQUESTS, WHOLE_GROUP
from dashboards._alb import (
    ALERTS,
    BALANCER,
    CHOSEN,
    COUNTER,
    GROUP,
    IN,
    INFO,
    METRIC,
    ONE_GROUP,
    PLACES,
    TARGET,
    UNANSWERED,
    at,
    counted,
    each,
    named,
    rate,
)
from ppbe_observe.cloudwatch import MAXIMUM, SUM
from ppbe_observe.grafana import (
    Column,
    Query,
    Row,
    Scope,
    Stat,
    Table,
    TimeSeries,
    Unit,
    limits,
)

CERTIFICATES = Scope(acm_alerts.INFO_SERIES, PLACES)
IN_ZONE = 'dimension_TargetGroup!="",dimension_AvailabilityZone!=""'
IN_USE = 'in_use="true"'
IDLE_GROUPS = "no target group has a target, or all of them are idle."


def of_groups(errors: str) -> str:
    """Answers of ten minutes that were of this kind, of all that the targets of a group gave."""
    every = " + ".join(counted(metric, "10m", WHOLE_GROUP) for metric in TARGET.values())
    return f"{counted(errors, '10m', WHOLE_GROUP)} / ({every} > 0)"


GROUP_ERRORS = of_groups(TARGET[5])
GROUP_P99 = at(alb_alerts.P99, WHOLE_GROUP)
EXPIRES_IN = (
    f"({CERTIFICATES.joined(acm_alerts.NOT_AFTER)} - time()) + on (name) group_left (domain) "
    f"{CERTIFICATES(acm_alerts.INFO_SERIES, IN_USE)}"
)
"""The info series is 0, and brings the name of the site."""

TARGETS = Row(
    "Targets",
    (
        Table(
            title="Target groups",
            description="Who carries the load: of a blue/green pair one has the requests. Most failing targets first.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "count by (name, tag_Environment, group, balancer, target_type, protocol, port, health_check_path) "
                    f"({named(IN(INFO, CHOSEN, ONE_GROUP))})"
                ),
                Query(f"max by (name) ({at(alb_alerts.UNHEALTHY, WHOLE_GROUP)})"),
                Query(f"max by (name) ({at(alb_alerts.HEALTHY, WHOLE_GROUP)})"),
                Query(f"avg by (name) ({rate(REQUESTS, WHOLE_GROUP)})"),
                Query(f"100 * avg by (name) ({GROUP_ERRORS})"),
                Query(f"1000 * avg by (name) ({GROUP_P99})"),
            ),
            columns=(
                Column("group", "Target group"),
                Column("tag_Environment", "Environment"),
                Column("balancer", "Load balancer"),
                Column("target_type", "Type"),
                Column("protocol", "Protocol"),
                Column("port", "Port"),
                Column("health_check_path", "Health check"),
                Column(1, "Failing", limits(ALERTS, "AlbTargetsUnhealthy")),
                Column(2, "Healthy"),
                Column(3, "Requests a second"),
                Column(4, "Errors, %"),
                Column(5, "Slowest 1 %, ms", limits(ALERTS, "AlbLatencyHigh", scale=1000)),
            ),
            sort="Failing",
            decimals=2,
            height=7,
        ),
        TimeSeries(
            title="Healthy targets",
            description="Targets that pass their health check. Idle groups, such as blue or green, may have none.",
            unit=Unit.COUNT,
            queries=each(at(alb_alerts.HEALTHY, WHOLE_GROUP), GROUP),
            minimum=0,
            empty=IDLE_GROUPS,
        ),
        TimeSeries(
            title="Targets that fail their check",
            description="For minutes during a deployment it is normal; longer, tasks start and do not get well.",
            unit=Unit.COUNT,
            queries=each(at(alb_alerts.UNHEALTHY, WHOLE_GROUP), GROUP),
            thresholds=limits(ALERTS, "AlbTargetsUnhealthy"),
            minimum=0,
            empty=IDLE_GROUPS,
        ),
        TimeSeries(
            title="Healthy targets by zone",
            description="A zone at 0 while others are not: its subnet, its NAT gateway or AWS is at fault.",
            unit=Unit.COUNT,
            queries=each(at(alb_alerts.HEALTHY, IN_ZONE), f"{GROUP}: {{{{dimension_AvailabilityZone}}}}"),
            minimum=0,
            empty=IDLE_GROUPS,
        ),
        TimeSeries(
            title="Requests by target group",
            description="Where requests go. In a blue/green deployment they move from one group to the other.",
            unit=Unit.REQUESTS_PER_SECOND,
            queries=each(rate(REQUESTS, WHOLE_GROUP), GROUP),
            stacked=True,
            minimum=0,
        ),
        TimeSeries(
            title="Errors by target group",
            description="5xx of ten minutes' answers. Only the new group errs: roll back. Both: look behind them.",
            unit=Unit.RATIO,
            queries=each(GROUP_ERRORS, GROUP),
            minimum=0,
            empty=UNANSWERED,
        ),
        TimeSeries(
            title="Slowest 1 % by target group",
            description="p99 until a target began to answer. Compare the new group with the old one.",
            unit=Unit.SECONDS,
            queries=each(GROUP_P99, GROUP),
            thresholds=limits(ALERTS, "AlbLatencyHigh"),
            minimum=0,
            empty=UNANSWERED,
        ),
        TimeSeries(
            title="Requests per target",
            description="In one minute, averaged over the targets: with its limit known, how many targets are wanted.",
            unit=Unit.COUNT,
            queries=each(at(METRIC("RequestCountPerTarget", SUM), WHOLE_GROUP), GROUP),
            minimum=0,
        ),
        TimeSeries(
            title="Sent to sick targets",
            description="Requests of ten minutes to targets that fail their check, since too few pass. None is right.",
            unit=Unit.COUNT,
            queries=each(counted(alb_alerts.FAIL_OPEN, "10m", WHOLE_GROUP), GROUP),
            thresholds=limits(ALERTS, "AlbFailOpen"),
            minimum=0,
        ),
        TimeSeries(
            title="Targets that stand out",
            description="They pass their check and fail more requests than their peers: a broken task or zone.",
            unit=Unit.COUNT,
            queries=(
                *each(at(alb_alerts.ANOMALOUS, WHOLE_GROUP), f"{GROUP}: stand out"),
                *each(at(METRIC("MitigatedHostCount", MAXIMUM), WHOLE_GROUP), f"{GROUP}: get fewer requests"),
            ),
            thresholds=limits(ALERTS, "AlbTargetAnomalous"),
            minimum=0,
            empty="anomalies are looked for only where a group has three targets or more.",
        ),
    ),
)

CAPACITY = Row(
    "Connections, capacity and cost",
    (
        TimeSeries(
            title="Open connections",
            description="TCP connections at once, of clients and to targets. A slope without requests is a leak.",
            unit=Unit.COUNT,
            queries=each(at(METRIC("ActiveConnectionCount", SUM))),
            minimum=0,
            empty="nobody is connected.",
        ),
        TimeSeries(
            title="New connections",
            description="Opened a second. Many more than usual for the same requests: clients do not keep them open.",
            unit=Unit.PER_SECOND,
            queries=each(rate(alb_alerts.CONNECTIONS)),
            minimum=0,
        ),
        TimeSeries(
            title="Refused connections by load balancer",
            description="In 15 minutes. It is at its limit: a flood, or a lack of capacity.",
            unit=Unit.COUNT,
            queries=each(counted(alb_alerts.REJECTED, "15m")),
            thresholds=limits(ALERTS, "AlbRejectedConnections"),
            minimum=0,
        ),
        TimeSeries(
            title="Bytes processed",
            description="Requests and answers together, a second.",
            unit=Unit.BYTES_PER_SECOND,
            queries=each(rate(COUNTER("ProcessedBytes"))),
            minimum=0,
        ),
        TimeSeries(
            title="Capacity units",
            description="What AWS bills for each hour, beside the load balancer itself, and their average of a day.",
            unit=Unit.COUNT,
            queries=(
                *each(at(alb_alerts.LCU)),
                *each(at(alb_alerts.DAILY_UNITS.name), f"{BALANCER}: average of a day"),
            ),
            minimum=0,
            empty="the load balancers are idle.",
        ),
        Stat(
            title="Certificate expires in",
            description="Those in use. Browsers refuse a site whose certificate is over; imported ones nobody renews.",
            unit=Unit.DURATION,
            queries=(Query(EXPIRES_IN, "{{domain}}"),),
            thresholds=limits(
                acm_alerts.GROUP.alerts,
                "AcmCertificateExpiresIn44Days",
                "AcmCertificateExpiresIn14Days",
                "AcmCertificateExpiresIn3Days",
            ),
            width=8,
            height=8,
        ),
    ),
)

HYGIENE = Row(
    "Requests that break the rules",
    (
        TimeSeries(
            title="Against RFC 7230",
            description="Requests a second that do not comply. Many at once can be an attempt at request smuggling.",
            unit=Unit.REQUESTS_PER_SECOND,
            queries=each(rate(COUNTER("DesyncMitigationMode_NonCompliant_Request_Count"))),
            minimum=0,
        ),
        TimeSeries(
            title="Invalid headers",
            description="Dropped before a target saw them; or forwarded, which means that dropping is switched off.",
            unit=Unit.REQUESTS_PER_SECOND,
            queries=(
                *each(rate(COUNTER("DroppedInvalidHeaderRequestCount")), f"{BALANCER}: dropped"),
                *each(rate(COUNTER("ForwardedInvalidHeaderRequestCount")), f"{BALANCER}: forwarded"),
            ),
            minimum=0,
        ),
        TimeSeries(
            title="Answers of listener rules",
            description="Redirects and fixed responses, a second: a maintenance page is one.",
            unit=Unit.REQUESTS_PER_SECOND,
            queries=(
                *each(rate(COUNTER("HTTP_Redirect_Count")), f"{BALANCER}: redirects"),
                *each(rate(COUNTER("HTTP_Fixed_Response_Count")), f"{BALANCER}: fixed"),
            ),
            minimum=0,
        ),
    ),
    collapsed=True,
)
