"""The plans that are shipped: the good one has no fault, the faulty one those that its README tells."""

import re

import pytest

from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.controls.plan import judge_plan
from ppbe_observe.controls.rules import Rules
from ppbe_observe.model import Finding, Outcome
from support.plans import EXAMPLES, NOW, example

ROW = re.compile(r"^\| `([a-z0-9_]+)` \| (.+) \|$")


def findings_of(name: str) -> list[Finding]:
    return list(judge_plan(example(name), Rules(CHECKS, {}, {}, "production"), NOW))


def told_of(finding: Finding) -> tuple[str, str]:
    arn = finding.resource.arn
    return finding.check, "the account" if arn.startswith("arn:") else arn


def told_in_readme() -> set[tuple[str, str]]:
    rows = filter(None, map(ROW.match, (EXAMPLES / "README.md").read_text("utf-8").splitlines()))
    return {(row[1], where.strip("`")) for row in rows for where in row[2].split(", ")}


def test_the_good_plan_has_no_fault() -> None:
    outcomes = {each.outcome for each in findings_of("good")}
    assert outcomes == {Outcome.PASS, Outcome.NOT_APPLICABLE, Outcome.UNKNOWN}


def test_the_faults_of_the_faulty_plan_are_those_that_are_told() -> None:
    found = {told_of(each) for each in findings_of("faulty") if each.outcome is Outcome.FAIL}
    assert found == told_in_readme()


@pytest.mark.parametrize("name", ["good", "faulty"])
def test_what_is_unknown_is_what_no_plan_tells(name: str) -> None:
    reasons = {each.check: each.verdict.reason for each in findings_of(name) if each.outcome is Outcome.UNKNOWN}
    others = {
        check: reason
        for check, reason in reasons.items()
        if not reason.startswith("not supported here: terraform:plan: a plan does not tell it: ")
    }
    assert set(others) <= {"vpc_flow_logs_enabled", "ecr_running_image_no_critical", "ecr_running_image_scan_age"}


@pytest.mark.parametrize("name", ["good", "faulty"])
def test_every_attribute_of_the_sources_is_in_the_plan(name: str) -> None:
    """The plan belongs to the sources beside it: every resource block is there, and no other."""
    sources = "\n".join(path.read_text("utf-8") for path in sorted((EXAMPLES / name).rglob("*.tf")))
    written = set(re.findall(r'^resource "(\w+)" "(\w+)"', sources, re.MULTILINE))
    assert {(each["type"], each["name"]) for each in example(name)["resource_changes"]} == written
