"""The tags of all resources of a target, by one listing of the tagging API. I/O, and a pure join."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ppbe_observe.aws.gather.context import GatherContext, labels
from ppbe_observe.model import Labels

if TYPE_CHECKING:
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient

GET_RESOURCES = "tag:GetResources"
_PAGE = 100

Tags = Mapping[str, Labels]
"""Tags by what follows the partition in the ARN."""


def all_tags(context: GatherContext, services: list[str]) -> Tags:
    """The tags of every tagged resource of these services.

    Filtered by service only: the names of resource types differ from those in ARNs here and there.
    """
    tagging: ResourceGroupsTaggingAPIClient = context.client("resourcegroupstaggingapi")
    pages = tagging.get_paginator("get_resources").paginate(
        ResourceTypeFilters=services, PaginationConfig={"PageSize": _PAGE}
    )
    tags: dict[str, Labels] = {}
    shared: dict[Labels, Labels] = {}  # most resources carry the same few tags: keep one copy of each set
    for page in context.pages(GET_RESOURCES, pages):
        for each in page["ResourceTagMappingList"]:
            found = labels(each.get("Tags"))
            tags[_key(each["ResourceARN"])] = shared.setdefault(found, found)
    return tags


def tags_of(arn: str, tags: Tags) -> Labels:
    """The tags of one resource; none where it was never tagged."""
    return tags.get(_key(arn), ())


def _key(arn: str) -> str:
    """The ARN without ``arn:partition:``, which not every answer gives alike; the account makes it unique."""
    return arn.split(":", 2)[-1]
