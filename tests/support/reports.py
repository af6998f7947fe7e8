"""Factories of reports: what the formats write."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from ppbe_observe.controls.catalog import Baseline, catalog
from ppbe_observe.controls.check import Check, check, passed
from ppbe_observe.controls.deadlines import Deadlines
from ppbe_observe.controls.report import Line, Report
from ppbe_observe.controls.rollup import count, roll_up
from ppbe_observe.model import (
    Exemption,
    Failure,
    Finding,
    Outcome,
    Provenance,
    Reason,
    Resource,
    Severity,
    Target,
    Verdict,
)
from support.findings import EAST, NOW, WEST

TAGS = (("Environment", "production"), ("Project", "PPBE"))


def backups(**changed: Any) -> Check:
    """A check on databases."""

    def judge(_: object) -> Verdict:
        """Looks at how long automated backups are kept."""
        return passed("never asked")

    declared: dict[str, Any] = {
        "on": "rds:db",
        "severity": Severity.MEDIUM,
        "title": "Automated backups are kept long enough",
        "remediation": "Raise the backup retention period.",
        "controls": ("cp-9", "sc-28.1"),
        "indicators": ("KSI-RPL-ABO",),
        **changed,
    }
    return replace(check("rds_backup_retention", **declared)(judge), service="rds")


def database(name: str = "ppbe-production", target: Target = WEST, **changed: Any) -> Resource:
    """A database, with the call that told of it."""
    described: dict[str, Any] = {
        "arn": f"arn:{target.partition}:rds:{target.region}:{target.account_id}:db:{name}",
        "kind": "rds:db",
        "target": target,
        "tags": TAGS,
        "source": Provenance("rds:DescribeDBInstances", "4c3a9f10", NOW),
        **changed,
    }
    return Resource(**described)


def line(
    outcome: Outcome = Outcome.FAIL,
    reason: str = "backups are kept 7 days, 30 are required",
    *,
    of: Check | None = None,
    resource: Resource | None = None,
    severity: Severity = Severity.MEDIUM,
    cause: Reason | None = None,
    operation: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    exemption: Exemption | None = None,
    known: bool = False,
    kev: date | None = None,
) -> Line:
    """A line of a report; ``known`` where an earlier run has seen it fail, ten days ago."""
    judged = of or backups()
    first = NOW - timedelta(days=10) if known else None
    finding = Finding(
        judged.id,
        severity,
        resource or database(),
        Verdict(outcome, reason, cause, kev, operation),
        NOW,
        {"min_days": 30} if parameters is None else parameters,
        exemption,
    )
    due = Deadlines().of(judged.id, severity, first or NOW, kev) if outcome is Outcome.FAIL else None
    return Line(finding, judged, due, first)


def exemption(reason: str = "restored from the replica", owner: str = "isso@ppbe.gov") -> Exemption:
    """That a failure is accepted to the end of 2026."""
    return Exemption("rds_backup_retention", "*", reason, owner, date(2026, 12, 31))


def report(*lines: Line, **changed: Any) -> Report:
    """A report of lines, the worst first."""
    ordered = tuple(sorted(lines, key=lambda each: each.rank))
    checks = {each.check.id: each.check for each in ordered}.values()
    rolled = roll_up(count(each.finding for each in ordered), tuple(checks), catalog(), Baseline.CLASS_C)
    made: dict[str, Any] = {"at": NOW, "version": "1.2.3", "environment": "production", "lines": ordered}
    return Report(**{**made, "rolled": rolled, **changed})


def unnamed() -> Report:
    """A target whose account could not be found out beside one that passes."""
    refused = Failure(Reason.DENIED, "sts:GetCallerIdentity", "ExpiredToken: it has expired")
    return report(line(Outcome.PASS), unnamed=(("targets[1]", refused),))


def every_outcome() -> Report:
    """One line of each outcome, and what the formats must not lose: deadlines, KEV, exemption, cause, unicode."""
    return report(
        line(known=True),
        line(
            reason="CVE-2026-0001 <script>alert('é')</script> & more",
            resource=database("überwachung"),
            severity=Severity.CRITICAL,
            kev=date(2026, 12, 1),
            parameters={"allowed": ("a", "b"), "strict": True},
        ),
        line(
            Outcome.UNKNOWN,
            "rds:DescribeDBInstances was refused: AccessDenied",
            resource=Resource(f"arn:aws-us-gov:rds:{EAST.region}:{EAST.account_id}:*", "rds:db", EAST),
            severity=Severity.HIGH,
            cause=Reason.DENIED,
            operation="rds:DescribeDBInstances",
        ),
        line(resource=database("ppbe-staging"), exemption=exemption(), known=True, severity=Severity.LOW),
        line(Outcome.PASS, "backups are kept 30 days, 30 are required", resource=database("ppbe-good"), known=True),
        line(Outcome.NOT_APPLICABLE, "read replica of ppbe-production", resource=database("ppbe-replica")),
    )
