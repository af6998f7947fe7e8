"""Sets up logging: structlog's events and the records of every library, in one form, on one stream."""

import logging
import os
import sys
from typing import Literal, TextIO

import structlog

from ppbe_observe.telemetry.rendering import ConsoleRenderer, Fields, JsonRenderer, Origin
from ppbe_observe.telemetry.sink import LineHandler, LineSink

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "json", "console"]

SERVICE = "ppbe-observe"

# Below these levels libraries tell what no operator asked for; botocore would write down what it signs. What
# APScheduler warns of (a run skipped, missed) the scheduler counts and logs itself.
_FLOORS = {
    "alembic": logging.WARNING,
    "apscheduler": logging.ERROR,
    "asyncio": logging.WARNING,
    "boto3": logging.WARNING,
    "botocore": logging.WARNING,
    "opentelemetry": logging.WARNING,
    "s3transfer": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "urllib3": logging.WARNING,
}
_SET_UP_BY_THEMSELVES = ("uvicorn", "uvicorn.access", "uvicorn.error")


def configure_logging(
    level: Level,
    format: Format,  # noqa: A002 - the word of the settings
    *,
    environment: str,
    version: str,
    service: str = SERVICE,
    stream: TextIO | None = None,
) -> LineSink:
    """Send all logging to one stream, replacing what was set up before; may be called again on a reload.

    Args:
        level: The least severe level that is written.
        format: ``auto`` is console on a terminal and JSON elsewhere.
        environment: A field of every line.
        version: A field of every line.
        service: A field of every line.
        stream: Standard output where None.

    Returns:
        The sink, which counts the lines that could not be written.
    """
    sink = LineSink(sys.stdout if stream is None else stream)
    handler = LineHandler(sink)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[_renderer(format, Fields(Origin(service, environment, version)), sink)],
            keep_exc_info=False,
        )
    )
    root = logging.getLogger()
    for other in root.handlers[:]:
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(level.upper())
    _quieten(root.level)
    logging.captureWarnings(capture=True)
    _configure_structlog()
    return sink


def _renderer(format: Format, fields: Fields, sink: LineSink) -> JsonRenderer | ConsoleRenderer:  # noqa: A002
    if format == "console" or (format == "auto" and sink.terminal):
        # https://no-color.org: any value that is not empty
        return ConsoleRenderer(fields, colors=sink.terminal and not os.environ.get("NO_COLOR"))
    return JsonRenderer(fields)


def _quieten(level: int) -> None:
    for name, floor in _FLOORS.items():
        logging.getLogger(name).setLevel(max(level, floor))
    for name in _SET_UP_BY_THEMSELVES:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(logging.NOTSET)
        logger.propagate = True


def _configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,  # a reload may change the level
    )
