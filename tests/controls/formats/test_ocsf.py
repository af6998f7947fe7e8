"""OCSF Compliance Findings: valid for the schema, and never better than what was seen."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.controls.formats.ocsf import VERSION, as_ocsf, events
from ppbe_observe.controls.report import Line, Report
from ppbe_observe.model import Outcome, Provenance, Reason, Severity
from support.findings import EAST, NOW
from support.reports import database, every_outcome, exemption, line, report, unnamed

GOLDEN = Path(__file__).with_name("golden") / "every_outcome.ocsf.json"


def event(of: Line) -> dict[str, Any]:
    (told,) = json.loads(as_ocsf(report(of)))
    assert isinstance(told, dict)
    return told


def test_the_report_of_every_outcome() -> None:
    assert as_ocsf(every_outcome()) == GOLDEN.read_bytes()


def every_check() -> Report:
    return report(*(line(of=each, parameters=each.parameters) for each in CHECKS))


def odd() -> Report:
    """What there is none of, and what is odd."""
    bare = database(tags=(("Empty", ""),), source=Provenance("rds:DescribeDBInstances", None, NOW))
    return report(
        line(Outcome.UNKNOWN, "\ud800\0", resource=bare, parameters={}, cause=Reason.INTERNAL),
        line(resource=database("x", tags=(), source=None), parameters={"on": False, "ports": (22, 3389), "none": ()}),
    )


@pytest.mark.parametrize("version", ["1.5.0", "1.6.0", VERSION])
@pytest.mark.parametrize("made", [every_outcome, every_check, odd, unnamed])
def test_it_is_valid_for_the_official_schema(version: str, made: Any) -> None:
    """That of 1.8.0, and of those that Security Hub and other scanners write, too."""
    known = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version))
    schema = known.get_class_schema(class_name="compliance_finding", profiles=["cloud", "datetime"])
    validator = Draft202012Validator(schema)
    told = json.loads(as_ocsf(made()))
    assert [error.message for each in told for error in validator.iter_errors(each)] == []
    assert len(told) == len(made().all_lines)


@pytest.mark.parametrize(
    ("of", "compliance", "status", "severity"),
    [
        (line(severity=Severity.CRITICAL), (3, "Fail"), (1, "New"), (5, "Critical")),
        (line(severity=Severity.HIGH), (3, "Fail"), (1, "New"), (4, "High")),
        (line(severity=Severity.MEDIUM), (3, "Fail"), (1, "New"), (3, "Medium")),
        (line(severity=Severity.LOW), (3, "Fail"), (1, "New"), (2, "Low")),
        (line(Outcome.UNKNOWN), (2, "Warning"), (1, "New"), (3, "Medium")),
        (line(exemption=exemption()), (3, "Fail"), (3, "Suppressed"), (3, "Medium")),
        (line(Outcome.PASS), (1, "Pass"), (4, "Resolved"), (1, "Informational")),
        (line(Outcome.NOT_APPLICABLE), (99, "Not Applicable"), (4, "Resolved"), (1, "Informational")),
    ],
)
def test_each_outcome_has_its_words(
    of: Line, compliance: tuple[int, str], status: tuple[int, str], severity: tuple[int, str]
) -> None:
    told = event(of)
    assert (told["compliance"]["status_id"], told["compliance"]["status"]) == compliance
    assert (told["status_id"], told["status"]) == status
    assert (told["severity_id"], told["severity"]) == severity
    assert told["status_code"] == told["compliance"]["status_code"] == of.finding.outcome.value


@pytest.mark.parametrize(
    ("of", "activity"),
    [
        (line(), (1, "Create")),
        (line(known=True), (2, "Update")),
        (line(Outcome.UNKNOWN, known=True), (2, "Update")),
        (line(exemption=exemption(), known=True), (2, "Update")),
        (line(Outcome.PASS, known=True), (3, "Close")),
        (line(Outcome.PASS), (1, "Create")),
    ],
)
def test_a_known_finding_is_updated_and_a_mended_one_closed(of: Line, activity: tuple[int, str]) -> None:
    told = event(of)
    assert (told["activity_id"], told["activity_name"]) == activity
    assert (told["type_uid"], told["type_name"]) == (200300 + activity[0], f"Compliance Finding: {activity[1]}")


def test_a_finding_keeps_its_uid_while_everything_else_changes() -> None:
    first = line()
    later = replace(first.finding, at=NOW + timedelta(days=1), severity=Severity.LOW)
    assert event(first)["finding_info"]["uid"] == event(replace(first, finding=later))["finding_info"]["uid"]


def test_another_check_resource_or_target_is_another_finding() -> None:
    elsewhere = replace(database(), target=EAST)
    lines = (line(), line(resource=database("other")), line(resource=elsewhere), line(of=CHECKS[0]))
    assert len({event(each)["finding_info"]["uid"] for each in lines}) == 4


def test_times_are_whole_milliseconds_and_readable() -> None:
    at = datetime(2026, 11, 24, 12, 0, 0, 123999, tzinfo=UTC)
    first = line(known=True)
    told = event(replace(first, finding=replace(first.finding, at=at)))
    assert (told["time"], told["time_dt"]) == (1795521600123, "2026-11-24T12:00:00.123Z")
    assert told["finding_info"]["first_seen_time_dt"] == "2026-11-14T12:00:00.000Z"
    assert told["finding_info"]["last_seen_time_dt"] == "2026-11-24T12:00:00.123Z"


def test_what_the_schema_has_no_place_for_is_unmapped() -> None:
    assert event(line(exemption=exemption(), known=True))["unmapped"] == {
        "environment": "production",
        "due": {
            "by": "2027-02-12T12:00:00.000Z",
            "rule": "Rev5: medium within 90 days",
            "accept_by": "2027-05-25T12:00:00.000Z",
        },
        "exemption": {"owner": "isso@ppbe.gov", "reason": "restored from the replica", "expires": "2026-12-31"},
    }
    unseen = line(Outcome.UNKNOWN, cause=Reason.THROTTLED, operation="rds:DescribeDBInstances")
    assert event(unseen)["unmapped"] == {
        "environment": "production",
        "cause": "throttled",
        "operation": "rds:DescribeDBInstances",
    }


def test_an_accepted_failure_says_by_whom() -> None:
    assert event(line(exemption=exemption()))["comment"] == (
        "accepted by isso@ppbe.gov until 2026-12-31: restored from the replica"
    )
    assert "comment" not in event(line(Outcome.PASS, exemption=exemption()))


def test_the_resource_is_an_observable() -> None:
    arn = "arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:ppbe-production"
    told = event(line())
    assert told["observables"] == [{"name": "resources.uid", "type_id": 10, "type": "Resource UID", "value": arn}]
    assert told["resources"][0]["uid"] == arn


def test_every_call_is_evidence() -> None:
    assert event(line())["evidences"] == [
        {
            "api": {"operation": "rds:DescribeDBInstances", "request": {"uid": "4c3a9f10"}},
            "data": {"answered_at": "2026-11-24T12:00:00.000Z"},
        }
    ]


def test_facts_stay_inside() -> None:
    secret = line(resource=database(facts={"MasterUserPassword": "hunter2"}))
    assert b"hunter2" not in as_ocsf(report(secret))


def test_events_serve_as_lines_and_the_worst_comes_first() -> None:
    codes = [each["status_code"] for each in events(every_outcome())]
    assert codes == ["fail", "fail", "unknown", "exempt", "pass", "not_applicable"]
    assert as_ocsf(every_outcome()).count(b"\n") == 6


def test_a_target_that_nobody_can_name_is_an_event() -> None:
    first, _ = events(unnamed())
    assert (first["status_code"], first["compliance"]["status"], first["metadata"]["event_code"]) == (
        "unknown",
        "Warning",
        "detection_operating",
    )
    assert first["resources"][0]["uid"] == "targets[1]"
    assert first["cloud"]["account"]["uid"] == "unknown"


def test_nothing_found_is_an_empty_array() -> None:
    assert json.loads(as_ocsf(report())) == []
