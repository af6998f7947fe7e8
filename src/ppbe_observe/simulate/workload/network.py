"""AWS/NATGateway and AWS/VPN.

Source: VPC user guide, "NAT gateway metrics and dimensions"; Site-to-Site VPN user guide, "VPN metrics and dimensions".
"""

from collections.abc import Iterator

from ppbe_observe.simulate.estate.build import Deployment
from ppbe_observe.simulate.plane.series import Series
from ppbe_observe.simulate.plane.signals import Level, Volume
from ppbe_observe.simulate.workload.maker import Maker, Reported

NAT = "AWS/NATGateway"
VPN = "AWS/VPN"
_TUNNELS = ("203.0.113.17", "203.0.113.41")  # TEST-NET-3, RFC 5737
_COUNT, _BYTES = "Count", "Bytes"


def network_series(make: Maker, deployment: Deployment) -> Iterator[Series]:
    """Every NAT gateway; the VPN and both its tunnels."""
    scope = deployment.env.name
    for gateway in deployment.network.nat_gateways:
        yield from make.all(NAT, _nat(), {"NatGatewayId": gateway}, scope=scope)
    yield from make.all(VPN, _tunnel(), {"VpnId": deployment.network.vpn}, scope=scope)
    for address in _TUNNELS:
        vpn = deployment.network.vpn
        yield from make.all(VPN, _tunnel(), {"TunnelIpAddress": address}, scope=scope, key=(vpn, address))


def _nat() -> tuple[Reported, ...]:
    bytes_and_packets = {
        "InFromDestination": 9e6,
        "InFromSource": 1.6e6,
        "OutToDestination": 1.6e6,
        "OutToSource": 9e6,
    }
    return (
        Reported("ActiveConnectionCount", _COUNT, Level(4.0, 60.0, 5.0, whole=True)),
        Reported("ConnectionAttemptCount", _COUNT, Volume(90.0)),
        Reported("ConnectionEstablishedCount", _COUNT, Volume(89.0)),
        Reported("ErrorPortAllocation", _COUNT, Level(0.0)),
        Reported("IdleTimeoutCount", _COUNT, Volume(6.0)),
        Reported("PacketsDropCount", _COUNT, Level(0.0)),
        Reported("PeakBytesPerSecond", _BYTES, Level(40e3, 900e3, 30e3)),
        Reported("PeakPacketsPerSecond", _COUNT, Level(60.0, 1100.0, 50.0)),
        *(Reported(f"Bytes{way}", _BYTES, Volume(rate)) for way, rate in bytes_and_packets.items()),
        *(Reported(f"Packets{way}", _COUNT, Volume(rate / 900)) for way, rate in bytes_and_packets.items()),
    )


def _tunnel() -> tuple[Reported, ...]:
    return (
        Reported("TunnelState", "None", Level(1.0)),
        Reported("TunnelDataIn", _BYTES, Volume(2.4e6)),
        Reported("TunnelDataOut", _BYTES, Volume(5.1e6)),
    )
