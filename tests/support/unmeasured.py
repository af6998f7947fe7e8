"""Without coverage's tracer, which doubles the time of all that runs in Python, its own subject or not.

Where nothing is measured nothing is changed, so that debuggers keep their own tracer.
"""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_MEASURES = "COVERAGE_PROCESS_CONFIG"
"""Set where coverage measures the processes that are started, too (``patch = ["subprocess"]`` in pyproject.toml)."""


@contextmanager
def unmeasured() -> Iterator[None]:
    """Nothing is measured of this thread, nor of threads and processes that are started inside."""
    hook = threading.gettrace()
    with unmeasured_thread(), pytest.MonkeyPatch.context() as patch:
        if _MEASURES in os.environ:
            patch.delenv(_MEASURES)
            threading.settrace(None)
        try:
            yield
        finally:
            threading.settrace(hook)


@contextmanager
def unmeasured_thread() -> Iterator[None]:
    """Nothing is measured of what this thread does inside."""
    tracer = sys.gettrace()
    if _MEASURES in os.environ:
        sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)
