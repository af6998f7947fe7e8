"""Checks of the listeners of load balancers, on what moto holds."""

from typing import Any

import pytest

from support.balancers import (
    FORBIDDEN,
    LIST,
    LISTENERS,
    RULES,
    STRONG,
    TO_HTTPS,
    balancer,
    forward,
    gateway,
    listen,
    secure,
    secure_network,
)
from support.gathering import LocalSession
from support.judging import judge, only, unseen
from support.queryxml import answered

TO_HTTP = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTP", "Port": "8080", "StatusCode": "HTTP_301"}}
TO_THE_SAME = {"Type": "redirect", "RedirectConfig": {"Host": "new.example.gov", "StatusCode": "HTTP_302"}}


def test_https_only(local_session: LocalSession) -> None:
    secure(local_session, balancer(local_session))
    assert only(local_session, "elbv2_https_listeners_only") == (
        "pass",
        "no listener speaks HTTP; listeners: HTTPS 443",
    )
    assert local_session.calls[RULES] == 0


def test_http_is_only_redirected(local_session: LocalSession) -> None:
    arn = balancer(local_session)
    secure(local_session, arn)
    listen(local_session, arn, "HTTP", 80, TO_HTTPS)
    assert only(local_session, "elbv2_https_listeners_only") == (
        "pass",
        "what comes in over HTTP is only redirected to HTTPS; listeners: HTTP 80",
    )


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (TO_HTTP, "redirect to HTTP"),
        (TO_THE_SAME, "redirect to HTTP"),
        (FORBIDDEN, "fixed-response"),
        (None, "forward"),
    ],
)
def test_http_is_not_only_redirected(local_session: LocalSession, action: dict[str, Any] | None, said: str) -> None:
    arn = balancer(local_session)
    secure(local_session, arn)
    listen(local_session, arn, "HTTP", 80, action or forward(local_session))
    assert only(local_session, "elbv2_https_listeners_only") == (
        "fail",
        f"the default action of the HTTP listener on port 80 is {said}; a redirect to HTTPS is required",
    )


def test_a_rule_of_an_http_listener_that_forwards(local_session: LocalSession) -> None:
    arn = balancer(local_session)
    for port in (80, 8080):
        listener = listen(local_session, arn, "HTTP", port, TO_HTTPS)
    create = local_session.client("elbv2").create_rule
    path = [{"Field": "path-pattern", "Values": ["/health"]}]
    create(ListenerArn=listener, Priority=7, Conditions=path, Actions=[TO_HTTPS])
    create(ListenerArn=listener, Priority=10, Conditions=path, Actions=[forward(local_session)])
    assert only(local_session, "elbv2_https_listeners_only") == (
        "fail",
        "the action of rule 10 of an HTTP listener is forward; a redirect to HTTPS is required",
    )


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("application", "it has no listener"),
        ("network", "a network load balancer does not speak HTTP"),
        ("gateway", "a gateway load balancer does not speak HTTP"),
    ],
)
def test_no_http(local_session: LocalSession, kind: str, reason: str) -> None:
    balancer(local_session, kind=kind)
    assert only(local_session, "elbv2_https_listeners_only") == ("not_applicable", reason)


@pytest.mark.parametrize("operation", [LIST, LISTENERS, RULES])
def test_listeners_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    listen(local_session, balancer(local_session), "HTTP", 80, TO_HTTPS)
    unseen(local_session, "elbv2_https_listeners_only", operation)


def test_no_rule_at_all_is_no_answer_since_a_listener_always_has_its_default_one(local_session: LocalSession) -> None:
    arn = balancer(local_session)
    listen(local_session, arn, "HTTP", 80, TO_HTTPS)
    answered(local_session, RULES, Rules=[])
    found = judge(local_session, "elbv2_https_listeners_only")
    assert {each: (told.outcome.value, told.verdict.reason) for each, told in found.items()} == {
        arn: ("unknown", f"malformed: {RULES}: the answer has no rule, not even the default")
    }


def test_rules_that_cannot_be_seen_matter_only_where_there_is_an_http_listener(local_session: LocalSession) -> None:
    secured, plain = balancer(local_session, "secured"), balancer(local_session, "plain")
    secure(local_session, secured)
    listen(local_session, plain, "HTTP", 80, TO_HTTPS)
    local_session.refuse(RULES, "AccessDenied", status=403)
    found = judge(local_session, "elbv2_https_listeners_only")
    assert {arn: each.outcome.value for arn, each in found.items()} == {secured: "pass", plain: "unknown"}


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [
        (STRONG, "pass"),
        ("ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04", "pass"),
        ("ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04", "pass"),
        ("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "pass"),
        ("ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06", "pass"),
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", "pass"),
        ("ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04", "pass"),
        ("ELBSecurityPolicy-TLS13-1-1-2021-06", "fail"),
        ("ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04", "fail"),
        ("ELBSecurityPolicy-TLS-1-2-2017-01", "fail"),
        ("ELBSecurityPolicy-FS-1-2-Res-2020-10", "fail"),
        ("ELBSecurityPolicy-2016-08", "fail"),
    ],
)
def test_tls_policy(local_session: LocalSession, policy: str, outcome: str) -> None:
    secure(local_session, balancer(local_session), policy)
    allowed = "ELBSecurityPolicy-TLS13-1-2-*, ELBSecurityPolicy-TLS13-1-3-*"
    assert only(local_session, "elbv2_tls_policy") == (outcome, f"port 443 uses {policy}; allowed: {allowed}")


def test_one_weak_listener_is_named(local_session: LocalSession) -> None:
    arn = balancer(local_session)
    secure(local_session, arn)
    secure(local_session, arn, "ELBSecurityPolicy-2016-08", port=8443)
    assert only(local_session, "elbv2_tls_policy", allowed_policies=(STRONG,)) == (
        "fail",
        f"port 8443 uses ELBSecurityPolicy-2016-08; allowed: {STRONG}",
    )


def test_tls_of_a_network_load_balancer(local_session: LocalSession) -> None:
    secure_network(local_session, "ELBSecurityPolicy-2016-08")
    assert only(local_session, "elbv2_tls_policy")[0] == "fail"


@pytest.mark.parametrize("check", ["elbv2_tls_policy", "elbv2_tls_fips_policy"])
def test_no_tls(local_session: LocalSession, check: str) -> None:
    listen(local_session, balancer(local_session), "HTTP", 80, TO_HTTPS)
    assert only(local_session, check) == ("not_applicable", "no listener ends TLS")


@pytest.mark.parametrize("check", ["elbv2_tls_policy", "elbv2_https_listeners_only"])
def test_the_listener_of_a_gateway_load_balancer_has_no_protocol(local_session: LocalSession, check: str) -> None:
    gateway(local_session)
    assert only(local_session, check)[0] == "not_applicable"


@pytest.mark.parametrize("check", ["elbv2_tls_policy", "elbv2_tls_fips_policy"])
@pytest.mark.parametrize("operation", [LIST, LISTENERS])
def test_tls_that_cannot_be_seen(local_session: LocalSession, check: str, operation: str) -> None:
    secure(local_session, balancer(local_session))
    unseen(local_session, check, operation)


@pytest.mark.parametrize(
    ("policy", "outcome"),
    [("ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04", "pass"), (STRONG, "fail")],
)
def test_fips_policy(local_session: LocalSession, policy: str, outcome: str) -> None:
    secure(local_session, balancer(local_session), policy)
    assert only(local_session, "elbv2_tls_fips_policy") == (outcome, f"port 443 uses {policy}; allowed: *-FIPS-*")
