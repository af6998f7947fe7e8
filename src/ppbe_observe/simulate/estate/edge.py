"""The load balancer of an environment, with its certificate and web ACL."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.logs import web_acl_log_group
from ppbe_observe.simulate.estate.network import Network
from ppbe_observe.simulate.estate.places import Environment, tag_list

CERTIFICATE_DAYS = 300
_FIPS_POLICY = "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04"


@dataclass(frozen=True, slots=True)
class Edge:
    """ARNs of what faces the agencies."""

    load_balancer: str
    target_group: str
    certificate: str
    certificate_expiry: dt.datetime
    web_acl: str


def build_edge(aws: Aws, env: Environment, network: Network, now: dt.datetime) -> Edge:
    """HTTPS on 443 only, WAF attached."""
    expiry = now + dt.timedelta(days=CERTIFICATE_DAYS)
    certificate = _certificate(aws, env, now, expiry)
    load_balancer = _load_balancer(aws, env, network)
    target_group = _target_group(aws, env, network)
    aws.client("elbv2").create_listener(
        LoadBalancerArn=load_balancer,
        Protocol="HTTPS",
        Port=443,
        SslPolicy=_FIPS_POLICY,
        Certificates=[{"CertificateArn": certificate}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": target_group}],
        Tags=tag_list(env.tags),
    )
    web_acl = _web_acl(aws, env)
    aws.client("wafv2").associate_web_acl(WebACLArn=web_acl, ResourceArn=load_balancer)
    return Edge(load_balancer, target_group, certificate, expiry, web_acl)


def _load_balancer(aws: Aws, env: Environment, network: Network) -> str:
    elb = aws.client("elbv2")
    arn = elb.create_load_balancer(
        Name=f"{env.prefix}-alb",
        Subnets=list(network.public),
        SecurityGroups=[network.alb_group],
        Scheme="internet-facing",
        Type="application",
        Tags=tag_list(env.tags),
    )["LoadBalancers"][0]["LoadBalancerArn"]
    wanted = {
        "deletion_protection.enabled": str(env.production).lower(),
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": f"{env.prefix}-logs",
        "access_logs.s3.prefix": "alb",
        "routing.http2.enabled": "true",
        "routing.http.drop_invalid_header_fields.enabled": "true",
    }
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": key, "Value": value} for key, value in wanted.items()]
    )
    return str(arn)


def _target_group(aws: Aws, env: Environment, network: Network) -> str:
    elb = aws.client("elbv2")
    arn = elb.create_target_group(
        Name=f"{env.prefix}-api",
        Protocol="HTTP",
        Port=3000,
        VpcId=network.vpc,
        TargetType="ip",
        HealthCheckPath="/health",
        Tags=tag_list(env.tags),
    )["TargetGroups"][0]["TargetGroupArn"]
    # Where no service of ECS runs, one host stands by.
    targets = [{"Id": f"10.0.{10 + index}.20", "Port": 3000} for index in range(max(env.tasks, 1))]
    elb.register_targets(TargetGroupArn=arn, Targets=targets)
    return str(arn)


def _web_acl(aws: Aws, env: Environment) -> str:
    waf = aws.client("wafv2")
    arn = waf.create_web_acl(
        Name=env.prefix,
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        Rules=[_managed("AWSManagedRulesCommonRuleSet", 1), _managed("AWSManagedRulesSQLiRuleSet", 2)],
        VisibilityConfig=_visible(env.prefix),
        Tags=tag_list(env.tags),
    )["Summary"]["ARN"]
    destination = env.arn("logs", f"log-group:{web_acl_log_group(env)}")
    waf.put_logging_configuration(LoggingConfiguration={"ResourceArn": arn, "LogDestinationConfigs": [destination]})
    return str(arn)


def _managed(name: str, priority: int) -> dict[str, Any]:
    return {
        "Name": name,
        "Priority": priority,
        "Statement": {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name}},
        "OverrideAction": {"None": {}},
        "VisibilityConfig": _visible(name),
    }


def _visible(name: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}


def _certificate(aws: Aws, env: Environment, now: dt.datetime, expiry: dt.datetime) -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{env.name}.ppbe.example.gov")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(expiry)
        .sign(key, hashes.SHA256())
    )
    answer = aws.client("acm").import_certificate(
        Certificate=certificate.public_bytes(serialization.Encoding.PEM),
        PrivateKey=key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        Tags=tag_list(env.tags),
    )
    return str(answer["CertificateArn"])
