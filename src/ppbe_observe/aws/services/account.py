"""The account itself, for what is set once for all of it (or for all of it in a region). I/O in its details only."""

from collections.abc import Iterator, Mapping
from typing import Any

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource, Target

_ACCOUNT = "aws:account"
_REGION = "aws:region"


def _account(context: GatherContext) -> Iterator[Resource]:
    yield Resource(root(context.target), _ACCOUNT, context.target)


def _region(context: GatherContext) -> Iterator[Resource]:
    yield Resource(root(context.target), _REGION, context.target)


def root(target: Target) -> str:
    """The ARN that stands for an account."""
    return f"arn:{target.partition}:iam::{target.account_id}:root"


def _of_the_caller(_account: Resource) -> Mapping[str, Any]:
    return {}


GATHERERS = (
    Gatherer("iam", (_ACCOUNT,), (), _account, once_per_account=True),
    Gatherer("iam", (_REGION,), (), _region),
)
DETAILS = (
    Detail("iam", _ACCOUNT, "iam:GetAccountSummary", _of_the_caller),
    Detail("iam", _ACCOUNT, "iam:GetAccountPasswordPolicy", _of_the_caller, none=("NoSuchEntity",)),
)
