"""What a gatherer works with: the clients of one target, its questions to AWS, and what it could not read. I/O.

Invariants: every AWS error leaves here as an AwsError that names its operation; nothing is asked after the deadline.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from time import monotonic
from typing import Any, ParamSpec, Protocol, TypeVar
from xml.etree.ElementTree import ParseError

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from ppbe_observe.aws.failures import failure_of
from ppbe_observe.clock import utc_now
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Labels, Provenance, Reason, Resource, Target

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")

WORKERS = 4
"""Threads for calls that AWS offers only one resource at a time: quick, yet far from any service's rate limit."""

_AWS_ERRORS = (ClientError, BotoCoreError, ResponseParserError, ParseError, OSError, ValueError)
"""What a boto3 call raises, the parsers of malformed answers included."""


class ClientSource(Protocol):
    """The part of a target's session that gatherers need."""

    @property
    def target(self) -> Target:
        """Whose clients these are."""
        ...

    def client(self, service: str) -> Any:
        """The boto3 client of a service."""
        ...


class GatherContext:
    """One gathering on one target, not later than the monotonic ``deadline``.

    ``missed`` holds, by ARN, why a resource that was listed could not be read; ``given`` the resources of the kinds
    that the gatherer starts from.
    """

    def __init__(
        self, session: ClientSource, deadline: float, given: Mapping[str, tuple[Resource, ...]] | None = None
    ) -> None:
        self.target = session.target
        self.given = given or {}
        self.missed: dict[str, Failure] = {}
        self.asking = ""
        self._session = session
        self._deadline = deadline

    def client(self, service: str) -> Any:
        """The boto3 client of a service; raises like ``ask``, since it may need a role first."""
        return self.ask(f"{service}:client", self._session.client, service)

    def ask(self, operation: str, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The answer of one call.

        Raises:
            AwsError: AWS refused or could not be reached, or the deadline has passed.
        """
        self._begin(operation)
        try:
            return call(*args, **kwargs)
        except _AWS_ERRORS as error:
            raise AwsError(failure_of(error, operation)) from error

    def ask_unless_gone(
        self, gone: str | None, operation: str, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """The answer of one call, or None where AWS says ``gone``: deleted since it was listed."""
        try:
            return self.ask(operation, call, *args, **kwargs)
        except AwsError as error:
            if gone is None or code_of(error) != gone:
                raise
            return None

    def pages(self, operation: str, pages: Iterable[T], gone: str | None = None) -> Iterator[T]:
        """Every page of a boto3 paginator, up to where AWS says ``gone``; raises like ``ask``."""
        rest = iter(pages)
        while (page := self.ask_unless_gone(gone, operation, _next, rest)) is not None:
            yield page

    def marked_pages(
        self, operation: str, call: Callable[..., Mapping[str, Any]], marker: str, **kwargs: Any
    ) -> Iterator[Mapping[str, Any]]:
        """Every page of an operation that has no paginator; a marker that comes twice would never end."""
        seen: set[str] = set()
        while True:
            page = self.ask(operation, call, **kwargs)
            yield page
            if not (following := page.get(marker)):
                return
            if following in seen:
                raise AwsError(Failure(Reason.MALFORMED, operation, f"the {marker} {following!r} came twice"))
            seen.add(following)
            kwargs[marker] = following

    def each(self, items: Iterable[T], read: Callable[[T], R | None], arn: Callable[[T], str]) -> Iterator[R]:
        """What ``read`` gives for each item, a few at a time; None is left out, a failure is kept in ``missed``."""
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="gather") as pool:
            asked = [(item, pool.submit(copy_context().run, partial(read, item))) for item in items]
            for item, answer in asked:
                try:
                    result = answer.result()
                except AwsError as error:
                    self.missed[arn(item)] = error.failure
                    continue
                if result is not None:
                    yield result

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a regional resource whose describe call does not give it."""
        target = self.target
        return f"arn:{target.partition}:{service}:{target.region}:{target.account_id}:{resource}"

    def _begin(self, operation: str) -> None:
        self.asking = operation
        if monotonic() >= self._deadline:
            raise AwsError(Failure(Reason.TIMEOUT, operation, "not asked: the deadline of the run has passed"))


def labels(tags: Iterable[Mapping[str, object]] | None, key: str = "Key", value: str = "Value") -> Labels:
    """AWS' list of tags as labels, in AWS' order; a tag without a value has the empty one."""
    return tuple((str(tag[key]), str(tag.get(value) or "")) for tag in tags or ())


def batches(items: list[T], size: int) -> Iterator[list[T]]:
    """Slices of at most ``size``: the most that one describe call takes."""
    return (items[start : start + size] for start in range(0, len(items), size))


def _next(pages: Iterator[T]) -> T | None:
    return next(pages, None)


def provenance(operation: str, answer: Mapping[str, Any]) -> Provenance:
    """The call that gave the answer, which has just come."""
    return Provenance(operation, answer.get("ResponseMetadata", {}).get("RequestId"), utc_now())


def code_of(error: AwsError) -> str | None:
    """AWS's own code of an error answer; None where there was no answer."""
    cause = error.__cause__
    return cause.response.get("Error", {}).get("Code") if isinstance(cause, ClientError) else None
