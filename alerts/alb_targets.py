"""Targets of load balancers: health checks, registration, and connections to them.

Errors and traffic are in alb.py, and so are the sources.
"""

from alerts._examples import series
from alerts._shared import BALANCER, REQUESTS, SRE, WHOLE_GROUP
from alerts.alb import (
    ANOMALOUS,
    BLUE,
    BY_BALANCER,
    ELB_503,
    FAIL_OPEN,
    HEALTHY,
    OF_BALANCER,
    ONLY_BALANCER,
    TARGET_TLS,
    UNHEALTHY,
    UNREACHED,
    counted,
    group,
    minute,
)
from ppbe_observe.alerting import MINUTE, PAGE, RATIO, TICKET, Alert, Case, Example, Record, RuleGroup

MOST_HEALTHY, MOST_UNHEALTHY = (
    Record(name=f"alb:{which}_targets:max", expr=f"max by ({BY_BALANCER}) ({metric}{{{WHOLE_GROUP}}})")
    for which, metric in (("healthy", HEALTHY), ("unhealthy", UNHEALTHY))
)
"""The most that any target group of a load balancer has."""

ALERTS = (
    Alert(
        name="AlbNoHealthyTargets",
        expr=f"{MOST_HEALTHY.name} < 1 and on ({BY_BALANCER}) {MOST_UNHEALTHY.name} > 0",
        severity=PAGE,
        owner=SRE,
        summary="No target of the load balancer is healthy: the service is down",
        description="{dimension_LoadBalancer} in {region} has {value} healthy targets in all its target groups; those "
        "that it has fail their health check.",
        reason="Without a healthy target the load balancer sends requests to sick ones (AWS, fail open). The maximum "
        "of the minute and of all groups: one zone without a task, or the idle group of a blue/green deployment, is no "
        "outage. Five minutes, so that one bad datapoint, held while the next is late, does not page.",
        lasts=5 * MINUTE,
        keeps=5 * MINUTE,
        resource=OF_BALANCER,
        example=Example(fires=group("0x45", "3x45"), quiet=group("1x45", "2x45"), labels=ONLY_BALANCER, value=0),
        cases=(
            Case(
                "keeps quiet while the other colour is healthy",
                {**group("0x45", "3x45", "green"), **group("3x45", "0x45")},
                30 * MINUTE,
            ),
            Case("keeps quiet where nothing is registered", group("0x45", "0x45"), 30 * MINUTE),
            Case(
                "one bad datapoint that is held for four minutes",
                group("3x9 0x3 3x60", "0x9 3x3 0x60"),
                14 * MINUTE,
            ),
        ),
    ),
    Alert(
        name="AlbTargetGroupDown",
        expr=f"{HEALTHY}{{{WHOLE_GROUP}}} < 1 and on (name) {counted(REQUESTS, '10m', WHOLE_GROUP)} > 0 "
        f"and on ({BY_BALANCER}) {MOST_HEALTHY.name} > 0",
        severity=PAGE,
        owner=SRE,
        summary="A target group that gets requests has no healthy target",
        description="{dimension_TargetGroup} of {dimension_LoadBalancer} in {region} has {value} healthy targets, and "
        "gets requests; other groups of the load balancer are healthy.",
        reason="Part of a system is down that shares its load balancer. Only where requests arrive: the idle group of "
        "a blue/green deployment has none. Where no group is healthy, AlbNoHealthyTargets pages instead.",
        lasts=5 * MINUTE,
        keeps=5 * MINUTE,
        example=Example(
            fires={
                **group("0x45", "3x45"),
                **group("3x45", "0x45", "other"),
                **series({REQUESTS: "0+10x45"}, BLUE),
            },
            quiet={**group("0x45", "3x45"), **group("3x45", "0x45", "other"), **series({REQUESTS: "70x45"}, BLUE)},
            labels=BLUE,
            value=0,
            begins=MINUTE,
        ),
        cases=(
            Case(
                "leaves it to AlbNoHealthyTargets",
                {**group("0x45", "3x45"), **series({REQUESTS: "0+10x45"}, BLUE)},
                30 * MINUTE,
            ),
        ),
    ),
    Alert(
        name="AlbNoRegisteredTargets",
        expr=f"{counted(ELB_503, '10m')} >= 10 unless on ({BY_BALANCER}) "
        f"({MOST_HEALTHY.name} > 0 or {MOST_UNHEALTHY.name} > 0)",
        severity=PAGE,
        owner=SRE,
        summary="The load balancer has no target to send requests to: users get 503",
        description="{dimension_LoadBalancer} in {region} answered {value} requests of the last 10 minutes with 503, "
        "{threshold} or more, and none of its target groups has a target.",
        reason="503 is what no registered target gives (Troubleshooting, HTTP 503). Not HealthyHostCount alone: an "
        "idle load balancer reports nothing (AWS). Ten requests are users, not a probe.",
        lasts=3 * MINUTE,
        keeps=5 * MINUTE,
        example=Example(fires=minute(elb_503=10), quiet=minute(elb_503=0.9), labels=BALANCER, value=40, begins=MINUTE),
        cases=(
            Case("keeps quiet while a target is there", {**minute(elb_503=10), **group("1x45", "0x45")}, 30 * MINUTE),
        ),
    ),
    Alert(
        name="AlbTargetsUnhealthy",
        expr=f"{UNHEALTHY}{{{WHOLE_GROUP}}} > 0 and on (name) {HEALTHY}{{{WHOLE_GROUP}}} > 0",
        severity=TICKET,
        owner=SRE,
        summary="Some targets fail their health check",
        description="{dimension_TargetGroup} of {dimension_LoadBalancer} in {region} has {value} targets that fail "
        "their health check for a quarter of an hour; the others carry the load.",
        reason="ECS replaces a task that fails the load balancer's check, and a deployment passes within minutes (ECS "
        "developer guide, service load balancing): a quarter of an hour is neither.",
        lasts=15 * MINUTE,
        keeps=5 * MINUTE,
        example=Example(fires=group("2x45", "1x45"), quiet=group("3x45", "0x45"), labels=BLUE, value=1),
        cases=(
            Case("a deployment of twelve minutes", group("3x45", "0x9 1x11 0x40"), 25 * MINUTE),
            Case("leaves it to the pages where none is healthy", group("0x45", "3x45"), 28 * MINUTE),
        ),
    ),
    Alert(
        name="AlbFailOpen",
        expr=f"{counted(FAIL_OPEN, '10m', WHOLE_GROUP)} > 0",
        severity=TICKET,
        owner=SRE,
        summary="Requests are sent to targets that fail their health check",
        description="{dimension_TargetGroup} of {dimension_LoadBalancer} in {region}: {value} requests of the last 10 "
        "minutes went to targets that are not healthy, since too few are.",
        reason="The load balancer fails open when a group misses its healthy-state requirements (AWS, target group "
        "health): none is right.",
        lasts=5 * MINUTE,
        example=Example(
            fires=series({FAIL_OPEN: "0+5x45"}, BLUE),
            quiet=series({FAIL_OPEN: "40x45"}, BLUE),
            labels=BLUE,
            value=30,
            begins=MINUTE,
        ),
    ),
    Alert(
        name="AlbTargetAnomalous",
        expr=f"{ANOMALOUS}{{{WHOLE_GROUP}}} > 0",
        severity=TICKET,
        owner=SRE,
        summary="One target fails more requests than its peers",
        description="{dimension_TargetGroup} of {dimension_LoadBalancer} in {region} has {value} targets whose share "
        "of errors stands out, though they pass their health check.",
        reason="The load balancer compares targets by their 5xx and connection errors (AWS, Automatic Target Weights); "
        "what stays anomalous for a quarter of an hour is a broken task or zone.",
        lasts=15 * MINUTE,
        keeps=5 * MINUTE,
        example=Example(
            fires=series({ANOMALOUS: "1x45"}, BLUE), quiet=series({ANOMALOUS: "0x45"}, BLUE), labels=BLUE, value=1
        ),
    ),
    Alert(
        name="AlbTargetConnectionErrors",
        expr=f"{counted(UNREACHED, '15m')} / {counted(REQUESTS, '15m')} > 0.01 and on (name) "
        f"{counted(UNREACHED, '15m')} >= 10",
        severity=TICKET,
        owner=SRE,
        summary="The load balancer cannot connect to targets",
        description="{dimension_LoadBalancer} in {region} could not open a connection for {value} of the requests of "
        "the last 15 minutes, more than {threshold}.",
        reason="A security group, a port or a task that dies between two health checks (AWS). A task that stops "
        "without being drained makes a few; 1 % and ten in a quarter of an hour is more.",
        unit=RATIO,
        lasts=5 * MINUTE,
        example=Example(
            fires=minute(unreached=2), quiet=minute(unreached=1), labels=BALANCER, value=0.02, begins=5 * MINUTE
        ),
    ),
    Alert(
        name="AlbTargetTlsErrors",
        expr=f"{counted(TARGET_TLS, '30m')} >= 10",
        severity=TICKET,
        owner=SRE,
        summary="TLS handshakes between load balancer and targets fail",
        description="{dimension_LoadBalancer} in {region}: {value} TLS handshakes with targets failed in the last 30 "
        "minutes, {threshold} or more. No protocol or cipher is common to both.",
        reason="A mismatch does not mend itself (AWS); ten in half an hour are no tasks that were just stopped.",
        lasts=5 * MINUTE,
        example=Example(
            fires=series({TARGET_TLS: "0+1x45"}, BALANCER),
            quiet=series({TARGET_TLS: "0+0.3x45"}, BALANCER),
            labels=BALANCER,
            value=15,
            begins=10 * MINUTE,
        ),
    ),
)

GROUP = RuleGroup(rules=(MOST_HEALTHY, MOST_UNHEALTHY, *ALERTS))
