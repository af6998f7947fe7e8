"""Load balancers and target groups (Elastic Load Balancing v2). I/O.

CloudWatch files only application load balancers under AWS/ApplicationELB: those of other types, and target groups
that no application load balancer uses, have no dimensions.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.gather.gatherer import Gatherer
from ppbe_observe.model import Labels, Resource

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client

_LOAD_BALANCER = "elasticloadbalancing:loadbalancer"
_TARGET_GROUP = "elasticloadbalancing:targetgroup"
_DESCRIBE_LOAD_BALANCERS = "elasticloadbalancing:DescribeLoadBalancers"
_DESCRIBE_TARGET_GROUPS = "elasticloadbalancing:DescribeTargetGroups"


def _load_balancers(context: GatherContext) -> Iterator[Resource]:
    elbv2: ElasticLoadBalancingv2Client = context.client("elbv2")
    pages = elbv2.get_paginator("describe_load_balancers").paginate()
    for page in context.pages(_DESCRIBE_LOAD_BALANCERS, pages):
        for each in page["LoadBalancers"]:
            arn = each["LoadBalancerArn"]
            yield Resource(arn, _LOAD_BALANCER, context.target, _balancer_dimensions(each), facts=each)


def _target_groups(context: GatherContext) -> Iterator[Resource]:
    elbv2: ElasticLoadBalancingv2Client = context.client("elbv2")
    pages = elbv2.get_paginator("describe_target_groups").paginate()
    for page in context.pages(_DESCRIBE_TARGET_GROUPS, pages):
        for each in page["TargetGroups"]:
            yield Resource(each["TargetGroupArn"], _TARGET_GROUP, context.target, _group_dimensions(each), facts=each)


def _balancer_dimensions(balancer: Mapping[str, Any]) -> Labels:
    return (_filed_under(balancer["LoadBalancerArn"]),) if balancer.get("Type") == "application" else ()


def _group_dimensions(group: Mapping[str, Any]) -> Labels:
    # Only application load balancers speak HTTP; a Lambda target, theirs too, has no protocol.
    if group.get("Protocol", "HTTP") not in {"HTTP", "HTTPS"}:
        return ()
    own = ("TargetGroup", group["TargetGroupArn"].rpartition(":")[2])
    # At most one: "You can use each target group with only one load balancer" (API reference, TargetGroup).
    return next(((own, _filed_under(arn)) for arn in group.get("LoadBalancerArns", ())), ())


def _filed_under(balancer_arn: str) -> tuple[str, str]:
    return ("LoadBalancer", balancer_arn.partition(":loadbalancer/")[2])


LOAD_BALANCERS = Gatherer(
    "elbv2", (_LOAD_BALANCER,), (_DESCRIBE_LOAD_BALANCERS,), _load_balancers, tagged_as="elasticloadbalancing"
)
TARGET_GROUPS = Gatherer(
    "elbv2", (_TARGET_GROUP,), (_DESCRIBE_TARGET_GROUPS,), _target_groups, tagged_as="elasticloadbalancing"
)
