"""Load balancers: what users get, why they get errors, which targets carry the load, what it takes.

The thresholds are those of the alerts in alerts/alb.py, alb_targets.py, acm.py and of the alarm in alarms.py.
"""

from alerts import alarms, slo
from alerts import alb as alb_alerts
from alerts._shared import REQUESTS, WHOLE_GROUP
from dashboards._alb import (
    ALERTS,
    BALANCER,
    BALANCERS,
    CHOSEN,
    COUNTER,
    ERRORS,
    HEALTHY_OF_BALANCER,
    IDLE,
    IN,
    INFO,
    METRIC,
    ONE_BALANCER,
    TARGET,
    UNANSWERED,
    at,
    counted,
    each,
    named,
    of_requests,
    rate,
    share,
)
from dashboards._alb_causes import CAPACITY, HYGIENE, TARGETS
from dashboards._shared import MARKS, PLACE, number
from exporters import alb
from ppbe_observe.cloudwatch import SAMPLE_COUNT
from ppbe_observe.grafana import (
    BAD,
    BARS,
    WARN,
    Column,
    Dashboard,
    Query,
    Row,
    Table,
    TimeSeries,
    Unit,
    alarm_limit,
    alert_table,
    below,
    dashboard,
    limits,
)

P99 = alb_alerts.P99
LATENCY = next(one for one in slo.SLOS if one.name == "ppbe-api-latency")
WITHIN = COUNTER("TargetResponseTime", alb.WITHIN_HALF_A_SECOND)
ANSWERED = COUNTER("TargetResponseTime", SAMPLE_COUNT)
NO_GROUPS = "the load balancers have no target group, or are idle."
OWN_ERRORS = (
    (alb_alerts.ELB_500, "500: WAF or a rule failed"),
    (alb_alerts.ELB_502, "502: a target broke the connection"),
    (alb_alerts.ELB_503, "503: no target is registered"),
    (alb_alerts.ELB_504, "504: no target answered in time"),
)

GLANCE = Row(
    "At a glance",
    (
        number("Requests", "Of all that is chosen.", Unit.REQUESTS_PER_SECOND, f"sum({rate(REQUESTS)})"),
        number(
            "Worst share of errors",
            "5xx of the targets and of the load balancer, of ten minutes' answers, where it is highest.",
            Unit.RATIO,
            f"max({ERRORS})",
            *limits(ALERTS, "AlbErrorRatioHigh"),
            empty=IDLE,
        ),
        number(
            "Slowest percent",
            "1 % of the requests took longer than this until a target answered, where it is slowest.",
            Unit.SECONDS,
            f"max({at(P99)})",
            *limits(ALERTS, "AlbLatencyHigh"),
            empty=UNANSWERED,
        ),
        number(
            "Fewest healthy targets",
            "Of the load balancer that has fewest, in its best group. At 0 the service is down.",
            Unit.COUNT,
            f"min({HEALTHY_OF_BALANCER})",
            *limits(ALERTS, "AlbNoHealthyTargets"),
            empty=NO_GROUPS,
        ),
        number(
            "Targets that fail",
            "Targets that do not pass their health check. Normal for minutes, while something is deployed.",
            Unit.COUNT,
            f"sum({at(alb_alerts.UNHEALTHY, WHOLE_GROUP)})",
            *limits(ALERTS, "AlbTargetsUnhealthy"),
            empty=NO_GROUPS,
        ),
        number(
            "Refused connections",
            "In 15 minutes. The load balancer is at its limit, and those users see no answer at all.",
            Unit.COUNT,
            f"max({counted(alb_alerts.REJECTED, '15m')})",
            *limits(ALERTS, "AlbRejectedConnections"),
        ),
        alert_table(
            "Firing for load balancers",
            "Alerts of the load balancers that are chosen, and of their targets.",
            'alertname=~"Alb.+|ApiErrorRateHigh"',
            CHOSEN,
            *PLACE,
            height=7,
        ),
    ),
)

INVENTORY = Row(
    "Load balancers",
    (
        Table(
            title="Load balancers",
            description="What each is, and what it does now. The one with most errors is first.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "count by (name, account_id, region, tag_Environment, balancer, scheme, state) "
                    f"({named(IN(INFO, CHOSEN, ONE_BALANCER))})"
                ),
                Query(f"100 * avg by (name) ({ERRORS})"),
                Query(f"1000 * avg by (name) ({at(P99)})"),
                Query(f"avg by (name) ({rate(REQUESTS)})"),
                Query(f"avg by (name) ({HEALTHY_OF_BALANCER})"),
                Query(f"avg by (name) ({at(alb_alerts.LCU)})"),
            ),
            columns=(
                Column("balancer", "Load balancer"),
                Column("tag_Environment", "Environment"),
                Column("account_id", "Account"),
                Column("region", "Region"),
                Column("scheme", "Scheme"),
                Column("state", "State"),
                Column(1, "Errors, %", limits(ALERTS, "AlbErrorRatioHigh", scale=100)),
                Column(2, "Slowest 1 %, ms", limits(ALERTS, "AlbLatencyHigh", scale=1000)),
                Column(3, "Requests a second"),
                Column(4, "Healthy targets", limits(ALERTS, "AlbNoHealthyTargets")),
                Column(5, "Capacity units"),
            ),
            sort="Errors, %",
            decimals=2,
            height=7,
        ),
    ),
)

USERS = Row(
    "What users get",
    (
        TimeSeries(
            title="Requests by load balancer",
            description="Requests a second that reached a target. What vanishes here at noon is an outage.",
            unit=Unit.REQUESTS_PER_SECOND,
            queries=each(rate(REQUESTS)),
            minimum=0,
        ),
        TimeSeries(
            title="Answers by kind",
            description="Answers a second. Those of the load balancer mean that no target could give one.",
            unit=Unit.REQUESTS_PER_SECOND,
            queries=(
                *(Query(f"sum({rate(metric)})", f"{code}xx of the targets") for code, metric in TARGET.items()),
                *(
                    Query(f"sum({rate(COUNTER(f'HTTPCode_ELB_{code}XX_Count'))})", f"{code}xx of the load balancer")
                    for code in (3, 4, 5)
                ),
            ),
            draw=BARS,
            stacked=True,
            minimum=0,
        ),
        TimeSeries(
            title="Share of errors",
            description="5xx of the targets and of the load balancer, of all answers of ten minutes.",
            unit=Unit.RATIO,
            queries=each(ERRORS),
            thresholds=limits(ALERTS, "AlbErrorRatioHigh"),
            links=(dashboard("overview", "Overview: error budgets"),),
            minimum=0,
            empty=IDLE,
        ),
        TimeSeries(
            title="Slowest 1 %",
            description="1 % of the requests took longer until a target began to answer (p99).",
            unit=Unit.SECONDS,
            queries=each(at(P99)),
            thresholds=limits(ALERTS, "AlbLatencyHigh"),
            minimum=0,
            empty=UNANSWERED,
        ),
        TimeSeries(
            title="Slowest 5 %, and half",
            description="5 % took longer (p95), half did (p50). Where only p95 rises, a few requests are slow.",
            unit=Unit.SECONDS,
            queries=(
                *each(at(alb_alerts.P95), f"{BALANCER}: 5 %"),
                *each(at(METRIC("TargetResponseTime", "p50")), f"{BALANCER}: half"),
            ),
            thresholds=limits(ALERTS, "AlbLatencyRising"),
            minimum=0,
            empty=UNANSWERED,
        ),
        TimeSeries(
            title="Answered within half a second",
            description="Of all that targets began to answer in ten minutes. Below the line the error budget shrinks.",
            unit=Unit.RATIO,
            queries=each(f"{counted(WITHIN, '10m')} / ({counted(ANSWERED, '10m')} > 0)"),
            thresholds=(below(LATENCY.objective, WARN),),
            maximum=1,
            empty=UNANSWERED,
        ),
    ),
)

CAUSES = Row(
    "Why there are errors",
    (
        TimeSeries(
            title="Errors of the targets",
            description="Answers of the API that are 5xx, in five minutes: what the estate's alarm counts.",
            unit=Unit.COUNT,
            queries=each(counted(TARGET[5], "5m")),
            thresholds=(alarm_limit(alarms.API_ERRORS, BAD, "ApiErrorRateHigh"),),
            minimum=0,
        ),
        TimeSeries(
            title="Errors of the load balancer by code",
            description="5xx that it gave for want of a target, a second; the code says why. No target logged them.",
            unit=Unit.REQUESTS_PER_SECOND,
            queries=tuple(Query(f"sum({rate(metric)})", legend) for metric, legend in OWN_ERRORS),
            draw=BARS,
            stacked=True,
            minimum=0,
        ),
        TimeSeries(
            title="502 and 504 of all answers",
            description="502: tasks crash, or close kept-alive connections first. 504: they wait for something slow.",
            unit=Unit.RATIO,
            queries=(
                *each(share(alb_alerts.ELB_502), f"{BALANCER}: 502"),
                *each(share(alb_alerts.ELB_504), f"{BALANCER}: 504"),
            ),
            thresholds=limits(ALERTS, "AlbBadGateways", "AlbGatewayTimeouts"),
            minimum=0,
            empty=IDLE,
        ),
        TimeSeries(
            title="Errors of load balancer and WAF (500)",
            description="500 in 15 minutes: WAF could not be asked, or a rule failed. No target is involved.",
            unit=Unit.COUNT,
            queries=each(counted(alb_alerts.ELB_500, "15m")),
            thresholds=limits(ALERTS, "AlbInternalErrors"),
            minimum=0,
        ),
        TimeSeries(
            title="Connections to targets that fail",
            description="Of the requests of 15 minutes. A security group, a port, or a task that dies.",
            unit=Unit.RATIO,
            queries=each(of_requests(alb_alerts.UNREACHED, "15m", REQUESTS)),
            thresholds=limits(ALERTS, "AlbTargetConnectionErrors"),
            minimum=0,
            empty=IDLE,
        ),
        TimeSeries(
            title="TLS with targets that fails",
            description="Handshakes in 30 minutes without a protocol or cipher in common. It does not mend itself.",
            unit=Unit.COUNT,
            queries=each(counted(alb_alerts.TARGET_TLS, "30m")),
            thresholds=limits(ALERTS, "AlbTargetTlsErrors"),
            minimum=0,
            empty="no handshake with a target has failed yet.",
        ),
        TimeSeries(
            title="Share of client errors",
            description="4xx of the targets, of all answers. After a deployment: it broke something. Else: a scan.",
            unit=Unit.RATIO,
            queries=each(share(TARGET[4])),
            thresholds=limits(ALERTS, "AlbClientErrorRatioHigh"),
            minimum=0,
            empty=IDLE,
        ),
        TimeSeries(
            title="Refused by the load balancer (4xx)",
            description="Malformed or unfinished requests, a second; 403 of WAF and 460 of clients that gave up, too.",
            unit=Unit.REQUESTS_PER_SECOND,
            queries=each(rate(COUNTER("HTTPCode_ELB_4XX_Count"))),
            minimum=0,
        ),
        TimeSeries(
            title="TLS of clients that fails",
            description="Of the new connections of 30 minutes. A jump follows a change of certificate or TLS policy.",
            unit=Unit.RATIO,
            queries=each(of_requests(alb_alerts.CLIENT_TLS, "30m", alb_alerts.CONNECTIONS)),
            thresholds=limits(ALERTS, "AlbClientTlsErrors"),
            minimum=0,
            empty="nobody connected.",
        ),
    ),
)

DASHBOARD = Dashboard(
    title="Load balancers (ALB)",
    description="For whoever is on call: what users get, and whether load balancer, targets or clients are at fault.",
    variables=(*IN.variables, BALANCERS),
    annotations=MARKS,
    links=(
        dashboard("overview", "Overview"),
        dashboard("ecs", "Services (ECS)"),
        dashboard("network", "Network (NAT, VPN, WAF)"),
    ),
    rows=(GLANCE, INVENTORY, USERS, CAUSES, TARGETS, CAPACITY, HYGIENE),
)
