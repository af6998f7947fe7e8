"""Load balancers, listeners and target groups on a moto server."""

from typing import Any

from support.gathering import LocalSession, answer

STRONG = "ELBSecurityPolicy-TLS13-1-2-2021-06"
TO_HTTPS = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
FORBIDDEN = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}

LIST = "elasticloadbalancing:DescribeLoadBalancers"
LISTENERS = "elasticloadbalancing:DescribeListeners"
RULES = "elasticloadbalancing:DescribeRules"


def balancer(session: LocalSession, name: str = "ppbe", kind: str = "application", zones: str = "ab") -> str:
    ec2, elbv2 = session.client("ec2"), session.client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"us-gov-west-1{zone}")
        for number, zone in enumerate(zones)
    ]
    made = elbv2.create_load_balancer(Name=name, Type=kind, Subnets=[each["Subnet"]["SubnetId"] for each in subnets])
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def group(session: LocalSession, name: str = "api", **changed: Any) -> str:
    vpc = session.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    given = {"Name": name, "Protocol": "HTTP", "Port": 3000, "VpcId": vpc, "TargetType": "ip", **changed}
    return str(session.client("elbv2").create_target_group(**given)["TargetGroups"][0]["TargetGroupArn"])


def forward(session: LocalSession, **changed: Any) -> dict[str, Any]:
    return {"Type": "forward", "TargetGroupArn": group(session, **changed)}


def listen(session: LocalSession, arn: str, protocol: str, port: int, *actions: dict[str, Any], **extra: Any) -> str:
    made = session.client("elbv2").create_listener(
        LoadBalancerArn=arn, Protocol=protocol, Port=port, DefaultActions=list(actions) or [FORBIDDEN], **extra
    )
    return str(made["Listeners"][0]["ListenerArn"])


def secure(session: LocalSession, arn: str, policy: str = STRONG, port: int = 443) -> None:
    certificate = session.client("acm").request_certificate(DomainName="ppbe.example.gov")["CertificateArn"]
    listen(session, arn, "HTTPS", port, SslPolicy=policy, Certificates=[{"CertificateArn": certificate}])


def secure_network(session: LocalSession, policy: str = STRONG) -> str:
    """A network load balancer that ends TLS."""
    arn = balancer(session, kind="network")
    certificate = session.client("acm").request_certificate(DomainName="ppbe.example.gov")["CertificateArn"]
    behind = forward(session, Protocol="TCP")
    listen(session, arn, "TLS", 443, behind, SslPolicy=policy, Certificates=[{"CertificateArn": certificate}])
    return arn


def gateway(session: LocalSession) -> str:
    """A gateway load balancer; moto gives its listener a protocol, AWS neither protocol nor port."""
    arn = balancer(session, kind="gateway")
    listener = f"<ListenerArn>{arn.replace(':loadbalancer/', ':listener/')}/1</ListenerArn>"
    member = f"<member>{listener}<LoadBalancerArn>{arn}</LoadBalancerArn><DefaultActions/></member>"
    result = f"<DescribeListenersResult><Listeners>{member}</Listeners></DescribeListenersResult>"
    body = f"<DescribeListenersResponse>{result}</DescribeListenersResponse>"
    session.faults[LISTENERS] = lambda: answer(200, body)
    return arn
