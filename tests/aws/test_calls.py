"""One AWS call is one span and one report, good or bad."""

from datetime import UTC, datetime

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from ppbe_observe.aws.calls import Call, Calls
from ppbe_observe.model import Failure, Reason, Target

TARGET = Target("123456789012", "us-gov-west-1", "aws-us-gov")
AT = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
DENIED = Failure(Reason.DENIED, "rds:DescribeDBInstances", "AccessDenied: no")


def one_call(failure: Failure | None, attempts: int) -> tuple[Call, ReadableSpan]:
    exporter, reports = InMemorySpanExporter(), list[Call]()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    calls = Calls(reports.append, lambda: AT, provider.get_tracer("test"))
    call = calls.open(TARGET, "rds:DescribeDBInstances")
    call.attempts, call.request_id = attempts, "r-1"
    call.end(failure)
    return reports[0], exporter.get_finished_spans()[0]


def test_a_good_call_is_a_client_span_named_by_its_operation() -> None:
    report, span = one_call(None, attempts=1)
    assert report == Call(TARGET, "rds:DescribeDBInstances", report.seconds, None, "r-1", AT, 1)
    assert (span.name, span.kind, span.status.status_code) == (
        "rds:DescribeDBInstances",
        SpanKind.CLIENT,
        StatusCode.UNSET,
    )
    assert dict(span.attributes or {}) == {
        "rpc.system": "aws-api",
        "rpc.service": "rds",
        "rpc.method": "DescribeDBInstances",
        "cloud.account.id": "123456789012",
        "cloud.region": "us-gov-west-1",
        "aws.request_id": "r-1",
        "http.request.resend_count": 0,
    }


def test_a_failed_call_says_why() -> None:
    report, span = one_call(DENIED, attempts=3)
    assert (report.failure, report.attempts) == (DENIED, 3)
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "AccessDenied: no")
    attributes = dict(span.attributes or {})
    assert (attributes["error.type"], attributes["http.request.resend_count"]) == ("denied", 2)


@pytest.mark.parametrize("attempts", [0, 1])
def test_what_was_never_sent_was_never_sent_again(attempts: int) -> None:
    _, span = one_call(DENIED, attempts)
    assert dict(span.attributes or {})["http.request.resend_count"] == 0
