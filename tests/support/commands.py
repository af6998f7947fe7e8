"""Commands of ppbe-observe run within the process of the tests: whole, but without the second that a start takes."""

import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from typing import Any

import orjson
import pytest
import structlog

from ppbe_observe.cli import main


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it wrote."""

    code: int
    stdout: bytes
    stderr: str

    @property
    def json(self) -> Any:
        """Standard output, which is nothing but JSON."""
        return orjson.loads(self.stdout)

    @property
    def text(self) -> str:
        """Standard output, decoded."""
        return self.stdout.decode()


def command(*arguments: str) -> Done:
    """Run a command as ``ppbe-observe`` would, with the environment and the working directory of the test."""
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["ppbe-observe", *arguments])
        try:
            main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(bool(ended.code))
        finally:
            structlog.reset_defaults()  # a command logs to the standard error that it found
    return Done(code, _written(out), _written(err).decode())


def _written(stream: TextIOWrapper) -> bytes:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, BytesIO)
    return buffer.getvalue()
