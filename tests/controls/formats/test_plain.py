"""JSON says everything a script needs; CSV is safe to open in a spreadsheet."""

import csv
import json
from datetime import date
from io import StringIO

import pytest

from ppbe_observe.controls.formats.plain import as_csv, as_json
from ppbe_observe.controls.report import Report
from ppbe_observe.model import Outcome, Provenance, Reason, Severity
from support.findings import NOW
from support.reports import database, every_outcome, exemption, line, report, unnamed

LONE = "\ud800"


def rows(of: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(as_csv(of).decode(), newline="")))


def test_json_says_whole_of_a_failure() -> None:
    failure = line(known=True, exemption=None)
    assert json.loads(as_json(report(failure)))["findings"] == [
        {
            "check": "rds_backup_retention",
            "title": "Automated backups are kept long enough",
            "service": "rds",
            "outcome": "fail",
            "reason": "backups are kept 7 days, 30 are required",
            "cause": None,
            "operation": None,
            "severity": "medium",
            "controls": ["cp-9", "sc-28.1"],
            "indicators": ["KSI-RPL-ABO"],
            "resource": "arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:ppbe-production",
            "kind": "rds:db",
            "account_id": "123456789012",
            "region": "us-gov-west-1",
            "partition": "aws-us-gov",
            "tags": {"Environment": "production", "Project": "PPBE"},
            "parameters": {"min_days": 30},
            "first_seen": "2026-11-14T12:00:00Z",
            "due": "2027-02-12T12:00:00Z",
            "due_rule": "Rev5: medium within 90 days",
            "accept_by": "2027-05-25T12:00:00Z",
            "exemption": None,
            "remediation": "Raise the backup retention period.",
            "evaluated_at": "2026-11-24T12:00:00Z",
            "provenance": [
                {"operation": "rds:DescribeDBInstances", "request_id": "4c3a9f10", "at": "2026-11-24T12:00:00Z"}
            ],
        }
    ]


def test_json_states_what_was_judged_and_of_how_many() -> None:
    told = json.loads(as_json(every_outcome()))
    assert (told["version"], told["evaluated_at"], told["environment"], told["complete"]) == (
        "1.2.3",
        "2026-11-24T12:00:00Z",
        "production",
        True,
    )
    assert told["summary"] == {"fail": 2, "unknown": 1, "exempt": 1, "pass": 1, "not_applicable": 1}
    assert told["baseline"]["name"] == "class-c"
    assert told["baseline"]["controls"] == sum(told["baseline"]["states"].values())
    assert told["controls"]["cp-9"]["state"] == "fail"
    assert told["controls"]["ac-2"] == {
        "title": "Account Management",
        "state": "not_automated",
        "outcomes": {},
        "checks": [],
    }
    assert told["families"]["CP"]["checks"] == ["rds_backup_retention"]
    assert told["indicators"]["KSI-RPL-ABO"]["state"] == "fail"


def test_json_says_that_a_filter_left_checks_out() -> None:
    assert json.loads(as_json(report(complete=False)))["complete"] is False


def test_json_names_what_was_not_seen() -> None:
    unseen = line(Outcome.UNKNOWN, "was refused", cause=Reason.DENIED, operation="rds:DescribeDBInstances")
    (told,) = json.loads(as_json(report(unseen)))["findings"]
    assert (told["outcome"], told["cause"], told["operation"]) == ("unknown", "denied", "rds:DescribeDBInstances")
    assert (told["due"], told["first_seen"]) == (None, None)


def test_json_names_who_accepts_a_failure() -> None:
    (told,) = json.loads(as_json(report(line(exemption=exemption()))))["findings"]
    assert told["outcome"] == "exempt"
    assert told["exemption"] == {
        "reason": "restored from the replica",
        "owner": "isso@ppbe.gov",
        "expires": "2026-12-31",
    }


@pytest.mark.parametrize("form", [as_json, as_csv])
def test_facts_stay_inside(form: object) -> None:
    secret = line(resource=database(facts={"MasterUserPassword": "hunter2"}))
    assert callable(form)
    assert b"hunter2" not in form(report(secret))


@pytest.mark.parametrize(
    "odd",
    [
        line(reason=LONE),
        line(resource=database(LONE)),
        line(resource=database(tags=((LONE, LONE),))),
        line(resource=database(source=Provenance("rds:DescribeDBInstances", LONE, NOW))),
        line(Outcome.UNKNOWN, LONE, operation=LONE),
        line(parameters={LONE: (LONE,), "b": LONE}),
        line(exemption=exemption(LONE, LONE)),
    ],
    ids=["reason", "arn", "tag", "request", "operation", "parameter", "exemption"],
)
def test_lone_surrogates_become_question_marks(odd: object) -> None:
    assert isinstance(odd, type(line()))
    assert "?" in json.dumps(json.loads(as_json(report(odd)))["findings"])
    assert as_csv(report(odd)).decode()


def test_both_keep_every_script() -> None:
    name = "überwachung-監視-😀"
    told = report(line(resource=database(name)))
    assert json.loads(as_json(told))["findings"][0]["resource"].endswith(f":db:{name}")
    assert rows(told)[0]["resource"].endswith(f":db:{name}")


def test_csv_has_a_row_for_each_finding_and_the_worst_comes_first() -> None:
    found = rows(every_outcome())
    assert [each["outcome"] for each in found] == ["fail", "fail", "unknown", "exempt", "pass", "not_applicable"]
    assert found[0]["due"] == "2026-12-02T00:00:00Z"
    assert found[0]["due_rule"] == "CISA KEV"
    assert found[1] == {
        "outcome": "fail",
        "severity": "medium",
        "check": "rds_backup_retention",
        "title": "Automated backups are kept long enough",
        "service": "rds",
        "resource": "arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:ppbe-production",
        "account_id": "123456789012",
        "region": "us-gov-west-1",
        "reason": "backups are kept 7 days, 30 are required",
        "cause": "",
        "controls": "cp-9 sc-28.1",
        "indicators": "KSI-RPL-ABO",
        "first_seen": "2026-11-14T12:00:00Z",
        "due": "2027-02-12T12:00:00Z",
        "due_rule": "Rev5: medium within 90 days",
        "accept_by": "2027-05-25T12:00:00Z",
        "exemption": "",
        "remediation": "Raise the backup retention period.",
        "evaluated_at": "2026-11-24T12:00:00Z",
    }


def test_csv_names_who_accepts_a_failure_and_until_when() -> None:
    (row,) = rows(report(line(exemption=exemption())))
    assert row["exemption"] == "accepted by isso@ppbe.gov until 2026-12-31: restored from the replica"
    assert row["accept_by"] == "2027-06-04T12:00:00Z"
    assert rows(report(line(Outcome.PASS, exemption=exemption())))[0]["exemption"] == ""


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "\0"])
def test_csv_holds_no_formula(first: str) -> None:
    reason = first + "cmd|' /C calc'!A0"
    assert rows(report(line(reason=reason)))[0]["reason"] == "'" + reason


def test_csv_leaves_what_is_no_formula() -> None:
    assert rows(report(line(reason="a = b")))[0]["reason"] == "a = b"


def test_csv_quotes_commas_quotes_and_line_breaks() -> None:
    reason = 'one, "two"\r\nthree'
    assert rows(report(line(reason=reason)))[0]["reason"] == reason


def test_a_date_of_the_kev_catalog_counts_to_its_end() -> None:
    urgent = line(severity=Severity.LOW, kev=date(2026, 11, 30))
    assert json.loads(as_json(report(urgent)))["findings"][0]["due"] == "2026-12-01T00:00:00Z"


def test_csv_has_a_line_for_a_target_that_nobody_can_name() -> None:
    first, passed = rows(unnamed())
    assert passed["outcome"] == "pass"
    assert {name: first[name] for name in ("outcome", "check", "resource", "account_id", "cause", "reason")} == {
        "outcome": "unknown",
        "check": "detection_operating",
        "resource": "targets[1]",
        "account_id": "unknown",
        "cause": "denied",
        "reason": "nothing was judged, since nobody tells whose account it is: "
        "sts:GetCallerIdentity: denied: ExpiredToken: it has expired",
    }


def test_json_tells_of_such_a_target_beside_the_findings() -> None:
    told = json.loads(as_json(unnamed()))
    assert [each["outcome"] for each in told["findings"]] == ["pass"]
    assert told["not_judged"] == [
        {
            "target": "targets[1]",
            "operation": "sts:GetCallerIdentity",
            "cause": "denied",
            "reason": "ExpiredToken: it has expired",
        }
    ]


def test_nothing_found_is_still_a_document() -> None:
    assert json.loads(as_json(report()))["findings"] == []
    assert rows(report()) == []
