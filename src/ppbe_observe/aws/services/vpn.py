"""Site-to-site VPN connections (EC2). I/O.

The one place where facts are not all that AWS returned: the pre-shared keys of the tunnels are left out.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, labels, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

_CONNECTION = "ec2:vpn-connection"
_DESCRIBE = "ec2:DescribeVpnConnections"


def _connections(context: GatherContext) -> Iterator[Resource]:
    ec2: EC2Client = context.client("ec2")
    answer = context.ask(_DESCRIBE, ec2.describe_vpn_connections)  # EC2 does not page it
    told = provenance(_DESCRIBE, answer)
    for each in answer["VpnConnections"]:
        if each["State"] == "deleted":
            continue
        identifier = each["VpnConnectionId"]
        yield Resource(
            context.arn("ec2", f"vpn-connection/{identifier}"),
            _CONNECTION,
            context.target,
            (("VpnId", identifier),),
            labels(each.get("Tags")),
            facts=_without_keys(each),
            source=told,
        )


def _without_keys(connection: Mapping[str, Any]) -> dict[str, Any]:
    facts = {key: value for key, value in connection.items() if key != "CustomerGatewayConfiguration"}
    if options := facts.get("Options"):
        tunnels = [
            {key: value for key, value in tunnel.items() if key != "PreSharedKey"}
            for tunnel in options.get("TunnelOptions", ())
        ]
        facts["Options"] = {**options, "TunnelOptions": tunnels}
    return facts


GATHERERS = (Gatherer("ec2", (_CONNECTION,), (_DESCRIBE,), _connections),)
DETAILS: tuple[Detail, ...] = ()
