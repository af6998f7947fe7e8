"""Secrets (Secrets Manager). I/O. Their values are never asked for."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, labels, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_SECRET = "secretsmanager:secret"  # noqa: S105 - a kind, not a password
_LIST = "secretsmanager:ListSecrets"
_GONE = ("ResourceNotFoundException",)
_PAGE = 100  # the most that Secrets Manager gives


def _secrets(context: GatherContext) -> Iterator[Resource]:
    """Those scheduled for deletion are not listed."""
    client: SecretsManagerClient = context.client("secretsmanager")
    pages = client.get_paginator("list_secrets").paginate(PaginationConfig={"PageSize": _PAGE})
    for page in context.pages(_LIST, pages):
        told = provenance(_LIST, page)
        for each in page["SecretList"]:
            tags = labels(each.get("Tags"))
            yield Resource(each["ARN"], _SECRET, context.target, tags=tags, facts=each, source=told)


def _secret(secret: Resource) -> Mapping[str, Any]:
    return {"SecretId": secret.arn}


def _own_key(secret: Resource) -> Mapping[str, Any] | None:
    key = secret.facts.get("KmsKeyId")
    return {"KeyId": key} if key else None


GATHERERS = (Gatherer("secretsmanager", (_SECRET,), (_LIST,), _secrets),)
DETAILS = (
    Detail("secretsmanager", _SECRET, "secretsmanager:DescribeSecret", _secret, gone=_GONE, tells="ARN"),
    Detail("secretsmanager", _SECRET, "secretsmanager:GetResourcePolicy", _secret, gone=_GONE, tells="ARN"),
    Detail("kms", _SECRET, "kms:DescribeKey", _own_key, tells="KeyMetadata"),
)
