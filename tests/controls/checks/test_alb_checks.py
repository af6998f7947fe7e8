"""Checks of load balancers and target groups, on what moto holds."""

from typing import Any

import pytest

from ppbe_observe.controls.evaluate import evaluate
from support.balancers import LIST, LISTENERS, RULES, TO_HTTPS, balancer, forward, group, listen
from support.gathering import LocalSession, answer
from support.judging import look, only, rules_for, unseen

ATTRIBUTES = "elasticloadbalancing:DescribeLoadBalancerAttributes"


def attributes(session: LocalSession, arn: str, **values: str) -> None:
    given = [{"Key": name.replace("__", "."), "Value": value} for name, value in values.items()]
    session.client("elbv2").modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=given)


@pytest.mark.parametrize(
    ("bucket", "verdict"),
    [
        ("", ("pass", "access logs are written to ppbe-production-logs")),
        (
            "ppbe-production-logs",
            ("pass", "access logs are written to ppbe-production-logs; ppbe-production-logs is required"),
        ),
        ("ppbe-*-logs", ("pass", "access logs are written to ppbe-production-logs; ppbe-*-logs is required")),
        ("elsewhere", ("fail", "access logs are written to ppbe-production-logs; elsewhere is required")),
    ],
)
def test_access_logs(local_session: LocalSession, bucket: str, verdict: tuple[str, str]) -> None:
    arn = balancer(local_session)
    attributes(local_session, arn, access_logs__s3__enabled="true", access_logs__s3__bucket="ppbe-production-logs")
    assert only(local_session, "elbv2_access_logs", bucket=bucket) == verdict


@pytest.mark.parametrize("kind", ["application", "network"])
@pytest.mark.parametrize("on", ["false", None])
def test_no_access_logs(local_session: LocalSession, kind: str, on: str | None) -> None:
    arn = balancer(local_session, kind=kind)
    if on:
        attributes(local_session, arn, access_logs__s3__enabled=on, access_logs__s3__bucket="ppbe-logs")
    assert only(local_session, "elbv2_access_logs") == ("fail", "access logs are off")
    assert only(local_session, "elbv2_access_logs", bucket="logs") == ("fail", "access logs are off; logs is required")


def test_connection_logs_are_not_access_logs(local_session: LocalSession) -> None:
    arn = balancer(local_session)
    attributes(local_session, arn, connection_logs__s3__enabled="true", connection_logs__s3__bucket="ppbe-logs")
    assert only(local_session, "elbv2_access_logs")[0] == "fail"


def test_a_gateway_load_balancer_has_no_access_logs(local_session: LocalSession) -> None:
    balancer(local_session, kind="gateway")
    assert only(local_session, "elbv2_access_logs")[0] == "not_applicable"


@pytest.mark.parametrize(
    "check", ["elbv2_access_logs", "elbv2_deletion_protection", "elbv2_drop_invalid_headers", "elbv2_multi_az"]
)
def test_balancers_that_cannot_be_listed(local_session: LocalSession, check: str) -> None:
    balancer(local_session)
    unseen(local_session, check, LIST)


@pytest.mark.parametrize("check", ["elbv2_access_logs", "elbv2_deletion_protection", "elbv2_drop_invalid_headers"])
def test_attributes_that_cannot_be_seen(local_session: LocalSession, check: str) -> None:
    balancer(local_session)
    unseen(local_session, check, ATTRIBUTES)


@pytest.mark.parametrize(
    "check", ["elbv2_access_logs", "elbv2_waf_attached", "elbv2_deletion_protection", "elbv2_multi_az"]
)
def test_no_load_balancer(local_session: LocalSession, check: str) -> None:
    assert only(local_session, check) == ("not_applicable", "there is no elasticloadbalancing:loadbalancer here")


def test_a_web_acl_is_attached(local_session: LocalSession) -> None:
    arn, wafv2 = balancer(local_session), local_session.client("wafv2")
    visible = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "acl"}
    acl = wafv2.create_web_acl(
        Name="ppbe", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visible, Rules=[]
    )
    wafv2.associate_web_acl(WebACLArn=acl["Summary"]["ARN"], ResourceArn=arn)
    assert only(local_session, "elbv2_waf_attached") == ("pass", "the web ACL ppbe is associated")


def test_no_web_acl(local_session: LocalSession) -> None:
    balancer(local_session)
    assert only(local_session, "elbv2_waf_attached") == ("fail", "no web ACL is associated")
    local_session.refuse("wafv2:GetWebACLForResource", "WAFNonexistentItemException")
    assert only(local_session, "elbv2_waf_attached") == ("fail", "no web ACL is associated")


@pytest.mark.parametrize("kind", ["network", "gateway"])
def test_waf_does_not_serve_others(local_session: LocalSession, kind: str) -> None:
    balancer(local_session, kind=kind)
    assert only(local_session, "elbv2_waf_attached") == (
        "not_applicable",
        f"WAF does not protect a {kind} load balancer",
    )
    assert local_session.calls["wafv2:GetWebACLForResource"] == 0


@pytest.mark.parametrize("operation", [LIST, "wafv2:GetWebACLForResource"])
def test_a_web_acl_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    balancer(local_session)
    unseen(local_session, "elbv2_waf_attached", operation)


@pytest.mark.parametrize("kind", ["application", "network", "gateway"])
@pytest.mark.parametrize(
    ("on", "verdict"),
    [("true", ("pass", "deletion protection is on")), ("false", ("fail", "deletion protection is off"))],
)
def test_deletion_protection(local_session: LocalSession, kind: str, on: str, verdict: tuple[str, str]) -> None:
    attributes(local_session, balancer(local_session, kind=kind), deletion_protection__enabled=on)
    assert only(local_session, "elbv2_deletion_protection") == verdict


def test_deletion_protection_is_for_production(local_session: LocalSession) -> None:
    arn = balancer(local_session)
    staging = [{"Key": "Environment", "Value": "staging"}]
    local_session.client("elbv2").add_tags(ResourceArns=[arn], Tags=staging)
    assert only(local_session, "elbv2_deletion_protection") == (
        "not_applicable",
        "applies to production; this is staging",
    )


@pytest.mark.parametrize(
    ("on", "verdict"),
    [
        ("true", ("pass", "invalid header fields are dropped")),
        ("false", ("fail", "invalid header fields are passed on to the targets")),
        (None, ("fail", "invalid header fields are passed on to the targets")),
    ],
)
def test_invalid_headers(local_session: LocalSession, on: str | None, verdict: tuple[str, str]) -> None:
    arn = balancer(local_session)
    if on:
        attributes(local_session, arn, routing__http__drop_invalid_header_fields__enabled=on)
    assert only(local_session, "elbv2_drop_invalid_headers") == verdict


def test_invalid_headers_are_not_read_by_others(local_session: LocalSession) -> None:
    balancer(local_session, kind="network")
    assert only(local_session, "elbv2_drop_invalid_headers") == (
        "not_applicable",
        "a network load balancer does not read header fields",
    )


@pytest.mark.parametrize(
    ("zones", "min_az", "verdict"),
    [
        ("abc", 2, ("pass", "it is in 3 availability zones (us-gov-west-1a, us-gov-west-1b, us-gov-west-1c); 2")),
        ("ab", 3, ("fail", "it is in 2 availability zones (us-gov-west-1a, us-gov-west-1b); 3")),
        ("a", 2, ("fail", "it is in 1 availability zones (us-gov-west-1a); 2")),
    ],
)
def test_zones(local_session: LocalSession, zones: str, min_az: int, verdict: tuple[str, str]) -> None:
    kind = "application" if len(zones) > 1 else "network"  # an application load balancer takes two subnets at least
    balancer(local_session, kind=kind, zones=zones)
    outcome, reason = verdict
    assert only(local_session, "elbv2_multi_az", min_az=min_az) == (outcome, f"{reason} are required")


def used_group(session: LocalSession, **changed: Any) -> str:
    behind = forward(session, **changed)
    listen(session, balancer(session), "HTTP", 80, behind)
    return str(behind["TargetGroupArn"])


@pytest.mark.parametrize(
    ("targets", "min_healthy", "verdict"),
    [
        (2, 1, ("pass", "2 of 2 targets are healthy; 1 are required")),
        (2, 3, ("fail", "2 of 2 targets are healthy; 3 are required")),
        (0, 1, ("fail", "0 of 0 targets are healthy; 1 are required")),
    ],
)
def test_targets(local_session: LocalSession, targets: int, min_healthy: int, verdict: tuple[str, str]) -> None:
    arn = used_group(local_session)
    if targets:
        given = [{"Id": f"10.1.0.{number + 10}", "Port": 3000} for number in range(targets)]
        local_session.client("elbv2").register_targets(TargetGroupArn=arn, Targets=given)
    assert only(local_session, "elbv2_targets_healthy", min_healthy=min_healthy) == verdict


@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        ("healthy unhealthy", ("pass", "1 of 2 targets are healthy (1 unhealthy); 1 are required")),
        (
            "initial initial draining",
            ("fail", "0 of 3 targets are healthy (1 draining, 2 initial); 1 are required"),
        ),
        ("unused", ("fail", "0 of 1 targets are healthy (1 unused); 1 are required")),
        (
            "unhealthy.draining",
            ("fail", "0 of 1 targets are healthy (1 unhealthy.draining); 1 are required"),
        ),
        (
            "unavailable unhealthy",
            ("unknown", "0 of 2 targets are healthy (1 unavailable, 1 unhealthy); 1 are required"),
        ),
    ],
)
def test_states_of_targets(local_session: LocalSession, states: str, verdict: tuple[str, str]) -> None:
    """Moto's registered targets are always healthy."""
    used_group(local_session)
    members = "".join(
        f"<member><TargetHealth><State>{state}</State></TargetHealth></member>" for state in states.split()
    )
    told = f"<TargetHealthDescriptions>{members}</TargetHealthDescriptions>"
    body = f"<R><DescribeTargetHealthResult>{told}</DescribeTargetHealthResult></R>"
    local_session.faults["elasticloadbalancing:DescribeTargetHealth"] = lambda: answer(200, body)
    assert only(local_session, "elbv2_targets_healthy") == verdict


def test_a_target_group_that_nothing_uses(local_session: LocalSession) -> None:
    group(local_session)
    assert only(local_session, "elbv2_targets_healthy") == ("not_applicable", "no load balancer uses it")
    assert local_session.calls["elasticloadbalancing:DescribeTargetHealth"] == 0


def test_a_lambda_function_without_health_checks(local_session: LocalSession) -> None:
    """Moto checks the health of a Lambda function even where it is told not to."""
    used_group(local_session)
    listed = local_session.client("elbv2").describe_target_groups()["TargetGroups"][0]
    facts = {"TargetGroupArn": listed["TargetGroupArn"], "TargetType": "lambda", "HealthCheckEnabled": "false"}
    members = "".join(f"<{name}>{value}</{name}>" for name, value in facts.items())
    used = f"<LoadBalancerArns><member>{listed['LoadBalancerArns'][0]}</member></LoadBalancerArns>"
    result = f"<TargetGroups><member>{members}{used}</member></TargetGroups>"
    body = f"<R><DescribeTargetGroupsResult>{result}</DescribeTargetGroupsResult></R>"
    local_session.faults["elasticloadbalancing:DescribeTargetGroups"] = lambda: answer(200, body)
    assert only(local_session, "elbv2_targets_healthy") == (
        "not_applicable",
        "its target is a Lambda function without health checks",
    )


@pytest.mark.parametrize(
    "operation", ["elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth"]
)
def test_targets_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    used_group(local_session)
    unseen(local_session, "elbv2_targets_healthy", operation)


def test_each_question_is_asked_once_for_all_checks(local_session: LocalSession) -> None:
    listen(local_session, balancer(local_session), "HTTP", 80, TO_HTTPS)
    rules = rules_for(
        "elbv2_https_listeners_only",
        "elbv2_tls_policy",
        "elbv2_tls_fips_policy",
        "elbv2_access_logs",
        "elbv2_waf_attached",
        "elbv2_deletion_protection",
        "elbv2_drop_invalid_headers",
        "elbv2_multi_az",
    )
    local_session.calls.clear()
    assert len(evaluate(look(local_session, rules), rules)) == 8
    assert local_session.calls == {
        LIST: 1,
        LISTENERS: 1,
        RULES: 1,
        ATTRIBUTES: 1,
        "wafv2:GetWebACLForResource": 1,
        "tag:GetResources": 1,
    }
