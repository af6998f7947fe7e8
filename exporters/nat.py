"""NAT gateways: the way out of the private subnets.

Source: VPC user guide, "NAT gateway metrics and dimensions".
"""

from ppbe_observe.cloudwatch import AVERAGE, MAXIMUM, MINUTE, SUM, Exporter, Fact, Metric

EXPORTER = Exporter(
    namespace="AWS/NATGateway",
    resources="ec2:natgateway",
    dimensions=("NatGatewayId",),
    period=MINUTE,
    metrics=(
        Metric(
            "ActiveConnectionCount",
            AVERAGE,
            MAXIMUM,
            help="Concurrent TCP connections. A gateway takes 55,000 to each destination.",
        ),
        Metric("ConnectionAttemptCount", SUM, help="Connections that were attempted in the period."),
        Metric(
            "ConnectionEstablishedCount",
            SUM,
            help="Connections that were established in the period. Far fewer than attempted: nobody answers.",
        ),
        Metric(
            "ErrorPortAllocation",
            SUM,
            nil_to_zero=True,
            help="Times that no source port was free. Any: too many connections to one destination, and calls fail.",
        ),
        Metric("IdleTimeoutCount", SUM, help="Connections that were idle for 350 s and were dropped."),
        Metric(
            "PacketsDropCount",
            SUM,
            nil_to_zero=True,
            help="Packets that the gateway dropped. Any steady number is a fault of the gateway or its capacity.",
        ),
        Metric("BytesInFromDestination", SUM, help="Bytes received from the destinations."),
        Metric("BytesInFromSource", SUM, help="Bytes received from the VPC."),
        Metric("BytesOutToDestination", SUM, help="Bytes sent to the destinations. What leaves the system."),
        Metric("BytesOutToSource", SUM, help="Bytes sent to the VPC."),
        Metric("PacketsInFromDestination", SUM, help="Packets received from the destinations."),
        Metric("PacketsInFromSource", SUM, help="Packets received from the VPC."),
        Metric("PacketsOutToDestination", SUM, help="Packets sent to the destinations."),
        Metric("PacketsOutToSource", SUM, help="Packets sent to the VPC."),
        Metric("PeakBytesPerSecond", MAXIMUM, help="Highest ten-second average of bytes a second in the minute."),
        Metric("PeakPacketsPerSecond", MAXIMUM, help="Highest ten-second average of packets a second in the minute."),
    ),
    info={"state": "State", "vpc_id": "VpcId", "subnet_id": "SubnetId", "connectivity": "ConnectivityType"},
    facts=(Fact("CreateTime", "created_timestamp_seconds", help="When it was created, in seconds since the epoch."),),
)
