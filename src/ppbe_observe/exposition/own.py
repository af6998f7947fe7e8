"""The daemon's own metrics, all in one place: names, units, help, and how each is recorded.

Labels are bounded: exporters, targets, AWS operations and reasons, never a resource. Every method may be called
from any thread. Methods take what happened and never decide; times are seconds since the epoch on the page.
"""

import platform
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector

from ppbe_observe import __version__
from ppbe_observe.aws.calls import Call
from ppbe_observe.exposition.tables import Live, Table, Values
from ppbe_observe.model import Reason, Snapshot, Target

PREFIX = "ppbe_observe"

_PAIR = ("exporter", "account_id", "region")
_TARGET = ("account_id", "region")
_CALL = ("account_id", "region", "operation")
_OK = "ok"
_CALL_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds; calls time out after 10 by default
_RENDER_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds; 1 is what 100,000 series may take


class JobOutcome(StrEnum):
    """How a due run of a job ended. These words are label values: they do not change."""

    COMPLETED = "completed"
    FAILED = "failed"
    MISSED = "missed"
    SKIPPED = "skipped"


class OwnMetrics:
    """Declares the daemon's metrics on the registry that is handed in, and records them."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float] = time.time) -> None:
        self.registry = registry
        self._clock = clock
        self._labels: dict[str, Values] = {}
        ProcessCollector(registry=registry)
        self._declare_runs()
        self._declare_calls()
        self._declare_daemon()
        self._declare_exposition()
        self._build.set((__version__, platform.python_version()), 1.0)

    @property
    def labels(self) -> Mapping[str, Values]:
        """The label names of every metric declared here, by the name on the page."""
        return self._labels

    def run_ended(self, snapshot: Snapshot, *, seconds: float, dollars: float = 0.0) -> None:
        """One run of an exporter on a target came to its end, with or without failures."""
        pair = _pair(snapshot.exporter, snapshot.target)
        self._success.set(pair, float(snapshot.complete))
        self._duration.set(pair, seconds)
        self._resources.set(pair, float(len(snapshot.resources)))
        self._stale.set(pair, float(snapshot.stale_series))
        self._requested.add(pair, snapshot.metrics_requested)
        self._dollars.add(pair, dollars)
        if snapshot.complete:
            self._last_success.set(pair, snapshot.at.timestamp())
        if snapshot.newest_datapoint is not None:
            self._newest.set(pair, snapshot.newest_datapoint.timestamp())
        for reason in {failure.reason for failure in snapshot.failures}:
            self._failures.add((*pair, reason.value))

    def run_failed(self, exporter: str, target: Target, reason: Reason) -> None:
        """One run ended without a snapshot."""
        pair = _pair(exporter, target)
        self._success.set(pair, 0.0)
        self._failures.add((*pair, reason.value))

    def retire(self, exporter: str, target: Target) -> None:
        """Forget an exporter on a target: it is no longer configured."""
        for table in self._of_pairs:
            table.forget(_pair(exporter, target))

    def retire_target(self, target: Target) -> None:
        """Forget a target: it is no longer configured."""
        for table in (*self._of_targets, self._calls, self._requests):
            table.forget(_target(target))

    def call_ended(self, call: Call) -> None:
        """One AWS call ended (an ``aws.calls.CallObserver``)."""
        key = (*_target(call.target), call.operation)
        self._calls.add((*key, call.failure.reason.value if call.failure else _OK))
        self._requests.add(key, call.attempts)
        self._call_duration.labels(call.operation).observe(call.seconds)

    def credentials_expire(self, target: Target, at: datetime | None) -> None:
        """The credentials of a target are valid until then; None where they do not expire."""
        if at is None:
            self._expires.forget(_target(target))
        else:
            self._expires.set(_target(target), at.timestamp())

    def clock_skew(self, target: Target, seconds: float) -> None:
        """AWS' clock is this much ahead of ours."""
        self._skew.set(_target(target), seconds)

    def job_ended(self, exporter: str, outcome: JobOutcome, runs: int = 1) -> None:
        """Due runs of an exporter's jobs ended, or never began."""
        self._jobs.add((exporter, outcome.value), runs)

    def job_overran(self, exporter: str) -> None:
        """A run took longer than its deadline."""
        self._overruns.add((exporter,))

    def job_was_late(self, exporter: str) -> None:
        """A run began late, because all workers were busy."""
        self._late.add((exporter,))

    def config_loaded(self, at: datetime) -> None:
        """The settings were read and applied."""
        self._reload_success.set((), 1.0)
        self._reload_time.set((), at.timestamp())

    def config_refused(self) -> None:
        """New settings were refused; the old ones stay."""
        self._reload_success.set((), 0.0)

    def budget(self, spent: float, limit: float | None) -> None:
        """Dollars that GetMetricData cost this month so far, and what it may cost."""
        self._spent.set((), spent)
        self._limit.replace({} if limit is None else {(): limit})

    def state_quarantined(self, files: int) -> None:
        """So many corrupt state databases were moved aside and are still there."""
        self._aside.set((), float(files))

    def new_page(self, by_exporter: Mapping[str, int]) -> None:
        """A page is being rendered now, with so many series of each exporter."""
        self._rendered_at.set((), self._clock())
        self._series.replace({(exporter,): float(count) for exporter, count in by_exporter.items()})

    def series_dropped(self, exporter: str, reason: str, series: int) -> None:
        """Series were not put on the page (``segments.Drop``)."""
        self._dropped.add((exporter, reason), series)

    def rendered(self, seconds: float) -> None:
        """A new generation of pages took this long to render."""
        self._render_duration.observe(seconds)

    def render_failed(self) -> None:
        """Rendering failed; the last generation is still served."""
        self._render_failures.add(())

    def _declare_runs(self) -> None:
        self._success = self._gauge("collect_success", "Whether the last run saw all it asked for.", _PAIR)
        self._failures = self._counter(
            "collect_failures", "Runs that failed to see something, by reason.", (*_PAIR, "reason")
        )
        self._duration = self._gauge("collect_duration_seconds", "Duration of the last run.", _PAIR)
        self._last_success = self._gauge(
            "collect_last_success_timestamp_seconds", "When the last run that saw everything began.", _PAIR
        )
        self._newest = self._gauge(
            "newest_datapoint_timestamp_seconds", "End of the newest datapoint that CloudWatch gave.", _PAIR
        )
        self._live(
            self._newest,
            "newest_datapoint_age_seconds",
            "Time since the end of the newest datapoint that CloudWatch gave.",
            lambda at: self._clock() - at,
        )
        self._resources = self._gauge("resources", "Resources that the last run found.", _PAIR)
        self._stale = self._gauge(
            "stale_series", "Series that are not shown, because their newest datapoint is too old.", _PAIR
        )
        self._requested = self._counter("metrics_requested", "Metrics asked of GetMetricData.", _PAIR)
        self._dollars = self._counter("estimated_dollars", "Estimated price of the metrics asked for.", _PAIR)
        self._of_pairs = (
            self._success,
            self._failures,
            self._duration,
            self._last_success,
            self._newest,
            self._resources,
            self._stale,
            self._requested,
            self._dollars,
        )

    def _declare_calls(self) -> None:
        self._calls = self._counter(
            "aws_calls", "AWS calls by outcome: ok, or the reason of the failure.", (*_CALL, "outcome")
        )
        self._requests = self._counter("aws_requests", "HTTP requests sent to AWS, retries included.", _CALL)
        self._call_duration = self._histogram(
            "aws_call_duration_seconds", "Duration of AWS calls, retries included.", _CALL_BUCKETS, ("operation",)
        )
        # Its name is that of the live gauge without the unit; only the time that is left is exported.
        self._expires = Table(CollectorRegistry(), "gauge", "expires", "", _TARGET)
        self._live(
            self._expires,
            "credentials_expiry_seconds",
            "Time until the credentials of the target expire; negative when they have.",
            lambda at: at - self._clock(),
        )
        self._skew = self._gauge("clock_skew_seconds", "How far AWS' clock is ahead of this machine's.", _TARGET)
        self._of_targets = (self._expires, self._skew)

    def _declare_daemon(self) -> None:
        self._build = self._gauge("build_info", "The version that runs; the value is 1.", ("version", "python"))
        self._jobs = self._counter(
            "job_runs", "Due runs of jobs by outcome: missed and skipped ones never began.", ("exporter", "outcome")
        )
        self._overruns = self._counter("job_overruns", "Runs that took longer than their deadline.", ("exporter",))
        self._late = self._counter("job_late_starts", "Runs that had to wait for a free worker.", ("exporter",))
        self._reload_success = self._gauge(
            "config_last_reload_successful", "Whether the last settings that were read were applied."
        )
        self._reload_time = self._gauge(
            "config_last_reload_success_timestamp_seconds", "When settings were last applied."
        )
        self._spent = self._gauge("budget_month_to_date_dollars", "Estimated price of GetMetricData this month so far.")
        self._limit = self._gauge("budget_limit_dollars", "What GetMetricData may cost a month.")
        self._aside = self._gauge(
            "state_quarantined_files", "Corrupt state databases that were moved aside and wait for a person."
        )

    def _declare_exposition(self) -> None:
        self._series = self._gauge("series", "Series of each exporter on the page.", ("exporter",))
        self._dropped = self._counter(
            "series_dropped", "Series of a run that were not put on the page, by reason.", ("exporter", "reason")
        )
        self._render_duration = self._histogram(
            "render_duration_seconds", "Time to render the page after a change, off the request path.", _RENDER_BUCKETS
        )
        self._rendered_at = self._gauge("render_timestamp_seconds", "When this page was rendered.")
        self._render_failures = self._counter("render_failures", "Times that rendering failed; the old page stays.")
        self._render_failures.add((), 0.0)

    def _gauge(self, name: str, text: str, labels: Values = ()) -> Table:
        return self._table("gauge", name, text, labels)

    def _counter(self, name: str, text: str, labels: Values = ()) -> Table:
        return self._table("counter", name, text, labels)

    def _table(self, kind: str, name: str, text: str, labels: Values) -> Table:
        self._labels[f"{PREFIX}_{name}_total" if kind == "counter" else f"{PREFIX}_{name}"] = labels
        return Table(self.registry, kind, f"{PREFIX}_{name}", text, labels)

    def _live(self, times: Table, name: str, text: str, shown: Callable[[float], float]) -> None:
        self._labels[f"{PREFIX}_{name}"] = times.labels
        Live(self.registry, times, f"{PREFIX}_{name}", text, shown)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...], labels: Values = ()) -> Histogram:
        self._labels |= {f"{PREFIX}_{name}_{end}": labels for end in ("bucket", "sum", "count")}
        return Histogram(f"{PREFIX}_{name}", text, labels, registry=self.registry, buckets=buckets)


def _pair(exporter: str, target: Target) -> Values:
    return (exporter, target.account_id, target.region)


def _target(target: Target) -> Values:
    return (target.account_id, target.region)
