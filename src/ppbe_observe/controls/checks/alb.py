"""Load balancers, listeners and target groups (Elastic Load Balancing v2).

Application load balancers speak HTTP, network ones TCP, UDP and TLS, gateway ones only carry packets: a check says
which of them it concerns.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from ppbe_observe.controls.check import (
    HIGH,
    LOW,
    MEDIUM,
    Check,
    Subject,
    check,
    failed,
    not_applicable,
    passed,
    unknown,
    verdict,
)
from ppbe_observe.model import Reason, Verdict

_LOAD_BALANCER = "elasticloadbalancing:loadbalancer"
_WITH_LISTENERS = "elasticloadbalancing:loadbalancer-listeners"
_WITH_RULES = "elasticloadbalancing:loadbalancer-http-rules"
_TARGET_GROUP = "elasticloadbalancing:targetgroup"
_LISTENERS = "elasticloadbalancing:DescribeListeners"
_RULES = "elasticloadbalancing:DescribeRules"
_ATTRIBUTES = "elasticloadbalancing:DescribeLoadBalancerAttributes"
_WEB_ACL = "wafv2:GetWebACLForResource"
_HEALTH = "elasticloadbalancing:DescribeTargetHealth"

_REQUIRED = "; a redirect to HTTPS is required"
_SET_ATTRIBUTE = "aws elbv2 modify-load-balancer-attributes --attributes Key={},Value=true"


@check(
    "elbv2_https_listeners_only",
    on=_WITH_RULES,
    severity=MEDIUM,
    title="HTTP listeners only redirect to HTTPS",
    controls=("sc-8", "sc-8.1", "ac-17.2"),
    indicators=("KSI-SVC-SIN",),
    remediation="Delete the HTTP listener, or make its default action and every rule of it redirect to HTTPS "
    "(aws elbv2 modify-listener --default-actions Type=redirect,RedirectConfig={Protocol=HTTPS,StatusCode=HTTP_301}).",
)
def https_listeners_only(balancer: Subject) -> Verdict:
    """What is sent over HTTP can be read and changed on the way, so nothing but a redirect may answer there.

    The default action and all further rules of each HTTP listener of an application load balancer count.
    """
    if (kind := balancer.facts["Type"]) != "application":
        return not_applicable(f"a {kind} load balancer does not speak HTTP")
    listeners = balancer.told(_LISTENERS)["Listeners"]
    if not listeners:
        return not_applicable("it has no listener")
    plain = [each for each in listeners if each["Protocol"] == "HTTP"]
    if not plain:
        return passed(f"no listener speaks HTTP; {_ports(listeners)}")
    if astray := [*_default_actions(plain), *_rule_actions(balancer.told(_RULES)["Rules"])]:
        return failed("; ".join(astray))
    return passed(f"what comes in over HTTP is only redirected to HTTPS; {_ports(plain)}")


def _default_actions(listeners: list[Mapping[str, Any]]) -> Iterator[str]:
    for each in listeners:
        if astray := _not_redirected(each["DefaultActions"]):
            yield f"the default action of the HTTP listener on port {each['Port']} is {astray}{_REQUIRED}"


def _rule_actions(rules: list[Mapping[str, Any]]) -> Iterator[str]:
    for each in rules:
        if not each["IsDefault"] and (astray := _not_redirected(each["Actions"])):
            yield f"the action of rule {each['Priority']} of an HTTP listener is {astray}{_REQUIRED}"


def _not_redirected(actions: list[Mapping[str, Any]]) -> str:
    """What is done instead, in words; empty where all actions redirect to HTTPS."""
    if not actions:
        return "none"
    return ", ".join(dict.fromkeys(_named(each) for each in actions if not _to_https(each)))


def _to_https(action: Mapping[str, Any]) -> bool:
    # The default of Protocol is #{protocol}: that of the request, HTTP (API reference, RedirectActionConfig).
    return bool(action["Type"] == "redirect" and action["RedirectConfig"].get("Protocol") == "HTTPS")


def _named(action: Mapping[str, Any]) -> str:
    return "redirect to HTTP" if action["Type"] == "redirect" else str(action["Type"])


@check(
    "elbv2_tls_policy",
    on=_WITH_LISTENERS,
    severity=MEDIUM,
    title="Listeners accept only strong TLS",
    controls=("sc-8.1", "sc-8"),
    indicators=("KSI-SVC-SIN",),
    remediation="Set a security policy that is allowed (aws elbv2 modify-listener --ssl-policy "
    "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04).",
    allowed_policies=("ELBSecurityPolicy-TLS13-1-2-*", "ELBSecurityPolicy-TLS13-1-3-*"),
)
def tls_policy(balancer: Subject, allowed_policies: tuple[str, ...]) -> Verdict:
    """TLS before 1.2 can be broken; the security policy of each HTTPS or TLS listener decides what is accepted.

    The default allows TLS 1.2 with 1.3, and 1.3 alone, also the policies with Ext in their name, which add TLS 1.2
    ciphers without forward secrecy: to exclude those, name the policies one by one.
    """
    return _policies_match(balancer, allowed_policies)


@check(
    "elbv2_tls_fips_policy",
    on=_WITH_LISTENERS,
    severity=LOW,
    title="Listeners use FIPS-validated cryptography",
    controls=("sc-13", "sc-8.1"),
    remediation="Set a FIPS security policy (aws elbv2 modify-listener --ssl-policy "
    "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04).",
    pattern="*-FIPS-*",
)
def tls_fips_policy(balancer: Subject, pattern: str) -> Verdict:
    """Federal data needs validated cryptographic modules: only FIPS security policies use them."""
    return _policies_match(balancer, (pattern,))


def _policies_match(balancer: Subject, allowed: tuple[str, ...]) -> Verdict:
    # The listener of a gateway load balancer has neither protocol nor port.
    ending = [each for each in balancer.told(_LISTENERS)["Listeners"] if each.get("Protocol") in {"HTTPS", "TLS"}]
    if not ending:
        return not_applicable("no listener ends TLS")
    weak = [each for each in ending if not any(fnmatchcase(each["SslPolicy"], pattern) for pattern in allowed)]
    said = "; ".join(f"port {each['Port']} uses {each['SslPolicy']}" for each in weak or ending)
    return verdict(not weak, f"{said}; allowed: {', '.join(allowed) or 'none'}")


@check(
    "elbv2_access_logs",
    on=_LOAD_BALANCER,
    needs=(_ATTRIBUTES,),
    severity=MEDIUM,
    title="Access logs are written to the log bucket",
    controls=("au-2", "au-3", "au-12"),
    indicators=("KSI-MLA-LET",),
    remediation="Turn access logs on (aws elbv2 modify-load-balancer-attributes --attributes "
    "Key=access_logs.s3.enabled,Value=true Key=access_logs.s3.bucket,Value=BUCKET).",
    bucket="",
)
def access_logs(balancer: Subject, bucket: str) -> Verdict:
    """Access logs tell who asked for what, which an investigation needs; connection logs do not.

    An empty bucket means any, and it may be a pattern (ppbe-*-logs). A network load balancer logs TLS connections only.
    """
    if balancer.facts["Type"] == "gateway":
        return not_applicable("a gateway load balancer has no access logs")
    if not _is_on(balancer, "access_logs.s3.enabled"):
        return failed("access logs are off" + (f"; {bucket} is required" if bucket else ""))
    (used,) = _values(balancer, "access_logs.s3.bucket")
    said = f"access logs are written to {used}"
    return verdict(fnmatchcase(used, bucket), f"{said}; {bucket} is required") if bucket else passed(said)


@check(
    "elbv2_waf_attached",
    on=_LOAD_BALANCER,
    needs=(_WEB_ACL,),
    severity=MEDIUM,
    title="A web ACL filters the requests",
    controls=("ac-4.21", "sc-7"),
    indicators=("KSI-CNA-RVP",),
    remediation="Associate a regional web ACL (aws wafv2 associate-web-acl --web-acl-arn ACL --resource-arn ALB).",
)
def waf_attached(balancer: Subject) -> Verdict:
    """A web ACL stops known attacks before they reach the application; WAF serves application load balancers only."""
    if (kind := balancer.facts["Type"]) != "application":
        return not_applicable(f"WAF does not protect a {kind} load balancer")
    web_acl = balancer.told(_WEB_ACL).get("WebACL")
    return passed(f"the web ACL {web_acl['Name']} is associated") if web_acl else failed("no web ACL is associated")


@check(
    "elbv2_deletion_protection",
    on=_LOAD_BALANCER,
    needs=(_ATTRIBUTES,),
    severity=MEDIUM,
    title="The load balancer is protected from deletion",
    controls=("cm-3", "cp-2"),
    remediation=f"Turn it on ({_SET_ATTRIBUTE.format('deletion_protection.enabled')}).",
    only_in=("production",),
)
def deletion_protection(balancer: Subject) -> Verdict:
    """A load balancer that one call can delete takes the service with it; production needs the second step."""
    on = _is_on(balancer, "deletion_protection.enabled")
    return verdict(on, f"deletion protection is {'on' if on else 'off'}")


@check(
    "elbv2_drop_invalid_headers",
    on=_LOAD_BALANCER,
    needs=(_ATTRIBUTES,),
    severity=MEDIUM,
    title="Invalid header fields are dropped",
    controls=("sc-7.4", "si-10"),
    remediation=f"Turn it on ({_SET_ATTRIBUTE.format('routing.http.drop_invalid_header_fields.enabled')}).",
)
def drop_invalid_headers(balancer: Subject) -> Verdict:
    """Malformed header fields smuggle requests past filters; an application load balancer can drop them."""
    if (kind := balancer.facts["Type"]) != "application":
        return not_applicable(f"a {kind} load balancer does not read header fields")
    on = _is_on(balancer, "routing.http.drop_invalid_header_fields.enabled")
    return verdict(on, f"invalid header fields are {'dropped' if on else 'passed on to the targets'}")


@check(
    "elbv2_multi_az",
    on=_LOAD_BALANCER,
    severity=MEDIUM,
    title="The load balancer spans availability zones",
    controls=("cp-10",),
    indicators=("KSI-CNA-OFA",),
    remediation="Add a subnet in another availability zone (aws elbv2 set-subnets --subnets SUBNETS).",
    min_az=2,
)
def multi_az(balancer: Subject, min_az: int) -> Verdict:
    """In one zone only, the service goes down with that zone."""
    zones = sorted({each["ZoneName"] for each in balancer.facts["AvailabilityZones"]})
    said = f"it is in {len(zones)} availability zones ({', '.join(zones) or 'none'}); {min_az} are required"
    return verdict(len(zones) >= min_az, said)


@check(
    "elbv2_targets_healthy",
    on=_TARGET_GROUP,
    needs=(_HEALTH,),
    severity=HIGH,
    title="Each target group in use has healthy targets",
    controls=("cp-10",),
    remediation="See why the health checks fail (aws elbv2 describe-target-health --target-group-arn GROUP), and mend "
    "or replace the targets.",
    min_healthy=1,
)
def targets_healthy(group: Subject, min_healthy: int) -> Verdict:
    """Recovery works only where the load balancer finds a healthy target in each group that it uses."""
    health = group.detail(_HEALTH)
    if health is None:
        return not_applicable("no load balancer uses it")
    if group.facts["TargetType"] == "lambda" and not group.facts["HealthCheckEnabled"]:
        return not_applicable("its target is a Lambda function without health checks")
    states = Counter(str(each["TargetHealth"]["State"]) for each in health["TargetHealthDescriptions"])
    healthy, total = states.pop("healthy", 0), states.total()
    others = f" ({', '.join(f'{count} {state}' for state, count in sorted(states.items()))})" if states else ""
    said = f"{healthy} of {healthy + total} targets are healthy{others}; {min_healthy} are required"
    if healthy < min_healthy <= healthy + states["unavailable"]:
        return unknown(Reason.UNSUPPORTED, said)
    return verdict(healthy >= min_healthy, said)


def _is_on(balancer: Subject, attribute: str) -> bool:
    """One that AWS does not name has its default, false (API reference, LoadBalancerAttribute)."""
    return "true" in _values(balancer, attribute)


def _values(balancer: Subject, attribute: str) -> list[str]:
    """The value of one attribute, if AWS names it; those of others are not looked at."""
    return [each["Value"] for each in balancer.told(_ATTRIBUTES)["Attributes"] if each["Key"] == attribute]


def _ports(listeners: list[Mapping[str, Any]]) -> str:
    return "listeners: " + ", ".join(f"{each['Protocol']} {each['Port']}" for each in listeners)


CHECKS: tuple[Check, ...] = (
    https_listeners_only,
    tls_policy,
    tls_fips_policy,
    access_logs,
    waf_attached,
    deletion_protection,
    drop_invalid_headers,
    multi_az,
    targets_healthy,
)
