"""Logs and traces: one form for every line, spans for every job, no secret in either."""

from ppbe_observe.telemetry.hooks import install_hooks
from ppbe_observe.telemetry.logs import configure_logging
from ppbe_observe.telemetry.redaction import redact
from ppbe_observe.telemetry.tracing import Tracing, configure_tracing, fail, span

__all__ = ["Tracing", "configure_logging", "configure_tracing", "fail", "install_hooks", "redact", "span"]
