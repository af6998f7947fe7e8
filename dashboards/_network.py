"""What the panels of the network ask with: NAT gateways, VPNs and web ACLs of the environments that are chosen."""

from alerts import nat as nat_alerts
from alerts import waf as waf_alerts
from exporters import nat, vpn, waf
from ppbe_observe.cloudwatch.naming import info_name
from ppbe_observe.grafana import Query, Scope

PLACES = ("account", "region", "environment")
NAT, VPN = (Scope(info_name(each.EXPORTER.namespace), PLACES) for each in (nat, vpn))
FIREWALLS = Scope(info_name(waf.EXPORTER.namespace), ("account", "region"))
OF_ENVIRONMENT = 'dimension_WebACL=~".*($environment).*"'
"""By its name, ``ppbe-{env}``, as alerts/waf.py joins them: whether its tags are seen or not."""
COUNTER = nat.EXPORTER.counter_name
GATEWAY, CONNECTION, ACL = "{{gateway}}", "{{connection}}", "{{dimension_WebACL}}"
BOTH = 'dimension_TunnelIpAddress=""'
"""Both tunnels of a VPN together."""
ALL_RULES, ONE_RULE = 'dimension_Rule="ALL"', 'dimension_Rule!="ALL"'
DAY = 86_400  # seconds
NOTHING_BLOCKED = "the firewall has blocked nothing."


def acls(metric: str, *matchers: str) -> str:
    """A metric of the web ACLs of the environments that are chosen."""
    return FIREWALLS(metric, OF_ENVIRONMENT, *matchers)


def rate(metric: str) -> str:
    """Events a second of each NAT gateway."""
    return f"rate({NAT(metric)}[$__rate_interval])"


def counted(metric: str, window: str = "15m") -> str:
    """Events of a window of each NAT gateway, as the alerts count them."""
    return f"increase({NAT(metric)}[{window}])"


def called(label: str, dimension: str, expr: str) -> str:
    """What it is called: by its tag Name, or by its id where it has none."""
    by_id = f'label_replace({expr}, "{label}", "$1", "{dimension}", "(.+)")'
    return f'label_replace({by_id}, "{label}", "$1", "tag_Name", "(.+)")'


def gateways(expr: str, legend: str = GATEWAY) -> Query:
    """A line for each NAT gateway."""
    return Query(called("gateway", "dimension_NatGatewayId", expr), legend)


def connections(expr: str, legend: str = CONNECTION) -> Query:
    """A line for each VPN connection."""
    return Query(called("connection", "dimension_VpnId", expr), legend)


def tunnels(statistic: str) -> str:
    """How many of both tunnels are up, of 1."""
    return VPN(vpn.EXPORTER.series_name("TunnelState", statistic), BOTH)


def judged(metric: str, window: str) -> str:
    """Requests of a window that ended one way, of each web ACL."""
    return f"increase({acls(metric, ALL_RULES)}[{window}])"


BILLED = f"(rate({NAT(COUNTER('BytesInFromSource'))}[1h]) + rate({NAT(COUNTER('BytesInFromDestination'))}[1h])) * {DAY}"
"""Each byte that goes through a gateway once, whichever way: VPC pricing, "NAT gateway", data processed."""
DROPPED = f"{counted(nat_alerts.DROPS)} / ({counted(nat_alerts.FROM_INSIDE)} + {counted(nat_alerts.FROM_OUTSIDE)} > 0)"
ESTABLISHED = f"{counted(nat_alerts.ESTABLISHED)} / ({counted(nat_alerts.ATTEMPTS)} > 0)"
BLOCKED = judged(waf_alerts.BLOCKED, "15m")
BLOCKED_SHARE = f"{BLOCKED} / ({BLOCKED} + {judged(waf_alerts.ALLOWED, '15m')} > 0)"
