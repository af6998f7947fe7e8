"""What the daemon sees of AWS, for dashboards/daemon.py: how fresh, what failed and why, and what the calls cost."""

from alerts import daemon, daemon_collection
from dashboards._counts import counted
from ppbe_observe.grafana import (
    BAD,
    BARS,
    GOOD,
    UNKNOWN,
    WARN,
    Column,
    Query,
    Row,
    Scope,
    State,
    StateTimeline,
    Table,
    TimeSeries,
    Unit,
    Variable,
    above,
    below,
    limits,
)

COLLECTED = "ppbe_observe_collect_success"
LAST = "ppbe_observe_collect_last_success_timestamp_seconds"
REQUESTED = "ppbe_observe_metrics_requested_total"
DOLLARS = "ppbe_observe_estimated_dollars_total"
REQUESTS = "ppbe_observe_aws_requests_total"
CALL_TIME = "ppbe_observe_aws_call_duration_seconds_bucket"
ALERTS = daemon_collection.GROUP.alerts
IN = Scope(COLLECTED, ("account", "region"))
EXPORTER = 'exporter=~"$exporter"'
VARIABLES = (*IN.variables, Variable("exporter", "Exporter", IN(COLLECTED), "exporter"))
ALWAYS = 'exporter=~"alb|ecs|ecs_containerinsights|elasticache|nat|rds|vpn"'
"""Exporters that have data as long as there are resources."""
NOT_SELDOM = 'exporter!~"s3|sns|waf"'
PAIR = "{{exporter}}, {{account_id}}, {{region}}"
TARGET = "{{account_id}}, {{region}}"
BY_PAIR = "avg by (exporter, account_id, region)"
DAY = 86_400  # seconds
MONTH = 30 * DAY
NOTHING_FAILED = "nothing has failed, which is good."


def of(metric: str, *matchers: str) -> str:
    """A metric of the exporters and targets that are chosen."""
    return IN(metric, EXPORTER, *matchers)


AGE = daemon_collection.AGE
FAILURES = of(daemon.FAILURES)
CALLS = IN(daemon_collection.CALLS)
FAILED_CALLS = IN(daemon_collection.CALLS, 'outcome!="ok"')
THROTTLED_CALLS = IN(daemon_collection.CALLS, 'outcome="throttled"')
DENIED_CALLS = IN(daemon_collection.CALLS, 'outcome=~"denied|expired"')
PRICE = f"sum(rate({of(DOLLARS)}[1h]))"
SPENT, LIMIT = daemon.SPENT, daemon.LIMIT
_LEFT = f"((days_in_month() - day_of_month() + 1) * {DAY} - hour() * 3600 - minute() * 60)"
FORECAST = f"{SPENT} + on (instance) sum by (instance) (rate({DOLLARS}[1h])) * on () group_left () {_LEFT}"
"""Of all that a daemon asks for, like what is spent."""
LIMITED = f" and on (instance) {LIMIT}"
"""Nothing is said to be spent where the settings have no limit."""
WHOLE = f"avg_over_time({of(COLLECTED)}[1h])"
FAILED_LATELY = f"{of(COLLECTED)} and min_over_time({of(COLLECTED)}[$__range]) == 0"

COLLECTION = Row(
    "Collection",
    (
        Table(
            title="Exporters and targets",
            description="What each run saw. Those that failed in the last hour are first: why is below.",
            unit=Unit.COUNT,
            queries=(
                Query(f"100 * {BY_PAIR} ({WHOLE})"),
                Query(f"{BY_PAIR} ({of(AGE)}) / 60"),
                Query(f"{BY_PAIR} (time() - {of(LAST)}) / 60"),
                Query(f"{BY_PAIR} ({of('ppbe_observe_collect_duration_seconds')})"),
                Query(f"{BY_PAIR} ({of('ppbe_observe_resources')})"),
                Query(f"{BY_PAIR} ({of('ppbe_observe_stale_series')})"),
                Query(f"sum by (exporter, account_id, region) (increase({of(REQUESTED)}[1h]))"),
                Query(f"sum by (exporter, account_id, region) (rate({of(DOLLARS)}[1h])) * {MONTH}"),
            ),
            columns=(
                Column("exporter", "Exporter"),
                Column("account_id", "Account"),
                Column("region", "Region"),
                Column(0, "Saw everything in an hour, % of time", (below(100, WARN), below(50, BAD))),
                Column(2, "Last whole run, minutes ago", limits(ALERTS, "ObserveNoSuccess", scale=1 / 60)),
                Column(1, "Newest datapoint, minutes ago"),
                Column(3, "Last run, seconds"),
                Column(4, "Resources"),
                Column(5, "Withheld series", limits(ALERTS, "ObserveSeriesStale")),
                Column(6, "Metrics asked for in an hour"),
                Column(7, "Dollars a month"),
            ),
            sort="Saw everything in an hour, % of time",
            descending=False,
            decimals=1,
            height=12,
        ),
        StateTimeline(
            title="Collection",
            description="Whether the last run of each exporter saw all that it asked for, in every target.",
            queries=(Query(f"min by (exporter) ({of(COLLECTED)})", "{{exporter}}"),),
            states=(State(1, "saw everything", GOOD), State(0, "did not", UNKNOWN)),
            width=12,
            height=11,
        ),
        StateTimeline(
            title="Targets that were not seen whole",
            description="Exporters and targets that failed at least once within the time that is shown.",
            queries=(Query(FAILED_LATELY, PAIR),),
            states=(State(1, "saw everything", GOOD), State(0, "did not", UNKNOWN)),
            width=12,
            height=11,
            empty="every run saw everything, which is good.",
        ),
    ),
)

FRESHNESS = Row(
    "How fresh the data is",
    (
        TimeSeries(
            title="Newest datapoint of each target",
            description="Of whichever exporter is freshest. Where this is old the account is not seen at all: no "
            "alert about it can fire.",
            unit=Unit.SECONDS,
            queries=(Query(f"min by (account_id, region) ({of(AGE, NOT_SELDOM)})", TARGET),),
            thresholds=limits(ALERTS, "ObserveBlind"),
            minimum=0,
        ),
        TimeSeries(
            title="Age of what reports all the time",
            description="The newest datapoint of each exporter. CloudWatch itself is two to five minutes late.",
            unit=Unit.SECONDS,
            queries=(Query(f"max by (exporter) ({of(AGE, ALWAYS)})", "{{exporter}}"),),
            thresholds=limits(ALERTS, "ObserveDataOld"),
            minimum=0,
            empty="an exporter is chosen that only reports what happens.",
        ),
        TimeSeries(
            title="Age of what reports once a day",
            description="The sizes of buckets: a day comes some hours after its end, so that two days are normal.",
            unit=Unit.SECONDS,
            queries=(Query(of(AGE, 'exporter="s3"'), TARGET),),
            thresholds=limits(ALERTS, "ObserveDailyDataOld"),
            minimum=0,
            empty="another exporter than s3 is chosen.",
        ),
        TimeSeries(
            title="Since the last whole run",
            description="Time since the beginning of the last run that saw everything. A saw of an hour is normal for "
            "acm, controls and s3.",
            unit=Unit.SECONDS,
            queries=(Query(f"max by (exporter) (time() - {of(LAST)})", "{{exporter}}"),),
            thresholds=limits(ALERTS, "ObserveNoSuccess"),
            width=12,
            minimum=0,
        ),
        TimeSeries(
            title="Withheld series",
            description="Series that are not shown, for their newest datapoint is too old: the resource is deleted or "
            "idle, or CloudWatch is late.",
            unit=Unit.COUNT,
            queries=(Query(f"sum by (exporter) ({of('ppbe_observe_stale_series')})", "{{exporter}}"),),
            thresholds=limits(ALERTS, "ObserveSeriesStale"),
            width=12,
            decimals=0,
            minimum=0,
        ),
    ),
)

WHY = Row(
    "What failed, and why",
    (
        TimeSeries(
            title="Failures by reason",
            description="Runs of ten minutes that did not see something. denied: a permission is missing; throttled: "
            "there were too many calls; budget: it was left out, to cost no more than it may.",
            unit=Unit.COUNT,
            queries=(Query(f"sum by (reason) ({counted(FAILURES, '10m')}) > 0", "{{reason}}"),),
            draw=BARS,
            stacked=True,
            decimals=0,
            minimum=0,
            empty=NOTHING_FAILED,
        ),
        TimeSeries(
            title="Failures by exporter",
            description="The same runs. One target alone has trouble with its role or region; all of them, the "
            "network.",
            unit=Unit.COUNT,
            queries=(Query(f"sum by (exporter, account_id, region) ({counted(FAILURES, '10m')}) > 0", PAIR),),
            draw=BARS,
            stacked=True,
            decimals=0,
            minimum=0,
            empty=NOTHING_FAILED,
        ),
        TimeSeries(
            title="Failed calls",
            description="Of all AWS calls of an hour, by outcome. Retries are not counted: these failed in the end.",
            unit=Unit.RATIO,
            queries=(
                Query(
                    f"sum by (outcome) (rate({FAILED_CALLS}[1h])) / on () group_left () sum(rate({CALLS}[1h]))",
                    "{{outcome}}",
                ),
            ),
            minimum=0,
            empty=NOTHING_FAILED,
        ),
        TimeSeries(
            title="Throttled calls",
            description="Calls of half an hour that AWS refused as too many, and that failed after all retries.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    f"sum by (account_id, region, operation) ({counted(THROTTLED_CALLS, '30m')})",
                    f"{{{{operation}}}}, {TARGET}",
                ),
            ),
            thresholds=limits(ALERTS, "ObserveThrottled"),
            decimals=0,
            minimum=0,
            empty="nothing was throttled.",
        ),
        TimeSeries(
            title="Denied calls",
            description="Calls of three hours without permission, or with credentials that had expired. ppbe-observe "
            "iam-policy writes what is needed.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    f"sum by (account_id, region, operation) ({counted(DENIED_CALLS, '3h')})",
                    f"{{{{operation}}}}, {TARGET}",
                ),
            ),
            thresholds=limits(ALERTS, "ObserveDenied"),
            decimals=0,
            minimum=0,
            empty="nothing was denied.",
        ),
        TimeSeries(
            title="Requests for each call",
            description="1 where nothing is tried again. Retries hide throttling and a bad network, as long as they "
            "help.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    f"sum by (account_id, region) (rate({IN(REQUESTS)}[1h])) / "
                    f"(sum by (account_id, region) (rate({CALLS}[1h])) > 0)",
                    TARGET,
                ),
            ),
            decimals=2,
            minimum=1,
        ),
        Table(
            title="Calls that failed",
            description="Every operation that failed within the time that is shown, the most often first.",
            unit=Unit.COUNT,
            queries=(
                Query(f"sum by (operation, outcome, account_id, region) ({counted(FAILED_CALLS, '$__range')}) > 0"),
            ),
            columns=(
                Column("operation", "Operation"),
                Column("outcome", "Why"),
                Column("account_id", "Account"),
                Column("region", "Region"),
                Column(0, "Calls"),
            ),
            sort="Calls",
            height=7,
            empty=NOTHING_FAILED,
        ),
    ),
)

COST = Row(
    "Calls and what they cost",
    (
        TimeSeries(
            title="Calls by target",
            description="AWS calls a second. What grows here with the estate is throttled one day.",
            unit=Unit.REQUESTS_PER_SECOND,
            queries=(Query(f"sum by (account_id, region) (rate({CALLS}[$__rate_interval]))", TARGET),),
            stacked=True,
            minimum=0,
        ),
        TimeSeries(
            title="Calls by operation",
            description="The ten operations that are called most, in an hour before each moment.",
            unit=Unit.COUNT,
            queries=(Query(f"topk(10, sum by (operation) (increase({CALLS}[1h])) > 0)", "{{operation}}"),),
            decimals=0,
            minimum=0,
        ),
        TimeSeries(
            title="Slowest calls",
            description="1 % of the calls of an operation took longer, retries included; the ten slowest, of an hour. "
            "A call is given up after ten seconds.",
            unit=Unit.SECONDS,
            queries=(
                Query(
                    f"topk(10, histogram_quantile(0.99, sum by (operation, le) (rate({CALL_TIME}[1h]))) > 0)",
                    "{{operation}}",
                ),
            ),
            minimum=0,
        ),
        TimeSeries(
            title="Metrics asked for",
            description="Of GetMetricData, in a minute: what AWS bills.",
            unit=Unit.COUNT,
            queries=(Query(f"60 * sum by (exporter) (rate({of(REQUESTED)}[$__rate_interval]))", "{{exporter}}"),),
            stacked=True,
            minimum=0,
        ),
        TimeSeries(
            title="Dollars a month by exporter",
            description="What a month costs at the rate of the last hour, by the price in the settings. Fewer "
            "statistics or a longer period make it less.",
            unit=Unit.DOLLARS,
            queries=(Query(f"sum by (exporter) (rate({of(DOLLARS)}[1h])) * {MONTH}", "{{exporter}}"),),
            stacked=True,
            minimum=0,
        ),
        TimeSeries(
            title="Spent this month",
            description="So far, what it comes to by its end, and what it may cost. Where more is projected, "
            "exporters are left out, the last by name first.",
            unit=Unit.DOLLARS,
            queries=(
                Query(f"max({SPENT}{LIMITED})", "spent"),
                Query(f"max(({FORECAST}){LIMITED})", "at the end of the month"),
                Query(f"max({LIMIT})", "may cost"),
            ),
            minimum=0,
            empty="the settings have no limit (budget.monthly_dollars), so that nothing is added up.",
        ),
        TimeSeries(
            title="Share of the budget",
            description="Spent this month, of what it may cost. At 1 CloudWatch is asked nothing more until the month "
            "ends.",
            unit=Unit.RATIO,
            queries=(Query(f"{SPENT} / {LIMIT}", "{{instance}}"),),
            thresholds=(above(0.8, WARN), *limits(daemon.WORKING.alerts, "ObserveBudgetSpent")),
            width=24,
            height=6,
            minimum=0,
            empty="the settings have no limit (budget.monthly_dollars).",
        ),
    ),
)
