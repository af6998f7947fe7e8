"""The daemon itself and those that work with it: does it see, remember, publish and page, and at what price.

What it sees of AWS is in _daemon_collection.py, its process and its page of metrics in _daemon_process.py.
"""

from alerts import daemon, daemon_collection, monitoring
from alerts.daemon import JOB
from dashboards import _daemon_collection as collection
from dashboards._counts import counted
from dashboards._daemon_collection import AGE, ALWAYS, COLLECTION, COST, EXPORTER, FRESHNESS, VARIABLES, WHY, of
from dashboards._daemon_process import MEMORY, PAGE, PAGE_AGE, PROCESS, STARTS
from dashboards._shared import MARKS, small
from ppbe_observe.grafana import (
    BAD,
    GOOD,
    WARN,
    Dashboard,
    Link,
    Query,
    Row,
    Stat,
    State,
    StateTimeline,
    TimeSeries,
    Unit,
    above,
    alert_table,
    dashboard,
    limits,
    runbook,
)

RUNNING, WORKING = daemon.RUNNING.alerts, daemon.WORKING.alerts
SEEN = daemon_collection.GROUP.alerts
MONITORING = monitoring.GROUP.alerts
INSTANCE = "{{instance}}"
PART = "{{job}}, {{instance}}"
PARTS = '{job=~"ppbe-observe|prometheus|alertmanager"}'
RUNS = f"{daemon.RUNS}{{{EXPORTER}}}"
BY_EXPORTER = "{{exporter}}"
RELOADED = "ppbe_observe_config_last_reload_successful"
UP = (State(1, "up", GOOD), State(0, "down", BAD))


def runs(outcome: str, span: str) -> str:
    """How many due runs of each exporter ended so within a span."""
    return f"sum by (exporter, instance) ({counted(f'{daemon.RUNS}{{{EXPORTER},{outcome}}}', span)})"


GLANCE = Row(
    "At a glance",
    (
        Stat(
            title="Daemon",
            description="Whether Prometheus can read it. While it is down nothing is known, and nothing of AWS pages.",
            unit=Unit.COUNT,
            queries=(Query(f"min(up{JOB})"),),
            states=UP,
            width=3,
        ),
        small(
            "Blind collectors",
            "Exporters and targets whose last run did not see all that it asked for.",
            Unit.COUNT,
            f"sum({of(collection.COLLECTED)} == bool 0)",
            above(1, WARN),
        ),
        small(
            "Oldest data",
            "Of what reports all the time. Old data looks healthy, whatever is wrong.",
            Unit.SECONDS,
            f"max({of(AGE, ALWAYS)})",
            *limits(SEEN, "ObserveDataOld"),
            empty="an exporter is chosen that only reports what happens.",
        ),
        small(
            "Page rendered",
            "How old the page of metrics is. An old one is served as if it were new.",
            Unit.SECONDS,
            f"max({PAGE_AGE})",
            *limits(RUNNING, "ObservePageOld"),
        ),
        small(
            "Calls that fail",
            "Of the AWS calls of an hour, after all retries.",
            Unit.RATIO,
            f"(sum(rate({collection.FAILED_CALLS}[1h])) or vector(0)) / sum(rate({collection.CALLS}[1h]))",
            above(0.01, WARN),
            above(0.1, BAD),
        ),
        small(
            "Dollars a month",
            "What GetMetricData costs at the rate of the last hour.",
            Unit.DOLLARS,
            f"{collection.PRICE} * {collection.MONTH}",
        ),
        small(
            "Memory",
            "Of the daemon's process. It is killed where it outgrows its container.",
            Unit.BYTES,
            f"max({MEMORY})",
        ),
        small(
            "Starts within an hour",
            "A deployment starts it once or twice. More is a crash or its memory limit.",
            Unit.COUNT,
            f"max({STARTS})",
            *limits(RUNNING, "ObserveRestarts"),
        ),
        alert_table(
            "Firing for the monitoring",
            "Alerts about the daemon, Prometheus and Alertmanager, and accounts that nobody sees.",
            'alertname=~"(Observe|Prometheus|Alertmanager|Monitoring|Target).+"',
            'account_id=~"$account|"',
            'region=~"$region|"',
            height=7,
        ),
    ),
)

SCHEDULE = Row(
    "Schedule",
    (
        TimeSeries(
            title="Duration of runs",
            description="The last run of each exporter, in its slowest target. A rise is throttling, or a larger "
            "estate.",
            unit=Unit.SECONDS,
            queries=(Query(f"max by (exporter) ({of('ppbe_observe_collect_duration_seconds')})", BY_EXPORTER),),
            minimum=0,
        ),
        TimeSeries(
            title="Runs by outcome",
            description="Due runs a minute. Those that were missed or skipped never began: the last one still ran, or "
            "the machine slept.",
            unit=Unit.COUNT,
            queries=(Query(f"60 * sum by (outcome) (rate({RUNS}[$__rate_interval]))", "{{outcome}}"),),
            stacked=True,
            minimum=0,
        ),
        TimeSeries(
            title="Late starts",
            description="Runs of an hour that waited for a free worker: all were busy. It is the lag of the scheduler.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    f"sum by (exporter) ({counted(f'ppbe_observe_job_late_starts_total{{{EXPORTER}}}', '1h')})",
                    BY_EXPORTER,
                ),
            ),
            thresholds=limits(WORKING, "ObserveRunsLate"),
            decimals=0,
            minimum=0,
            empty="no run had to wait.",
        ),
        TimeSeries(
            title="Runs that never began",
            description="Missed or skipped within half an hour. Their datapoints come with the next run, later.",
            unit=Unit.COUNT,
            queries=(Query(runs('outcome=~"missed|skipped"', "30m"), BY_EXPORTER),),
            thresholds=limits(WORKING, "ObserveRunsMissed"),
            decimals=0,
            minimum=0,
            empty="every run began when it was due.",
        ),
        TimeSeries(
            title="Runs that failed",
            description="Ended within half an hour by an error that nobody expected; the log has its trace.",
            unit=Unit.COUNT,
            queries=(Query(runs('outcome="failed"', "30m"), BY_EXPORTER),),
            thresholds=limits(WORKING, "ObserveRunsFail"),
            decimals=0,
            minimum=0,
            empty="no run has failed.",
        ),
        TimeSeries(
            title="Runs over their deadline",
            description="Of an hour. They are given up: what they would have seen is missing.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    f"sum by (exporter) ({counted(f'ppbe_observe_job_overruns_total{{{EXPORTER}}}', '1h')})",
                    BY_EXPORTER,
                ),
            ),
            thresholds=limits(WORKING, "ObserveRunsOverrun"),
            decimals=0,
            minimum=0,
            empty="every run kept its deadline.",
        ),
    ),
)

WATCHERS = Row(
    "Prometheus and Alertmanager",
    (
        StateTimeline(
            title="Parts of the monitoring",
            description="Whether Prometheus can read the daemon, Alertmanager and itself.",
            queries=(Query(f"up{PARTS}", PART),),
            states=UP,
            links=(runbook("MonitoringDown"),),
            width=12,
            height=7,
        ),
        TimeSeries(
            title="Alertmanagers",
            description="Those that Prometheus sends alerts to. With none nobody is paged.",
            unit=Unit.COUNT,
            queries=(Query("prometheus_notifications_alertmanagers_discovered", INSTANCE),),
            thresholds=limits(MONITORING, "PrometheusNoAlertmanager"),
            width=6,
            height=7,
            decimals=0,
            minimum=0,
        ),
        StateTimeline(
            title="Configurations",
            description="Whether what was last read was applied: settings of the daemon, rules, escalation.",
            queries=(
                Query(RELOADED, "ppbe-observe, {{instance}}"),
                Query("prometheus_config_last_reload_successful", "Prometheus, {{instance}}"),
                Query("alertmanager_config_last_reload_successful", "Alertmanager, {{instance}}"),
            ),
            states=(State(1, "applied", GOOD), State(0, "refused: the old one is kept", WARN)),
            links=(runbook("ObserveReloadRefused"), runbook("MonitoringReloadRefused")),
            width=6,
            height=7,
        ),
        TimeSeries(
            title="Rules that failed",
            description="Evaluations of ten minutes that ended in an error: these alerts cannot fire.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "sum by (instance) (increase(prometheus_rule_evaluation_failures_total[10m]))",
                    INSTANCE,
                ),
            ),
            thresholds=limits(MONITORING, "PrometheusRulesFail"),
            width=6,
            decimals=0,
            minimum=0,
        ),
        TimeSeries(
            title="Rules that were late",
            description="Evaluations of half an hour that were left out, since the one before had not ended.",
            unit=Unit.COUNT,
            queries=(
                Query("sum by (instance) (increase(prometheus_rule_group_iterations_missed_total[30m]))", INSTANCE),
            ),
            thresholds=limits(MONITORING, "PrometheusRulesLate"),
            width=6,
            decimals=0,
            minimum=0,
        ),
        TimeSeries(
            title="Alerts that did not arrive",
            description="Within 15 minutes, from Prometheus at Alertmanager: errors of sending, and what was dropped.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "sum by (instance) (increase(prometheus_notifications_errors_total[15m]))", f"{INSTANCE}: errors"
                ),
                Query("increase(prometheus_notifications_dropped_total[15m])", f"{INSTANCE}: dropped"),
            ),
            thresholds=limits(MONITORING, "PrometheusNotificationsFail"),
            links=(runbook("PrometheusNotificationsDropped"),),
            width=6,
            decimals=0,
            minimum=0,
            empty="Prometheus knows of no Alertmanager.",
        ),
        TimeSeries(
            title="Notifications that failed",
            description="Within 15 minutes, from Alertmanager to people and systems, by the way that they go.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "sum by (instance, integration) (increase(alertmanager_notifications_failed_total[15m])) > 0",
                    "{{integration}}",
                ),
            ),
            thresholds=limits(MONITORING, "AlertmanagerNotificationsFail"),
            links=(dashboard("incidents", "Incidents"),),
            width=6,
            decimals=0,
            minimum=0,
            empty="every notification was taken.",
        ),
    ),
)

DASHBOARD = Dashboard(
    title="ppbe-observe",
    description="Whether what watches the estate can be believed: freshness, failures, calls and cost, and the parts.",
    variables=VARIABLES,
    annotations=MARKS,
    links=(dashboard("overview", "Overview"), Link("Freshness", "{daemon}/freshness")),
    rows=(GLANCE, COLLECTION, FRESHNESS, WHY, SCHEDULE, COST, PAGE, PROCESS, WATCHERS),
)
