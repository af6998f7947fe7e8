"""Objectives for tests, and their rules as files that promtool and Prometheus read."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from ppbe_observe.alerting import Alert, Slo
from ppbe_observe.alerting.declared import Subject
from ppbe_observe.alerting.prometheus.rule_file import Rendering, Steps
from ppbe_observe.alerting.slo import groups_of
from ppbe_observe.generate.output import Files, Peers, files_of


def availability(**given: Any) -> Slo:
    """99.9 % of the requests of a shop without an error; what is given differs."""
    usual: dict[str, Any] = {
        "name": "shop-availability",
        "service": "shop",
        "objective": 0.999,
        "bad": ("errors_total",),
        "total": ("errors_total", "successes_total"),
        "where": 'job="shop"',
        "by": ("environment",),
        "owner": "sre",
        "description": "of all requests without an error",
        "reason": "Tests.",
        "runbook": "SloBudgetBurn",
        "example": {"job": "shop", "environment": "production"},
    }
    return Slo(**usual | given)


def latency(**given: Any) -> Slo:
    """99 % of the requests in time, told by the good ones."""
    usual: dict[str, Any] = {
        "name": "shop-latency",
        "objective": 0.99,
        "bad": (),
        "good": ("fast_total",),
        "total": ("requests_total",),
    }
    return availability(**usual | given)


def _one_step(_alert: Alert) -> tuple[tuple[str, timedelta], ...]:
    return (("", timedelta()),)


def files(*slos: Slo, steps: Steps = _one_step) -> Files:
    """Everything that is generated of these objectives, as a subject called slo."""
    groups = tuple(group for slo in slos for group in groups_of(slo))
    return files_of((Subject("slo", groups),), Rendering(steps, "http://127.0.0.1:9106/runbooks"), Peers())


def write(directory: Path, found: Files) -> None:
    """The files below a directory."""
    for name, text in found.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
