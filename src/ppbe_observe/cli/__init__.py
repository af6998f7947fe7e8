"""The command line: ``ppbe-observe``."""

import errno
import logging
import os
import sys
from io import UnsupportedOperation

import structlog
import typer

from ppbe_observe.cli.app import app
from ppbe_observe.cli.common import FAILED, USAGE, explain
from ppbe_observe.errors import ObserveError, SettingsError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What writing says of a disk that takes no more."""


def main() -> None:
    """Run a command; an error of ours is explained without a traceback, and Ctrl-C is no error (exit code 130)."""
    _log_to_stderr()
    if sys.stdout is None:  # closed by who started us
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
        sys.exit(code)
    except typer.TyperException as error:
        from typer.rich_utils import rich_format_error  # noqa: PLC0415 - a tenth of a second, for errors only

        rich_format_error(error)  # type: ignore[arg-type]  # it is given what typer itself gives it
        sys.exit(USAGE)  # typer's own is 2, which says here that something could not be seen
    except ObserveError as error:
        sys.exit(explain(error))
    except BrokenPipeError:
        _drop_output()
        sys.exit(FAILED)
    except OSError as error:
        if error.filename is not None or error.errno not in _FULL:
            raise
        _drop_output()
        told = f"standard output: {error.strerror}; not all of the result was written"
        sys.exit(explain(SettingsError(told)))


def _drop_output() -> None:
    """Nobody takes what is left of it: the interpreter would try once more when it ends, and complain."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except UnsupportedOperation:
        return  # no file, so that there is nothing to end


def _log_to_stderr() -> None:
    """Standard output is for results; the daemon sets its own log up."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
