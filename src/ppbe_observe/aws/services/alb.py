"""Load balancers and target groups (Elastic Load Balancing v2). I/O.

CloudWatch files only application load balancers under AWS/ApplicationELB: those of other types, and target groups
that no application load balancer uses, have no dimensions.

Listeners, and the rules of HTTP listeners, are kinds of their own: the same load balancers, with the answers that tell
of them as details. So a listing that is denied blinds only the checks that need it, and the rules, which AWS tells
listener by listener, are asked only where there is an HTTP listener.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, code_of, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Answer, Failure, Labels, Reason, Resource

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client

_LOAD_BALANCER = "elasticloadbalancing:loadbalancer"
_WITH_LISTENERS = "elasticloadbalancing:loadbalancer-listeners"
_WITH_RULES = "elasticloadbalancing:loadbalancer-http-rules"
_TARGET_GROUP = "elasticloadbalancing:targetgroup"
_DESCRIBE_LOAD_BALANCERS = "elasticloadbalancing:DescribeLoadBalancers"
_DESCRIBE_LISTENERS = "elasticloadbalancing:DescribeListeners"
_DESCRIBE_RULES = "elasticloadbalancing:DescribeRules"
_DESCRIBE_TARGET_GROUPS = "elasticloadbalancing:DescribeTargetGroups"


def _load_balancers(context: GatherContext) -> Iterator[Resource]:
    elbv2: ElasticLoadBalancingv2Client = context.client("elbv2")
    pages = elbv2.get_paginator("describe_load_balancers").paginate()
    for page in context.pages(_DESCRIBE_LOAD_BALANCERS, pages):
        told = provenance(_DESCRIBE_LOAD_BALANCERS, page)
        for each in page["LoadBalancers"]:
            arn = each["LoadBalancerArn"]
            yield Resource(arn, _LOAD_BALANCER, context.target, _balancer_dimensions(each), facts=each, source=told)


def _with_listeners(context: GatherContext) -> Iterator[Resource]:
    elbv2: ElasticLoadBalancingv2Client = context.client("elbv2")
    paginator = elbv2.get_paginator("describe_listeners")

    def read(balancer: Resource) -> Resource | None:
        pages = paginator.paginate(LoadBalancerArn=balancer.arn)
        told = _merged(context, _DESCRIBE_LISTENERS, pages, "Listeners", gone="LoadBalancerNotFound")
        return replace(balancer, kind=_WITH_LISTENERS, details={_DESCRIBE_LISTENERS: told}) if told else None

    return context.each(context.given[_LOAD_BALANCER], read, arn=_arn)


def _with_rules(context: GatherContext) -> Iterator[Resource]:
    elbv2: ElasticLoadBalancingv2Client = context.client("elbv2")
    paginator = elbv2.get_paginator("describe_rules")

    def read(balancer: Resource) -> Resource:
        asked = (
            _merged(context, _DESCRIBE_RULES, paginator.paginate(ListenerArn=arn), "Rules", gone="ListenerNotFound")
            for arn in _http_listeners(balancer)
        )
        told = [answer for answer in asked if answer]
        if not all(answer.value["Rules"] for answer in told):
            # A listener's default rule cannot be deleted (Application Load Balancers, "Delete a listener rule").
            raise AwsError(Failure(Reason.MALFORMED, _DESCRIBE_RULES, "the answer has no rule, not even the default"))
        rules = [rule for answer in told for rule in answer.value["Rules"]]
        calls = tuple(call for answer in told for call in answer.provenance)
        details = {**balancer.details, _DESCRIBE_RULES: Answer({"Rules": rules}, calls)}
        return replace(balancer, kind=_WITH_RULES, details=details)

    return context.each(context.given[_WITH_LISTENERS], read, arn=_arn)


def _http_listeners(balancer: Resource) -> Iterator[str]:
    told = balancer.details[_DESCRIBE_LISTENERS]
    listeners = told.value["Listeners"] if isinstance(told, Answer) else ()
    return (each["ListenerArn"] for each in listeners if each.get("Protocol") == "HTTP")


def _merged(
    context: GatherContext, operation: str, pages: Iterable[Mapping[str, Any]], key: str, gone: str
) -> Answer | None:
    """The lists of all pages as one answer; None where what was asked about is gone."""
    items: list[Any] = []
    calls = []
    try:
        for page in context.pages(operation, pages):
            items.extend(page[key])
            calls.append(provenance(operation, page))
    except AwsError as error:
        if code_of(error) == gone:
            return None
        raise
    return Answer({key: items}, tuple(calls))


def _arn(resource: Resource) -> str:
    return resource.arn


def _target_groups(context: GatherContext) -> Iterator[Resource]:
    elbv2: ElasticLoadBalancingv2Client = context.client("elbv2")
    pages = elbv2.get_paginator("describe_target_groups").paginate()
    for page in context.pages(_DESCRIBE_TARGET_GROUPS, pages):
        told = provenance(_DESCRIBE_TARGET_GROUPS, page)
        for each in page["TargetGroups"]:
            yield Resource(
                each["TargetGroupArn"], _TARGET_GROUP, context.target, _group_dimensions(each), facts=each, source=told
            )


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


def _attributes(balancer: Resource) -> Mapping[str, Any]:
    return {"LoadBalancerArn": balancer.arn}


def _web_acl(balancer: Resource) -> Mapping[str, Any] | None:
    return {"ResourceArn": balancer.arn} if balancer.facts["Type"] == "application" else None


def _health(group: Resource) -> Mapping[str, Any] | None:
    return {"TargetGroupArn": group.arn} if group.facts["LoadBalancerArns"] else None


_TAGGED = "elasticloadbalancing"
GATHERERS = (
    Gatherer("elbv2", (_LOAD_BALANCER,), (_DESCRIBE_LOAD_BALANCERS,), _load_balancers, tagged_as=_TAGGED),
    Gatherer(
        "elbv2", (_WITH_LISTENERS,), (_DESCRIBE_LISTENERS,), _with_listeners, tagged_as=_TAGGED, of=(_LOAD_BALANCER,)
    ),
    Gatherer("elbv2", (_WITH_RULES,), (_DESCRIBE_RULES,), _with_rules, tagged_as=_TAGGED, of=(_WITH_LISTENERS,)),
    Gatherer("elbv2", (_TARGET_GROUP,), (_DESCRIBE_TARGET_GROUPS,), _target_groups, tagged_as=_TAGGED),
)
DETAILS = (
    Detail(
        "elbv2",
        _LOAD_BALANCER,
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        _attributes,
        gone=("LoadBalancerNotFound",),
        tells="Attributes",
    ),
    # WAF says that a resource without a web ACL does not exist, or answers with nothing: both mean none.
    Detail("wafv2", _LOAD_BALANCER, "wafv2:GetWebACLForResource", _web_acl, none=("WAFNonexistentItemException",)),
    Detail(
        "elbv2",
        _TARGET_GROUP,
        "elasticloadbalancing:DescribeTargetHealth",
        _health,
        gone=("TargetGroupNotFound",),
        tells="TargetHealthDescriptions",
    ),
)
