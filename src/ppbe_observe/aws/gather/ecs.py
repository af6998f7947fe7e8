"""Clusters and services of ECS. I/O."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, batches, labels
from ppbe_observe.aws.gather.gatherer import Gatherer
from ppbe_observe.model import Failure, Labels, Reason, Resource

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient

_CLUSTER = "ecs:cluster"
_SERVICE = "ecs:service"
_LIST_CLUSTERS = "ecs:ListClusters"
_DESCRIBE_CLUSTERS = "ecs:DescribeClusters"
_LIST_SERVICES = "ecs:ListServices"
_DESCRIBE_SERVICES = "ecs:DescribeServices"

_GONE = "ClusterNotFoundException"
_PAGE = 100
_CLUSTERS_PER_CALL = 100
_SERVICES_PER_CALL = 10


def _clusters_and_services(context: GatherContext) -> Iterator[Resource]:
    ecs: ECSClient = context.client("ecs")
    pages = ecs.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": _PAGE})
    arns = [arn for page in context.pages(_LIST_CLUSTERS, pages) for arn in page["clusterArns"]]
    for batch in batches(arns, _CLUSTERS_PER_CALL):
        answer = context.ask(
            _DESCRIBE_CLUSTERS,
            ecs.describe_clusters,
            clusters=batch,
            include=["CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"],
        )
        _miss(context, _DESCRIBE_CLUSTERS, answer.get("failures", ()))
        for each in answer["clusters"]:
            dimensions = (("ClusterName", each["clusterName"]),)
            yield _resource(context, each["clusterArn"], _CLUSTER, dimensions, each)
            yield from _services(context, ecs, each["clusterArn"], dimensions)


def _services(context: GatherContext, ecs: "ECSClient", cluster: str, dimensions: Labels) -> Iterator[Resource]:
    for batch in batches(_service_arns(context, ecs, cluster), _SERVICES_PER_CALL):
        answer = context.ask_unless_gone(
            _GONE,
            _DESCRIBE_SERVICES,
            ecs.describe_services,
            cluster=cluster,
            services=batch,
            include=["TAGS"],
        )
        if answer is None:
            return
        _miss(context, _DESCRIBE_SERVICES, answer.get("failures", ()))
        for each in answer["services"]:
            own = (*dimensions, ("ServiceName", each["serviceName"]))
            yield _resource(context, each["serviceArn"], _SERVICE, own, each)


def _service_arns(context: GatherContext, ecs: "ECSClient", cluster: str) -> list[str]:
    pages = ecs.get_paginator("list_services").paginate(cluster=cluster, PaginationConfig={"PageSize": _PAGE})
    return [arn for page in context.pages(_LIST_SERVICES, pages, gone=_GONE) for arn in page["serviceArns"]]


def _resource(context: GatherContext, arn: str, kind: str, dimensions: Labels, facts: Mapping[str, Any]) -> Resource:
    tags = labels(facts.get("tags"), "key", "value")
    return Resource(arn, kind, context.target, dimensions, tags, facts=facts)


def _miss(context: GatherContext, operation: str, failures: Any) -> None:
    """ECS names in its answer what it could not describe; MISSING is what was deleted since it was listed."""
    for each in failures:
        if each.get("reason") != "MISSING":
            detail = f"{each.get('arn')}: {each.get('reason')} {each.get('detail', '')}".rstrip()
            context.missed[each.get("arn", "")] = Failure(Reason.PARTIAL, operation, detail)


CLUSTERS_AND_SERVICES = Gatherer(
    "ecs",
    (_CLUSTER, _SERVICE),
    (_LIST_CLUSTERS, _DESCRIBE_CLUSTERS, _LIST_SERVICES, _DESCRIBE_SERVICES),
    _clusters_and_services,
)
