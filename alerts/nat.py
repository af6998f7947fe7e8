"""NAT gateways: ports, connections and drops on the way out of the private subnets."""

from alerts._examples import example, resource
from exporters import nat
from ppbe_observe.alerting import MINUTE, PAGE, RATIO, TICKET, Alert, RuleGroup

COUNTER = nat.EXPORTER.counter_name
ERRORS = COUNTER("ErrorPortAllocation")
DROPS = COUNTER("PacketsDropCount")
ATTEMPTS = COUNTER("ConnectionAttemptCount")
ESTABLISHED = COUNTER("ConnectionEstablishedCount")
FROM_INSIDE, FROM_OUTSIDE = COUNTER("PacketsInFromSource"), COUNTER("PacketsInFromDestination")
ACTIVE = nat.EXPORTER.series_name("ActiveConnectionCount", "Maximum")
INFO_SERIES = "aws_natgateway_info"

GATEWAY = resource("ec2", "natgateway/nat-94b0fbcd1c5b29c29", NatGatewayId="nat-94b0fbcd1c5b29c29")

GROUP = RuleGroup(
    rules=(
        Alert(
            name="NatPortsExhausted",
            expr=f"increase({ERRORS}[5m]) > 0",
            severity=PAGE,
            owner="sre",
            summary="A NAT gateway is out of source ports",
            description="{name} could not allocate a port {value} times in five minutes: calls to the outside fail.",
            reason="VPC user guide, 'NAT gateway metrics and dimensions', ErrorPortAllocation: above 0 there are too "
            "many connections to one destination. Fifteen minutes, as AWS recommends for its own alarm, leave out a "
            "burst.",
            lasts=15 * MINUTE,
            keeps=10 * MINUTE,
            runbook="NatConnections",
            example=example(GATEWAY, {ERRORS: "0+5x150"}, {ERRORS: "7x150"}, 25, begins=MINUTE),
        ),
        Alert(
            name="NatConnectionsHigh",
            expr=f"{ACTIVE} > 44000",
            severity=TICKET,
            owner="sre",
            summary="A NAT gateway has many connections",
            description="{name} holds {value} connections (threshold {threshold}); it takes 55,000 to one destination.",
            reason="80 % of 55,000 for each unique destination and address: VPC user guide, 'NAT gateway basics'. "
            "Most of the API's calls go to few destinations.",
            lasts=15 * MINUTE,
            runbook="NatConnections",
        ),
        Alert(
            name="NatConnectionsFail",
            expr=f"increase({ESTABLISHED}[15m]) / increase({ATTEMPTS}[15m]) < 0.5 and increase({ATTEMPTS}[15m]) > 100",
            severity=TICKET,
            owner="sre",
            summary="Connections through a NAT gateway are not answered",
            description="Only {value} of the connections through {name} were established (threshold {threshold}).",
            reason="VPC user guide, 'NAT gateway metrics and dimensions': fewer established than attempted means that "
            "the other side, an ACL or a firewall does not answer. Half of at least a hundred is no single bad "
            "destination.",
            unit=RATIO,
            lasts=15 * MINUTE,
            example=example(
                GATEWAY,
                {ESTABLISHED: "0+20x150", ATTEMPTS: "0+100x150"},
                {ESTABLISHED: "0+90x150", ATTEMPTS: "0+100x150"},
                0.2,
                begins=2 * MINUTE,
            ),
        ),
        Alert(
            name="NatPacketsDropped",
            expr=f"increase({DROPS}[15m]) / (increase({FROM_INSIDE}[15m]) + increase({FROM_OUTSIDE}[15m])) > 0.0001 "
            f"and increase({DROPS}[15m]) > 100",
            severity=TICKET,
            owner="sre",
            summary="A NAT gateway drops packets",
            description="{name} dropped {value} of its packets in 15 minutes (threshold {threshold}).",
            reason="VPC user guide, 'NAT gateway metrics and dimensions', PacketsDropCount: above 0.01 % of the "
            "traffic AWS has a fault. At least a hundred, so that an idle gateway keeps quiet.",
            unit=RATIO,
            lasts=15 * MINUTE,
            example=example(
                GATEWAY,
                {DROPS: "0+100x150", FROM_INSIDE: "0+5000x150", FROM_OUTSIDE: "0+5000x150"},
                {DROPS: "0+100x150", FROM_INSIDE: "0+1000000x150", FROM_OUTSIDE: "0+1000000x150"},
                0.01,
                begins=2 * MINUTE,
            ),
        ),
        Alert(
            name="NatGatewayFailed",
            expr=f'{INFO_SERIES}{{state="failed"}} == 0',
            severity=PAGE,
            owner="sre",
            summary="A NAT gateway has failed",
            description="{name} is {state}: the subnets of its zone have no way out.",
            reason="VPC user guide, 'Troubleshoot NAT gateways': a failed gateway is deleted after an hour and does "
            "not come back.",
            lasts=5 * MINUTE,
            runbook="NatConnectionsFail",
            example=example(
                GATEWAY,
                {f'{INFO_SERIES}{{state="failed"}}': 0},
                {f'{INFO_SERIES}{{state="available"}}': 0},
                0,
                result={**GATEWAY, "state": "failed"},
            ),
        ),
    )
)
