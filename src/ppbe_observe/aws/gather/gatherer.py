"""A gatherer: which kinds of resource it finds, with which AWS operations. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

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
    """

    service: str
    kinds: tuple[str, ...]
    operations: tuple[str, ...]
    gather: Callable[[GatherContext], Iterator[Resource]]
    tagged_as: str | None = None

    @property
    def name(self) -> str:
        """The first operation: what waits while the gatherer is under way."""
        return self.operations[0]
