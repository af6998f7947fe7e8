"""Rows of the network: the VPNs to the agency, and the firewall in front of the load balancers."""

from alerts import vpn as vpn_alerts
from alerts import waf as waf_alerts
from alerts._shared import REQUESTS, WHOLE_BALANCER
from dashboards._network import (
    ACL,
    ALL_RULES,
    BLOCKED,
    BLOCKED_SHARE,
    BOTH,
    CONNECTION,
    FIREWALLS,
    NAT,
    NOTHING_BLOCKED,
    ONE_RULE,
    VPN,
    acls,
    called,
    connections,
    judged,
    tunnels,
)
from exporters import vpn, waf
from ppbe_observe.cloudwatch import AVERAGE, MAXIMUM, MINIMUM
from ppbe_observe.grafana import (
    BAD,
    BARS,
    GOOD,
    WARN,
    Column,
    Query,
    Row,
    State,
    StateTimeline,
    Table,
    TimeSeries,
    Unit,
    below,
    dashboard,
    limits,
)

VPN_ALERTS, WAF_ALERTS = vpn_alerts.GROUP.alerts, waf_alerts.GROUP.alerts
TUNNELS_UP = f"ceil({tunnels(MAXIMUM)}) + floor({tunnels(MINIMUM)})"
"""2 where both were up all the time, 0 where none was at any; of a connection CloudWatch reports a fraction."""
OUTCOME = waf.EXPORTER.counter_name
BY_ACL = "account_id, region, dimension_WebACL"
SEEN = f"sum by ({BY_ACL}) ({judged(waf_alerts.ALLOWED, '20m')})"
BALANCERS = f"increase({NAT(REQUESTS, WHOLE_BALANCER)}[20m])"
ASKED = (
    f'sum by ({BY_ACL}) (label_replace({BALANCERS}, "dimension_WebACL", "$1", "dimension_LoadBalancer", '
    '"app/(.+)-alb/.+"))'
)
"""Requests of the load balancer that is called as the web ACL is, which is how WafNotCounting joins them."""


def data(metric: str) -> str:
    """Bytes a second through both tunnels; CloudWatch adds them up every five minutes."""
    return f"rate({VPN(vpn.EXPORTER.counter_name(metric), BOTH)}[15m])"


def outcomes(metric: str, rules: str = ALL_RULES) -> str:
    """Requests a second of each web ACL that ended this way."""
    return f"rate({acls(OUTCOME(metric), rules)}[$__rate_interval])"


TUNNELS = Row(
    "VPN to the agency",
    (
        StateTimeline(
            title="Tunnels",
            description="One tunnel may be down while AWS replaces its end; both, and the agency is cut off.",
            queries=(connections(TUNNELS_UP),),
            states=(State(2, "both up", GOOD), State(1, "one up", WARN), State(0, "down", BAD)),
            height=6,
            empty="there is no VPN.",
        ),
        Table(
            title="VPN connections",
            description="Whose ends they are, and what goes through them. The one with fewest tunnels up is first.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "count by (name, account_id, region, tag_Environment, connection, type, customer_gateway_id, "
                    f"vpn_gateway_id, state) ({called('connection', 'dimension_VpnId', VPN(VPN.series))})"
                ),
                Query(f"2 * avg by (name) ({tunnels(AVERAGE)})"),
                Query(f"avg by (name) ({data('TunnelDataIn')}) / 1024"),
                Query(f"avg by (name) ({data('TunnelDataOut')}) / 1024"),
            ),
            columns=(
                Column("connection", "Connection"),
                Column("tag_Environment", "Environment"),
                Column("account_id", "Account"),
                Column("region", "Region"),
                Column("state", "State"),
                Column("type", "Type"),
                Column("customer_gateway_id", "Customer gateway"),
                Column("vpn_gateway_id", "VPN gateway"),
                Column(1, "Tunnels up", limits(VPN_ALERTS, "VpnDown", "VpnTunnelDown", scale=2)),
                Column(2, "In, KiB a second"),
                Column(3, "Out, KiB a second"),
            ),
            sort="Tunnels up",
            descending=False,
            decimals=1,
            height=7,
            empty="there is no VPN.",
        ),
        TimeSeries(
            title="Through the tunnels",
            description="Bytes a second, overhead of IPsec included. Up and silent: a route or the other end is wrong.",
            unit=Unit.BYTES_PER_SECOND,
            queries=(
                connections(data("TunnelDataIn"), f"{CONNECTION}: in"),
                connections(data("TunnelDataOut"), f"{CONNECTION}: out"),
            ),
            width=12,
            minimum=0,
            empty="there is no VPN.",
        ),
        TimeSeries(
            title="Ups and downs in three hours",
            description="A replacement by AWS is two changes; more are an unstable line, or a rekey that fails.",
            unit=Unit.COUNT,
            queries=(connections(f"changes({tunnels(MINIMUM)}[3h])"),),
            thresholds=limits(VPN_ALERTS, "VpnTunnelFlaps"),
            width=12,
            minimum=0,
            empty="there is no VPN.",
        ),
    ),
)

FIREWALL = Row(
    "Firewall (WAF)",
    (
        Table(
            title="Web ACLs",
            description="What each, called as its environment, let through and stopped lately. Most blocked first.",
            unit=Unit.COUNT,
            queries=(
                Query(f"count by (name, account_id, region, acl) ({acls(FIREWALLS.series)})"),
                Query(f"60 * avg by (name) ({outcomes('AllowedRequests')})"),
                Query(f"avg by (name) ({BLOCKED})"),
                Query(f"100 * avg by (name) ({BLOCKED_SHARE})"),
            ),
            columns=(
                Column("acl", "Web ACL"),
                Column("account_id", "Account"),
                Column("region", "Region"),
                Column(1, "Let through a minute"),
                Column(2, "Blocked in 15 minutes", limits(WAF_ALERTS, "WafBlockedJump")),
                Column(3, "Blocked, %", limits(WAF_ALERTS, "WafBlocksUsers", scale=100)),
            ),
            sort="Blocked in 15 minutes",
            decimals=1,
            height=7,
            empty=NOTHING_BLOCKED,
        ),
        TimeSeries(
            title="Let through",
            description="Requests a second. Halved while more are blocked: a rule stops users.",
            unit=Unit.REQUESTS_PER_SECOND,
            queries=(Query(outcomes("AllowedRequests"), ACL),),
            minimum=0,
            empty="nobody asked for anything.",
        ),
        TimeSeries(
            title="Share that is blocked",
            description="Of the requests of 15 minutes. The estate blocks 0.6 %: scanners.",
            unit=Unit.RATIO,
            queries=(Query(BLOCKED_SHARE, ACL),),
            thresholds=limits(WAF_ALERTS, "WafBlocksUsers"),
            minimum=0,
            empty=NOTHING_BLOCKED,
        ),
        TimeSeries(
            title="Blocked in 15 minutes",
            description="Requests. A jump is an attack, or a new rule or version of one that blocks users.",
            unit=Unit.COUNT,
            queries=(Query(BLOCKED, ACL),),
            thresholds=limits(WAF_ALERTS, "WafBlockedJump"),
            minimum=0,
            empty=NOTHING_BLOCKED,
        ),
        TimeSeries(
            title="Blocked by rule",
            description="Requests a second that each rule stopped: which attack, or which rule to look at.",
            unit=Unit.REQUESTS_PER_SECOND,
            queries=(Query(outcomes("BlockedRequests", ONE_RULE), f"{ACL}: {{{{dimension_Rule}}}}"),),
            draw=BARS,
            stacked=True,
            minimum=0,
            empty=NOTHING_BLOCKED,
        ),
        TimeSeries(
            title="Counted and challenged",
            description="Requests a second that met a rule which only counts, or had to prove a person or browser.",
            unit=Unit.REQUESTS_PER_SECOND,
            queries=(
                Query(outcomes("CountedRequests"), f"{ACL}: counted"),
                Query(outcomes("CaptchaRequests"), f"{ACL}: CAPTCHA"),
                Query(outcomes("ChallengeRequests"), f"{ACL}: challenged"),
            ),
            minimum=0,
            empty="no rule counts, asks for a CAPTCHA or challenges.",
        ),
        TimeSeries(
            title="Seen by the firewall",
            description="Requests that it let through, of those that reached a target, in 20 minutes. At 0 it is off.",
            unit=Unit.RATIO,
            queries=(Query(f"{SEEN} / ({ASKED} > 0)", ACL),),
            thresholds=(below(0.5, WARN),),
            links=(dashboard("alb", "Load balancers (ALB)"),),
            minimum=0,
            empty="nobody asked for anything.",
        ),
    ),
)
