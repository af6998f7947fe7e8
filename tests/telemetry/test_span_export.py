"""Spans reach a real OTLP receiver when the standard variables ask for it, and give ids to lines always.

Each case is a process of its own: the tracer provider is the process', and set once.
"""

import json
import os
import subprocess
import sys
import time
from typing import Any

import pytest

from support.otlp import receiver

_SCRIPT = """
import sys, time
import structlog
from ppbe_observe.telemetry import configure_logging, configure_tracing, fail, span
configure_logging("info", "json", environment="staging", version="1.2.3")
tracing = configure_tracing(environment="staging", version="1.2.3")
log = structlog.get_logger()
try:
    with span("job", exporter="rds", target="123456789012/us-gov-west-1", absent=None, password="hunter2"):
        with span("rds:DescribeDBInstances", url="https://u:hunter2@rds/") as call:
            log.info("inside")
            fail(call, "throttled", "slow down; X-Amz-Signature=abcdef0123456789")
        raise ValueError("token=abcdefghijklmnop")
except ValueError:
    pass
started = time.monotonic()
done = tracing.shutdown(float(sys.argv[1]))
log.info("stopped", done=done, seconds=time.monotonic() - started, exporting=tracing.exporting,
    exporter_loaded="ppbe_observe.telemetry.export" in sys.modules)
"""


def run(environ: dict[str, str], within: float = 10.0) -> list[dict[str, Any]]:
    """The lines of a process that makes two spans and stops."""
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, str(within)],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    "names",
    [("OTEL_EXPORTER_OTLP_ENDPOINT", ""), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/v1/traces")],
    ids=["endpoint", "traces endpoint"],
)
def test_spans_are_exported_with_their_parents_failures_and_no_secret(names: tuple[str, str]) -> None:
    name, path = names
    with receiver() as server:
        inside, stopped = run(
            {
                name: server.url + path,
                "OTEL_SERVICE_NAME": "observe-of-staging",
                "OTEL_RESOURCE_ATTRIBUTES": "team=sre,service.version=9",
            }
        )
    assert [path for path, _ in server.requests] == ["/v1/traces"]
    job, call = server.spans["job"], server.spans["rds:DescribeDBInstances"]
    assert call.parent_span_id == job.span_id
    assert (call.trace_id, call.span_id) == (bytes.fromhex(inside["trace_id"]), bytes.fromhex(inside["span_id"]))
    assert {each.key: each.value.string_value for each in job.attributes} == {
        "exporter": "rds",
        "target": "123456789012/us-gov-west-1",
        "password": "***",
    }
    assert {each.key: each.value.string_value for each in call.attributes} == {
        "url": "https://***@rds/",
        "error.type": "throttled",
    }
    assert call.status.code == call.status.STATUS_CODE_ERROR
    assert call.status.message == "slow down; X-Amz-Signature=***"
    assert job.status.message == "ValueError: token=***"
    assert job.events[0].name == "exception"
    assert "abcdefghijklmnop" not in str(job)
    assert server.resource["service.name"] == "observe-of-staging"
    assert server.resource["service.version"] == "9"
    assert server.resource["deployment.environment.name"] == "staging"
    assert server.resource["team"] == "sre"
    assert stopped["done"] is True


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"},
    ],
    ids=["nothing asked", "none"],
)
def test_without_export_lines_have_ids_and_the_exporter_is_not_loaded(environ: dict[str, str]) -> None:
    inside, stopped = run(environ)
    assert int(inside["trace_id"], 16) > 0
    assert len(inside["trace_id"]) == 32
    assert len(inside["span_id"]) == 16
    assert stopped["exporting"] is False
    assert stopped["exporter_loaded"] is False


def test_a_disabled_sdk_makes_no_spans() -> None:
    inside, stopped = run({"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"})
    assert "trace_id" not in inside
    assert stopped["exporting"] is False


@pytest.mark.parametrize(
    ("environ", "event"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "tracing.exporter_unknown"),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "tracing.protocol_unknown",
        ),
    ],
)
def test_what_cannot_be_done_is_said(environ: dict[str, str], event: str) -> None:
    warning, _, stopped = run(environ)
    assert (warning["event"], warning["level"]) == (event, "warning")
    assert stopped["exporting"] is False


def test_shutdown_keeps_its_bound_when_the_receiver_hangs() -> None:
    with receiver(hanging=True) as server:
        started = time.monotonic()
        *_, stopped = run({"OTEL_EXPORTER_OTLP_ENDPOINT": server.url}, within=0.5)
        assert stopped["done"] is False
        assert 0.5 <= stopped["seconds"] < 2
        assert time.monotonic() - started < 20


def test_a_receiver_that_is_not_there_is_a_line_not_a_crash() -> None:
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_EXPORTER_OTLP_TIMEOUT": "1"}
    lines = run(environ, within=8.0)
    assert any(line.get("logger", "").startswith("opentelemetry") for line in lines)
