"""With OTEL_* set, the spans of a run and of its AWS calls reach a collector, in one trace."""

from pathlib import Path

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from support.daemon import daemon, only, settings, until, value
from support.otlp import Receiver, receiver
from support.simulated import simulated_estate


def spans(collector: Receiver) -> list[Span]:
    """Every span that was exported."""
    return [
        span
        for _, request in list(collector.requests)
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


def runs(collector: Receiver, exporter: str) -> list[Span]:
    """The spans of the runs of one exporter."""
    return [
        span
        for span in spans(collector)
        if span.name == "collect" and any(each.value.string_value == exporter for each in span.attributes)
    ]


def test_calls_are_children_of_the_run_that_made_them(tmp_path: Path) -> None:
    with simulated_estate(late=False) as estate, receiver() as collector:
        environ = {
            **estate.environ,
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        with daemon(tmp_path, settings(exporters=only("rds", interval="1m")), environ) as running:
            running.until(lambda series: value(series, "ppbe_observe_collect_success", exporter="rds") == 1.0)
            until(lambda: runs(collector, "rds"))
            assert running.end() == 0
        (finished,) = running.events("collect.finished", exporter="rds")
    (run,) = runs(collector, "rds")
    calls = [span for span in spans(collector) if span.trace_id == run.trace_id and span is not run]
    assert {"rds:DescribeDBInstances", "cloudwatch:ListMetrics", "cloudwatch:GetMetricData"} <= {
        span.name for span in calls
    }
    by_id = {span.span_id: span for span in [run, *calls]}
    assert all(span.parent_span_id in by_id for span in calls)
    attributes = {each.key: each.value.string_value for each in run.attributes}
    assert attributes["exporter"] == "rds"
    assert attributes["target"] == "123456789012/us-gov-west-1"
    assert (finished["trace_id"], finished["span_id"]) == (run.trace_id.hex(), run.span_id.hex())
    assert collector.resource["service.name"] == "ppbe-observe"
