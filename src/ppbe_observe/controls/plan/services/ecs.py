"""Clusters, services and task definitions (ECS), and the images that these name (ECR). Pure."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ppbe_observe.controls.check import Unseen
from ppbe_observe.controls.plan.block import Block
from ppbe_observe.controls.plan.facts import ABSENT
from ppbe_observe.controls.plan.places import ACCOUNT, NOWHERE
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.telling import Description, always, given, never, optional, part, told, unless_set

TASK = "aws_ecs_task_definition"

_ECR = re.compile(
    r"\d{12}\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.[^/]+/(?P<name>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>.+))?"
)
_FREE = frozenset({"dockerLabels", "options", "driverOpts", "labels", "metadata"})
"""Members of a container definition whose own members have names of the user's choice."""


def _settings(cluster: Planned) -> list[Any]:
    tellers = {"name": told("name"), "value": told("value")}
    return [part(each, tellers) for each in cluster.attributes.blocks("setting")]


def _network(service: Planned) -> Any:
    block = service.attributes.first("network_configuration")
    tellers = {"assignPublicIp": lambda one: "ENABLED" if one["assign_public_ip"] else "DISABLED"}
    return {"awsvpcConfiguration": part(block, tellers)} if block else ABSENT


def _providers(service: Planned) -> list[Any]:
    return [part(each, {"capacityProvider": told("capacity_provider")}) for each in _strategy(service)]


def _strategy(service: Planned) -> list[Block]:
    return (
        service.attributes.blocks("capacity_provider_strategy") if service.holds("capacity_provider_strategy") else []
    )


def _launch_type(service: Planned) -> Any:
    """Where nothing says what tasks run on, the cluster's own strategy does."""
    if service.leaves_out("launch_type") and _strategy(service):
        return ABSENT
    return told("launch_type")(service)


def _platform_family(task: Planned) -> Any:
    block = task.attributes.first("runtime_platform") if task.holds("runtime_platform") else None
    return part(block, {"operatingSystemFamily": given("operating_system_family", "LINUX")}) if block else {}


def containers_of(task: Planned) -> list[dict[str, Any]]:
    """The container definitions of a task definition; upper and lower case of the first letter are alike to Terraform.

    Raises:
        Unseen: They are only known after apply.
        ValueError: They are no JSON.
        TypeError: They are no list.
    """
    found = json.loads(told("container_definitions")(task))
    if not isinstance(found, list):
        raise TypeError(f"container_definitions of {task.address} is no list")
    return [_camel(each) for each in found]


def _camel(value: Any, *, free: bool = False) -> Any:
    if isinstance(value, list):
        return [_camel(each) for each in value]
    if not isinstance(value, dict):
        return value
    named = {name if free else name[:1].lower() + name[1:]: inner for name, inner in value.items()}
    return {name: _camel(inner, free=name in _FREE) for name, inner in named.items() if inner is not None}


def images_of(task: Planned) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The images that a task definition names: an ARN, the name, and how ECR would be asked about it.

    One of the region's ECR is taken for the account's own: which account that is, is not known yet, nor is the region
    where the plan does not say it.
    """
    try:
        names = dict.fromkeys(each["image"] for each in containers_of(task) if each.get("image"))
    except (Unseen, ValueError, TypeError, AttributeError):
        return
    for name in names:
        found = _ECR.fullmatch(name)
        if found is None:
            yield task.arn, name, {}
            continue
        last = found["digest"] or found["tag"] or "latest"
        identity = {"imageDigest": found["digest"]} if found["digest"] else {"imageTag": last}
        target = task.target
        region = NOWHERE if target.region == NOWHERE else found["region"]
        arn = f"arn:{target.partition}:ecr:{region}:{ACCOUNT}:repository/{found['name']}/{last}"
        yield arn, name, {"repositoryName": found["name"], "imageId": identity}


DESCRIPTIONS = (
    Description(("aws_ecs_cluster",), "ecs:cluster", {"status": always("ACTIVE"), "settings": _settings}),
    Description(
        ("aws_ecs_service",),
        "ecs:service",
        {
            "capacityProviderStrategy": _providers,
            "deploymentConfiguration": never("how far a deployment is"),
            # Once the plan is applied, that of the service itself is the only one.
            "deployments": always(()),
            "desiredCount": told("desired_count"),
            "launchType": _launch_type,
            "networkConfiguration": _network,
            "platformFamily": always(""),  # of services AWS tells it once tasks run
            # API reference, CreateService: "If one isn't specified, the LATEST platform version is used".
            "platformVersion": unless_set("platform_version", "LATEST"),
            "runningCount": never("how many tasks run"),
            "status": always("ACTIVE"),
            "taskSets": always(()),
            "taskDefinition": optional("task_definition"),
        },
    ),
    Description(
        (TASK,), "ecs:task-definition", {"containerDefinitions": containers_of, "runtimePlatform": _platform_family}
    ),
)
