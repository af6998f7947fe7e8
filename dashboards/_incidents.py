"""What dashboards/incidents.py asks with: whose incidents, and the times and steps of escalation that they had."""

from alerts.escalation import ESCALATION
from dashboards._counts import counted
from dashboards._shared import small
from ppbe_observe.alerting.rules import PAGE
from ppbe_observe.grafana import (
    BAD,
    NEUTRAL,
    WARN,
    Link,
    Query,
    Scope,
    Stat,
    State,
    Threshold,
    TimeSeries,
    Unit,
    Variable,
    above,
)

ALERTS = 'ALERTS{alertstate="firing"}'
PLACE = Scope("ppbe_observe_collect_success", ("account", "region"))
VARIABLES = (
    *PLACE.variables,
    Variable("severity", "Severity", ALERTS, "severity"),
    Variable("alert", "Alert", 'ALERTS{alertstate="firing",severity=~"$severity"}', "alertname"),
)
"""Where something is, only Prometheus knows; the ledger counts by alert and severity."""
OF_SEVERITY = 'severity=~"$severity"'
CHOSEN = f'{OF_SEVERITY},alertname=~"$alert"'
FIRING = f'alertstate="firing",alertname!="Watchdog",{CHOSEN},account_id=~"$account|",region=~"$region|"'
WAKES, WAITS = 'severity="page"', 'severity="ticket"'
OPEN = f"ppbe_incidents_open{{{CHOSEN}}}"
RECORDED = f"ppbe_incidents_total{{{CHOSEN}}}"
PAGES = f"ppbe_incidents_total{{{WAKES}}}"
ESCALATED = "ppbe_incidents_escalated_total"
ASKED_AGO = "ppbe_incidents_reconciled_age_seconds"
NONE = f"0 * max({ASKED_AGO})"
"""0, as long as somebody counts: a daemon that is down has no open incidents, but not none."""
STEPS = next(each.steps for each in ESCALATION.ladders if each.severity is PAGE)
FIRST, *FURTHER = STEPS
LOOKED_LATE = tuple(above(each.after.total_seconds(), level) for each, level in zip(FURTHER, (WARN, BAD), strict=False))
"""An acknowledgement stops the ladder: after these times the next person has been paged."""
IN_TIME = f'le="{FURTHER[0].after.total_seconds():.1f}"'
NO_LIMIT = 'le!="+Inf"'
IN_SIGHT = "$__range"
NOTHING_SEEN = "nobody acknowledged anything within the time that is shown."
NOTHING_OVER = "no incident was resolved within the time that is shown."
ACKNOWLEDGE, RESOLVE = (f"ppbe_incidents_time_to_{what}_seconds" for what in ("acknowledge", "resolve"))
DURATIONS = tuple(
    State(f"{seconds:.1f}", text, NEUTRAL)
    for seconds, text in (
        (300, "5 minutes"),
        (900, "15 minutes"),
        (1800, "30 minutes"),
        (3600, "an hour"),
        (7200, "2 hours"),
        (14_400, "4 hours"),
        (28_800, "8 hours"),
        (86_400, "a day"),
        (259_200, "3 days"),
        (604_800, "a week"),
    )
)
TIMELINES = Link("Timelines of incidents", "{daemon}/incidents")


def times(metric: str, end: str, span: str = IN_SIGHT, by: str = "") -> str:
    """A part of a histogram of times, as it grew within a span."""
    matchers = f"{OF_SEVERITY},{by}" if by else OF_SEVERITY
    return counted(f"{metric}_{end}{{{matchers}}}", span)


def mean(metric: str, empty: str, title: str, description: str, *thresholds: Threshold) -> Stat:
    """The mean of the times within the time that is shown."""
    seconds, many = (f"sum({times(metric, end)})" for end in ("sum", "count"))
    return small(title, description, Unit.DURATION, f"{seconds} / ({many} > 0)", *thresholds, empty=empty)


def within(metric: str) -> str:
    """The share of times that were no longer than each bucket, percent."""
    buckets = f"sum by (le) ({times(metric, 'bucket', by=NO_LIMIT)})"
    return f"100 * {buckets} / on () group_left () (sum({times(metric, 'count')}) > 0)"


def quantiles(metric: str, title: str, description: str, empty: str, *thresholds: Threshold) -> TimeSeries:
    """Half of the times and nine tenths of them, of a day before each moment."""
    buckets = f"sum by (severity, le) ({times(metric, 'bucket', '1d')})"
    return TimeSeries(
        title=title,
        description=description,
        unit=Unit.DURATION,
        queries=tuple(
            Query(f"histogram_quantile({share}, {buckets}) > 0", f"{{{{severity}}}}, {share:.0%}")
            for share in (0.5, 0.9)
        ),
        thresholds=thresholds,
        minimum=0,
        empty=empty,
    )
