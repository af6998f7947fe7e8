"""The network: does traffic leave the VPC, is the agency connected, what does the firewall stop, what does it cost.

The thresholds are those of the alerts in alerts/nat.py, vpn.py and waf.py.
"""

from alerts import nat as nat_alerts
from alerts import waf as waf_alerts
from dashboards._network import (
    BILLED,
    BLOCKED_SHARE,
    COUNTER,
    DROPPED,
    ESTABLISHED,
    GATEWAY,
    NAT,
    NOTHING_BLOCKED,
    called,
    counted,
    gateways,
    rate,
    tunnels,
)
from dashboards._network_edges import FIREWALL, TUNNELS
from dashboards._shared import MARKS, PLACE, number, some
from exporters import nat
from ppbe_observe.cloudwatch import AVERAGE, MAXIMUM
from ppbe_observe.grafana import (
    BAD,
    NOTE,
    WARN,
    Column,
    Dashboard,
    Query,
    Row,
    Table,
    TimeSeries,
    Unit,
    above,
    alert_table,
    dashboard,
    limits,
)

METRIC = nat.EXPORTER.series_name
ALERTS = nat_alerts.GROUP.alerts
ACTIVE = NAT(nat_alerts.ACTIVE)
OUT = f"sum by (tag_Environment) (increase({NAT(COUNTER('BytesOutToDestination'))}[1h]))"
DAY_BEFORE = f"sum by (tag_Environment) (increase({NAT(COUNTER('BytesOutToDestination'))}[1h] offset 1d))"
GIB = 1 << 30
PORT_LIMITS = limits(ALERTS, "NatPortsExhausted")
NO_CONNECTIONS = "nothing connects to the outside."

GLANCE = Row(
    "At a glance",
    (
        number(
            "Gateways not available",
            "NAT gateways that are being made, deleted or have failed: their subnets may have no way out.",
            Unit.COUNT,
            some(NAT(NAT.series, 'state!="available"'), NAT(NAT.series)),
            above(1, WARN),
        ),
        number(
            "Ports refused",
            "Connections of five minutes for which no source port was free: calls to the outside fail.",
            Unit.COUNT,
            f"max({counted(nat_alerts.ERRORS, '5m')})",
            *PORT_LIMITS,
        ),
        number(
            "VPNs down",
            "Connections with no tunnel up: the agency's network is cut off.",
            Unit.COUNT,
            some(f"{tunnels(MAXIMUM)} == 0", tunnels(MAXIMUM)),
            above(1, BAD),
        ),
        number(
            "VPNs on one tunnel",
            "The next fault cuts the agency off. Normal for minutes, while AWS replaces one end.",
            Unit.COUNT,
            some(f"0 < {tunnels(AVERAGE)} < 1", tunnels(AVERAGE)),
            above(1, WARN),
        ),
        number(
            "Most blocked",
            "Share of the requests of 15 minutes that the firewall stopped, where it is largest.",
            Unit.RATIO,
            f"max({BLOCKED_SHARE})",
            *limits(waf_alerts.GROUP.alerts, "WafBlocksUsers"),
            empty=NOTHING_BLOCKED,
        ),
        number(
            "Through NAT a day",
            "Bytes that AWS bills, at the rate of the last hour. Endpoints of the VPC would spare those to AWS.",
            Unit.BYTES,
            f"sum({BILLED})",
        ),
        alert_table(
            "Firing for the network",
            "Alerts of NAT gateways, VPNs and web ACLs.",
            'alertname=~"(Nat|Vpn|Waf).+"',
            *PLACE,
            height=7,
        ),
    ),
)

GATEWAYS = Row(
    "NAT gateways",
    (
        Table(
            title="NAT gateways",
            description="The way out of the private subnets, one for each zone. The busiest is first.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "count by (name, account_id, region, tag_Environment, gateway, state, vpc_id, subnet_id) "
                    f"({called('gateway', 'dimension_NatGatewayId', NAT(NAT.series))})"
                ),
                Query(f"max by (name) ({ACTIVE})"),
                Query(f"max by (name) ({counted(nat_alerts.ERRORS, '5m')})"),
                Query(f"100 * avg by (name) ({ESTABLISHED})"),
                Query(f"avg by (name) ({BILLED}) / {GIB}"),
            ),
            columns=(
                Column("gateway", "Gateway"),
                Column("tag_Environment", "Environment"),
                Column("account_id", "Account"),
                Column("region", "Region"),
                Column("state", "State"),
                Column("vpc_id", "VPC"),
                Column("subnet_id", "Subnet"),
                Column(1, "Connections", limits(ALERTS, "NatConnectionsHigh")),
                Column(2, "Ports refused", PORT_LIMITS),
                Column(3, "Established, %", limits(ALERTS, "NatConnectionsFail", scale=100)),
                Column(4, "GiB a day"),
            ),
            sort="Connections",
            decimals=2,
            height=9,
        ),
        TimeSeries(
            title="Active connections",
            description="At once. A gateway takes 55,000 to one destination; most calls go to few.",
            unit=Unit.COUNT,
            queries=(gateways(ACTIVE),),
            thresholds=limits(ALERTS, "NatConnectionsHigh"),
            minimum=0,
        ),
        TimeSeries(
            title="Ports that could not be allocated",
            description="In five minutes: too many connections to one destination. Any means that calls fail.",
            unit=Unit.COUNT,
            queries=(gateways(counted(nat_alerts.ERRORS, "5m")),),
            thresholds=PORT_LIMITS,
            minimum=0,
        ),
        TimeSeries(
            title="Connections that are answered",
            description="Of those attempted in 15 minutes. Less: the other side, an ACL or a firewall does not answer.",
            unit=Unit.RATIO,
            queries=(gateways(ESTABLISHED),),
            thresholds=limits(ALERTS, "NatConnectionsFail"),
            minimum=0,
            empty=NO_CONNECTIONS,
        ),
        TimeSeries(
            title="Attempts and idle timeouts",
            description="A second. Idle for 350 s, a connection is dropped: its next packet fails without keep-alive.",
            unit=Unit.PER_SECOND,
            queries=(
                gateways(rate(nat_alerts.ATTEMPTS), f"{GATEWAY}: attempts"),
                gateways(rate(COUNTER("IdleTimeoutCount")), f"{GATEWAY}: idle"),
            ),
            minimum=0,
        ),
        TimeSeries(
            title="Dropped packets",
            description="Of the packets of 15 minutes. Above the line AWS has a fault, or the gateway is full.",
            unit=Unit.RATIO,
            queries=(gateways(DROPPED),),
            thresholds=limits(ALERTS, "NatPacketsDropped"),
            minimum=0,
            empty="no packet went through.",
        ),
        TimeSeries(
            title="Peak throughput",
            description="The highest ten seconds of each minute. A gateway grows by itself up to 100 Gbit/s.",
            unit=Unit.BYTES_PER_SECOND,
            queries=(gateways(NAT(METRIC("PeakBytesPerSecond", MAXIMUM))),),
            minimum=0,
        ),
    ),
)

TRAFFIC = Row(
    "What goes through, and what it costs",
    (
        TimeSeries(
            title="Sent to the outside",
            description="Bytes a second that leave the system. A burst that no deployment explains: look closer.",
            unit=Unit.BYTES_PER_SECOND,
            queries=(gateways(rate(COUNTER("BytesOutToDestination"))),),
            stacked=True,
            minimum=0,
        ),
        TimeSeries(
            title="Received from the outside",
            description="Bytes a second: images, packages, answers. Images come cheaper through endpoints of the VPC.",
            unit=Unit.BYTES_PER_SECOND,
            queries=(gateways(rate(COUNTER("BytesInFromDestination"))),),
            stacked=True,
            minimum=0,
        ),
        TimeSeries(
            title="Billed a day",
            description="Bytes through each gateway, both ways, at the rate of the last hour: AWS bills every one.",
            unit=Unit.BYTES,
            queries=(gateways(BILLED),),
            stacked=True,
            minimum=0,
        ),
        TimeSeries(
            title="Sent, against the day before",
            description="Bytes that left in the last hour, of those of the same hour yesterday. 1 is as ever.",
            unit=Unit.RATIO,
            queries=(Query(f"{OUT} / ({DAY_BEFORE} > 0)", "{{tag_Environment}}"),),
            thresholds=(above(5, NOTE),),
            minimum=0,
            empty="there is nothing of the day before.",
        ),
        TimeSeries(
            title="Packets",
            description="A second, from the VPC and from the outside. Many small ones fill it before the bytes do.",
            unit=Unit.PER_SECOND,
            queries=(
                gateways(rate(nat_alerts.FROM_INSIDE), f"{GATEWAY}: from the VPC"),
                gateways(rate(nat_alerts.FROM_OUTSIDE), f"{GATEWAY}: from outside"),
            ),
            minimum=0,
        ),
        TimeSeries(
            title="Peak packet rate",
            description="The highest ten seconds of each minute. A gateway takes up to ten million a second.",
            unit=Unit.PER_SECOND,
            queries=(gateways(NAT(METRIC("PeakPacketsPerSecond", MAXIMUM))),),
            minimum=0,
        ),
    ),
)

DASHBOARD = Dashboard(
    title="Network (NAT, VPN, WAF)",
    description="For whoever is on call: does traffic leave the VPC, is a tunnel down, what does the firewall stop.",
    variables=NAT.variables,
    annotations=MARKS,
    links=(dashboard("overview", "Overview"), dashboard("alb", "Load balancers (ALB)")),
    rows=(GLANCE, TUNNELS, GATEWAYS, FIREWALL, TRAFFIC),
)
