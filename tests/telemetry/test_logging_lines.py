"""One form for every line: ours, the libraries', warnings and what nobody caught."""

import io
import json
import logging
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from ppbe_observe.telemetry import configure_logging
from ppbe_observe.telemetry.hooks import log_uncaught


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging is the process', so each test gives it back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def to_memory(level: str = "info", form: str = "json") -> io.StringIO:
    stream = io.StringIO()
    configure_logging(level, form, environment="staging", version="1.2.3", stream=stream)  # type: ignore[arg-type]
    return stream


def test_an_event_has_its_fields_in_their_order() -> None:
    stream = to_memory()
    structlog.get_logger().warning("collect.failed", exporter="rds", reason="throttled", seconds=0.25)
    (line,) = lines(stream)
    assert list(line) == [
        "timestamp",
        "level",
        "event",
        "service",
        "environment",
        "version",
        "exporter",
        "reason",
        "seconds",
    ]
    assert line["timestamp"][10] == "T"
    assert line["timestamp"][19] == "."
    assert len(line["timestamp"]) == len("2026-11-23T22:33:44.123Z")
    del line["timestamp"]
    assert line == {
        "level": "warning",
        "event": "collect.failed",
        "service": "ppbe-observe",
        "environment": "staging",
        "version": "1.2.3",
        "exporter": "rds",
        "reason": "throttled",
        "seconds": 0.25,
    }


def test_inside_a_span_the_line_has_its_ids() -> None:
    stream = to_memory()
    tracer = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False).get_tracer("test")
    with tracer.start_as_current_span("job") as span:
        structlog.get_logger().info("inside")
    structlog.get_logger().info("outside")
    inside, outside = lines(stream)
    context = span.get_span_context()
    assert inside["trace_id"] == f"{context.trace_id:032x}"
    assert inside["span_id"] == f"{context.span_id:016x}"
    assert "trace_id" not in outside


@pytest.mark.parametrize("name", ["botocore.credentials", "urllib3.connectionpool", "uvicorn.error", "werkzeug"])
def test_a_librarys_record_has_the_same_form_and_its_logger(name: str) -> None:
    stream = to_memory()
    logging.getLogger(name).warning("retrying %s", "https://u:hunter2@host/")
    (line,) = lines(stream)
    assert line["event"] == "retrying https://***@host/"
    assert (line["level"], line["logger"], line["service"]) == ("warning", name, "ppbe-observe")


def test_levels_are_kept_and_libraries_do_not_chatter() -> None:
    stream = to_memory("debug")
    structlog.get_logger().debug("shown")
    logging.getLogger("botocore.auth").debug("CanonicalRequest: ...")
    logging.getLogger("apscheduler.scheduler").warning("skipped")
    assert [line["event"] for line in lines(stream)] == ["shown"]


def test_a_reload_can_change_the_level_of_loggers_in_use() -> None:
    log = structlog.get_logger()
    first = to_memory("info")
    log.debug("hidden")
    second = to_memory("debug")
    log.debug("shown")
    assert lines(first) == []
    assert [line["event"] for line in lines(second)] == ["shown"]


def test_a_libraries_own_handlers_are_replaced() -> None:
    logger = logging.getLogger("uvicorn.error")
    logger.addHandler(logging.StreamHandler(io.StringIO()))
    logger.setLevel(logging.CRITICAL)
    logger.propagate = False
    stream = to_memory()
    logger.error("port in use")
    assert lines(stream)[0]["event"] == "port in use"
    assert logger.handlers == []


def test_an_exception_is_one_field_without_secrets() -> None:
    stream = to_memory()
    try:
        raise ValueError("password=hunter2")  # noqa: TRY301 - it is what is logged
    except ValueError:
        structlog.get_logger().exception("collect.failed")
        logging.getLogger("other").exception("broken")
    for line in lines(stream):
        assert line["level"] == "error"
        assert line["exception"].startswith("Traceback (most recent call last):")
        assert line["exception"].endswith("ValueError: password=***")


def test_warnings_and_uncaught_exceptions_are_lines() -> None:
    stream = to_memory()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("old API", DeprecationWarning, stacklevel=1)
    log_uncaught(RuntimeError, RuntimeError("lost"), None)
    warning, uncaught = lines(stream)
    assert warning["logger"] == "py.warnings"
    assert "DeprecationWarning: old API" in warning["event"]
    assert (uncaught["event"], uncaught["level"]) == ("process.uncaught", "critical")
    assert uncaught["exception"] == "RuntimeError: lost"


@pytest.mark.parametrize("event", [b"\xff", None, 7, "\ud800", "line\nbreak", {"a": {1}}, "x" * 100_000])
def test_odd_values_are_written_on_one_line(event: object) -> None:
    stream = to_memory()
    structlog.get_logger().info(event, value=event, level="mine")
    assert len(lines(stream)) == 1
    assert lines(stream)[0]["level"] == "info"


def test_a_record_with_the_wrong_arguments_is_counted_and_the_next_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stream = io.StringIO()
    sink = configure_logging("info", "json", environment="e", version="v", stream=stream)
    logging.getLogger("other").warning("%d", "one")
    logging.getLogger("other").warning("fine")
    assert [line["event"] for line in lines(stream)] == ["fine"]
    assert sink.dropped == 1
    assert capsys.readouterr().err == ""


def test_a_full_disk_drops_and_counts_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123 - a device
        sink = configure_logging("info", "json", environment="e", version="v", stream=full)
        for _ in range(3):
            structlog.get_logger().info("collect.finished")
        assert sink.dropped == 3
    assert capsys.readouterr().err == ""


def test_a_closed_pipe_drops_and_counts_lines() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as pipe:
        sink = configure_logging("info", "json", environment="e", version="v", stream=pipe)
        structlog.get_logger().info("collect.finished")
        assert sink.dropped == 1


def test_a_closed_stream_drops_and_counts_lines() -> None:
    stream = io.StringIO()
    sink = configure_logging("info", "auto", environment="e", version="v", stream=stream)
    stream.close()
    structlog.get_logger().info("collect.finished")
    assert sink.dropped == 1


def test_lines_of_many_threads_stay_whole() -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, encoding="utf-8") as received, os.fdopen(writer, "w", encoding="utf-8") as pipe:
        configure_logging("info", "json", environment="e", version="v", stream=pipe)

        def work(number: int) -> None:
            for _ in range(20):
                structlog.get_logger().info("job", number=number, text="é" * 40)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(5)]
        for thread in threads:
            thread.start()
        seen = [json.loads(received.readline())["number"] for _ in range(100)]
        for thread in threads:
            thread.join()
    assert sorted(seen) == sorted(list(range(5)) * 20)


def test_the_console_is_for_people_and_obeys_no_value() -> None:
    stream = to_memory(form="console")
    structlog.get_logger().info("collect.finished", exporter="rds", tag="\x1b[31mred", token="abc")
    (line,) = stream.getvalue().splitlines()
    assert "collect.finished" in line
    assert "exporter=rds" in line
    assert "\x1b" not in line
    assert "token=***" in line
    assert "staging" not in line


_SCRIPT = """
import logging, os, sys, threading
from ppbe_observe.telemetry import configure_logging, install_hooks
import structlog
sink = configure_logging("info", "auto", environment="e", version="v")
install_hooks()
structlog.get_logger().info("first")
thread = threading.Thread(target=lambda: 1 / 0, name="worker"); thread.start(); thread.join()
if len(sys.argv) > 1:
    sys.exit(sink.dropped)
raise ValueError("the end")
"""


def test_a_process_tells_what_nobody_caught_on_standard_output() -> None:
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, timeout=60, check=False)
    first, thread, end = map(json.loads, done.stdout.splitlines())
    assert first["event"] == "first"
    assert (thread["event"], thread["thread"]) == ("thread.uncaught", "worker")
    assert thread["exception"].endswith("ZeroDivisionError: division by zero")
    assert (end["event"], end["level"]) == ("process.uncaught", "critical")
    assert done.stderr == ""
    assert done.returncode == 1


def test_a_process_without_standard_output_goes_on() -> None:
    command = ["/bin/sh", "-c", 'exec "$0" -c "$1" count >&-', sys.executable, _SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    assert done.returncode == 2  # both lines were counted as dropped
