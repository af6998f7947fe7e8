"""Repositories (ECR). Pure."""

from collections.abc import Mapping
from typing import Any

from ppbe_observe.controls.plan.block import Block, untold
from ppbe_observe.controls.plan.facts import PlannedFacts
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.telling import Description, flag, part, told

_REGISTRY = "aws_ecr_registry_scanning_configuration"


def _scanning(repository: Planned) -> dict[str, bool]:
    block = repository.attributes.first("image_scanning_configuration")
    return {"scanOnPush": bool(block and flag("scan_on_push")(block))}


def _excluded(repository: Planned) -> list[Any]:
    if "image_tag_mutability_exclusion_filter" not in repository.attributes.values:
        return []  # of a version of the provider that does not have it
    blocks = repository.attributes.blocks("image_tag_mutability_exclusion_filter")
    return [part(each, {"filter": told("filter")}) for each in blocks]


def _registry(repository: Planned) -> Mapping[str, Any]:
    """It is one for each account and region; what is set outside the plan decides, too."""
    found = [each for each in repository.plan.of(_REGISTRY) if each.target == repository.target]
    if not found:
        raise untold("how the registry of the account scans images")
    tellers = {"scanType": told("scan_type"), "rules": _rules}
    return {"scanningConfiguration": PlannedFacts(found[0].address, found[0], tellers)}


def _rules(registry: Planned) -> list[Any]:
    tellers = {"scanFrequency": told("scan_frequency"), "repositoryFilters": _filters}
    return [part(each, tellers) for each in registry.attributes.blocks("rule")]


def _filters(rule: Block) -> list[Any]:
    return [part(each, {"filter": told("filter")}) for each in rule.blocks("repository_filter")]


DESCRIPTIONS = (
    Description(
        ("aws_ecr_repository",),
        "ecr:repository",
        {
            "repositoryName": told("name"),
            "imageTagMutability": told("image_tag_mutability"),
            "imageTagMutabilityExclusionFilters": _excluded,
            "imageScanningConfiguration": _scanning,
        },
        {"ecr:GetRegistryScanningConfiguration": _registry},
    ),
)
