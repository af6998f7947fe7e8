"""Incidents: what is open, how soon somebody looked and mended it, how far it climbed, and whether pages arrive at all.

An incident is one alert on one resource. Times are those of the ledger; what fires now is Prometheus' own word.
"""

from alerts import monitoring
from dashboards._counts import counted
from dashboards._incidents import (
    ACKNOWLEDGE,
    ASKED_AGO,
    CHOSEN,
    DURATIONS,
    ESCALATED,
    FIRING,
    FIRST,
    IN_SIGHT,
    IN_TIME,
    LOOKED_LATE,
    NONE,
    NOTHING_OVER,
    NOTHING_SEEN,
    OPEN,
    PAGES,
    RECORDED,
    RESOLVE,
    TIMELINES,
    VARIABLES,
    WAITS,
    WAKES,
    mean,
    quantiles,
    times,
    within,
)
from dashboards._shared import MARKS, small
from ppbe_observe.grafana import (
    BAD,
    BARS,
    NOTE,
    WARN,
    Column,
    Dashboard,
    Link,
    Query,
    Row,
    State,
    StateTimeline,
    Table,
    TimeSeries,
    Unit,
    above,
    alert_table,
    below,
    dashboard,
    limits,
    runbook,
)

GLANCE = Row(
    "At a glance",
    (
        small(
            "Open pages",
            "Incidents that somebody was woken for, and that are not over.",
            Unit.COUNT,
            f"sum(ppbe_incidents_open{{{CHOSEN},{WAKES}}}) or {NONE}",
            above(1, BAD),
        ),
        small(
            "Open tickets",
            "Incidents that wait for the morning, or for the ISSO.",
            Unit.COUNT,
            f"sum(ppbe_incidents_open{{{CHOSEN},{WAITS}}}) or {NONE}",
            above(1, WARN),
        ),
        small(
            "Climbed further",
            "Alerts that fire beyond the first step: nobody has silenced them in time.",
            Unit.COUNT,
            f'count(count without (escalation) (ALERTS{{{FIRING},escalation!~"{FIRST.level}|"}})) or vector(0)',
            above(1, BAD),
        ),
        mean(
            ACKNOWLEDGE,
            NOTHING_SEEN,
            "Mean time to acknowledge",
            "From when an incident fired until somebody silenced it, of those within the time that is shown.",
            *LOOKED_LATE,
        ),
        small(
            "Acknowledged in time",
            "Of the incidents that were acknowledged, those before a second person was paged.",
            Unit.RATIO,
            f"sum({times(ACKNOWLEDGE, 'bucket', by=IN_TIME)}) / (sum({times(ACKNOWLEDGE, 'count')}) > 0)",
            below(0.9, WARN),
            below(0.5, BAD),
            empty=NOTHING_SEEN,
        ),
        mean(
            RESOLVE,
            NOTHING_OVER,
            "Mean time to resolve",
            "From when an incident fired until it was over, of those that ended within the time that is shown.",
        ),
        small(
            "Alertmanager asked",
            "How long ago the daemon last heard what fires and what is silenced. Without it nothing here moves.",
            Unit.SECONDS,
            f"max({ASKED_AGO})",
            above(300, WARN),
            above(1800, BAD),
        ),
        small(
            "Watchdog",
            "How long ago the alert that always fires last came. Where it does not come, no page does.",
            Unit.SECONDS,
            "time() - max(ppbe_observe_watchdog_timestamp_seconds)",
            above(300, WARN),
            above(900, BAD),
            empty="it has not come since the daemon began, or escalations have no watchdog.",
        ),
        alert_table(
            "Firing",
            "What fires now, of what is chosen. A silence does not take it from here: who looks is in the timelines.",
            'alertname!="Watchdog"',
            CHOSEN,
            'account_id=~"$account|"',
            'region=~"$region|"',
            height=8,
        ),
    ),
)

WHEN = Row(
    "When",
    (
        StateTimeline(
            title="What fired",
            description="The worst severity of each alert, at each moment.",
            queries=(
                Query(
                    f"max by (alertname) (2 * ALERTS{{{FIRING},{WAKES}}} or ALERTS{{{FIRING},{WAITS}}})",
                    "{{alertname}}",
                ),
            ),
            states=(State(1, "ticket", WARN), State(2, "page", BAD)),
            height=12,
            empty="nothing fired that somebody is told of.",
        ),
        TimeSeries(
            title="Open incidents",
            description="Not resolved, by severity. A level that never falls is noise, or work that nobody has.",
            unit=Unit.COUNT,
            queries=(Query(f"sum by (severity) ({OPEN})", "{{severity}}"),),
            links=(TIMELINES,),
            stacked=True,
            width=12,
            decimals=0,
            minimum=0,
            empty="no incident is open.",
        ),
        TimeSeries(
            title="Incidents that began",
            description="Within the hour before each moment, by severity. Two pages a shift are what a person can "
            "bear.",
            unit=Unit.COUNT,
            queries=(Query(f"sum by (severity) ({counted(RECORDED, '1h')})", "{{severity}}"),),
            links=(TIMELINES,),
            draw=BARS,
            stacked=True,
            width=12,
            decimals=0,
            minimum=0,
            empty="no incident was recorded.",
        ),
    ),
)

BY_ALERT = Row(
    "By alert",
    (
        Table(
            title="Alerts with incidents",
            description="What is open, and what began within the time that is shown: the noisiest is first, and "
            "should be mended or changed first. A click leads on.",
            unit=Unit.COUNT,
            queries=(
                Query(f"sum by (alertname, severity) ({counted(RECORDED, IN_SIGHT)})"),
                Query(f"sum by (alertname, severity) ({OPEN})"),
                Query(f"sum by (alertname, severity) ({RECORDED})"),
            ),
            columns=(
                Column("alertname", "Alert"),
                Column("severity", "Severity"),
                Column(0, "Began in sight"),
                Column(1, "Open now", (above(1, WARN),)),
                Column(2, "Since the daemon began"),
            ),
            states=(State("page", "page", BAD), State("ticket", "ticket", WARN), State("info", "info", NOTE)),
            sort="Began in sight",
            row_links=(
                Link("Runbook", '{runbooks}/${__data.fields["Alert"]}'),
                Link("Incidents", '{daemon}/incidents?alert=${__data.fields["Alert"]}'),
            ),
            width=14,
            height=10,
            empty="no incident was recorded.",
        ),
        TimeSeries(
            title="Open by alert",
            description="The ten alerts with the most open incidents. One of many resources is one cause, mostly.",
            unit=Unit.COUNT,
            queries=(Query(f"topk(10, sum by (alertname) ({OPEN}))", "{{alertname}}"),),
            stacked=True,
            width=10,
            height=10,
            decimals=0,
            minimum=0,
            empty="no incident is open.",
        ),
    ),
)

TIMES = Row(
    "How soon",
    (
        quantiles(
            ACKNOWLEDGE,
            "Time to acknowledge",
            "Half of the incidents of a day, and nine tenths of them, were silenced within this time. At each line the "
            "next person is paged.",
            "nobody acknowledged anything.",
            *LOOKED_LATE,
        ),
        quantiles(
            RESOLVE,
            "Time to resolve",
            "Half of the incidents of a day, and nine tenths of them, were over within this time.",
            "no incident was resolved.",
        ),
        Table(
            title="Within how long",
            description="Of the incidents within the time that is shown, the share that was acknowledged, and that "
            "was over, within each time.",
            unit=Unit.COUNT,
            queries=(Query(within(ACKNOWLEDGE)), Query(within(RESOLVE))),
            columns=(Column("le", "Within"), Column(0, "Acknowledged, %"), Column(1, "Resolved, %")),
            states=DURATIONS,
            sort="Resolved, %",
            descending=False,
            decimals=0,
            width=8,
            empty="no incident was acknowledged or resolved within the time that is shown.",
        ),
    ),
)

CLIMBED = Row(
    "How far they climb",
    (
        TimeSeries(
            title="Steps that fire",
            description="Alerts at each step of their ladder. What is at the second or third has found nobody so far.",
            unit=Unit.COUNT,
            queries=(Query(f'count by (escalation) (ALERTS{{{FIRING},escalation!=""}})', "{{escalation}}"),),
            decimals=0,
            minimum=0,
            empty="nothing fires that somebody is told of.",
        ),
        TimeSeries(
            title="Incidents that climbed",
            description="Within the hour before each moment, by the step that they reached.",
            unit=Unit.COUNT,
            queries=(Query(f"sum by (step) ({counted(ESCALATED, '1h')})", "{{step}}"),),
            draw=BARS,
            stacked=True,
            decimals=0,
            minimum=0,
            empty="no incident went beyond the first step.",
        ),
        TimeSeries(
            title="Share of pages that climbed",
            description="Of the pages of a day, those that reached each further step. Above a tenth the first person "
            "is asleep, or asked too much.",
            unit=Unit.RATIO,
            queries=(
                Query(
                    f"sum by (step) ({counted(ESCALATED, '1d')}) / on () group_left () "
                    f"(sum({counted(PAGES, '1d')}) > 0)",
                    "{{step}}",
                ),
            ),
            thresholds=(above(0.1, WARN), above(0.5, BAD)),
            minimum=0,
            empty="no page went beyond the first step.",
        ),
    ),
)

ARRIVES = Row(
    "Whether pages arrive",
    (
        TimeSeries(
            title="Watchdog and Alertmanager",
            description="Time since the alert that always fires came, and since Alertmanager was asked. A slope is "
            "silence.",
            unit=Unit.SECONDS,
            queries=(
                Query("time() - ppbe_observe_watchdog_timestamp_seconds", "Watchdog, {{instance}}"),
                Query(ASKED_AGO, "Alertmanager, {{instance}}"),
            ),
            links=(runbook("Watchdog"),),
            minimum=0,
        ),
        TimeSeries(
            title="Heartbeats",
            description="Written to CloudWatch, a minute. Its alarm pages by another way when they stop.",
            unit=Unit.COUNT,
            queries=(
                Query("60 * sum by (outcome) (rate(ppbe_observe_heartbeats_total[$__rate_interval]))", "{{outcome}}"),
            ),
            links=(runbook("Watchdog"),),
            draw=BARS,
            stacked=True,
            minimum=0,
            empty="heartbeats are switched off (incidents.heartbeat).",
        ),
        TimeSeries(
            title="What Alertmanager tells the daemon",
            description="Requests to the webhook a minute, by outcome. unauthorized: the token of one of them is old.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "60 * sum by (outcome) (rate(ppbe_incidents_webhook_requests_total[$__rate_interval]))",
                    "{{outcome}}",
                ),
            ),
            stacked=True,
            minimum=0,
            empty="nothing was told yet.",
        ),
        TimeSeries(
            title="Alerts that were not believed",
            description="Within an hour: their times cannot be. Clocks differ, or somebody else sends them.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    f"sum by (instance) ({counted('ppbe_incidents_webhook_refused_alerts_total', '1h')})",
                    "{{instance}}",
                ),
            ),
            decimals=0,
            minimum=0,
            empty="every alert was believed.",
        ),
        TimeSeries(
            title="Notifications",
            description="Sent by Alertmanager within an hour, by the way that they go.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "sum by (integration) (increase(alertmanager_notifications_total[1h])) > 0",
                    "{{integration}}",
                ),
            ),
            stacked=True,
            decimals=0,
            minimum=0,
            empty="nobody was told anything.",
        ),
        TimeSeries(
            title="Notifications that were refused",
            description="Within 15 minutes. Who should have been paged was not: look at the log of Alertmanager.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "sum by (instance, integration) (increase(alertmanager_notifications_failed_total[15m])) > 0",
                    "{{integration}}",
                ),
            ),
            thresholds=limits(monitoring.GROUP.alerts, "AlertmanagerNotificationsFail"),
            decimals=0,
            minimum=0,
            empty="every notification was taken.",
        ),
    ),
)

DASHBOARD = Dashboard(
    title="Incidents",
    description="For whoever is on call, and for the weekly review: what is open, how soon people came, and what is "
    "noise.",
    variables=VARIABLES,
    annotations=MARKS,
    links=(dashboard("overview", "Overview"), TIMELINES),
    span="24h",
    rows=(GLANCE, WHEN, BY_ALERT, TIMES, CLIMBED, ARRIVES),
)
