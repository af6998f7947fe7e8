"""OpenTelemetry spans: ids in every log line, and export by OTLP/HTTP when the standard variables ask for it.

The variables are those of the OpenTelemetry specification; the SDK reads them from the process' environment itself,
and so does this module. Without export no span is recorded: ids are made, and that is all it costs.
"""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from opentelemetry import trace
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import Span, Status, StatusCode

from ppbe_observe.telemetry.logs import SERVICE

TRACER = "ppbe_observe"
_OTLP = "otlp"
_HTTP = "http/protobuf"

Attribute = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Tracing:
    """The spans of this process."""

    provider: TracerProvider
    exporting: bool

    def shutdown(self, within: float) -> bool:
        """Export what is left, for at most so many seconds; whether all of it went out in time."""
        worker = threading.Thread(target=self.provider.shutdown, name="tracing-shutdown", daemon=True)
        worker.start()
        worker.join(within)
        return not worker.is_alive()


def configure_tracing(*, environment: str, version: str, service: str = SERVICE) -> Tracing:
    """Make the tracer provider and install it as the process' one, which can be done once.

    ``OTEL_SERVICE_NAME`` and ``OTEL_RESOURCE_ATTRIBUTES`` win over what is given here.
    """
    exporting = _asked_for(os.environ)
    ours = Resource.create(
        {"service.name": service, "service.version": version, "deployment.environment.name": environment}
    )
    provider = TracerProvider(
        resource=ours.merge(OTELResourceDetector().detect()),
        sampler=None if exporting else ALWAYS_OFF,  # None: OTEL_TRACES_SAMPLER decides
        shutdown_on_exit=False,  # the daemon shuts down with a bound
    )
    if exporting:
        from ppbe_observe.telemetry.export import span_processor  # noqa: PLC0415 - 0.2 s that most starts save

        provider.add_span_processor(span_processor())
    trace.set_tracer_provider(provider)
    return Tracing(provider, exporting)


def _asked_for(environ: Mapping[str, str]) -> bool:
    """Whether the standard variables ask for export, and for one that can be done here."""
    log = structlog.get_logger()
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporters = [name.strip() for name in environ.get("OTEL_TRACES_EXPORTER", "").split(",") if name.strip()]
    endpoint = environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    if "none" in exporters or not (exporters or endpoint):
        return False
    if exporters and _OTLP not in exporters:
        log.warning("tracing.exporter_unknown", given=exporters, known=[_OTLP, "none"])
        return False
    protocol = environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
    if protocol not in {None, "", _HTTP}:
        log.warning("tracing.protocol_unknown", given=protocol, known=[_HTTP])
        return False
    return True


@contextmanager
def span(name: str, **attributes: Attribute | None) -> Iterator[Span]:
    """A span around a block; an exception marks it as failed and passes on. Attributes that are None are left out."""
    given = {key: value for key, value in attributes.items() if value is not None}
    with trace.get_tracer(TRACER).start_as_current_span(name, attributes=given) as opened:
        yield opened


def fail(opened: Span, kind: str, detail: str) -> None:
    """Mark a span as failed where no exception passes through it; ``kind`` is a word with few values."""
    opened.set_attribute("error.type", kind)
    opened.set_status(Status(StatusCode.ERROR, detail))
