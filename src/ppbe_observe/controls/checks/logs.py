"""Log groups (CloudWatch Logs)."""

from datetime import UTC, datetime, timedelta
from math import ceil

from ppbe_observe.controls.check import MEDIUM, Check, Subject, check, failed, not_applicable, passed, verdict
from ppbe_observe.controls.checks import metricfilters
from ppbe_observe.controls.reading.required import all_exist, is_named
from ppbe_observe.model import Verdict

_LOG_GROUP = "logs:log-group"
_DESCRIBE_STREAMS = "logs:DescribeLogStreams"
_DELIVERY = "DELIVERY"


@check(
    "log_group_retention",
    on=_LOG_GROUP,
    severity=MEDIUM,
    title="Log events are kept long enough",
    controls=("au-11", "si-12"),
    indicators=("KSI-MLA-OSM",),
    remediation="Keep the events longer (aws logs put-retention-policy --log-group-name NAME --retention-in-days DAYS, "
    "Terraform aws_cloudwatch_log_group retention_in_days), or never let them expire.",
    min_days=90,
)
def retention(group: Subject, min_days: int) -> Verdict:
    """Records of what happened must last until an investigation asks for them.

    Without a retention period they never expire. Groups of the class DELIVERY only hand events on.
    """
    if group.facts.get("logGroupClass") == _DELIVERY:
        return not_applicable("the class DELIVERY only hands its events on: they are kept where they are delivered")
    days = group.facts.get("retentionInDays")
    if days is None:
        return passed("log events never expire")
    return verdict(days >= min_days, f"log events are kept {days} days; {min_days} are required")


@check(
    "log_group_kms",
    on=_LOG_GROUP,
    severity=MEDIUM,
    title="Log events are encrypted with a customer-managed key",
    controls=("sc-28.1", "sc-13", "au-9"),
    indicators=("KSI-MLA-OSM",),
    remediation="Name a KMS key whose policy lets the service logs use it (aws logs associate-kms-key "
    "--log-group-name NAME --kms-key-id ARN, Terraform aws_cloudwatch_log_group kms_key_id); events that are there "
    "already stay as they are.",
)
def kms(group: Subject) -> Verdict:
    """AWS encrypts every log group, but only a key of one's own can be revoked, and its use audited."""
    key = group.facts.get("kmsKeyId")
    return passed(f"log events are encrypted with {key}") if key else failed("no KMS key is named for the log group")


def _exist(groups: Subject, required_groups: tuple[str, ...], **_: object) -> Verdict | None:
    return all_exist("log group", required_groups, [each.facts["logGroupName"] for each in groups.all(_LOG_GROUP)])


@check(
    "log_group_recent_ingestion",
    on=_LOG_GROUP,
    needs=(_DESCRIBE_STREAMS,),
    severity=MEDIUM,
    title="Required logs still arrive",
    controls=("au-12", "au-5"),
    remediation="Find out why nothing arrives: whether the tasks run, their awslogs configuration names this group, "
    "and their execution role may logs:PutLogEvents. Which groups are required is said by required_groups.",
    together=_exist,
    max_age_minutes=60,
    required_groups=("/ecs/*",),
)
def recent_ingestion(group: Subject, max_age_minutes: int, required_groups: tuple[str, ...]) -> Verdict:
    """A log that falls silent hides what happens; AWS tells the time of ingestion up to an hour late.

    Looks at the groups that a pattern of required_groups names; a pattern that does not end in * must name one.
    """
    if not is_named(group.facts["logGroupName"], required_groups):
        return not_applicable("the log group is not a required one")
    answer = group.detail(_DESCRIBE_STREAMS)
    if answer is None:
        return not_applicable("the class DELIVERY only hands its events on")
    newest = max((each.get("lastIngestionTime") or 0 for each in answer["logStreams"]), default=0)
    if not newest:
        return failed("no log event has ever arrived")
    at = datetime.fromtimestamp(newest / 1000, UTC)
    minutes = max(0, ceil((group.now - at) / timedelta(minutes=1)))
    said = f"the newest log event arrived {minutes} minutes ago, at {at:%Y-%m-%d %H:%M:%S} UTC"
    return verdict(minutes <= max_age_minutes, f"{said}; {max_age_minutes} minutes are allowed")


CHECKS: tuple[Check, ...] = (retention, kms, recent_ingestion, *metricfilters.CHECKS)
