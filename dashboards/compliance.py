"""Compliance: the state of every family, control and indicator, what is open and overdue, and what nobody could judge.

The controls are those of the baseline in the settings. Evidence is not here.
"""

from dashboards._compliance import (
    ACCEPT,
    ALERT_NAMES,
    CONTROL,
    CONTROLS,
    DAY,
    DUE,
    FAMILIES,
    FAMILY,
    IN,
    INDICATOR,
    INDICATORS,
    STATES,
    VARIABLES,
    in_family,
    number_of,
    rank,
    until,
)
from dashboards._compliance_detection import COVERAGE, DETECTION, EVALUATED, UNJUDGED
from dashboards._compliance_findings import DEADLINES, FINDINGS, FINDINGS_PAGE, TREND
from dashboards._shared import MARKS, small
from ppbe_observe.grafana import (
    BAD,
    WARN,
    Column,
    Dashboard,
    Link,
    Query,
    Row,
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

CONTROLS_PAGE = Link("Controls and their checks", "{daemon}/controls")


def controls(states: str) -> str:
    """How many controls of the baseline are in these states."""
    return f'sum({CONTROLS}{{state=~"{states}"}})'


GLANCE = Row(
    "At a glance",
    (
        small(
            "Controls that fail",
            "Controls of the baseline of which at least one check fails on at least one resource.",
            Unit.COUNT,
            controls("fail"),
            above(1, BAD),
        ),
        small(
            "Controls that pass",
            "Of the controls that a check speaks for. Unknown ones do not pass, exempt ones neither.",
            Unit.RATIO,
            f"{controls('pass')} / ({controls('fail|unknown|exempt|pass')} > 0)",
            below(1, WARN),
            below(0.8, BAD),
        ),
        small(
            "Controls nobody could judge",
            "Of all that are automated. What is unknown is not good: what is reported meanwhile proves little.",
            Unit.RATIO,
            f'{controls("unknown")} / sum({CONTROLS}{{state!="not_automated"}})',
            *limits(DETECTION, "ControlsUnknown"),
        ),
        small(
            "Indicators that fail",
            "Key Security Indicators of which at least one check fails.",
            Unit.COUNT,
            f'sum(max by (indicator) ({INDICATOR}{{state="fail"}}))',
            above(1, WARN),
        ),
        small(
            "Critical and high",
            "Open findings of the two worst severities, without those that an exemption accepts.",
            Unit.COUNT,
            number_of(IN(ACCEPT, 'severity=~"critical|high"')),
            above(1, BAD),
        ),
        small(
            "Overdue",
            "Open findings past the date by which they had to be remedied. Each needs a plan, and the reason.",
            Unit.COUNT,
            number_of(f"{until(DUE)} < 0"),
            above(1, BAD),
        ),
        small(
            "Due within a week",
            "A week is what a change takes with its review and its window.",
            Unit.COUNT,
            number_of(f"0 <= {until(DUE)} < {7 * DAY}"),
            above(1, WARN),
        ),
        small(
            "Judged",
            "How long ago the target that was judged longest ago was. All are, each hour.",
            Unit.SECONDS,
            f"max(time() - {IN(EVALUATED)})",
            *limits(DETECTION, "EvaluationStale"),
        ),
        alert_table(
            "Firing for controls",
            "Alerts about findings, deadlines and the judging itself.",
            f'alertname=~"{ALERT_NAMES}"',
            'account_id=~"$account|"',
            'region=~"$region|"',
            height=8,
        ),
    ),
)

BY_FAMILY = Row(
    "Families and indicators",
    (
        Table(
            title="Families",
            description="Controls of each family by state, the family with the most that fail first.",
            unit=Unit.COUNT,
            queries=(
                Query(in_family("fail")),
                Query(in_family("unknown")),
                Query(in_family("exempt")),
                Query(in_family("pass")),
                Query(in_family("not_applicable")),
                Query(f"100 * (1 - {in_family('not_automated')} / {in_family('.+')})"),
                Query(in_family(".+")),
            ),
            columns=(
                Column("family", "Family"),
                Column(0, "Fail", (above(1, BAD),)),
                Column(1, "Unknown", (above(1, WARN),)),
                Column(2, "Exempt"),
                Column(3, "Pass"),
                Column(4, "Not applicable"),
                Column(5, "Automated, %"),
                Column(6, "Controls"),
            ),
            states=FAMILIES,
            sort="Fail",
            decimals=0,
            width=14,
            height=14,
        ),
        Table(
            title="Indicators",
            description="Each Key Security Indicator with its state, the worst first.",
            unit=Unit.COUNT,
            queries=(Query(rank(INDICATOR, "indicator")),),
            columns=(Column(0, "State"), Column("indicator", "Indicator")),
            states=(*STATES, *INDICATORS),
            sort="State",
            width=10,
            height=14,
        ),
        StateTimeline(
            title="Families over 30 days",
            description="The worst state of each family's controls, at each moment.",
            queries=(Query(rank(FAMILY, "family"), "{{family}}"),),
            states=STATES,
            span=TREND,
            width=12,
            height=13,
        ),
        StateTimeline(
            title="Indicators over 30 days",
            description="The state of each indicator that a check speaks for, at each moment.",
            queries=(Query(f"{rank(INDICATOR, 'indicator')} > 0", "{{indicator}}"),),
            states=STATES,
            span=TREND,
            width=12,
            height=13,
        ),
    ),
)

BY_CONTROL = Row(
    "Controls",
    (
        Table(
            title="Controls that do not pass",
            description="Those that fail are first, then those that nobody could judge, then those with an exemption.",
            unit=Unit.COUNT,
            queries=(Query(f"{rank(CONTROL, 'control')} > 2"),),
            columns=(Column(0, "State"), Column("control", "Control")),
            states=STATES,
            row_links=(Link("The control", '{daemon}/controls/${__data.fields["Control"]}'),),
            sort="State",
            links=(CONTROLS_PAGE,),
            width=6,
            height=12,
            empty="every control passes that a check speaks for.",
        ),
        TimeSeries(
            title="Controls by state",
            description="Controls that a check speaks for. Five more that fail than yesterday are one change, mostly.",
            unit=Unit.COUNT,
            queries=(Query(f'sum by (state) ({CONTROLS}{{state=~"fail|unknown|exempt|pass"}})', "{{state}}"),),
            links=(runbook("ControlsFailTogether"),),
            span=TREND,
            stacked=True,
            width=9,
            height=12,
            decimals=0,
            minimum=0,
        ),
        TimeSeries(
            title="Indicators by state",
            description="All Key Security Indicators: not_automated are those that no check speaks for.",
            unit=Unit.COUNT,
            queries=(Query(f"sum by (state) (max by (indicator, state) ({INDICATOR}))", "{{state}}"),),
            span=TREND,
            stacked=True,
            width=9,
            height=12,
            decimals=0,
            minimum=0,
        ),
    ),
)

DASHBOARD = Dashboard(
    title="Compliance",
    description="For the ISSO, and for whoever mends a finding: what fails, since when, until when, and what is "
    "unknown.",
    variables=VARIABLES,
    annotations=MARKS,
    links=(dashboard("overview", "Overview"), CONTROLS_PAGE, FINDINGS_PAGE),
    span="24h",
    refresh="5m",
    rows=(GLANCE, BY_FAMILY, BY_CONTROL, FINDINGS, DEADLINES, UNJUDGED, COVERAGE),
)
