"""What can be asked of AWS about its resources, declared: listings, and further questions about each. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.model import Resource


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Finds the resources of some kinds by the describe calls of one service.

    Attributes:
        service: The service as boto3 calls it (``elbv2``).
        kinds: What it finds (``elasticloadbalancing:loadbalancer``).
        operations: All that it may call, as ``service:Operation`` with the service as IAM calls it.
        gather: Yields the resources; raises AwsError where the listing as a whole fails.
        tagged_as: The service's name in the tagging API, where its describe calls do not tell the tags.
        of: Kinds that it starts from (the clusters whose services it lists), in ``context.given``.
        once_per_account: The service is not regional: checks look at it in one region of an account only.
    """

    service: str
    kinds: tuple[str, ...]
    operations: tuple[str, ...]
    gather: Callable[[GatherContext], Iterator[Resource]]
    tagged_as: str | None = None
    of: tuple[str, ...] = ()
    once_per_account: bool = False

    @property
    def name(self) -> str:
        """The first operation, else what it finds: what waits while the gatherer is under way."""
        return (*self.operations, *self.kinds)[0]


@dataclass(frozen=True, slots=True)
class Detail:
    """One more question about each resource of a kind, which only checks ask.

    The same question (operation and arguments) is asked once, however many resources and kinds want its answer.

    Attributes:
        service: The service as boto3 calls it (``elbv2``).
        kind: Whom it is about.
        operation: ``service:Operation`` with the service as IAM calls it.
        arguments: What is asked of a resource, from its facts; None where there is nothing to ask.
        none: Error codes that mean "there is none" (``NoSuchBucketPolicy``): the answer is then empty.
        gone: Error codes that mean "deleted since it was listed": the resource is then left out.
        tells: A member that every answer has (``KeyMetadata``): without it an answer is malformed, not an empty one.
        first_page: The first page tells enough (the newest log streams): the rest is not asked for.
        after: Another operation about the same kind, whose answer ``arguments`` reads from the resource's details:
            where it was not asked, or failed, this one is not asked either.
        member: What every good answer has: one without it is not as documented, where nothing else would show that.
    """

    service: str
    kind: str
    operation: str
    arguments: Callable[[Resource], Mapping[str, Any] | None]
    none: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    tells: str = ""
    first_page: bool = False
    after: str | None = None
    member: str | None = None
