"""Checks of GuardDuty, on what moto holds; it keeps no findings: those are as AWS documents them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

ENABLED, AGE = "guardduty_enabled", "guardduty_findings_age"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LIST, GET = "guardduty:ListFindings", "guardduty:GetFindings"
TYPE = "Recon:IAMUser/MaliciousIPCaller"
ALLOWED = "allowed are 1 days (high), 7 (medium), 30 (low)"


def detector(session: LocalSession, *, enable: bool = True) -> str:
    return str(session.client("guardduty").create_detector(Enable=enable)["DetectorId"])


def finding(severity: float, days: float, **changed: Any) -> dict[str, Any]:
    """As GetFindings answers, with what it says of it in JSON."""
    created = (NOW - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "accountId": "123456789012",
        "arn": f"arn:aws-us-gov:guardduty:us-gov-west-1:123456789012:detector/d/finding/{severity}-{days}",
        "createdAt": created,
        "id": f"{severity}-{days}",
        "region": "us-gov-west-1",
        "resource": {"resourceType": "AccessKey"},
        "schemaVersion": "2.0",
        "service": {"archived": False},
        "severity": severity,
        "title": "title",
        "type": TYPE,
        "updatedAt": created,
        **changed,
    }


def found(session: LocalSession, *findings: dict[str, Any]) -> None:
    session.faults[LIST] = lambda: answer(200, json.dumps({"findingIds": [each["id"] for each in findings]}))
    session.faults[GET] = lambda: answer(200, json.dumps({"findings": findings}))


def test_enabled(local_session: LocalSession) -> None:
    name = detector(local_session)
    assert only(local_session, ENABLED) == ("pass", f"detector {name} is ENABLED")


def test_suspended(local_session: LocalSession) -> None:
    name = detector(local_session, enable=False)
    assert only(local_session, ENABLED) == ("fail", f"detector {name} is DISABLED")


def test_not_enabled(local_session: LocalSession) -> None:
    assert only(local_session, ENABLED) == ("fail", "there is no detector: GuardDuty is not enabled here")


def test_a_detector_deleted_meanwhile_is_none(local_session: LocalSession) -> None:
    detector(local_session)
    local_session.refuse("guardduty:GetDetector", "BadRequestException")
    assert only(local_session, ENABLED)[0] == "fail"


@pytest.mark.parametrize("operation", ["guardduty:ListDetectors", "guardduty:GetDetector"])
def test_a_detector_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    detector(local_session)
    unseen(local_session, ENABLED, operation)


@pytest.mark.parametrize(
    ("findings", "outcome", "reason"),
    [
        ([], "pass", "unarchived: no finding; none for too long"),
        (
            [finding(8.0, 1), finding(5.5, 7), finding(2, 30)],
            "pass",
            "unarchived: 1 high, 1 medium, 1 low; none for too long",
        ),
        (
            [finding(7.0, 1.01), finding(9.5, 3), finding(8.9, 0.5), finding(2, 29)],
            "fail",
            f"unarchived for too long: 2 high; the oldest is {TYPE} (high) of 2026-11-20",
        ),
        (
            [finding(6.9, 7.1), finding(3.9, 31), finding(0.5, 40), finding(4.0, 8)],
            "fail",
            f"unarchived for too long: 2 medium, 2 low; the oldest is {TYPE} (low) of 2026-10-14",
        ),
    ],
)
def test_age_of_findings(
    local_session: LocalSession, findings: list[dict[str, Any]], outcome: str, reason: str
) -> None:
    name = detector(local_session)
    found(local_session, *findings)
    (judged,) = judge(local_session, AGE, now=NOW).values()
    assert judged.resource.arn == f"arn:aws-us-gov:guardduty:us-gov-west-1:123456789012:detector/{name}"
    assert (judged.outcome, judged.verdict.reason) == (outcome, f"{reason}; {ALLOWED}")


def test_other_ages(local_session: LocalSession) -> None:
    detector(local_session)
    found(local_session, finding(8, 3))
    assert only(local_session, AGE, now=NOW, days_high=3)[0] == "pass"
    assert only(local_session, AGE, now=NOW, days_high=2)[0] == "fail"


def test_what_is_archived_while_it_is_read_is_left_out(local_session: LocalSession) -> None:
    detector(local_session)
    found(local_session, finding(8, 3, service={"archived": True}))
    assert only(local_session, AGE, now=NOW)[0] == "pass"


def test_a_suspended_detector_that_found_nothing_proves_nothing(local_session: LocalSession) -> None:
    detector(local_session, enable=False)
    found(local_session)
    assert only(local_session, AGE, now=NOW) == (
        "unknown",
        "the detector is DISABLED: that it has no late finding proves nothing",
    )
    found(local_session, finding(8, 3))
    assert only(local_session, AGE, now=NOW)[0] == "fail"


def test_no_detector_no_findings(local_session: LocalSession) -> None:
    assert only(local_session, AGE) == ("not_applicable", "there is no guardduty:detector here")


@pytest.mark.parametrize("operation", ["guardduty:ListDetectors", "guardduty:GetDetector", LIST, GET])
def test_findings_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    detector(local_session)
    found(local_session, finding(8, 3))
    unseen(local_session, AGE, operation)


def test_findings_of_another_form_are_unknown(local_session: LocalSession) -> None:
    detector(local_session)
    found(local_session, finding(8, 3, createdAt="yesterday"))
    outcome, reason = only(local_session, AGE, now=NOW)
    assert outcome == "unknown"
    assert reason.startswith("malformed: ")


def test_what_a_server_does_not_know_is_unknown(local_session: LocalSession) -> None:
    """As moto, which has no findings."""
    detector(local_session)
    assert only(local_session, AGE)[0] == "unknown"
