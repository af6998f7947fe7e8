"""Open findings, for dashboards/compliance.py: which, how old, and when each is due."""

from dashboards._compliance import (
    ACCEPT,
    ALERTS,
    BY_FINDING,
    DAY,
    DUE,
    OPENED,
    SEVERITIES,
    age,
    of,
    until,
)
from ppbe_observe.grafana import (
    BAD,
    BARS,
    WARN,
    Column,
    Link,
    Query,
    Row,
    Table,
    TimeSeries,
    Unit,
    above,
    below,
    limits,
    runbook,
)

DEADLINES_BOOK = (runbook("FindingDeadlines"),)
OF_CHECK = Link("Findings of the check", '{daemon}/findings?check=${__data.fields["Check"]}')
OF_RESOURCE = Link("All of the resource", '{daemon}/resources/${__data.fields["Resource"]}')
FINDINGS_PAGE = Link("Findings and their reasons", "{daemon}/findings")
BY_CHECK = "sum by (check, severity)"
BY_SEVERITY = "count by (severity)"
FAILS = 'outcome="fail"'
NOTHING_OPEN = "no finding is open, which is good."
TREND = "30d"
OLDER = f"{BY_SEVERITY} ({age()} >= {180 * DAY})"
UNDATED = f"{BY_SEVERITY} ({of(OPENED)} unless {of(DUE)})"
CLOSED = f"{of(OPENED)} offset 1d unless {of(OPENED)}"

FINDINGS = Row(
    "Open findings",
    (
        Table(
            title="Findings",
            description="Each check that fails on a resource: the one that is due first is first. Negative is "
            "overdue; without a date no rule sets one, or an exemption accepts it.",
            unit=Unit.COUNT,
            queries=(
                Query(f"{BY_FINDING} {age()} / {DAY}"),
                Query(f"{BY_FINDING} {until(DUE)} / {DAY}"),
                Query(f"{BY_FINDING} {until(ACCEPT)} / {DAY}"),
            ),
            columns=(
                Column(1, "Due in, days", (below(7, WARN), below(0, BAD))),
                Column("severity", "Severity"),
                Column("check", "Check"),
                Column("resource", "Resource"),
                Column("account_id", "Account"),
                Column("region", "Region"),
                Column(0, "Open for, days"),
                Column(2, "Accept within, days", limits(ALERTS, "FindingMustBeAccepted", scale=1 / DAY)),
            ),
            states=SEVERITIES,
            links=(FINDINGS_PAGE, *DEADLINES_BOOK),
            row_links=(OF_RESOURCE, OF_CHECK),
            sort="Due in, days",
            descending=False,
            decimals=1,
            height=14,
            empty=NOTHING_OPEN,
        ),
        Table(
            title="Checks",
            description="Every check with what it found, the one that fails on most resources first.",
            unit=Unit.COUNT,
            queries=tuple(
                Query(f"{BY_CHECK} ({of('fedramp_findings', only)})")
                for only in ('outcome="fail"', 'outcome="unknown"', 'outcome="exempt"', 'outcome="pass"')
            ),
            columns=(
                Column("check", "Check"),
                Column("severity", "Severity"),
                Column(0, "Fail", (above(1, BAD),)),
                Column(1, "Unknown", (above(1, WARN),)),
                Column(2, "Exempt"),
                Column(3, "Pass"),
            ),
            states=SEVERITIES,
            row_links=(OF_CHECK,),
            sort="Fail",
            width=12,
            height=12,
            empty="nothing of a kind was found: no check fails, is unknown or exempt.",
        ),
        Table(
            title="Resources",
            description="The resources on which most checks fail: one that nobody manages fails many.",
            unit=Unit.COUNT,
            queries=(
                Query(f"topk(50, count by (resource, account_id, region) ({of('fedramp_finding', FAILS)} == 1))"),
            ),
            columns=(
                Column("resource", "Resource"),
                Column("account_id", "Account"),
                Column("region", "Region"),
                Column(0, "Checks that fail"),
            ),
            row_links=(OF_RESOURCE,),
            sort="Checks that fail",
            width=12,
            height=12,
            empty=NOTHING_OPEN,
        ),
    ),
)


def within(when: str, *days: int) -> tuple[Query, ...]:
    """How many findings of each severity have a date that is no further away, each from the one before on."""
    edges = zip((0, *days), days, strict=False)
    return tuple(Query(f"{BY_SEVERITY} ({first * DAY} <= {until(when)} < {last * DAY})") for first, last in edges)


def aged(*days: int) -> tuple[Query, ...]:
    """How many findings of each severity are so old, each from the one before on."""
    edges = zip((0, *days), days, strict=False)
    return tuple(Query(f"{BY_SEVERITY} ({first * DAY} <= {age()} < {last * DAY})") for first, last in edges)


DEADLINES = Row(
    "Age and deadlines",
    (
        TimeSeries(
            title="Open by severity",
            description="Findings that fail. What rises for weeks is opened faster than it is mended.",
            unit=Unit.COUNT,
            queries=(Query(f"sum by (severity) ({of('fedramp_findings', FAILS)})", "{{severity}}"),),
            links=(runbook("CheckFails"),),
            span=TREND,
            stacked=True,
            decimals=0,
            minimum=0,
            empty=NOTHING_OPEN,
        ),
        TimeSeries(
            title="Opened and closed",
            description="Within the day before each moment. Closed ones pass now, or their resource is gone.",
            unit=Unit.COUNT,
            queries=(
                Query(f"count({age()} < {DAY})", "opened"),
                Query(f"count({CLOSED})", "closed"),
            ),
            span=TREND,
            draw=BARS,
            decimals=0,
            minimum=0,
            empty="no finding was opened or closed within a day.",
        ),
        TimeSeries(
            title="Overdue by severity",
            description="Findings past their date. Each goes into the plan of actions, with the reason for the delay.",
            unit=Unit.COUNT,
            queries=(Query(f"{BY_SEVERITY} ({until(DUE)} < 0)", "{{severity}}"),),
            thresholds=(above(1, WARN),),
            links=DEADLINES_BOOK,
            span=TREND,
            stacked=True,
            decimals=0,
            minimum=0,
            empty="nothing is overdue, which is good.",
        ),
        Table(
            title="How old",
            description="Open findings by the days since they were opened. FedRAMP Rev5 allows 30, 90 and 180 days "
            "for high, moderate and low; after 192 a finding must be accepted.",
            unit=Unit.COUNT,
            queries=(Query(f"{BY_SEVERITY} ({of(OPENED)})"), *aged(7, 30, 90, 180), Query(OLDER)),
            columns=(
                Column("severity", "Severity"),
                Column(0, "Open"),
                Column(1, "Up to 7 days"),
                Column(2, "Up to 30"),
                Column(3, "Up to 90"),
                Column(4, "Up to 180"),
                Column(5, "Older", (above(1, BAD),)),
            ),
            states=SEVERITIES,
            sort="Open",
            decimals=0,
            width=12,
            height=6,
            empty="no open finding is so old.",
        ),
        Table(
            title="When they are due",
            description="Open findings by the days that are left. What is due this week needs somebody today. What an "
            "exemption accepts has no date.",
            unit=Unit.COUNT,
            queries=(Query(f"{BY_SEVERITY} ({until(DUE)} < 0)"), *within(DUE, 7, 30, 90, 180), Query(UNDATED)),
            columns=(
                Column("severity", "Severity"),
                Column(0, "Overdue", (above(1, BAD),)),
                Column(1, "Within 7 days", (above(1, WARN),)),
                Column(2, "Within 30"),
                Column(3, "Within 90"),
                Column(4, "Within 180"),
                Column(5, "No date"),
            ),
            states=SEVERITIES,
            links=DEADLINES_BOOK,
            sort="Overdue",
            decimals=0,
            width=12,
            height=6,
            empty="no open finding is due then.",
        ),
        TimeSeries(
            title="Next date",
            description="How long until the next open finding of each severity is due. Below 0 it is overdue.",
            unit=Unit.DURATION,
            queries=(Query(f"min by (severity) {until(DUE)}", "{{severity}}"),),
            thresholds=(*limits(ALERTS, "FindingOverdue", scale=-1), below(7 * DAY, WARN)),
            links=DEADLINES_BOOK,
            width=12,
            empty=NOTHING_OPEN,
        ),
        TimeSeries(
            title="Oldest finding",
            description="Of each severity, and of what is not accepted: how long it has been open.",
            unit=Unit.DURATION,
            queries=(Query(f"max by (severity) {age()}", "{{severity}}"),),
            width=12,
            minimum=0,
            empty=NOTHING_OPEN,
        ),
    ),
)
