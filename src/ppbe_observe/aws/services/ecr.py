"""Repositories, and the images that ECS runs now (ECR). I/O.

An image is found by its name in a running task definition, since the latest image of a repository need not be the one
that runs. Images of one task definition that lie outside ECR are kept together, under the task definition's ARN: they
have none of their own, and it must not look as if they did not exist.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Labels, Resource

if TYPE_CHECKING:
    from mypy_boto3_ecr import ECRClient

_REPOSITORY = "ecr:repository"
_IMAGE = "ecr:image"
_TASK_DEFINITION = "ecs:task-definition"
_DESCRIBE_REPOSITORIES = "ecr:DescribeRepositories"
_PAGE = 1000

# ECR user guide, "Private registry" and "Making requests to the registries"; the domains are those of the partitions.
_REFERENCE = re.compile(
    r"(?P<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\."
    r"(?:amazonaws\.(?:com(?:\.cn)?|eu)|on\.(?:aws|amazonwebservices\.com\.cn)"
    r"|(?:c2s|csp\.hci)\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk)/"
    r"(?P<name>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>.+))?"
)
_DEFAULT_TAG = "latest"

_GONE = ("ImageNotFoundException", "RepositoryNotFoundException")
_NOT_SCANNED = (*_GONE, "ScanNotFoundException")


def _repositories(context: GatherContext) -> Iterator[Resource]:
    ecr: ECRClient = context.client("ecr")
    pages = ecr.get_paginator("describe_repositories").paginate(PaginationConfig={"PageSize": _PAGE})
    for page in context.pages(_DESCRIBE_REPOSITORIES, pages):
        told = provenance(_DESCRIBE_REPOSITORIES, page)
        for each in page["repositories"]:
            yield Resource(each["repositoryArn"], _REPOSITORY, context.target, facts=each, source=told)


def _images(context: GatherContext) -> Iterator[Resource]:
    runs: dict[str, list[tuple[str, Resource]]] = {}
    for task in context.given[_TASK_DEFINITION]:
        for container in task.facts.get("containerDefinitions", ()):
            if image := container.get("image"):
                runs.setdefault(_arn(context, image) or task.arn, []).append((image, task))
    for arn, found in runs.items():
        tasks = [task for _, task in found]
        facts = {
            **_identity(found[0][0]),
            "images": tuple(dict.fromkeys(image for image, _ in found)),
            "taskDefinitionArns": tuple(dict.fromkeys(task.arn for task in tasks)),
        }
        tags = _common([task.tags for task in tasks])
        yield Resource(arn, _IMAGE, context.target, (), tags, facts=facts, source=tasks[0].source)


def _arn(context: GatherContext, image: str) -> str | None:
    """As Security Hub names images; None outside ECR."""
    if (found := _REFERENCE.fullmatch(image)) is None:
        return None
    account, region, name = found["account"], found["region"], found["name"]
    last = found["digest"] or found["tag"] or _DEFAULT_TAG
    return f"arn:{context.target.partition}:ecr:{region}:{account}:repository/{name}/{last}"


def _identity(image: str) -> dict[str, Any]:
    """How ECR is asked about it; nothing outside ECR. A digest goes before a tag, as it does for Docker."""
    if (found := _REFERENCE.fullmatch(image)) is None:
        return {}
    digest, tag = found["digest"], found["tag"] or _DEFAULT_TAG
    identifier = {"imageDigest": digest} if digest else {"imageTag": tag}
    return {"registryId": found["account"], "repositoryName": found["name"], "imageId": identifier}


def _common(tags: list[Labels]) -> Labels:
    """The tags that every task definition has: an image that staging and production run belongs to neither."""
    return tuple(each for each in tags[0] if all(each in others for others in tags))


def _asked(image: Resource) -> dict[str, Any] | None:
    """Nothing outside ECR, and nothing of another region: its registry is another one."""
    facts = image.facts
    if "imageId" not in facts or image.arn.split(":")[3] != image.target.region:
        return None
    return {"registryId": facts["registryId"], "repositoryName": facts["repositoryName"]}


def _of_image(image: Resource) -> Mapping[str, Any] | None:
    return {**asked, "imageIds": [image.facts["imageId"]]} if (asked := _asked(image)) else None


def _scan_of_image(image: Resource) -> Mapping[str, Any] | None:
    return {**asked, "imageId": image.facts["imageId"], "maxResults": _PAGE} if (asked := _asked(image)) else None


def _registry(_: Resource) -> Mapping[str, Any]:
    return {}


GATHERERS = (
    Gatherer("ecr", (_REPOSITORY,), (_DESCRIBE_REPOSITORIES,), _repositories, tagged_as="ecr"),
    Gatherer("ecr", (_IMAGE,), (), _images, of=(_TASK_DEFINITION,)),
)
DETAILS = (
    Detail("ecr", _REPOSITORY, "ecr:GetRegistryScanningConfiguration", _registry, tells="scanningConfiguration"),
    Detail("ecr", _IMAGE, "ecr:DescribeImages", _of_image, none=_GONE, tells="imageDetails"),
    Detail(
        "ecr",
        _IMAGE,
        "ecr:DescribeImageScanFindings",
        _scan_of_image,
        none=_NOT_SCANNED,
        tells="imageScanStatus",
    ),
)
