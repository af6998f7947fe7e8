"""Where log lines go: one write for each line, and a full disk or a closed pipe never stops the daemon.

Invariants: a line that cannot be written or rendered is counted and dropped; nothing is buffered, so that a line
that failed is not written in halves later.
"""

import io
import logging
import os
from typing import TextIO


class LineSink:
    """The part of a text stream that ``logging.StreamHandler`` uses, on the stream's file descriptor.

    Without a stream (``sys.stdout`` is None when descriptor 1 was closed) every line is dropped.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self.dropped = 0
        self._stream = stream
        self._descriptor = _descriptor(stream)

    @property
    def terminal(self) -> bool:
        """Whether a person is reading."""
        try:
            return self._stream is not None and self._stream.isatty()
        except ValueError:  # it is closed
            return False

    def write(self, text: str) -> None:
        """Write it whole.

        Raises:
            OSError: The disk is full, the pipe is closed.
            ValueError: The stream is closed.
        """
        if self._descriptor is None:
            if self._stream is None:
                raise ValueError("there is no standard output")
            self._stream.write(text)
            return
        left = memoryview(text.encode("utf-8", "backslashreplace"))
        while left:
            left = left[os.write(self._descriptor, left) :]

    def flush(self) -> None:
        """Hand on what a stream without a descriptor (a test's) has buffered."""
        if self._descriptor is None and self._stream is not None:
            self._stream.flush()


def _descriptor(stream: TextIO | None) -> int | None:
    if stream is None:
        return None
    try:
        stream.flush()  # what was printed before keeps its place before
        return stream.fileno()
    except (OSError, ValueError, io.UnsupportedOperation, AttributeError):
        return None


class LineHandler(logging.StreamHandler[LineSink]):
    """Writes each record as one line and counts those that could not be written."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, ARG002 - the name is logging's
        """Called by ``emit`` for whatever went wrong with one record: count it, say nothing."""
        self.stream.dropped += 1
