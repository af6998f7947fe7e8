"""Where a plan makes something: a region of an account that it does not name. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from ppbe_observe.controls.plan.configuration import Configuration, Name
from ppbe_observe.controls.plan.document import Change, data_values
from ppbe_observe.model import Target

ACCOUNT = "planned"
"""Stands for the account: a plan does not say which one it is for."""
NOWHERE = "planned"
"""Stands for a region that the plan does not say."""
PARTITIONS = ("aws", "aws-us-gov", "aws-cn")
"""Where it may be then."""


class Places:
    """Where resources are: as their ARN says, their own region, their provider, else the only place the plan names."""

    def __init__(self, document: Mapping[str, Any], changes: Iterable[Change], configuration: Configuration) -> None:
        self._configuration = configuration
        regions = data_values(document, "aws_region", "name") | data_values(document, "aws_region", "region")
        partitions = data_values(document, "aws_partition", "partition")
        arns = [told for each in changes if (told := _arn(each))]
        self._region = _only(regions) or _only({told[3] for told in arns} - {""}) or NOWHERE
        self._partition = _only(partitions) or _only({told[1] for told in arns})
        self._targets: dict[tuple[str, str], Target] = {}
        default = configuration.region(Name((), "", ""))
        self.home = self._target(default or self._region, self._partition_of(default or self._region))

    def target(self, change: Change) -> Target:
        """That of a resource."""
        told = _arn(change)
        own = change.attributes["region"] if change.attributes.known("region") else None
        region = (told and told[3]) or own or self._configuration.region(change.name) or self._region
        return self._target(str(region), told[1] if told else self._partition_of(str(region)))

    def _target(self, region: str, partition: str) -> Target:
        return self._targets.setdefault((region, partition), Target(ACCOUNT, region, partition))

    def _partition_of(self, region: str) -> str:
        by_region = {"us-gov": "aws-us-gov", "cn": "aws-cn"}
        found = next((name for start, name in by_region.items() if region.startswith(f"{start}-")), None)
        return found or self._partition or "aws"


def _arn(change: Change) -> list[str]:
    """The parts of its ARN, where that is known."""
    arn = change.attributes["arn"] if change.attributes.known("arn") else None
    parts = arn.split(":", 5) if isinstance(arn, str) else []
    return parts if parts[:1] == ["arn"] and len(parts) == 6 else []  # noqa: PLR2004 - the parts of an ARN


def _only(values: set[str]) -> str | None:
    return next(iter(values)) if len(values) == 1 else None
