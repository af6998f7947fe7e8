"""NAT gateways (EC2). I/O."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ppbe_observe.aws.gather.context import GatherContext, labels, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

_GATEWAY = "ec2:natgateway"
_DESCRIBE = "ec2:DescribeNatGateways"


def _gateways(context: GatherContext) -> Iterator[Resource]:
    ec2: EC2Client = context.client("ec2")
    for page in context.pages(_DESCRIBE, ec2.get_paginator("describe_nat_gateways").paginate()):
        told = provenance(_DESCRIBE, page)
        for each in page["NatGateways"]:
            if each["State"] == "deleted":  # EC2 shows it for another hour
                continue
            identifier = each["NatGatewayId"]
            yield Resource(
                context.arn("ec2", f"natgateway/{identifier}"),
                _GATEWAY,
                context.target,
                (("NatGatewayId", identifier),),
                labels(each.get("Tags")),
                facts=each,
                source=told,
            )


GATHERERS = (Gatherer("ec2", (_GATEWAY,), (_DESCRIBE,), _gateways),)
DETAILS: tuple[Detail, ...] = ()
