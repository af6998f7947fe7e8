"""Whether controls are judged at all, for dashboards/compliance.py: what is unknown and why, and what is covered."""

from alerts import compliance_detection, daemon, daemon_collection
from dashboards._compliance import IN, SEVERITIES, VERIFIED, of
from dashboards._compliance_findings import FINDINGS_PAGE, OF_CHECK, TREND
from dashboards._counts import counted
from ppbe_observe.grafana import BARS, Column, Query, Row, Table, TimeSeries, Unit, dashboard, limits, runbook

DETECTION = compliance_detection.GROUP.alerts
TARGET = "{{account_id}}, {{region}}"
EVALUATED, TOOK = "fedramp_evaluation_timestamp_seconds", "fedramp_evaluation_duration_seconds"
UNREAD = IN(daemon.FAILURES, 'exporter="controls"')
FAILED_CALLS = IN(daemon_collection.CALLS, 'outcome!="ok"')
UNKNOWN = 'outcome="unknown"'
BLIND = 'outcome="fail",check="detection_operating"'
NOTHING_UNKNOWN = "everything could be judged."

UNJUDGED = Row(
    "What could not be judged, and why",
    (
        TimeSeries(
            title="Findings by outcome",
            description="What all checks said of all resources, of the accounts and regions that are chosen.",
            unit=Unit.COUNT,
            queries=(Query(f"sum by (outcome) ({of('fedramp_findings')})", "{{outcome}}"),),
            span=TREND,
            stacked=True,
            decimals=0,
            minimum=0,
        ),
        TimeSeries(
            title="Unknown findings",
            description="Checks that could not judge: a call failed, was denied, or what AWS said lacked something.",
            unit=Unit.COUNT,
            queries=(Query(f"sum by (check) ({of('fedramp_findings', UNKNOWN)})", "{{check}}"),),
            thresholds=limits(DETECTION, "FindingUnknown"),
            links=(FINDINGS_PAGE,),
            decimals=0,
            minimum=0,
            empty=NOTHING_UNKNOWN,
        ),
        TimeSeries(
            title="Why",
            description="What the runs of the checks could not read within two hours. denied: a permission is missing, "
            "ppbe-observe iam-policy writes it; unsupported: the service is not there.",
            unit=Unit.COUNT,
            queries=(Query(f"sum by (reason) ({counted(UNREAD, '2h')}) > 0", "{{reason}}"),),
            links=(dashboard("daemon", "ppbe-observe"),),
            draw=BARS,
            stacked=True,
            decimals=0,
            minimum=0,
            empty="everything could be read.",
        ),
        Table(
            title="Checks that could not judge",
            description="On how many resources, in which target. Six hours of it are a ticket, twelve a finding of its "
            "own: a failure to detect is a vulnerability.",
            unit=Unit.COUNT,
            queries=(Query(f"sum by (check, severity, account_id, region) ({of('fedramp_findings', UNKNOWN)})"),),
            columns=(
                Column("check", "Check"),
                Column("severity", "Severity"),
                Column("account_id", "Account"),
                Column("region", "Region"),
                Column(0, "Resources"),
            ),
            states=SEVERITIES,
            row_links=(OF_CHECK,),
            sort="Resources",
            links=(FINDINGS_PAGE, runbook("FindingUnknown")),
            width=12,
            empty=NOTHING_UNKNOWN,
        ),
        Table(
            title="Calls that failed",
            description="AWS calls that failed within the time that is shown: whatever they would have told is "
            "unknown.",
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
            links=(runbook("ObserveDenied"),),
            width=12,
            empty="every call was answered.",
        ),
        TimeSeries(
            title="Since a check saw everything",
            description="The ten checks that were verified longest ago. Class C wants it every three days.",
            unit=Unit.SECONDS,
            queries=(Query(f"topk(10, max by (check) (time() - {IN(VERIFIED)}))", "{{check}}"),),
            thresholds=limits(DETECTION, "CheckNotVerified"),
            width=12,
            minimum=0,
        ),
        TimeSeries(
            title="Failures to detect",
            description="Targets in which something that the checks need could not be seen for so long that it is a "
            "finding.",
            unit=Unit.COUNT,
            queries=(Query(f"count by (account_id, region) ({of('fedramp_finding', BLIND)} == 1)", TARGET),),
            thresholds=limits(DETECTION, "DetectionFails"),
            width=12,
            decimals=0,
            minimum=0,
            empty="everything was seen.",
        ),
    ),
)

COVERAGE = Row(
    "Coverage",
    (
        TimeSeries(
            title="Automated",
            description="Share of the controls of the baseline, and of the indicators, that a check speaks for. People "
            "attest the others. It falls only where a check was switched off.",
            unit=Unit.RATIO,
            queries=(
                Query("fedramp_baseline_automated_ratio", "controls of {{baseline}}"),
                Query("fedramp_indicators_automated_ratio", "indicators, {{instance}}"),
            ),
            links=(runbook("CoverageFalls"),),
            span=TREND,
            minimum=0,
            maximum=1,
        ),
        TimeSeries(
            title="Resources judged",
            description="In each target. What nobody lists, nobody judges: a fall is deletion, or a service unread.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    "count by (account_id, region) "
                    f"(count by (account_id, region, resource) ({IN('fedramp_finding')}))",
                    TARGET,
                ),
            ),
            span=TREND,
            decimals=0,
            minimum=0,
        ),
        TimeSeries(
            title="Checks that judged",
            description="In each target. Those without a resource that they concern say nothing.",
            unit=Unit.COUNT,
            queries=(
                Query(
                    f"count by (account_id, region) (count by (account_id, region, check) ({IN('fedramp_findings')}))",
                    TARGET,
                ),
            ),
            span=TREND,
            decimals=0,
            minimum=0,
        ),
        TimeSeries(
            title="Since each target was judged",
            description="All are judged each hour (controls.interval). What is older is shown as if it were so now.",
            unit=Unit.SECONDS,
            queries=(Query(f"time() - {IN(EVALUATED)}", TARGET),),
            thresholds=limits(DETECTION, "EvaluationStale"),
            width=12,
            minimum=0,
        ),
        TimeSeries(
            title="How long judging takes",
            description="Reading included. After ten minutes (controls.deadline) it is given up.",
            unit=Unit.SECONDS,
            queries=(Query(IN(TOOK), TARGET),),
            thresholds=limits(DETECTION, "EvaluationSlow"),
            width=12,
            minimum=0,
        ),
    ),
)
