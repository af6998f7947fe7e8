"""Service level objectives: what is left of the error budgets, how fast they are spent, and by which traffic.

Panels and limits are made of the objectives in alerts/slo.py and of the burn rates of their alerts.
"""

from datetime import timedelta

from alerts.slo import OTHER_ANSWERS, SERVER_ERRORS, SLOS, WHOLE
from dashboards._shared import MARKS
from dashboards._users import BALANCERS
from ppbe_observe.alerting import Slo
from ppbe_observe.alerting.durations import duration
from ppbe_observe.alerting.rules import PAGE
from ppbe_observe.alerting.slo.burn import BURNS, DAY, HOUR, WINDOW, Burn
from ppbe_observe.alerting.slo.recording import BUDGET, OBJECTIVE, REMAINING, ratio_name, total_name
from ppbe_observe.alerting.slo.standing import NOW
from ppbe_observe.grafana import (
    BAD,
    BARS,
    GOOD,
    WARN,
    Column,
    Dashboard,
    Link,
    Query,
    Row,
    Scope,
    Stat,
    State,
    StateTimeline,
    Table,
    Threshold,
    TimeSeries,
    Unit,
    Variable,
    above,
    alert_table,
    below,
    dashboard,
    runbook,
)

IN = Scope(total_name(NOW), ("account", "region", "environment"))
CHOSEN = 'slo=~"$slo"'
VARIABLES = (*IN.variables, Variable("slo", "Objective", IN(total_name(NOW)), "slo"))
WHOSE = "{{slo}}, {{tag_Environment}}"
KEPT_BY = "avg by (slo, account_id, region, tag_Environment)"
FAST = BURNS[0]
LEFT_LIMITS = (below(0.25, WARN), below(0, BAD))
"""Of the budget: a quarter left is when only what mends it is still deployed."""
RUNBOOK = (runbook("SloBudgetBurn"),)
NO_REQUESTS = "nobody asked for anything."
COUNTED = {
    each: each.partition("httpcode_")[2].replace("_xx_count_total", "xx").replace("_", " ")
    for each in SERVER_ERRORS + OTHER_ANSWERS
}
"""What each counter counts, as people say it: ``target 5xx``."""


def of(metric: str) -> str:
    """A recorded series of the objectives that are chosen."""
    return IN(metric, CHOSEN)


def fact(name: str) -> str:
    """What an objective promises, which has no label but its name."""
    return f"{name}{{{CHOSEN}}}"


def burn_over(window: timedelta) -> str:
    """How many times faster than allowed the budget was spent over a window."""
    return f"{of(ratio_name(window))} / on (slo) group_left () {BUDGET}"


def bad_over(window: timedelta) -> str:
    """How many events of a window were bad."""
    return f"{of(ratio_name(window))} * {of(total_name(window))}"


LEFT = of(REMAINING)
EVENTS_LEFT = f"{LEFT} * {of(total_name(WINDOW))} * on (slo) group_left () {BUDGET}"
OUTAGE_LEFT = f"{LEFT} * on (slo) group_left () {BUDGET} * {WINDOW.total_seconds():g}"
LASTS = f"({LEFT} > 0) / ({burn_over(FAST.long)} > 1) * {WINDOW.total_seconds():g}"
SPENT_A_DAY = f"{bad_over(DAY)} / ({of(total_name(WINDOW))} > 0) / on (slo) group_left () {BUDGET}"


def number(title: str, description: str, unit: Unit, expr: str, *thresholds: Threshold, empty: str = "") -> Stat:
    """One number about all objectives that are chosen."""
    return Stat(
        title=title,
        description=description,
        unit=unit,
        queries=(Query(expr),),
        thresholds=thresholds,
        empty=empty,
        links=RUNBOOK,
    )


def limit(burn: Burn) -> Threshold:
    """The rate above which the alert of a burn rate fires."""
    return above(burn.factor, BAD if burn.severity is PAGE else WARN)


def burning(burn: Burn) -> TimeSeries:
    """Both windows of a burn rate with the limit of its alert."""
    return TimeSeries(
        title=f"Burn over {duration(burn.long)} and {duration(burn.short)}",
        description=f"How many times faster than allowed the budget is spent. Above {burn.factor:g} over both windows "
        f"a {burn.severity.value} is sent: {burn.spends:.0%} of 30 days' budget are gone by then.",
        unit=Unit.COUNT,
        queries=tuple(Query(burn_over(window), f"{WHOSE}, {duration(window)}") for window in (burn.long, burn.short)),
        thresholds=(limit(burn),),
        links=RUNBOOK,
        width=12,
        decimals=2,
        minimum=0,
        empty=NO_REQUESTS,
    )


def exceeded(burn: Burn) -> Query:
    """2 where a page's limit is exceeded over both windows, 1 where a ticket's is, 0 where none is."""
    over = " * ".join(f"({burn_over(window)} > bool {burn.factor:g})" for window in (burn.long, burn.short))
    weight = 2 if burn.severity is PAGE else 1
    return Query(f"{weight} * {over}", f"{WHOSE}: {burn.factor:g} times over {duration(burn.long)}")


def kept(slo: Slo) -> TimeSeries:
    """The share of good events of one objective, against what is promised."""
    only = f'slo="{slo.name}"'
    share = {window: f"1 - {IN(ratio_name(window), only, CHOSEN)}" for window in (NOW, FAST.long, WINDOW)}
    return TimeSeries(
        title=f"Good events of {slo.name}",
        description=f"{100 * slo.objective:g} % {slo.description}: that is promised over 30 days. {slo.reason}",
        unit=Unit.RATIO,
        queries=tuple(Query(expr, f"{{{{tag_Environment}}}}, {duration(window)}") for window, expr in share.items()),
        thresholds=(below(slo.objective, WARN),),
        links=RUNBOOK,
        width=12,
        decimals=3,
        maximum=1,
        empty=f"{NO_REQUESTS[:-1]}, or another objective is chosen.",
    )


GLANCE = Row(
    "At a glance",
    (
        number(
            "Objectives",
            "Those that are declared. Each is kept for every environment.",
            Unit.COUNT,
            f"count({fact(OBJECTIVE)})",
        ),
        number(
            "Without data",
            "Objectives that nobody can judge: no counter is there. They cannot alert, and are not kept either.",
            Unit.COUNT,
            f"count({fact(OBJECTIVE)} unless on (slo) {of(total_name(NOW))}) or vector(0)",
            above(1, WARN),
        ),
        number(
            "Least budget left",
            "Of 30 days, of the worst objective. Below 0 more failed than was promised.",
            Unit.RATIO,
            f"min({LEFT})",
            *LEFT_LIMITS,
        ),
        number(
            "Outage that is left",
            "How long everything may still fail, at the usual traffic, before the worst objective is missed.",
            Unit.DURATION,
            f"min({OUTAGE_LEFT})",
            below(0, BAD),
        ),
        number(
            "Fastest burn",
            "Over the last hour. At 1 the budget lasts exactly 30 days.",
            Unit.COUNT,
            f"max({burn_over(FAST.long)})",
            above(1, WARN),
            limit(FAST),
            empty=NO_REQUESTS,
        ),
        number(
            "Lasts",
            "When the first budget is gone at the rate of the last hour.",
            Unit.DURATION,
            f"min({LASTS})",
            below(3 * DAY.total_seconds(), WARN),
            below(6 * HOUR.total_seconds(), BAD),
            empty="nothing is spent faster than it may, or a budget is gone already.",
        ),
        alert_table(
            "Firing for objectives",
            "Alerts of the objectives that are chosen: a page burns fast, a ticket slowly, or nobody can see.",
            'slo=~".+"',
            CHOSEN,
            'account_id=~"$account|"',
            'region=~"$region|"',
            'tag_Environment=~"$environment|"',
            height=6,
        ),
    ),
)

OBJECTIVES = Row(
    "Objectives",
    (
        Table(
            title="How they stand",
            description="Each objective in each environment, the one with the least budget first.",
            unit=Unit.COUNT,
            queries=(
                Query(f"100 * {KEPT_BY} ({LEFT})"),
                Query(f"100 * {KEPT_BY} (0 * {LEFT} + on (slo) group_left () {OBJECTIVE})"),
                Query(f"100 * {KEPT_BY} (1 - {of(ratio_name(WINDOW))})"),
                Query(f"100 * {KEPT_BY} (1 - {of(ratio_name(NOW))})"),
                *(Query(f"{KEPT_BY} ({burn_over(each.long)})") for each in BURNS),
                Query(f"{KEPT_BY} ({OUTAGE_LEFT}) / 60"),
                Query(f"{KEPT_BY} ({EVENTS_LEFT})"),
            ),
            columns=(
                Column("slo", "Objective"),
                Column("tag_Environment", "Environment"),
                Column("account_id", "Account"),
                Column("region", "Region"),
                Column(1, "Promised, %"),
                Column(2, "Good in 30 days, %"),
                Column(3, "Good in 5 minutes, %"),
                Column(0, "Budget left, %", (below(25, WARN), below(0, BAD))),
                *(
                    Column(number, f"Burn, {duration(each.long)}", (limit(each),))
                    for number, each in enumerate(BURNS, start=4)
                ),
                Column(8, "Outage left, minutes", (below(0, BAD),)),
                Column(9, "Bad events left", (below(0, BAD),)),
            ),
            sort="Budget left, %",
            descending=False,
            decimals=2,
            height=7,
        ),
    ),
)

BURN = Row(
    "How fast the budgets are spent",
    (
        StateTimeline(
            title="Limits exceeded",
            description="Each burn rate of each objective: where both of its windows exceed it, an alert fires.",
            queries=tuple(exceeded(each) for each in BURNS),
            states=(
                State(0, "within the budget", GOOD),
                State(1, "ticket", WARN),
                State(2, "page", BAD),
            ),
            links=RUNBOOK,
            height=10,
            empty=NO_REQUESTS,
        ),
        *(burning(each) for each in BURNS),
    ),
)

BUDGETS = Row(
    "Error budgets of 30 days",
    (
        TimeSeries(
            title="Budget left",
            description="Of the 30 days before each moment. It rises where an old outage falls out of them.",
            unit=Unit.RATIO,
            queries=(Query(LEFT, WHOSE),),
            thresholds=LEFT_LIMITS,
            links=RUNBOOK,
            span="30d",
            width=12,
            height=9,
            maximum=1,
        ),
        TimeSeries(
            title="Budget spent within a day",
            description="Of the 30 days' budget, what the 24 hours before each moment took: which day was costly.",
            unit=Unit.RATIO,
            queries=(Query(SPENT_A_DAY, WHOSE),),
            thresholds=(above(DAY / WINDOW, WARN),),
            links=RUNBOOK,
            span="30d",
            width=12,
            height=9,
            minimum=0,
            empty=NO_REQUESTS,
        ),
    ),
)

KEPT = Row("Good events", tuple(kept(each) for each in SLOS))

TRAFFIC = Row(
    "Traffic",
    (
        TimeSeries(
            title="Events",
            description="What each objective counted over five minutes. A ratio of few events says little; none is no "
            "proof that all is well.",
            unit=Unit.COUNT,
            queries=(Query(of(total_name(NOW)), WHOSE),),
            decimals=0,
            minimum=0,
        ),
        TimeSeries(
            title="Bad events",
            description="Those of five minutes that were not as promised: each takes its part of the budget.",
            unit=Unit.COUNT,
            queries=(Query(bad_over(NOW), WHOSE),),
            draw=BARS,
            decimals=0,
            minimum=0,
            empty=NO_REQUESTS,
        ),
        TimeSeries(
            title="Answers by kind",
            description="Answers a second of targets and load balancers, all environments together. 5xx of the load "
            "balancer itself: no target could answer.",
            unit=Unit.REQUESTS_PER_SECOND,
            queries=tuple(
                Query(f"sum(rate({IN(counter, WHOLE)}[$__rate_interval]))", text) for counter, text in COUNTED.items()
            ),
            links=BALANCERS,
            stacked=True,
            minimum=0,
        ),
    ),
)

DASHBOARD = Dashboard(
    title="Objectives",
    description="Whether users get what was promised: budgets, burn rates, and what may still be risked.",
    variables=VARIABLES,
    annotations=MARKS,
    links=(dashboard("overview", "Overview"), Link("As they stand now", "{daemon}/slos")),
    rows=(GLANCE, OBJECTIVES, BURN, BUDGETS, KEPT, TRAFFIC),
)
