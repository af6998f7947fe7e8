"""Checks of Amazon Inspector, on what moto holds, and findings as AWS documents them."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

ENABLED, AGE, KEV = "inspector2_enabled", "inspector2_findings_within_age", "inspector2_kev_within_due_date"
STATUS, LIST = "inspector2:BatchGetAccountStatus", "inspector2:ListFindings"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ACCOUNT = "123456789012"
EVERY = f"arn:aws-us-gov:inspector2:us-gov-west-1:{ACCOUNT}:*"
IMAGE = f"arn:aws-us-gov:ecr:us-gov-west-1:{ACCOUNT}:repository/ppbe-api/sha256:0a"
CVE = "CVE-2026-1234"
CATALOG = {"CVE-2026-1234": date(2026, 11, 22), "CVE-2026-9999": date(2026, 12, 14)}


def enable(session: LocalSession, *types: str) -> None:
    session.client("inspector2").enable(accountIds=[ACCOUNT], resourceTypes=list(types or ("ECR",)))


def arn(name: str) -> str:
    return f"arn:aws-us-gov:inspector2:us-gov-west-1:{ACCOUNT}:finding/{name}"


def finding(name: str = "a", severity: str = "HIGH", days: float = 1, cve: str = CVE, **changed: Any) -> dict[str, Any]:
    first = (NOW - timedelta(days=days)).timestamp()
    return {
        "findingArn": arn(name),
        "awsAccountId": ACCOUNT,
        "type": "PACKAGE_VULNERABILITY",
        "description": "long",
        "title": f"{cve} - openssl",
        "remediation": {"recommendation": {"text": "None Provided"}},
        "severity": severity,
        "firstObservedAt": first,
        "lastObservedAt": first,
        "status": "ACTIVE",
        "resources": [{"type": "AWS_ECR_CONTAINER_IMAGE", "id": IMAGE, "tags": {"Environment": "staging"}}],
        "packageVulnerabilityDetails": {"vulnerabilityId": cve, "source": "NVD", "vulnerablePackages": []},
        **changed,
    }


def found(session: LocalSession, *findings: dict[str, Any]) -> None:
    enable(session)
    session.faults[LIST] = lambda: answer(200, json.dumps({"findings": findings}))


def verdict(session: LocalSession, check: str, **keywords: Any) -> tuple[str, str]:
    """What is said of the one finding of Inspector."""
    judged = judge(session, check, now=NOW, **keywords)[arn("a")]
    return judged.outcome.value, judged.verdict.reason


@pytest.mark.parametrize(
    ("types", "required", "outcome", "reason"),
    [
        (("ECR",), ["ECR"], "pass", "scanning of ECR is ENABLED"),
        (("EC2",), ["ECR"], "fail", "scanning of ECR is DISABLED"),
        (("ECR",), ["ECR", "EC2"], "fail", "scanning of ECR is ENABLED, scanning of EC2 is DISABLED"),
        (("ECR", "LAMBDA"), ["ecr", "LAMBDA"], "pass", "scanning of ecr is ENABLED, scanning of LAMBDA is ENABLED"),
        (("LAMBDA_CODE",), ["LAMBDA_CODE"], "pass", "scanning of LAMBDA_CODE is ENABLED"),
        (("ECR",), ["CODE_REPOSITORY"], "fail", "scanning of CODE_REPOSITORY is not enabled"),
        (("ECR",), [], "pass", "no scanning is required"),
    ],
)
def test_scanning(
    local_session: LocalSession, types: tuple[str, ...], required: list[str], outcome: str, reason: str
) -> None:
    enable(local_session, *types)
    assert only(local_session, ENABLED, resource_types=required) == (outcome, reason)


def test_never_enabled(local_session: LocalSession) -> None:
    """moto leaves out an account that never enabled it."""
    assert only(local_session, ENABLED) == ("fail", "scanning of ECR is not enabled")


@pytest.mark.parametrize("state", ["ENABLING", "DISABLING", "SUSPENDED"])
def test_scanning_in_between(local_session: LocalSession, state: str) -> None:
    status = {"status": state, "errorCode": "ENABLE_IN_PROGRESS", "errorMessage": ""}
    said = {"accountId": ACCOUNT, "state": status, "resourceState": {"ec2": status, "ecr": status}}
    local_session.faults[STATUS] = lambda: answer(200, json.dumps({"accounts": [said], "failedAccounts": []}))
    assert only(local_session, ENABLED) == ("fail", f"scanning of ECR is {state}")
    assert only(local_session, AGE)[0] == "unknown"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("ACCESS_DENIED", "denied"),
        ("INTERNAL_ERROR", "server"),
        ("SSM_THROTTLED", "throttled"),
        ("ACCOUNT_IS_ISOLATED", "partial"),
    ],
)
def test_a_status_that_inspector_does_not_tell_is_unknown(local_session: LocalSession, code: str, reason: str) -> None:
    failed = {"accountId": ACCOUNT, "errorCode": code, "errorMessage": "try again"}
    local_session.faults[STATUS] = lambda: answer(200, json.dumps({"accounts": [], "failedAccounts": [failed]}))
    assert only(local_session, ENABLED) == ("unknown", f"{reason}: {STATUS}: {code}: try again")


@pytest.mark.parametrize(
    ("severity", "days", "outcome", "due"),
    [
        ("CRITICAL", 30, "pass", "2026-11-23 (30 days)"),
        ("CRITICAL", 30.1, "fail", "2026-11-23 (30 days)"),
        ("HIGH", 31, "fail", "2026-11-22 (30 days)"),
        ("MEDIUM", 90, "pass", "2026-11-23 (90 days)"),
        ("MEDIUM", 91, "fail", "2026-11-22 (90 days)"),
        ("LOW", 180, "pass", "2026-11-23 (180 days)"),
        ("LOW", 181, "fail", "2026-11-22 (180 days)"),
        ("UNTRIAGED", 30, "pass", "2026-11-23 (30 days)"),
        ("UNTRIAGED", 31, "fail", "2026-11-22 (30 days)"),
    ],
)
def test_deadline_by_severity(local_session: LocalSession, severity: str, days: float, outcome: str, due: str) -> None:
    found(local_session, finding(severity=severity, days=days))
    first = (NOW - timedelta(days=days)).date()
    said = f"{CVE} on {IMAGE}, {severity.lower()}: first observed {first}, to be mended by {due}"
    assert verdict(local_session, AGE) == (outcome, said)


def test_other_deadlines(local_session: LocalSession) -> None:
    found(local_session, finding(days=10))
    assert verdict(local_session, AGE, days_high=9)[0] == "fail"
    assert verdict(local_session, AGE, days_critical=9)[0] == "pass"


def test_an_informational_finding_has_no_deadline(local_session: LocalSession) -> None:
    found(local_session, finding(severity="INFORMATIONAL", days=1000))
    assert verdict(local_session, AGE) == ("not_applicable", "an informational finding has no deadline")


@pytest.mark.parametrize("check", [AGE, KEV])
def test_a_suppressed_finding_is_not_judged(local_session: LocalSession, check: str) -> None:
    found(local_session, finding(days=1000, status="SUPPRESSED"))
    assert verdict(local_session, check, kev=CATALOG) == ("not_applicable", "the finding is suppressed")


def test_a_finding_without_a_vulnerability_is_named_by_its_title(local_session: LocalSession) -> None:
    reachable = finding(type="NETWORK_REACHABILITY", title="Port 22 is reachable", days=31)
    del reachable["packageVulnerabilityDetails"]
    found(local_session, reachable)
    assert verdict(local_session, AGE)[1].startswith(f"Port 22 is reachable on {IMAGE}, high: ")
    assert verdict(local_session, KEV, kev=CATALOG) == ("not_applicable", "the finding names no CVE")


def test_each_finding_is_judged_by_itself(local_session: LocalSession) -> None:
    found(local_session, finding("a"), finding("b", days=31))
    judged = judge(local_session, AGE, now=NOW)
    assert {arn: each.outcome.value for arn, each in judged.items()} == {
        arn("a"): "pass",
        arn("b"): "fail",
        EVERY: "pass",
    }
    assert judged[EVERY].verdict.reason == "Inspector scans ECR; active findings, each judged by itself: 2"
    assert dict(judged[arn("a")].resource.tags) == {"Environment": "staging"}


@pytest.mark.parametrize("check", [AGE, KEV])
def test_no_finding_of_what_is_scanned(local_session: LocalSession, check: str) -> None:
    enable(local_session, "ECR", "EC2")
    assert only(local_session, check) == (
        "pass",
        "Inspector scans EC2, ECR; active findings, each judged by itself: 0",
    )


@pytest.mark.parametrize("check", [AGE, KEV])
def test_no_finding_proves_nothing_where_nothing_is_scanned(local_session: LocalSession, check: str) -> None:
    assert only(local_session, check) == (
        "unknown",
        "Inspector scans nothing here: that it has no finding proves nothing",
    )
    assert local_session.calls[LIST] == 0


@pytest.mark.parametrize(
    ("cve", "outcome", "reason"),
    [
        (CVE, "fail", f"{CVE} on {IMAGE}: {CVE} is known to be exploited, to be mended by 2026-11-22"),
        (
            "CVE-2026-9999",
            "pass",
            f"CVE-2026-9999 on {IMAGE}: CVE-2026-9999 is known to be exploited, to be mended by 2026-12-14",
        ),
        (
            "CVE-2026-0001",
            "pass",
            f"CVE-2026-0001 on {IMAGE}: not in CISA's catalog of known exploited vulnerabilities",
        ),
    ],
)
def test_known_exploited(local_session: LocalSession, cve: str, outcome: str, reason: str) -> None:
    found(local_session, finding(cve=cve))
    assert verdict(local_session, KEV, kev=CATALOG) == (outcome, reason)


def test_the_due_date_is_that_of_the_catalog(local_session: LocalSession) -> None:
    found(local_session, finding())
    assert judge(local_session, KEV, now=NOW, kev=CATALOG)[arn("a")].verdict.due == date(2026, 11, 22)
    on_the_day = {CVE: NOW.date()}
    assert verdict(local_session, KEV, kev=on_the_day)[0] == "pass"


def test_an_advisory_is_looked_up_by_its_cves(local_session: LocalSession) -> None:
    related = ["GHSA-jfh8-c2jp-5v3q", "CVE-2026-9999", CVE, "CVE-2026-0001"]
    advisory = {"vulnerabilityId": "ALAS2-2026-1", "source": "ALAS", "relatedVulnerabilities": related}
    found(local_session, finding(packageVulnerabilityDetails=advisory))
    assert verdict(local_session, KEV, kev=CATALOG) == (
        "fail",
        f"ALAS2-2026-1 on {IMAGE}: {CVE} is known to be exploited, to be mended by 2026-11-22",
    )


def test_what_a_cve_is_related_to_is_another_finding(local_session: LocalSession) -> None:
    details = {"vulnerabilityId": "CVE-2026-0001", "source": "NVD", "relatedVulnerabilities": [CVE]}
    found(local_session, finding(packageVulnerabilityDetails=details))
    assert verdict(local_session, KEV, kev=CATALOG)[0] == "pass"


def test_without_a_catalog_it_is_unknown(local_session: LocalSession) -> None:
    found(local_session, finding("a"), finding("b", packageVulnerabilityDetails={"vulnerabilityId": "GHSA-1"}))
    judged = judge(local_session, KEV, now=NOW)
    assert (judged[arn("a")].outcome, judged[arn("a")].verdict.reason) == (
        "unknown",
        "no KEV catalog is given: set controls.kev_catalog",
    )
    assert judged[arn("b")].outcome == "not_applicable"


@pytest.mark.parametrize(
    ("check", "operation"), [(ENABLED, STATUS), (AGE, STATUS), (AGE, LIST), (KEV, STATUS), (KEV, LIST)]
)
def test_what_cannot_be_seen(local_session: LocalSession, check: str, operation: str) -> None:
    found(local_session, finding())
    unseen(local_session, check, operation)
