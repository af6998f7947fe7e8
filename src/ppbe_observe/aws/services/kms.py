"""Keys (KMS). I/O."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Answer, Resource

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

_KEY = "kms:key"
_LIST = "kms:ListKeys"
_DESCRIBE = "kms:DescribeKey"
_GONE = ("NotFoundException",)
_PAGE = 1000  # the most that KMS gives


def _keys(context: GatherContext) -> Iterator[Resource]:
    kms: KMSClient = context.client("kms")
    for page in context.pages(_LIST, kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": _PAGE})):
        told = provenance(_LIST, page)
        for each in page["Keys"]:
            yield Resource(each["KeyArn"], _KEY, context.target, facts=each, source=told)


def _key(key: Resource) -> Mapping[str, Any]:
    return {"KeyId": key.arn}


def _key_that_rotates(key: Resource) -> Mapping[str, Any] | None:
    """Rotation is a setting of symmetric keys that KMS made for the customer: for others the call may be refused."""
    described = key.details[_DESCRIBE]
    assert isinstance(described, Answer)
    told = described.value["KeyMetadata"]
    rotates = (told["KeyManager"], told["Origin"], told["KeySpec"], told["KeyState"])
    replica = told.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType") == "REPLICA"
    return _key(key) if rotates == ("CUSTOMER", "AWS_KMS", "SYMMETRIC_DEFAULT", "Enabled") and not replica else None


def _key_policy(key: Resource) -> Mapping[str, Any]:
    # "The only valid policy name is default" (API reference, GetKeyPolicy).
    return {"KeyId": key.arn, "PolicyName": "default"}


GATHERERS = (Gatherer("kms", (_KEY,), (_LIST,), _keys, tagged_as="kms"),)
DETAILS = (
    Detail("kms", _KEY, _DESCRIBE, _key, gone=_GONE, tells="KeyMetadata"),
    Detail("kms", _KEY, "kms:GetKeyRotationStatus", _key_that_rotates, gone=_GONE, after=_DESCRIBE),
    Detail("kms", _KEY, "kms:GetKeyPolicy", _key_policy, gone=_GONE),
)
