"""One log record as one line: JSON for machines, colours for people. Pure but for the current span."""

import re
import sys
import traceback
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from logging import LogRecord
from types import TracebackType
from typing import Any

import orjson
import structlog
from opentelemetry import trace

from ppbe_observe.telemetry.plain import plain

_LAST_FRAMES = 30  # of a traceback: the ones nearest to the fault
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_INTERNAL = ("_record", "_from_structlog", "exc_info", "stack_info")

EventDict = MutableMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Who logs: fields of every line, after OpenTelemetry's resource attributes of the same names."""

    service: str
    environment: str
    version: str


class Fields:
    """Builds the fields of a line in their order: when, how bad, what, who, which trace, and the rest."""

    def __init__(self, origin: Origin) -> None:
        self._origin = {"service": origin.service, "environment": origin.environment, "version": origin.version}

    def __call__(self, event: EventDict) -> dict[str, Any]:
        """The fields as plain data, without secrets; the names of ours win over those of the event."""
        record: LogRecord = event["_record"]
        fields = {
            "timestamp": rfc3339(record.created),
            "level": record.levelname.lower(),
            "event": plain(event.get("event")),
            **self._origin,
            **trace_context(),
        }
        if not event["_from_structlog"]:
            fields["logger"] = record.name
        rest = plain({key: value for key, value in event.items() if key not in fields and key not in _INTERNAL})
        return {**fields, **rest, **_traceback(event)}


class JsonRenderer:
    """A structlog processor, the last one: one JSON object."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields

    def __call__(self, _logger: object, _method: str, event: EventDict) -> str:
        """The line without its end."""
        return orjson.dumps(self._fields(event)).decode()


class ConsoleRenderer:
    """A structlog processor, the last one: a line for people, which no value can use to command the terminal."""

    def __init__(self, fields: Fields, *, colors: bool) -> None:
        self._fields = fields
        self._console = structlog.dev.ConsoleRenderer(
            colors=colors, exception_formatter=structlog.dev.plain_traceback, sort_keys=False
        )

    def __call__(self, logger: object, method: str, event: EventDict) -> str:
        """The line without its end; service, environment and version are known to who sits there."""
        fields = {key: _visible(value) for key, value in self._fields(event).items()}
        for constant in ("service", "environment", "version"):
            fields.pop(constant)
        return str(self._console(logger, method, fields))


def rfc3339(seconds: float) -> str:
    """A time in UTC with milliseconds: ``2026-11-23T22:33:44.123Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def trace_context() -> dict[str, str]:
    """The ids of the current span, in the form of W3C Trace Context; empty outside of spans."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    return {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}


def _traceback(event: EventDict) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if (failure := _exception(event.get("exc_info"))) is not None:
        kind, value, trail = failure
        lines = traceback.TracebackException(kind, value, trail, limit=-_LAST_FRAMES, compact=True).format()
        found["exception"] = plain("".join(lines).rstrip())
    if stack := event.get("stack_info"):
        found["stack"] = plain(stack)
    return found


def _exception(
    given: Any,
) -> tuple[type[BaseException], BaseException, TracebackType | None] | None:
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    if given is True:  # as log.exception gives it
        given = sys.exc_info()
    if isinstance(given, tuple) and given[1] is not None:
        return given
    return None


def _visible(value: Any) -> Any:
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", value) if isinstance(value, str) else value
