"""OTLP/HTTP export of spans, without the secrets in them. Imported only when export is asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import Event, ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status

from ppbe_observe.telemetry.plain import text_of
from ppbe_observe.telemetry.redaction import HIDDEN, is_secret_key


def span_processor() -> SpanProcessor:
    """Batches spans and sends them to where the OTEL_* variables say."""
    return BatchSpanProcessor(RedactingExporter(OTLPSpanExporter()))


class RedactingExporter(SpanExporter):
    """Hands spans on with every secret in names, attributes, events and status hidden."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Called by the batch processor on its own thread."""
        return self._inner.export([_redacted(span) for span in spans])

    def shutdown(self) -> None:
        """Give up what is being sent."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Nothing is kept here."""
        return self._inner.force_flush(timeout_millis)


def _redacted(span: ReadableSpan) -> ReadableSpan:
    status = span.status
    return ReadableSpan(
        name=text_of(span.name),
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_attributes(span.attributes),
        events=[Event(text_of(each.name), _attributes(each.attributes), each.timestamp) for each in span.events],
        links=span.links,
        kind=span.kind,
        status=Status(status.status_code, text_of(status.description)) if status.description else status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _attributes(given: Mapping[str, Any] | None) -> dict[str, Any]:
    return {key: HIDDEN if is_secret_key(key) else _value(value) for key, value in (given or {}).items()}


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return text_of(value)
    return tuple(map(_value, value)) if isinstance(value, tuple | list) else value
