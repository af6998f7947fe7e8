"""Security Hub of the region, and the standards that it checks by. I/O."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ppbe_observe.aws.gather.context import GatherContext, code_of, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_securityhub import SecurityHubClient

_HUB = "securityhub:hub"
_STANDARD = "securityhub:standard"
_DESCRIBE_HUB = "securityhub:DescribeHub"
_GET_STANDARDS = "securityhub:GetEnabledStandards"

_OFF = frozenset({"InvalidAccessException", "ResourceNotFoundException"})
"""What Security Hub answers an account that is not subscribed to it. Who may not ask is told AccessDeniedException."""


def _hub(context: GatherContext) -> Iterator[Resource]:
    securityhub: SecurityHubClient = context.client("securityhub")
    try:
        answer = context.ask(_DESCRIBE_HUB, securityhub.describe_hub)
    except AwsError as error:
        if code_of(error) in _OFF:
            return
        raise
    facts = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    yield Resource(answer["HubArn"], _HUB, context.target, facts=facts, source=provenance(_DESCRIBE_HUB, answer))


def _standards(context: GatherContext) -> Iterator[Resource]:
    if not context.given[_HUB]:
        return
    securityhub: SecurityHubClient = context.client("securityhub")
    for page in context.pages(_GET_STANDARDS, securityhub.get_paginator("get_enabled_standards").paginate()):
        told = provenance(_GET_STANDARDS, page)
        for each in page["StandardsSubscriptions"]:
            yield Resource(each["StandardsSubscriptionArn"], _STANDARD, context.target, facts=each, source=told)


GATHERERS = (
    Gatherer("securityhub", (_HUB,), (_DESCRIBE_HUB,), _hub),
    Gatherer("securityhub", (_STANDARD,), (_GET_STANDARDS,), _standards, of=(_HUB,)),
)
DETAILS: tuple[Detail, ...] = ()
