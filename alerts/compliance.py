"""Control checks: what fails, by severity; what must never be; deadlines; and what cannot be judged.

The owner is the ISSO where it is about a control, the SRE where something has to be switched, opened or closed.
"""

from alerts._examples import example
from ppbe_observe.alerting import (
    HOUR,
    INFO,
    MINUTE,
    PAGE,
    SECONDS,
    TICKET,
    Alert,
    Example,
    RuleGroup,
    Severity,
)
from ppbe_observe.alerting.prometheus.examples import PLACE, series_of

DAY_SECONDS = 86_400
EXPOSED = (
    "cloudtrail_bucket_not_public",
    "iam_no_root_access_key",
    "kms_key_not_public",
    "rds_instance_no_public_access",
    "rds_snapshots_not_public",
    "s3_account_public_access_block",
    "s3_public_access_block",
    "secret_not_public",
    "sg_no_high_risk_ports",
    "sg_no_postgres_from_internet",
    "sg_no_redis_from_internet",
    "sg_no_ssh_from_internet",
    "sns_topic_not_public",
)
"""What must never be open, not even until the morning."""
BACKUPS = (
    "backup_plan_retention",
    "elasticache_backup_retention",
    "rds_instance_backup_recent",
    "rds_instance_backup_retention",
    "s3_versioning",
)
TRAIL = ("cloudtrail_delivery_fresh", "cloudtrail_multi_region")
SECRETS = ("secret_rotated_recently", "secret_rotation_enabled")
KEY_GOES, KEY_STAYS, TOPIC, DETECTION = (
    "kms_cmk_not_pending_deletion",
    "kms_cmk_rotation",
    "sns_alert_subscribed",
    "detection_operating",
)
_OWN = "|".join((*EXPOSED, *BACKUPS, *TRAIL, *SECRETS, KEY_GOES, KEY_STAYS, TOPIC, DETECTION))
"""Checks that have an alert of their own."""
RESOURCE = ("check", "resource", "account_id", "region")
_FOUND = {"check": "rds_instance_storage_encrypted", "resource": "arn:aws-us-gov:rds:us-gov-west-1:1:db:x", **PLACE}


def failing(*checks: str) -> str:
    """What fails one of these checks."""
    return f'fedramp_finding{{outcome="fail",check=~"{"|".join(checks)}"}} == 1'


def found(check: str, severity: str = "high", outcome: str = "fail") -> Example:
    """A finding that fires, and one that has passed."""
    labels = {**_FOUND, "check": check, "severity": severity}
    return Example(
        fires={series_of("fedramp_finding", {**labels, "outcome": outcome}): "1x900"},
        quiet={series_of("fedramp_finding", {**labels, "outcome": "pass"}): "1x150"},
        labels={**labels, "outcome": outcome},
        value=1,
    )


def timed(metric: str, fires: float, quiet: str, value: float) -> Example:
    """An open finding with a date."""
    labels = {**_FOUND, "severity": "high"}
    return example(labels, {metric: fires}, {metric: quiet}, value)


def severity_fails(level: str, severity: Severity, deadline: str) -> Alert:
    """Findings of one severity, without those that have an alert of their own."""
    return Alert(
        name=f"CheckFails{level.title()}",
        expr=f'fedramp_finding{{outcome="fail",severity="{level}",check!~"{_OWN}"}} == 1',
        severity=severity,
        owner="isso",
        summary=f"A control check of {level} severity fails",
        description="{resource} fails {check} ({account_id}/{region}).",
        reason=f"FedRAMP continuous monitoring, Rev5: {deadline}. The ticket is opened when it is found, since the "
        "days count from then. Judged hourly: two hours leave out what a deployment has open between two steps.",
        lasts=2 * HOUR,
        resource=RESOURCE,
        runbook="CheckFails",
    )


def check_fails(
    *checks: str, name: str, severity: Severity, owner: str, summary: str, description: str, reason: str
) -> Alert:
    """Findings of certain checks."""
    return Alert(
        name=name,
        expr=failing(*checks),
        severity=severity,
        owner=owner,
        summary=summary,
        description=description,
        reason=reason,
        lasts=5 * MINUTE,
        resource=RESOURCE,
        example=found(checks[0]),
    )


BY_SEVERITY = RuleGroup(
    tested_every=5 * MINUTE,
    name="compliance-findings",
    rules=(
        severity_fails("critical", TICKET, "within 30 days, as High, and a KEV date goes before it"),
        severity_fails("high", TICKET, "High within 30 days"),
        severity_fails("medium", TICKET, "Moderate within 90 days"),
        severity_fails("low", INFO, "Low within 180 days"),
        check_fails(
            *EXPOSED,
            name="AccountExposed",
            severity=PAGE,
            owner="isso",
            summary="Something is open to everybody that must never be",
            description="{resource} fails {check} ({account_id}/{region}): close it now.",
            reason="AC-3, AC-4, SC-7: scanners find an open port or bucket within minutes, not within the 30 days of "
            "a High. Whoever opened it on purpose has an exemption (controls.exemptions), which keeps this quiet.",
        ),
        check_fails(
            KEY_GOES,
            name="KmsKeyPendingDeletion",
            severity=PAGE,
            owner="sre",
            summary="A key is going to be deleted",
            description="{resource} is scheduled for deletion ({check}): what it encrypts cannot be read already.",
            reason="KMS developer guide, 'Deleting AWS KMS keys': a key that is pending deletion cannot be used, so "
            "the database and the backups fail now; after the window (30 days here) they are lost for good.",
        ),
        check_fails(
            KEY_STAYS,
            name="KmsKeyNotRotated",
            severity=TICKET,
            owner="sre",
            summary="A key is not rotated",
            description="{resource} fails {check}.",
            reason="SC-12: the estate rotates every key each year, KMS does so by itself when told.",
        ),
        check_fails(
            *SECRETS,
            name="SecretNotRotated",
            severity=TICKET,
            owner="sre",
            summary="A secret is not rotated",
            description="{resource} fails {check}.",
            reason="IA-5: the period is that of the check's parameters. A rotation that failed leaves the old "
            "password working, so nothing else tells.",
        ),
        check_fails(
            TOPIC,
            name="AlertTopicUnheard",
            severity=PAGE,
            owner="sre",
            summary="Pages over SNS reach nobody",
            description="{resource} fails {check}: what is published there is lost, or goes in clear text.",
            reason="IR-6: a topic without a confirmed subscription drops every page in silence. This one comes "
            "through the other receivers.",
        ),
        check_fails(
            *BACKUPS,
            name="BackupsFail",
            severity=TICKET,
            owner="sre",
            summary="Backups are not made or kept as they should be",
            description="{resource} fails {check} ({account_id}/{region}).",
            reason="CP-9: 30 days of automated backups, and one within 26 hours. What cannot wait for the morning "
            "pages by itself: RdsRestorePointLost, RdsBackupsOff, S3BackupsShrunk.",
        ),
        check_fails(
            *TRAIL,
            name="AuditTrailBroken",
            severity=PAGE,
            owner="isso",
            summary="CloudTrail does not record, or does not deliver",
            description="{resource} fails {check} ({account_id}/{region}).",
            reason="AU-5 asks that people are told at once when audit logging fails; to stop the trail is the first "
            "thing that an intruder does. What is not recorded cannot be had later.",
        ),
    ),
)

DEADLINES = RuleGroup(
    tested_every=5 * MINUTE,
    name="compliance-deadlines",
    rules=(
        Alert(
            name="FindingOverdue",
            expr="time() - fedramp_finding_due_timestamp_seconds > 0",
            severity=TICKET,
            owner="isso",
            summary="A finding is overdue",
            description="{resource} has failed {check} ({severity}) {value} longer than its deadline allows.",
            reason="FedRAMP Rev5: 30, 90 and 180 days for High, Moderate and Low; CR26: by class, impact and "
            "reachability. What is overdue goes into the plan of actions with the reason for the delay.",
            unit=SECONDS,
            lasts=15 * MINUTE,
            resource=RESOURCE,
            runbook="FindingDeadlines",
            example=timed("fedramp_finding_due_timestamp_seconds", -60, "86400x150", 960),
        ),
        Alert(
            name="FindingDueSoon",
            expr=f"0 < fedramp_finding_due_timestamp_seconds - time() < {7 * DAY_SECONDS}",
            severity=TICKET,
            owner="isso",
            summary="A finding is due within a week",
            description="{resource} fails {check} ({severity}); it is due in {value}.",
            reason="A week is what a change takes with its review and its window. Of what has less than a week from "
            "the start (KEV, CR26 N4 and N5) this is the first reminder.",
            unit=SECONDS,
            lasts=15 * MINUTE,
            resource=RESOURCE,
            runbook="FindingDeadlines",
            example=timed(
                "fedramp_finding_due_timestamp_seconds",
                7 * DAY_SECONDS - 60,
                f"{8 * DAY_SECONDS}x150",
                7 * DAY_SECONDS - 960,
            ),
        ),
        Alert(
            name="FindingMustBeAccepted",
            expr=f"fedramp_finding_accept_by_timestamp_seconds - time() < {14 * DAY_SECONDS}",
            severity=TICKET,
            owner="isso",
            summary="A finding must be mended or marked as accepted",
            description="{resource} fails {check}; in {value} it has been open for 192 days (negative: it has been).",
            reason="CR26 (VDR): what is not mended within 192 days must be marked as accepted. Two weeks, for the "
            "authorizing official has to agree.",
            unit=SECONDS,
            lasts=15 * MINUTE,
            resource=RESOURCE,
            runbook="FindingDeadlines",
            example=timed(
                "fedramp_finding_accept_by_timestamp_seconds",
                14 * DAY_SECONDS - 60,
                f"{15 * DAY_SECONDS}x150",
                14 * DAY_SECONDS - 960,
            ),
        ),
    ),
)

GROUPS = (BY_SEVERITY, DEADLINES)
