"""Clusters and services of ECS, and the task definitions that they run now. I/O.

Revisions that no service runs, and tasks that were started without a service, are not looked at.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, batches, labels, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Failure, Reason, Resource

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_ecs.type_defs import DescribeTaskDefinitionResponseTypeDef

_CLUSTER = "ecs:cluster"
_SERVICE = "ecs:service"
_TASK_DEFINITION = "ecs:task-definition"
_LIST_CLUSTERS = "ecs:ListClusters"
_DESCRIBE_CLUSTERS = "ecs:DescribeClusters"
_LIST_SERVICES = "ecs:ListServices"
_DESCRIBE_SERVICES = "ecs:DescribeServices"
_DESCRIBE_TASK_DEFINITION = "ecs:DescribeTaskDefinition"

_GONE = "ClusterNotFoundException"
_PAGE = 100
_CLUSTERS_PER_CALL = 100
_SERVICES_PER_CALL = 10


def _clusters(context: GatherContext) -> Iterator[Resource]:
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
        told = provenance(_DESCRIBE_CLUSTERS, answer)
        _miss(context, _DESCRIBE_CLUSTERS, answer.get("failures", ()))
        for each in answer["clusters"]:
            tags = labels(each.get("tags"), "key", "value")
            dimensions = (("ClusterName", each["clusterName"]),)
            yield Resource(each["clusterArn"], _CLUSTER, context.target, dimensions, tags, facts=each, source=told)


def _services(context: GatherContext) -> Iterator[Resource]:
    ecs: ECSClient = context.client("ecs")
    for cluster in context.given[_CLUSTER]:
        for batch in batches(_service_arns(context, ecs, cluster.arn), _SERVICES_PER_CALL):
            answer = context.ask_unless_gone(
                _GONE, _DESCRIBE_SERVICES, ecs.describe_services, cluster=cluster.arn, services=batch, include=["TAGS"]
            )
            if answer is None:
                break
            told = provenance(_DESCRIBE_SERVICES, answer)
            _miss(context, _DESCRIBE_SERVICES, answer.get("failures", ()))
            for each in answer["services"]:
                tags = labels(each.get("tags"), "key", "value")
                dimensions = (*cluster.dimensions, ("ServiceName", each["serviceName"]))
                yield Resource(each["serviceArn"], _SERVICE, context.target, dimensions, tags, facts=each, source=told)


def _service_arns(context: GatherContext, ecs: "ECSClient", cluster: str) -> list[str]:
    pages = ecs.get_paginator("list_services").paginate(cluster=cluster, PaginationConfig={"PageSize": _PAGE})
    return [arn for page in context.pages(_LIST_SERVICES, pages, gone=_GONE) for arn in page["serviceArns"]]


def _task_definitions(context: GatherContext) -> Iterator[Resource]:
    ecs: ECSClient = context.client("ecs")

    def read(arn: str) -> "DescribeTaskDefinitionResponseTypeDef":
        return context.ask(
            _DESCRIBE_TASK_DEFINITION, ecs.describe_task_definition, taskDefinition=arn, include=["TAGS"]
        )

    running = dict.fromkeys(arn for service in context.given[_SERVICE] for arn in _run_by(service))
    answers = context.each(running, read, arn=str)
    for arn, answer in {each["taskDefinition"]["taskDefinitionArn"]: each for each in answers}.items():
        told, tags = provenance(_DESCRIBE_TASK_DEFINITION, answer), labels(answer.get("tags"), "key", "value")
        yield Resource(arn, _TASK_DEFINITION, context.target, (), tags, facts=answer["taskDefinition"], source=told)


def _run_by(service: Resource) -> Iterator[str]:
    """A service may run several: while it deploys, each deployment (blue/green: each task set) has its own."""
    facts = service.facts
    if facts["status"] == "INACTIVE":
        return
    deployments = (each for each in facts.get("deployments", ()) if each["status"] != "INACTIVE")
    for each in (facts, *deployments, *facts.get("taskSets", ())):
        if arn := each.get("taskDefinition"):
            yield arn


def _miss(context: GatherContext, operation: str, failures: Any) -> None:
    """ECS names in its answer what it could not describe; MISSING is what was deleted since it was listed."""
    for each in failures:
        if each.get("reason") != "MISSING":
            detail = f"{each.get('arn')}: {each.get('reason')} {each.get('detail', '')}".rstrip()
            context.missed[each.get("arn", "")] = Failure(Reason.PARTIAL, operation, detail)


GATHERERS = (
    Gatherer("ecs", (_CLUSTER,), (_LIST_CLUSTERS, _DESCRIBE_CLUSTERS), _clusters),
    Gatherer("ecs", (_SERVICE,), (_LIST_SERVICES, _DESCRIBE_SERVICES), _services, of=(_CLUSTER,)),
    Gatherer("ecs", (_TASK_DEFINITION,), (_DESCRIBE_TASK_DEFINITION,), _task_definitions, of=(_SERVICE,)),
)
DETAILS: tuple[Detail, ...] = ()
