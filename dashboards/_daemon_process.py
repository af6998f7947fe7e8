"""The daemon's process and its page of metrics, for dashboards/daemon.py: what a scrape takes, and what it needs."""

from alerts import daemon, daemon_collection
from alerts.daemon import JOB
from dashboards._counts import counted
from dashboards._daemon_collection import EXPORTER, IN, TARGET
from ppbe_observe.grafana import (
    Column,
    Query,
    Row,
    Table,
    TimeSeries,
    Unit,
    limits,
)

RUNNING = daemon.RUNNING.alerts
SEEN = daemon_collection.GROUP.alerts
INSTANCE = "{{instance}}"
BY_EXPORTER = "{{exporter}}"
PAGE_AGE = "time() - ppbe_observe_render_timestamp_seconds"
RENDER_TIME = "ppbe_observe_render_duration_seconds_bucket"
DROPPED = f"ppbe_observe_series_dropped_total{{{EXPORTER}}}"
MEMORY = f"process_resident_memory_bytes{JOB}"
RELOADED_AT = "ppbe_observe_config_last_reload_success_timestamp_seconds"
UNWRITTEN = IN(daemon.FAILURES, EXPORTER, 'reason="state"')
STARTS = f"changes(process_start_time_seconds{JOB}[1h])"

PAGE = Row(
    "The page of metrics",
    (
        TimeSeries(
            title="Scrape",
            description="How long Prometheus took to read the page. It gives up after ten seconds by default.",
            unit=Unit.SECONDS,
            queries=(Query(f"scrape_duration_seconds{JOB}", INSTANCE),),
            minimum=0,
        ),
        TimeSeries(
            title="Rendering",
            description="Half of the pages, and 99 % of them, took no longer to render; off the path of a scrape.",
            unit=Unit.SECONDS,
            queries=tuple(
                Query(
                    f"histogram_quantile({quantile}, sum by (instance, le) (rate({RENDER_TIME}[$__rate_interval])))",
                    f"{INSTANCE}, {quantile:.0%}",
                )
                for quantile in (0.5, 0.99)
            ),
            minimum=0,
        ),
        TimeSeries(
            title="Age of the page",
            description="A page that is not rendered any more shows old values as if they were new.",
            unit=Unit.SECONDS,
            queries=(Query(PAGE_AGE, INSTANCE),),
            thresholds=limits(RUNNING, "ObservePageOld"),
            minimum=0,
        ),
        TimeSeries(
            title="Series by exporter",
            description="Series on the page. A jump is a label that should not be one.",
            unit=Unit.COUNT,
            queries=(Query(f"sum by (exporter) (ppbe_observe_series{{{EXPORTER}}})", BY_EXPORTER),),
            stacked=True,
            minimum=0,
        ),
        TimeSeries(
            title="Series that were dropped",
            description="Within an hour, by reason: above a limit of the settings, or twice the same.",
            unit=Unit.COUNT,
            queries=(
                Query(f"sum by (exporter, reason, instance) ({counted(DROPPED, '1h')})", "{{exporter}}: {{reason}}"),
            ),
            thresholds=limits(RUNNING, "ObserveSeriesDropped"),
            decimals=0,
            minimum=0,
            empty="no series was dropped.",
        ),
        TimeSeries(
            title="Renderings that failed",
            description="Within 15 minutes. The old page is served meanwhile.",
            unit=Unit.COUNT,
            queries=(Query("increase(ppbe_observe_render_failures_total[15m])", INSTANCE),),
            thresholds=limits(RUNNING, "ObserveRenderFails"),
            decimals=0,
            minimum=0,
        ),
    ),
)

PROCESS = Row(
    "Process and state",
    (
        TimeSeries(
            title="Memory in use",
            description="Resident memory. A slope over days is a leak; at the limit of its container it is killed.",
            unit=Unit.BYTES,
            queries=(Query(MEMORY, INSTANCE),),
            minimum=0,
        ),
        TimeSeries(
            title="CPU in use",
            description="Of one core. Near 1 runs begin late, whatever else the machine could do.",
            unit=Unit.RATIO,
            queries=(Query(f"rate(process_cpu_seconds_total{JOB}[$__rate_interval])", INSTANCE),),
            minimum=0,
        ),
        TimeSeries(
            title="Open files",
            description="Files and connections, of those that the process may have. At 1 it cannot call AWS any more.",
            unit=Unit.RATIO,
            queries=(Query(f"process_open_fds{JOB} / process_max_fds{JOB}", INSTANCE),),
            thresholds=limits(RUNNING, "ObserveFilesExhausted"),
            minimum=0,
            maximum=1,
        ),
        TimeSeries(
            title="Starts",
            description="Within an hour. Counters that are kept in the state survive them.",
            unit=Unit.COUNT,
            queries=(Query(STARTS, INSTANCE),),
            thresholds=limits(RUNNING, "ObserveRestarts"),
            decimals=0,
            minimum=0,
        ),
        TimeSeries(
            title="Credentials expire in",
            description="Those of each role that is assumed; they are renewed well before their end.",
            unit=Unit.SECONDS,
            queries=(Query(IN("ppbe_observe_credentials_expiry_seconds"), TARGET),),
            thresholds=limits(SEEN, "ObserveCredentialsExpire"),
            minimum=0,
            empty="no role is assumed, or its credentials do not expire.",
        ),
        TimeSeries(
            title="Clock",
            description="How far AWS is ahead of this machine, to either side. At five minutes it refuses every call.",
            unit=Unit.SECONDS,
            queries=(Query(f"abs({IN('ppbe_observe_clock_skew_seconds')})", TARGET),),
            thresholds=limits(SEEN, "ObserveClockSkew"),
            minimum=0,
        ),
        TimeSeries(
            title="State that was set aside",
            description="Corrupt databases that were moved away and wait for a person; the daemon has begun a new one.",
            unit=Unit.COUNT,
            queries=(Query("ppbe_observe_state_quarantined_files", INSTANCE),),
            thresholds=limits(RUNNING, "ObserveStateQuarantined"),
            decimals=0,
            minimum=0,
        ),
        TimeSeries(
            title="State that could not be written",
            description="Runs of half an hour whose counters, findings or alarms were not kept: a full disk, mostly.",
            unit=Unit.COUNT,
            queries=(Query(f"sum by (exporter) ({counted(UNWRITTEN, '30m')})", BY_EXPORTER),),
            thresholds=limits(RUNNING, "ObserveStateFails"),
            decimals=0,
            minimum=0,
            empty="everything was kept.",
        ),
        Table(
            title="What runs",
            description="The version of each daemon, since when it runs, and since when with these settings.",
            unit=Unit.COUNT,
            queries=(
                Query("count by (instance, version, python) (ppbe_observe_build_info)"),
                Query(f"max by (instance) (time() - process_start_time_seconds{JOB}) / 3600"),
                Query(f"max by (instance) (time() - {RELOADED_AT}) / 3600"),
            ),
            columns=(
                Column("instance", "Instance"),
                Column("version", "Version"),
                Column("python", "Python"),
                Column(1, "Runs for, hours"),
                Column(2, "Settings read, hours ago"),
            ),
            sort="Runs for, hours",
            descending=False,
            decimals=1,
            width=8,
        ),
    ),
)
