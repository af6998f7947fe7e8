"""Log lines of a test, as the daemon would write them."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from ppbe_observe.telemetry import configure_logging


class LogLines:
    """What was logged so far."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def all(self) -> list[dict[str, Any]]:
        """Every line, decoded."""
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def of(self, event: str) -> list[dict[str, Any]]:
        """The lines of one event."""
        return [line for line in self.all if line["event"] == event]


@contextmanager
def log_lines() -> Iterator[LogLines]:
    """Log to memory as long as the block; logging is the process', so it is given back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    lines = LogLines()
    configure_logging("info", "json", environment="test", version="0", stream=lines.stream)
    try:
        yield lines
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
