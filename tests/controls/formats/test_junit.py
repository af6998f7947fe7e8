"""JUnit XML: every CI server can read it, and unknown is an error, never a pass."""

from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.controls.formats.junit import as_junit
from ppbe_observe.controls.report import Line, Report
from ppbe_observe.model import Outcome, Reason, Severity, Target
from support.findings import EAST
from support.reports import backups, database, every_outcome, exemption, line, report, unnamed

GOLDEN = Path(__file__).with_name("golden") / "every_outcome.junit.xml"
COUNTS = {"tests", "failures", "errors"}
ALLOWED = {
    "testsuites": (set(), {"name", "time", *COUNTS}, {"testsuite"}),
    "testsuite": (
        {"name", *COUNTS},
        {"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": ({"name"}, {"time", "classname", "group"}, {"skipped", "error", "failure", "system-out"}),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "skipped": (set(), {"type", "message"}, set()),
}
"""Required and optional attributes, and children, by junit-10.xsd of Jenkins' xUnit plugin."""


def suites(of: Report) -> list[Element]:
    return fromstring(as_junit(of)).findall("testsuite")


def only_test(of: Line) -> Element:
    (suite,) = suites(report(of))
    (test,) = suite.findall("testcase")
    return test


def test_the_report_of_every_outcome() -> None:
    assert as_junit(every_outcome()) == GOLDEN.read_bytes()


def every_check() -> Report:
    return report(*(line(of=each) for each in CHECKS))


@pytest.mark.parametrize("made", [every_outcome(), every_check(), report()], ids=["outcomes", "checks", "nothing"])
def test_it_holds_what_jenkins_knows(made: Report) -> None:
    for element in fromstring(as_junit(made)).iter():
        required, optional, children = ALLOWED[element.tag]
        assert required <= set(element.attrib) <= required | optional
        assert {each.tag for each in element} <= children


def test_counts_are_those_of_the_tests() -> None:
    root = fromstring(as_junit(every_outcome()))
    assert root.attrib == {"name": "ppbe-observe", "time": "0", "tests": "6", "failures": "2", "errors": "1"}
    east, west = root.findall("testsuite")
    assert {name: east.attrib[name] for name in (*COUNTS, "skipped")} == {
        "tests": "1",
        "failures": "0",
        "errors": "1",
        "skipped": "0",
    }
    assert {name: west.attrib[name] for name in (*COUNTS, "skipped")} == {
        "tests": "5",
        "failures": "2",
        "errors": "0",
        "skipped": "2",
    }


def test_a_target_that_nobody_can_name_is_an_error() -> None:
    """No test at all would be green."""
    root = fromstring(as_junit(unnamed()))
    assert (root.attrib["tests"], root.attrib["errors"]) == ("2", "1")
    (test,) = root.findall("testsuite[@name='unknown.unknown.ppbe-observe']/testcase")
    (error,) = test
    assert (test.attrib["name"], error.tag, error.attrib["type"]) == (
        "detection_operating[targets[1]]",
        "error",
        "denied",
    )


def test_a_suite_is_a_service_on_a_target() -> None:
    other = replace(backups(), id="s3_versioning", service="s3")
    found = suites(
        report(
            line(of=other),
            line(),
            line(resource=database(target=EAST)),
            line(resource=database(target=Target("111111111111", "us-gov-west-1", "aws-us-gov"))),
        )
    )
    assert [each.attrib["name"] for each in found] == [
        "111111111111.us-gov-west-1.rds",
        "123456789012.us-gov-east-1.rds",
        "123456789012.us-gov-west-1.rds",
        "123456789012.us-gov-west-1.s3",
    ]
    assert {each.attrib["timestamp"] for each in found} == {"2026-11-24T12:00:00"}
    assert [(each.attrib["name"], each.attrib["value"]) for each in found[0].iter("property")] == [
        ("account_id", "111111111111"),
        ("region", "us-gov-west-1"),
        ("service", "rds"),
        ("environment", "production"),
        ("version", "1.2.3"),
    ]


def test_one_arn_seen_in_two_regions_is_two_tests() -> None:
    """GitLab ignores a second test of the same class name and name, whatever its suite."""
    root = replace(database(), arn="arn:aws-us-gov:iam::123456789012:root")
    told = fromstring(as_junit(report(line(resource=root), line(resource=replace(root, target=EAST)))))
    names = {(each.attrib["classname"], each.attrib["name"]) for each in told.iter("testcase")}
    assert names == {
        ("123456789012.us-gov-east-1.rds", "rds_backup_retention[arn:aws-us-gov:iam::123456789012:root]"),
        ("123456789012.us-gov-west-1.rds", "rds_backup_retention[arn:aws-us-gov:iam::123456789012:root]"),
    }


def test_a_failure_says_what_is_and_what_to_do() -> None:
    (failure,) = only_test(line(severity=Severity.HIGH))
    assert (failure.tag, failure.attrib) == (
        "failure",
        {"type": "high", "message": "backups are kept 7 days, 30 are required"},
    )
    assert failure.text == (
        "expected: Automated backups are kept long enough\n"
        "found: backups are kept 7 days, 30 are required\n"
        "resource: arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:ppbe-production\n"
        "severity: high\n"
        "controls: cp-9 sc-28.1 KSI-RPL-ABO\n"
        "due: 2026-12-24T12:00:00.000Z (Rev5: high within 30 days)\n"
        "to do: Raise the backup retention period."
    )


def test_unknown_is_an_error_with_its_cause() -> None:
    (error,) = only_test(line(Outcome.UNKNOWN, "refused", cause=Reason.DENIED, operation="rds:DescribeDBInstances"))
    assert (error.tag, error.attrib) == ("error", {"type": "denied", "message": "refused"})
    assert "operation: rds:DescribeDBInstances\n" in (error.text or "")
    assert "to do" not in (error.text or "")


def test_unknown_without_a_cause_is_an_error_too() -> None:
    (error,) = only_test(line(Outcome.UNKNOWN, "cannot be told"))
    assert (error.tag, error.attrib) == ("error", {"type": "unknown", "message": "cannot be told"})


@pytest.mark.parametrize(
    ("of", "attributes"),
    [
        (line(Outcome.NOT_APPLICABLE, "replica"), {"type": "not_applicable", "message": "replica"}),
        (
            line(reason="7 days", exemption=exemption("why", "who")),
            {"type": "exempt", "message": "accepted by who until 2026-12-31: why (7 days)"},
        ),
    ],
)
def test_what_is_accepted_or_does_not_apply_is_skipped(of: Line, attributes: dict[str, str]) -> None:
    (skipped,) = only_test(of)
    assert (skipped.tag, skipped.attrib) == ("skipped", attributes)


def test_what_passes_holds_nothing() -> None:
    assert list(only_test(line(Outcome.PASS))) == []


def test_what_xml_cannot_hold_is_taken_out() -> None:
    """NUL, control characters, lone surrogates, and the two noncharacters; everything else stays."""
    bad, good = "\0\x0b\x1f\ud800\udfff\ufffe\uffff", "\t\n é 監 😀 <&\"'>]]>"
    test = only_test(line(reason=f"a{bad}{good}", resource=database(f"b{bad}")))
    (failure,) = test
    assert failure.attrib["message"] == f"a{good}"
    assert f"found: a{good}\n" in (failure.text or "")
    assert test.attrib["name"].endswith(":db:b]")


def test_facts_stay_inside() -> None:
    secret = line(resource=database(facts={"MasterUserPassword": "hunter2"}))
    assert b"hunter2" not in as_junit(report(secret))
