"""Site-to-site VPN: the tunnels to the agency.

Source: Site-to-Site VPN user guide, "VPN metrics and dimensions".
"""

from ppbe_observe.cloudwatch import AVERAGE, FIVE_MINUTES, MAXIMUM, MINIMUM, SUM, Exporter, Metric

EXPORTER = Exporter(
    namespace="AWS/VPN",
    resources="ec2:vpn-connection",
    dimensions=(("VpnId",), ("VpnId", "TunnelIpAddress")),
    period=FIVE_MINUTES,
    metrics=(
        Metric(
            "TunnelState",
            AVERAGE,
            MINIMUM,
            MAXIMUM,
            help="1 where the tunnel is up, 0 where it is down; of a connection between, where one of two is down.",
        ),
        Metric("TunnelDataIn", SUM, help="Bytes received through the tunnel, IPsec overhead included."),
        Metric("TunnelDataOut", SUM, help="Bytes sent through the tunnel, IPsec overhead included."),
    ),
    info={
        "state": "State",
        "type": "Type",
        "customer_gateway_id": "CustomerGatewayId",
        "vpn_gateway_id": "VpnGatewayId",
        "transit_gateway_id": "TransitGatewayId",
    },
)
