"""Application load balancers: errors, latency, connections and traffic. Targets are in alb_targets.py.

Counts are taken from the accumulated counters: ``rate()`` of CloudWatch's Sum is 0. The same request is filed under
its load balancer, zone and target group; every rule names its level, else it would count it four times.

Sources, as the reasons name them. AWS: Elastic Load Balancing user guide, "CloudWatch metrics for your Application Load
Balancer". Troubleshooting: the same, "Troubleshoot your Application Load Balancers". Workbook: The Site Reliability
Workbook, chapter 5, "Alerting on SLOs".
"""

from alerts._examples import series
from alerts._shared import BALANCER, REQUESTS, SRE, WHOLE_BALANCER, collected, seen
from exporters import alb
from ppbe_observe.alerting import (
    INFO,
    MINUTE,
    PAGE,
    RATIO,
    SECONDS,
    TICKET,
    Alert,
    Case,
    Example,
    Record,
    RuleGroup,
)
from ppbe_observe.cloudwatch import AVERAGE, MAXIMUM

EXPORTER = alb.EXPORTER
HEALTHY = EXPORTER.series_name("HealthyHostCount", MAXIMUM)
UNHEALTHY = EXPORTER.series_name("UnHealthyHostCount", MAXIMUM)
ANOMALOUS = EXPORTER.series_name("AnomalousHostCount", MAXIMUM)
LCU = EXPORTER.series_name("ConsumedLCUs", AVERAGE)
P95, P99 = (EXPORTER.series_name("TargetResponseTime", each) for each in ("p95", "p99"))
TARGET = {code: EXPORTER.counter_name(f"HTTPCode_Target_{code}XX_Count") for code in (2, 3, 4, 5)}
ELB_5XX = EXPORTER.counter_name("HTTPCode_ELB_5XX_Count")
ELB_500, ELB_502, ELB_503, ELB_504 = (
    EXPORTER.counter_name(f"HTTPCode_ELB_{code}_Count") for code in (500, 502, 503, 504)
)
REJECTED = EXPORTER.counter_name("RejectedConnectionCount")
CONNECTIONS = EXPORTER.counter_name("NewConnectionCount")
UNREACHED = EXPORTER.counter_name("TargetConnectionErrorCount")
TARGET_TLS = EXPORTER.counter_name("TargetTLSNegotiationErrorCount")
CLIENT_TLS = EXPORTER.counter_name("ClientTLSNegotiationErrorCount")
FAIL_OPEN = EXPORTER.counter_name("UnhealthyRoutingRequestCount")

BY_BALANCER = "account_id, region, dimension_LoadBalancer"
OF_BALANCER = ("account_id", "region", "dimension_LoadBalancer")


def counted(metric: str, window: str, level: str = WHOLE_BALANCER) -> str:
    """The events of a window."""
    return f"increase({metric}{{{level}}}[{window}])"


ANSWERS = Record(
    name="alb:answers:increase10m",
    expr=" + ".join(counted(each, "10m") for each in (*TARGET.values(), ELB_5XX)),
)
"""All answers that were meant for users: those of the targets, and the errors that stand for one.

RequestCount is no denominator: it leaves out what found no target.
"""
DAILY_UNITS = Record(name="alb:consumed_lcus:avg1d", expr=f"avg_over_time({LCU}[1d])")
"""Capacity units in use, averaged over a day."""


def share(errors: str, more_than: float, minimum: int = 100) -> str:
    """Errors of ten minutes as a share of all answers, where there are enough of them for a share to mean anything."""
    return f"({errors}) / {ANSWERS.name} > {more_than:g} and on (name) {ANSWERS.name} >= {minimum}"


def slow(percentile: str, seconds: float) -> str:
    """Slow in more than half of the last ten minutes, with enough requests for a percentile to mean anything."""
    typical = f"quantile_over_time(0.5, {percentile}{{{WHOLE_BALANCER}}}[10m])"
    return f"{typical} > {seconds:g} and on (name) {counted(REQUESTS, '10m')} >= 100"


# What a minute of examples looks like: 100 answers, so many of them errors of that kind.
def minute(minutes: int = 45, requests: int = 100, **errors: float) -> dict[str, str]:
    """Counters that grow by the same every minute; ``elb_502=3`` is three of them."""
    kinds = {
        "elb_500": ELB_500,
        "elb_502": ELB_502,
        "elb_503": ELB_503,
        "elb_504": ELB_504,
        "target_4xx": TARGET[4],
        "target_5xx": TARGET[5],
        "unreached": UNREACHED,
    }
    each = {name: errors.get(name, 0.0) for name in kinds}
    elb = each["elb_500"] + each["elb_502"] + each["elb_503"] + each["elb_504"]
    grows = {
        REQUESTS: float(requests),
        TARGET[2]: requests - elb - each["target_4xx"] - each["target_5xx"],
        TARGET[3]: 0.0,
        ELB_5XX: elb,
        **{kinds[name]: value for name, value in each.items()},
    }
    return series({metric: f"0+{value:g}x{minutes}" for metric, value in grows.items()}, BALANCER)


def group(healthy: str, unhealthy: str, name: str = "blue") -> dict[str, str]:
    """Hosts of a target group of the example's load balancer."""
    labels = {**BALANCER, "name": f"{BALANCER['name']}/{name}", "dimension_TargetGroup": f"targetgroup/{name}/3c4d"}
    return series({HEALTHY: healthy, UNHEALTHY: unhealthy}, labels)


BLUE = {**BALANCER, "name": f"{BALANCER['name']}/blue", "dimension_TargetGroup": "targetgroup/blue/3c4d"}
ONLY_BALANCER = {label: BALANCER[label] for label in OF_BALANCER}

ERRORS = (
    Alert(
        name="AlbErrorRatioHigh",
        expr=share(f"{counted(TARGET[5], '10m')} + {counted(ELB_5XX, '10m')}", 0.05),
        severity=PAGE,
        owner=SRE,
        summary="The load balancer answers too many requests with 5xx",
        description="{dimension_LoadBalancer} in {region}: {value} of the answers of the last 10 minutes are 5xx, "
        "of the targets or of the load balancer itself; more than {threshold} is a page.",
        reason="5 % is 50 times what an objective of 99.9 % allows, well above the 14.4 times that the Workbook pages "
        "for; ten minutes of it use 1.2 % of the month's budget. Under 100 answers a share says nothing (Workbook, "
        "low-traffic services). Answers, not RequestCount, are the whole: a request without a target is not in it "
        "(AWS).",
        unit=RATIO,
        lasts=5 * MINUTE,
        keeps=5 * MINUTE,
        example=Example(
            fires=minute(target_5xx=6, elb_502=2),
            quiet=minute(target_5xx=4, elb_502=1),
            labels=BALANCER,
            value=0.08,
            begins=MINUTE,
        ),
        cases=(
            Case(
                "keeps quiet with nine failures of nine answers in ten minutes",
                minute(requests=9, target_5xx=9),
                28 * MINUTE,
            ),
            Case(
                "counts requests that found no target",
                minute(elb_503=100),
                20 * MINUTE,
                1.0,
                BALANCER,
            ),
            Case(
                "does not count zones and target groups again",
                {
                    **minute(target_5xx=5),
                    **series({TARGET[5]: "0+50x45"}, BLUE),
                    **series({TARGET[5]: "0+50x45"}, BALANCER, dimension_AvailabilityZone="us-gov-west-1a"),
                },
                30 * MINUTE,
            ),
        ),
    ),
    Alert(
        name="AlbBadGateways",
        expr=share(counted(ELB_502, "10m"), 0.01),
        severity=TICKET,
        owner=SRE,
        summary="Targets break connections: the load balancer answers 502",
        description="{dimension_LoadBalancer} in {region}: {value} of the answers of the last 10 minutes are 502, more "
        "than {threshold}. Tasks crash, or close kept-alive connections before the load balancer does.",
        reason="A target that closed the connection or answered nonsense (Troubleshooting, HTTP 502). 1 % is ten times "
        "what 99.9 % allows, and above what a deployment without connection draining makes.",
        unit=RATIO,
        lasts=5 * MINUTE,
        example=Example(fires=minute(elb_502=2), quiet=minute(elb_502=1), labels=BALANCER, value=0.02, begins=MINUTE),
    ),
    Alert(
        name="AlbGatewayTimeouts",
        expr=share(counted(ELB_504, "10m"), 0.01),
        severity=TICKET,
        owner=SRE,
        summary="Targets answer too late: the load balancer answers 504",
        description="{dimension_LoadBalancer} in {region}: {value} of the answers of the last 10 minutes are 504, more "
        "than {threshold}. Requests wait for the database or another system until the load balancer gives up.",
        reason="No answer within the idle timeout, 60 s by default, or no connection within 10 s (Troubleshooting, "
        "HTTP 504). 1 % is ten times what 99.9 % allows.",
        unit=RATIO,
        lasts=5 * MINUTE,
        example=Example(fires=minute(elb_504=2), quiet=minute(elb_504=1), labels=BALANCER, value=0.02, begins=MINUTE),
    ),
    Alert(
        name="AlbInternalErrors",
        expr=f"{counted(ELB_500, '15m')} >= 10",
        severity=TICKET,
        owner=SRE,
        summary="The load balancer fails by itself: it answers 500",
        description="{dimension_LoadBalancer} in {region} answered {value} requests of the last 15 minutes with a 500 "
        "of its own, {threshold} or more: WAF could not be asked, or a rule failed.",
        reason="No target is involved (Troubleshooting, HTTP 500: WAF did not answer, OIDC failed). Single ones "
        "happen; ten within a quarter of an hour do not.",
        lasts=5 * MINUTE,
        example=Example(
            fires=minute(elb_500=1), quiet=minute(elb_500=0.5), labels=BALANCER, value=15, begins=10 * MINUTE
        ),
    ),
    Alert(
        name="AlbClientErrorRatioHigh",
        expr=share(counted(TARGET[4], "10m"), 0.3),
        severity=INFO,
        owner=SRE,
        summary="Many requests are refused with 4xx",
        description="{dimension_LoadBalancer} in {region}: {value} of the answers of the last 10 minutes are 4xx of "
        "the targets, more than {threshold}. A client asks for what is gone, or somebody tries passwords.",
        reason="Context for a deployment or an attack, no failure of the service. The estate's usual share is 2 %; 30 "
        "% is beyond what one broken client of several makes.",
        unit=RATIO,
        lasts=10 * MINUTE,
        keeps=10 * MINUTE,
        example=Example(
            fires=minute(target_4xx=40), quiet=minute(target_4xx=30), labels=BALANCER, value=0.4, begins=MINUTE
        ),
    ),
)

TRAFFIC = (
    Alert(
        name="AlbLatencyHigh",
        expr=slow(P99, 3),
        severity=PAGE,
        owner=SRE,
        summary="The slowest requests take far too long",
        description="{dimension_LoadBalancer} in {region}: in half of the last 10 minutes 1 % of the requests took "
        "longer than {value} until the target answered; the limit is {threshold}.",
        reason="The estate sets no limit. Its usual p99 is 0.2 s; 3 s is where a system that hangs stands out from a "
        "heavy report, and a third of the ten seconds after which people leave (Nielsen, Response Times). The median "
        "of ten minutes, so that one minute neither fires nor ends it; percentiles are never averaged.",
        unit=SECONDS,
        lasts=5 * MINUTE,
        keeps=5 * MINUTE,
        example=Example(
            fires={**minute(), **series({P99: "4x45"}, BALANCER)},
            quiet={**minute(), **series({P99: "3x45"}, BALANCER)},
            labels=BALANCER,
            value=4,
            begins=MINUTE,
        ),
        cases=(
            Case("too few requests", {**minute(requests=5), **series({P99: "9x45"}, BALANCER)}, 28 * MINUTE),
            Case("one bad minute", {**minute(), **series({P99: "0.2x29 30 0.2x45"}, BALANCER)}, 36 * MINUTE),
            Case(
                "one good minute between bad ones",
                {**minute(), **series({P99: "4x9 0.2 4x100"}, BALANCER)},
                20 * MINUTE,
                4,
                BALANCER,
            ),
        ),
    ),
    Alert(
        name="AlbLatencyRising",
        expr=slow(P95, 1),
        severity=TICKET,
        owner=SRE,
        summary="Requests have become slow",
        description="{dimension_LoadBalancer} in {region}: in half of the last 10 minutes 5 % of the requests took "
        "longer than {value} until the target answered; the limit is {threshold}.",
        reason="The estate sets no limit. Its usual p95 is 0.15 s; after one second people notice that they wait "
        "(Nielsen, Response Times).",
        unit=SECONDS,
        lasts=15 * MINUTE,
        keeps=10 * MINUTE,
        example=Example(
            fires={**minute(), **series({P95: "1.5x45"}, BALANCER)},
            quiet={**minute(), **series({P95: "1x45"}, BALANCER)},
            labels=BALANCER,
            value=1.5,
            begins=MINUTE,
        ),
    ),
    Alert(
        name="AlbRejectedConnections",
        expr=f"{counted(REJECTED, '15m')} >= 10",
        severity=PAGE,
        owner=SRE,
        summary="The load balancer refuses connections: it is at its limit",
        description="{dimension_LoadBalancer} in {region} refused {value} connections in the last 15 minutes, "
        "{threshold} or more. Those users see no answer at all.",
        reason="Connections are rejected only at the load balancer's maximum (AWS): no answer, so in no other number. "
        "Ten in a quarter of an hour that go on for five minutes are a lack of capacity, or a flood.",
        lasts=5 * MINUTE,
        example=Example(
            fires=series({REJECTED: "0+2x45"}, BALANCER),
            quiet=series({REJECTED: "0+0.6x45"}, BALANCER),
            labels=BALANCER,
            value=20,
            begins=5 * MINUTE,
        ),
    ),
    Alert(
        name="AlbClientTlsErrors",
        expr=f"{counted(CLIENT_TLS, '30m')} / {counted(CONNECTIONS, '30m')} > 0.1 and on (name) "
        f"{counted(CLIENT_TLS, '30m')} >= 100",
        severity=TICKET,
        owner=SRE,
        summary="Many clients cannot finish the TLS handshake",
        description="{dimension_LoadBalancer} in {region}: {value} of the new connections of the last 30 minutes ended "
        "in the TLS handshake, more than {threshold}.",
        reason="Scanners make a few all the time (the estate: 0.5 %). A tenth and a hundred in half an hour follow a "
        "change of certificate or TLS policy, or an agency with old clients (AWS).",
        unit=RATIO,
        lasts=10 * MINUTE,
        example=Example(
            fires=series({CLIENT_TLS: "0+20x45", CONNECTIONS: "0+100x45"}, BALANCER),
            quiet=series({CLIENT_TLS: "0+10x45", CONNECTIONS: "0+100x45"}, BALANCER),
            labels=BALANCER,
            value=0.2,
            begins=5 * MINUTE,
        ),
        cases=(
            Case(
                "a scanner at night",
                series({CLIENT_TLS: "0+1x45", CONNECTIONS: "0+2x45"}, BALANCER),
                28 * MINUTE,
            ),
        ),
    ),
    Alert(
        name="AlbTrafficVanished",
        expr=f"{counted(REQUESTS, '15m')} < 1 "
        f"and on (name) increase({REQUESTS}{{{WHOLE_BALANCER}}}[1h] offset 15m) > 600 {seen('alb', '15m')}",
        severity=PAGE,
        owner=SRE,
        summary="Requests have stopped altogether",
        description="{dimension_LoadBalancer} in {region} got {value} requests in the last 15 minutes, after more than "
        "600 in the hour before. Users do not reach it: DNS, network, certificate or firewall.",
        reason="Traffic that fades, as in the evening, passes through an hour with less than ten a minute; traffic "
        "that stops from there within a quarter of an hour was cut. Only while the daemon sees everything: a blind one "
        "counts nothing either. It holds while that hour had traffic, long enough for every step of a page.",
        lasts=2 * MINUTE,
        example=Example(
            fires={**series({REQUESTS: "0+100x60 6000x45"}, BALANCER), **collected("alb")},
            quiet={**series({REQUESTS: "0+100x60 6000+0.1x45"}, BALANCER), **collected("alb")},
            labels=BALANCER,
            value=0,
            begins=75 * MINUTE,
        ),
        cases=(
            Case(
                "an evening that fades",
                {**series({REQUESTS: "0+8x60 480x45"}, BALANCER), **collected("alb")},
                80 * MINUTE,
            ),
            Case(
                "a daemon that sees nothing",
                {**series({REQUESTS: "0+100x60 6000x45"}, BALANCER), **collected("alb", "1x60 0x45")},
                80 * MINUTE,
            ),
        ),
    ),
    Alert(
        name="AlbCapacityUnitsJump",
        expr=f"avg_over_time({LCU}[30m]) > 3 * {DAILY_UNITS.name} offset 30m and avg_over_time({LCU}[30m]) > 5",
        severity=INFO,
        owner=SRE,
        summary="The load balancer works several times as much as the day before",
        description="{dimension_LoadBalancer} in {region} uses {value} capacity units on the average of the last half "
        "hour, three times as many as in the day before. They are billed.",
        reason="Capacity units are what AWS bills, and the sum of all kinds of load (AWS, ConsumedLCUs). The daily "
        "wave of the estate is a factor of two around its mean; below 5 units a jump costs less than reading about it.",
        lasts=30 * MINUTE,
        keeps=30 * MINUTE,
        example=Example(
            fires=series({LCU: "2x34 20x60"}, BALANCER),
            quiet=series({LCU: "2x34 5x40"}, BALANCER),
            labels=BALANCER,
            value=20,
            begins=41 * MINUTE,
        ),
    ),
)

GROUP = RuleGroup(rules=(ANSWERS, DAILY_UNITS, *ERRORS, *TRAFFIC))
