"""Networks: VPCs, flow logs, security groups, subnets, network ACLs, endpoints; EBS of a region (EC2). I/O.

Describe calls do not give most of these ARNs: they are made of the owner, since a shared network belongs to another
account than the one that is asked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore import xform_name

from ppbe_observe.aws.gather.context import GatherContext, labels, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

# The most that these calls take; EC2 asks for pages, since a whole answer may time out (API reference, "Pagination").
_PAGE = 1000


@dataclass(frozen=True, slots=True)
class _Listing:
    """One describe call: what it is called, the list in its answer, and the identifier in each item.

    ``kind`` is also what the ARN says: ``ec2:vpc-flow-log`` is ``arn:aws:ec2:REGION:OWNER:vpc-flow-log/ID``.
    """

    kind: str
    operation: str
    items: str
    identifier: str

    def gather(self, context: GatherContext) -> Iterator[Resource]:
        """Every one of them, with its tags."""
        paginator = context.client("ec2").get_paginator(xform_name(self.operation.partition(":")[2]))
        for page in context.pages(self.operation, paginator.paginate(PaginationConfig={"PageSize": _PAGE})):
            told = provenance(self.operation, page)
            for each in page[self.items]:
                tags = labels(each.get("Tags"))
                yield Resource(self._arn(each, context), self.kind, context.target, tags=tags, facts=each, source=told)

    def _arn(self, item: Mapping[str, Any], context: GatherContext) -> str:
        target = context.target
        owner = item.get("OwnerId", target.account_id)  # flow logs have none: only one's own are listed
        kind = self.kind.partition(":")[2]
        return f"arn:{target.partition}:ec2:{target.region}:{owner}:{kind}/{item[self.identifier]}"


_LISTINGS = (
    _Listing("ec2:vpc", "ec2:DescribeVpcs", "Vpcs", "VpcId"),
    _Listing("ec2:vpc-flow-log", "ec2:DescribeFlowLogs", "FlowLogs", "FlowLogId"),
    _Listing("ec2:security-group", "ec2:DescribeSecurityGroups", "SecurityGroups", "GroupId"),
    _Listing("ec2:subnet", "ec2:DescribeSubnets", "Subnets", "SubnetId"),
    _Listing("ec2:network-acl", "ec2:DescribeNetworkAcls", "NetworkAcls", "NetworkAclId"),
    _Listing("ec2:vpc-endpoint", "ec2:DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId"),
)


def _nothing(_region: Resource) -> Mapping[str, Any]:
    return {}


GATHERERS = tuple(Gatherer("ec2", (each.kind,), (each.operation,), each.gather) for each in _LISTINGS)
DETAILS = (Detail("ec2", "aws:region", "ec2:GetEbsEncryptionByDefault", _nothing),)
