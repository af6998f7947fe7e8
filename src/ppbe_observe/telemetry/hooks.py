"""Logs what nobody caught, in the form of all other lines, in place of a traceback on standard error."""

import sys
import threading
from types import TracebackType

import structlog


def install_hooks() -> None:
    """Replace the interpreter's hooks for exceptions that nobody caught; Ctrl-C stays as it is."""
    sys.excepthook = log_uncaught
    threading.excepthook = _log_thread
    sys.unraisablehook = _log_unraisable


def log_uncaught(kind: type[BaseException], error: BaseException, trail: TracebackType | None) -> None:
    """For ``sys.excepthook``: the process is about to end."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trail)
        return
    structlog.get_logger().critical("process.uncaught", exc_info=(kind, error, trail))


def _log_thread(given: threading.ExceptHookArgs) -> None:
    if given.exc_value is None or issubclass(given.exc_type, SystemExit):
        return
    structlog.get_logger().critical(
        "thread.uncaught",
        thread=given.thread.name if given.thread else None,
        exc_info=(given.exc_type, given.exc_value, given.exc_traceback),
    )


def _log_unraisable(given: "sys.UnraisableHookArgs") -> None:
    structlog.get_logger().error(
        "process.unraisable",
        where=given.err_msg or "Exception ignored in",
        object=given.object,
        exc_info=given.exc_value,
    )
