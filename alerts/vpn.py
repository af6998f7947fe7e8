"""The VPN to the agency: two tunnels a connection, one of which may be down for AWS' maintenance."""

from alerts._examples import example, resource
from exporters import vpn
from ppbe_observe.alerting import HOUR, MINUTE, PAGE, RATIO, TICKET, Alert, RuleGroup

STATE = vpn.EXPORTER.series_name
WHOLE = '{dimension_TunnelIpAddress=""}'
CONNECTION = resource("ec2", "vpn-connection/vpn-b8d0997a8db6afe76", VpnId="vpn-b8d0997a8db6afe76")

GROUP = RuleGroup(
    rules=(
        Alert(
            name="VpnDown",
            expr=f"{STATE('TunnelState', 'Maximum')}{WHOLE} == 0",
            severity=PAGE,
            owner="sre",
            summary="Both tunnels of a VPN are down",
            description="No tunnel of {name} is up: the agency cannot reach the system through it.",
            reason="Site-to-Site VPN user guide, 'VPN metrics and dimensions', TunnelState: of a connection 0 means "
            "that all its tunnels are down. Datapoints come every five minutes; ten minutes are two of them.",
            lasts=10 * MINUTE,
            keeps=10 * MINUTE,
        ),
        Alert(
            name="VpnTunnelDown",
            expr=f"0 < {STATE('TunnelState', 'Average')}{WHOLE} < 1",
            severity=TICKET,
            owner="sre",
            summary="One tunnel of a VPN is down",
            description="Only {value} of the tunnels of {name} is up: the next fault cuts the agency off.",
            reason="Site-to-Site VPN user guide, 'VPN tunnel endpoint replacements': AWS replaces one endpoint at a "
            "time, which takes minutes. What is down for an hour is a fault, or the other end does not use it.",
            unit=RATIO,
            lasts=HOUR,
            runbook="VpnDown",
            example=example(
                CONNECTION,
                {STATE("TunnelState", "Average"): 0.5},
                {STATE("TunnelState", "Average"): 1},
                0.5,
            ),
        ),
        Alert(
            name="VpnTunnelFlaps",
            expr=f"changes({STATE('TunnelState', 'Minimum')}{WHOLE}[3h]) > 6",
            severity=TICKET,
            owner="sre",
            summary="A tunnel of a VPN goes up and down",
            description="The tunnels of {name} changed {value} times in three hours (threshold {threshold}).",
            reason="A replacement is two changes. More than three losses in three hours are an unstable line, dead "
            "peer detection without traffic, or a rekey that fails (Site-to-Site VPN user guide, 'Tunnel options').",
            lasts=15 * MINUTE,
            runbook="VpnDown",
            example=example(
                CONNECTION,
                {STATE("TunnelState", "Minimum"): " ".join(["1x5 0x5"] * 20)},
                {STATE("TunnelState", "Minimum"): "1x60 0x60 1x60"},
                9,
                begins=42 * MINUTE,
            ),
        ),
    )
)
