"""ASFF: AWS's own model of it accepts every finding, and no limit is passed."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.controls.formats.asff import RESOURCE_TYPES, as_asff
from ppbe_observe.controls.report import Line, Report
from ppbe_observe.model import Outcome, Provenance, Reason, Severity, Target
from support.findings import NOW
from support.gathering import LocalSession
from support.reports import backups, database, every_outcome, exemption, line, report, unnamed

GOLDEN = Path(__file__).with_name("golden") / "every_outcome.asff.json"


@pytest.fixture(scope="module")
def model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("securityhub")


def finding(of: Line) -> dict[str, Any]:
    (told,) = json.loads(as_asff(report(of)))
    assert isinstance(told, dict)
    return told


def wrong(shape: Shape, value: Any) -> list[str]:
    """What AWS's model forbids and botocore does not look at: other words than those listed, and blank texts."""
    if isinstance(shape, StructureShape):
        return [each for name, part in value.items() for each in wrong(shape.members[name], part)]
    if isinstance(shape, ListShape):
        return [each for part in value for each in wrong(shape.member, part)]
    if isinstance(shape, MapShape):
        return [each for pair in value.items() for part in pair for each in wrong(shape.value, part)]
    if isinstance(shape, StringShape) and shape.enum:
        return [] if value in shape.enum else [f"{shape.name}: {value}"]
    pattern = shape.metadata.get("pattern")
    return [f"{shape.name}: {value!r}"] if pattern and not re.fullmatch(pattern, value) else []


def long() -> Report:
    """Everything too long, too many, blank or odd."""
    text = "é\n" * 4000
    check = backups(
        title=text,
        remediation=text,
        controls=tuple(f"ac-{number}" for number in range(1, 41)),
    )
    tags = (("Blank", " "), ("", "x"), *((f"Tag{number}", "v") for number in range(60)))
    calls = database("z" * 600, tags=tags, source=Provenance("rds:" + "D" * 3000, None, NOW))
    return report(
        line(reason=text, of=replace(check, description=text), resource=calls, exemption=exemption(text, text)),
        line(Outcome.UNKNOWN, " ", of=replace(check, title=" ", remediation="\n"), parameters={"a": "", "b": ()}),
        line(resource=database("\ud800", Target("123456789012", "us-iso-east-1", "aws-iso"))),
    )


def every_check() -> Report:
    return report(*(line(of=each, parameters=each.parameters) for each in CHECKS))


@pytest.mark.parametrize("made", [every_outcome, every_check, long])
def test_awss_model_accepts_every_finding(model: ServiceModel, made: Any) -> None:
    shape = model.operation_model("BatchImportFindings").input_shape
    assert isinstance(shape, StructureShape)
    told = {"Findings": json.loads(as_asff(made()))}
    assert ParamValidator().validate(told, shape).generate_report() == ""
    assert wrong(shape, told) == []
    assert len(told["Findings"]) == len(made().lines)


def test_the_model_would_find_a_mistake(model: ServiceModel) -> None:
    shape = model.operation_model("BatchImportFindings").input_shape
    assert isinstance(shape, StructureShape)
    told = {"Findings": [{**finding(line()), "Wrong": 1, "RecordState": "GONE"}]}
    assert 'Unknown parameter in Findings[0]: "Wrong"' in ParamValidator().validate(told, shape).generate_report()
    del told["Findings"][0]["Wrong"]
    assert wrong(shape, told) == ["RecordState: GONE"]


def test_no_limit_is_passed() -> None:
    """Those of the AwsSecurityFinding reference; a character may be several bytes, and bytes are the safe count."""
    told = json.loads(as_asff(long()))
    worst = next(each for each in told if each["Compliance"]["Status"] == "FAILED" and each["Title"].endswith("…"))
    assert 253 <= len(worst["Title"].encode()) <= 256
    assert len(worst["Description"].encode()) <= 1024
    assert len(worst["Remediation"]["Recommendation"]["Text"].encode()) <= 512
    assert len(worst["Resources"][0]["Id"].encode()) <= 512
    assert len(worst["Resources"][0]["Tags"]) == 50
    assert len(worst["Compliance"]["RelatedRequirements"]) == 32
    assert all(len(each["Id"]) <= 512 and len(json.dumps(each)) < 240_000 for each in told)
    fields = [(name, value) for each in told for name, value in each["ProductFields"].items()]
    assert all(len(name) <= 128 and len(value.encode()) <= 2048 for name, value in fields)
    assert all(len(each["ProductFields"]) <= 50 for each in told)


def test_moto_imports_them(local_session: LocalSession) -> None:
    client = local_session.client("securityhub")
    answer = client.batch_import_findings(Findings=json.loads(as_asff(every_outcome())))
    assert (answer["FailedCount"], answer["SuccessCount"], answer["FailedFindings"]) == (0, 6, [])
    imported = client.get_findings()["Findings"]
    assert {each["Compliance"]["Status"] for each in imported} == {"FAILED", "PASSED", "NOT_AVAILABLE"}


def test_the_report_of_every_outcome() -> None:
    assert as_asff(every_outcome()) == GOLDEN.read_bytes()


@pytest.mark.parametrize(
    ("of", "status", "workflow", "state", "label"),
    [
        (line(severity=Severity.CRITICAL), "FAILED", "NEW", "ACTIVE", "CRITICAL"),
        (line(exemption=exemption()), "FAILED", "NEW", "ARCHIVED", "MEDIUM"),
        (line(Outcome.UNKNOWN, severity=Severity.HIGH), "NOT_AVAILABLE", "NEW", "ACTIVE", "HIGH"),
        (line(Outcome.PASS), "PASSED", "RESOLVED", "ACTIVE", "INFORMATIONAL"),
        (line(Outcome.NOT_APPLICABLE), "NOT_AVAILABLE", "RESOLVED", "ARCHIVED", "INFORMATIONAL"),
    ],
)
def test_each_outcome_has_its_words(of: Line, status: str, workflow: str, state: str, label: str) -> None:
    told = finding(of)
    assert told["Compliance"]["Status"] == status
    assert told["Workflow"]["Status"] == workflow
    assert told["RecordState"] == state
    assert told["Severity"] == {"Label": label, "Original": of.finding.severity.value}
    assert told["FindingProviderFields"]["Severity"] == told["Severity"]


@pytest.mark.parametrize(
    ("of", "code", "why"),
    [
        (line(Outcome.UNKNOWN, "refused", cause=Reason.DENIED), "DENIED", "refused"),
        (line(Outcome.UNKNOWN, "cannot be told"), "UNKNOWN", "cannot be told"),
        (line(Outcome.NOT_APPLICABLE, "read replica"), "NOT_APPLICABLE", "read replica"),
        (line(exemption=exemption("why", "who")), "EXEMPT", "accepted by who until 2026-12-31: why"),
    ],
)
def test_what_neither_passes_nor_fails_says_why(of: Line, code: str, why: str) -> None:
    assert finding(of)["Compliance"]["StatusReasons"] == [{"ReasonCode": code, "Description": why}]


def test_nothing_is_suppressed_since_no_later_import_could_undo_it() -> None:
    """BatchImportFindings sets the workflow of a new finding only; what is archived becomes active again."""
    told = json.loads(as_asff(every_outcome()))
    assert {each["Workflow"]["Status"] for each in told} == {"NEW", "RESOLVED"}
    expired = finding(line(exemption=exemption()))["RecordState"], finding(line())["RecordState"]
    assert expired == ("ARCHIVED", "ACTIVE")


def test_the_type_is_of_awss_taxonomy() -> None:
    told = finding(line())
    expected = ["Software and Configuration Checks/Industry and Regulatory Standards/NIST 800-53 Controls (USA)"]
    assert told["Types"] == told["FindingProviderFields"]["Types"] == expected


def test_what_passes_or_fails_needs_no_reason_code() -> None:
    assert "StatusReasons" not in finding(line())["Compliance"]
    assert "StatusReasons" not in finding(line(Outcome.PASS))["Compliance"]


def test_an_update_keeps_the_id_and_moves_the_time() -> None:
    first = line(known=True)
    later = replace(first, finding=replace(first.finding, at=NOW + timedelta(hours=1)))
    assert finding(first)["Id"] == finding(later)["Id"]
    assert finding(first)["CreatedAt"] == finding(later)["CreatedAt"] == "2026-11-14T12:00:00.000Z"
    assert finding(later)["UpdatedAt"] == "2026-11-24T13:00:00.000Z"


def test_what_never_failed_was_never_observed() -> None:
    assert "FirstObservedAt" not in finding(line(Outcome.PASS))
    assert finding(line(Outcome.PASS, known=True))["FirstObservedAt"] == "2026-11-14T12:00:00.000Z"


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_the_product_is_the_accounts_own(partition: str) -> None:
    told = finding(line(resource=database(target=Target("210987654321", "here-1", partition))))
    assert told["ProductArn"] == f"arn:{partition}:securityhub:here-1:210987654321:product/210987654321/default"
    assert told["Resources"][0]["Partition"] == partition


def test_a_partition_that_the_format_does_not_know_is_left_out() -> None:
    told = finding(line(resource=database(target=Target("210987654321", "us-iso-east-1", "aws-iso"))))
    assert "Partition" not in told["Resources"][0]


def test_the_types_are_awss_own(model: ServiceModel) -> None:
    details = model.shape_for("ResourceDetails")
    assert isinstance(details, StructureShape)
    assert set(RESOURCE_TYPES.values()) - {"AwsAccount"} <= set(details.members)


@pytest.mark.parametrize("what", ["Role", "User", "Group"])
def test_what_has_inline_policies_is_told_by_its_arn(what: str) -> None:
    arn = f"arn:aws-us-gov:iam::123456789012:{what.lower()}/deploy"
    told = finding(line(resource=replace(database(), kind="iam:identity-policies", arn=arn)))
    assert told["Resources"][0]["Type"] == f"AwsIam{what}"


def test_a_kind_without_a_type_of_awss_is_other() -> None:
    assert finding(line(resource=database(kind="logs:log-group")))["Resources"][0]["Type"] == "Other"


def test_parameters_are_those_of_the_control() -> None:
    told = finding(line(parameters={"min_days": 30, "ports": (22, 3389), "none": ()}))
    assert told["Compliance"]["SecurityControlParameters"] == [
        {"Name": "min_days", "Value": ["30"]},
        {"Name": "ports", "Value": ["22", "3389"]},
    ]


def test_controls_are_written_as_security_hub_does() -> None:
    assert finding(line())["Compliance"]["RelatedRequirements"] == [
        "NIST.800-53.r5 CP-9",
        "NIST.800-53.r5 SC-28(1)",
        "FedRAMP KSI-RPL-ABO",
    ]


def test_facts_stay_inside() -> None:
    secret = line(resource=database(facts={"MasterUserPassword": "hunter2"}))
    assert b"hunter2" not in as_asff(report(secret))


def test_a_target_that_nobody_can_name_has_no_finding() -> None:
    assert [each["Compliance"]["Status"] for each in json.loads(as_asff(unnamed()))] == ["PASSED"]


def test_nothing_found_is_an_empty_array() -> None:
    assert json.loads(as_asff(report())) == []
