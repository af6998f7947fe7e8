"""Until when the current thread may wait for AWS.

A context variable, so that every call made on behalf of a job keeps to the job's deadline, however deep in
botocore it is made: boto3's own calls have no such parameter.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_deadline: ContextVar[float] = ContextVar("ppbe_observe_aws_deadline", default=math.inf)


@contextmanager
def within(deadline: float) -> Iterator[None]:
    """Keep AWS calls made inside to ``deadline`` (of time.monotonic), or to an earlier one already set."""
    token = _deadline.set(min(deadline, _deadline.get()))
    try:
        yield
    finally:
        _deadline.reset(token)


def current() -> float:
    """The deadline in force, of time.monotonic; infinite where there is none."""
    return _deadline.get()


def remaining() -> float:
    """Seconds until the deadline: not positive once it has passed, infinite where there is none."""
    return _deadline.get() - time.monotonic()
