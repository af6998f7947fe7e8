"""Log groups: whether what should be written is written, and whether it is handed on.

The estate calls the log group of an environment's API ``/ecs/ppbe-{env}/api`` and its load balancer ``ppbe-{env}-alb``:
that joins the two.

Source, as the reasons name it. Logs: CloudWatch Logs user guide, "Monitoring with CloudWatch metrics".
"""

from alerts._examples import series
from alerts._shared import ARN, BALANCER, REQUESTS, SRE, collected, requests, seen
from exporters import logs
from ppbe_observe.alerting import BYTES, INFO, MINUTE, PAGE, TICKET, Alert, Case, Example, Record, RuleGroup
from ppbe_observe.alerting.prometheus.examples import PLACE
from ppbe_observe.cloudwatch import SUM

EXPORTER = logs.EXPORTER
EVENTS, WRITTEN = (EXPORTER.counter_name(each) for each in ("IncomingLogEvents", "IncomingBytes"))
ERRORS, THROTTLED = (EXPORTER.series_name(each, SUM) for each in ("DeliveryErrors", "DeliveryThrottling"))
UNPARSED, INVALID = (EXPORTER.series_name(each, SUM) for each in ("EMFParsingErrors", "EMFValidationErrors"))

OF_API = 'dimension_LogGroupName=~"/ecs/.+/api"'
OF_OTHERS = 'dimension_LogGroupName!~"/ecs/.+"'
APPLICATION = "application"
"""The label that is made to join log groups with load balancers: ``ppbe-production``."""


def log_group(name: str, **more: str) -> dict[str, str]:
    """Labels of a log group, for examples."""
    arn = f"{ARN}:logs:us-gov-west-1:123456789012:log-group:{name}"
    return {**PLACE, "name": arn, "dimension_LogGroupName": name, **more}


API, FLOW = log_group("/ecs/ppbe-production/api"), log_group("/vpc/ppbe-production/flow")
FORWARDED = log_group("/ecs/ppbe-production/api", dimension_FilterName="siem", dimension_DestinationType="Firehose")
SILENT = f"increase({EVENTS}{{{OF_API}}}[20m]) < 1"
DAILY_BYTES = Record(
    name="logs:incoming_bytes:increase1h_avg1d",
    expr=f"avg_over_time(increase({WRITTEN}[1h])[1d:1h])",
)
"""Bytes written in an hour, averaged over the hours of a day."""

GROUP = RuleGroup(
    rules=(
        DAILY_BYTES,
        Alert(
            name="LogsApiSilent",
            expr=f'label_replace({SILENT}, "{APPLICATION}", "$1", "dimension_LogGroupName", "/ecs/(.+)/api") '
            f"and on (account_id, region, {APPLICATION}) "
            f"{requests(APPLICATION, '$1', 'app/(.+)-alb/.+', '20m')} > 100 {seen('logs', '20m')}",
            severity=PAGE,
            owner=SRE,
            summary="The API serves requests and writes no log",
            description="{dimension_LogGroupName} in {region} got {value} events in the last 20 minutes, though the "
            "load balancer of {application} got more than 100 requests. What is not written is lost for good.",
            reason="Each finished request is one line (estate.md), and an audit record that has to be kept (NIST "
            "800-53 AU-5, response to audit logging process failures). Twenty minutes are longer than a datapoint is "
            "ever late; a quiet night has no hundred requests. Only while the daemon sees everything.",
            lasts=5 * MINUTE,
            example=Example(
                fires={
                    **series({EVENTS: "9x40"}, API),
                    **series({REQUESTS: "0+100x40"}, BALANCER),
                    **collected("logs", "1x40"),
                },
                quiet={
                    **series({EVENTS: "0+1x40"}, API),
                    **series({REQUESTS: "0+100x40"}, BALANCER),
                    **collected("logs", "1x40"),
                },
                labels={**API, APPLICATION: "ppbe-production"},
                value=0,
                begins=2 * MINUTE,
            ),
            cases=(
                Case(
                    "a quiet night",
                    {
                        **series({EVENTS: "9x40"}, API),
                        **series({REQUESTS: "0+4x40"}, BALANCER),
                        **collected("logs", "1x40"),
                    },
                    35 * MINUTE,
                ),
                Case(
                    "a daemon that does not see the log groups",
                    {
                        **series({EVENTS: "9x40"}, API),
                        **series({REQUESTS: "0+100x40"}, BALANCER),
                        **collected("logs", "1x9 0x30"),
                    },
                    35 * MINUTE,
                ),
                Case(
                    "of two environments the silent one has no requests",
                    {
                        **series({EVENTS: "9x40"}, log_group("/ecs/ppbe-staging/api")),
                        **series({REQUESTS: "0+100x40"}, BALANCER),
                        **collected("logs", "1x40"),
                    },
                    35 * MINUTE,
                ),
            ),
        ),
        Alert(
            name="LogsStopped",
            expr=f"increase({EVENTS}{{{OF_OTHERS}}}[1h]) < 1 and on (name) "
            f"increase({EVENTS}{{{OF_OTHERS}}}[3h] offset 1h) > 360 {seen('logs', '1h')}",
            severity=TICKET,
            owner=SRE,
            summary="A log group that was written all the time is written no more",
            description="{dimension_LogGroupName} in {region} got {value} events in the last hour, after more than 360 "
            "in the three hours before.",
            reason="What wrote two lines a minute for three hours and then none for one was cut: a flow log, a log "
            "export or the permission to write (NIST 800-53 AU-5). Groups of ECS are left to LogsApiSilent: without "
            "users they are quiet.",
            lasts=5 * MINUTE,
            example=Example(
                fires={**series({EVENTS: "0+10x60 600x75"}, FLOW), **collected("logs", "1x140")},
                quiet={**series({EVENTS: "0+10x60 600+0.1x75"}, FLOW), **collected("logs", "1x140")},
                labels=FLOW,
                value=0,
                begins=120 * MINUTE,
            ),
            cases=(
                Case(
                    "a group that is hardly written",
                    {**series({EVENTS: "0+5x60 300x75"}, FLOW), **collected("logs", "1x140")},
                    130 * MINUTE,
                ),
            ),
        ),
        Alert(
            name="LogsDeliveryErrors",
            expr=f"{ERRORS} > 0",
            severity=TICKET,
            owner=SRE,
            summary="Log events are refused by where they are handed on to",
            description="{dimension_FilterName} of {dimension_LogGroupName} in {region}: the destination refused "
            "{value} events in the newest minute.",
            reason="After 24 hours of retries they are lost (Logs, DeliveryErrors). A datapoint is shown for ten "
            "minutes: a quarter of an hour means that it goes on.",
            lasts=15 * MINUTE,
            keeps=15 * MINUTE,
            example=Example(
                fires=series({ERRORS: "40x60"}, FORWARDED),
                quiet=series({ERRORS: "0x60"}, FORWARDED),
                labels=FORWARDED,
                value=40,
            ),
            cases=(Case("one datapoint, shown for ten minutes", series({ERRORS: "_x4 40x9"}, FORWARDED), 20 * MINUTE),),
        ),
        Alert(
            name="LogsDeliveryThrottled",
            expr=f"{THROTTLED} > 0",
            severity=TICKET,
            owner=SRE,
            summary="Log events are handed on too slowly",
            description="{dimension_FilterName} of {dimension_LogGroupName} in {region}: the destination throttled "
            "{value} events in the newest minute.",
            reason="Throttled events are tried again for 24 hours (Logs, DeliveryThrottling). Half an hour is no "
            "burst: the destination is too small.",
            lasts=30 * MINUTE,
            keeps=15 * MINUTE,
            example=Example(
                fires=series({THROTTLED: "40x60"}, FORWARDED),
                quiet=series({THROTTLED: "0x60"}, FORWARDED),
                labels=FORWARDED,
                value=40,
            ),
        ),
        Alert(
            name="LogsMetricsRefused",
            expr=f"{UNPARSED} > 0 or {INVALID} > 0",
            severity=TICKET,
            owner=SRE,
            summary="Metrics in log lines cannot be read",
            description="{dimension_LogGroupName} in {region}: {value} events of the newest minute in embedded metric "
            "format were malformed. Their metrics are missing, and so are the alerts on them.",
            reason="CloudWatch drops the metrics of such an event, keeps its text (Logs, EMFParsingErrors), and tells "
            "nobody else. It begins with a release and does not end by itself.",
            lasts=15 * MINUTE,
            keeps=15 * MINUTE,
            example=Example(
                fires=series({UNPARSED: "3x40"}, API),
                quiet=series({UNPARSED: "0x40", INVALID: "0x40"}, API),
                labels=API,
                value=3,
            ),
            cases=(Case("parsed, and not valid", series({INVALID: "2x40"}, API), 30 * MINUTE, 2, API),),
        ),
        Alert(
            name="LogsVolumeJump",
            expr=f"increase({WRITTEN}[1h]) > 5 * {DAILY_BYTES.name} offset 1h and increase({WRITTEN}[1h]) > {1 << 30}",
            severity=INFO,
            owner=SRE,
            summary="A log group is written several times as much as the day before",
            description="{dimension_LogGroupName} in {region} got {value} in the last hour, more than five times the "
            "usual of the day before. Bytes are billed.",
            reason="A loop of errors, or debug logging that was left on. Five times is beyond the daily wave, and a "
            "gibibyte an hour is where it shows on the bill.",
            unit=BYTES,
            lasts=10 * MINUTE,
            keeps=30 * MINUTE,
            example=Example(
                fires=series({WRITTEN: f"0+1048576x120 {120 << 20}+67108864x60"}, API),
                quiet=series({WRITTEN: f"0+1048576x120 {120 << 20}+4194304x60"}, API),
                labels=API,
                value=1697 << 20,
                begins=137 * MINUTE,
            ),
        ),
    )
)
