"""One AWS call as it was seen: timed, traced, and told to whoever counts.

Only the opentelemetry API is used: without a tracer provider a span costs next to nothing.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from ppbe_observe.clock import utc_now
from ppbe_observe.model import Failure, Target


@dataclass(frozen=True, slots=True)
class Call:
    """One logical AWS call: all its attempts together.

    ``attempts`` is the number of HTTP requests it took; AWS counts and bills each of them. It is 0 where
    nothing was sent: a role refused, a deadline that had passed.
    """

    target: Target
    operation: str
    seconds: float
    failure: Failure | None
    request_id: str | None
    at: datetime
    attempts: int = 1


class CallObserver(Protocol):
    """Is told of every AWS call once it has ended. Called from many threads."""

    def __call__(self, call: Call, /) -> None:
        """Take note of one call; must not raise."""


def ignore(_call: Call, /) -> None:
    """The observer of those who do not count calls."""


@dataclass(slots=True)
class OpenCall:
    """A call under way: mutable, used by the one thread that makes it, and ended exactly once."""

    target: Target
    operation: str
    observe: CallObserver
    at: datetime
    span: Span
    attempts: int = 0
    request_id: str | None = None
    _started: float = field(default_factory=time.monotonic)

    def end(self, failure: Failure | None) -> None:
        """Close the span and tell the observer."""
        seconds = time.monotonic() - self._started
        if self.request_id is not None:
            self.span.set_attribute("aws.request_id", self.request_id)
        self.span.set_attribute("http.request.resend_count", max(0, self.attempts - 1))
        if failure is not None:
            self.span.set_attribute("error.type", failure.reason.value)
            self.span.set_status(Status(StatusCode.ERROR, failure.detail))
        self.span.end()
        self.observe(
            Call(
                target=self.target,
                operation=self.operation,
                seconds=seconds,
                failure=failure,
                request_id=self.request_id,
                at=self.at,
                attempts=self.attempts,
            )
        )


@dataclass(frozen=True, slots=True)
class Calls:
    """Opens calls: one of these per process, shared by the thin transport and the boto3 clients."""

    observe: CallObserver = ignore
    clock: Callable[[], datetime] = utc_now
    tracer: Tracer = field(default_factory=lambda: trace.get_tracer("ppbe_observe.aws"))

    def open(self, target: Target, operation: str) -> OpenCall:
        """Start the clock and the span of one call; the attributes are OpenTelemetry's for AWS SDKs."""
        service, _, method = operation.partition(":")
        attributes = {
            "rpc.system": "aws-api",
            "rpc.service": service,
            "rpc.method": method,
            "cloud.account.id": target.account_id,
            "cloud.region": target.region,
        }
        span = self.tracer.start_span(operation, kind=SpanKind.CLIENT, attributes=attributes)
        return OpenCall(target=target, operation=operation, observe=self.observe, at=self.clock(), span=span)
