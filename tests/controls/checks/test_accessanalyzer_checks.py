"""Checks of IAM Access Analyzer. Moto has no handler for it: what AWS documents is answered in its place."""

import json
from functools import partial
from typing import Any

import pytest

from ppbe_observe.model import Reason
from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

CHECK = "accessanalyzer_enabled"
LIST = "access-analyzer:ListAnalyzers"
FINDINGS = "access-analyzer:ListFindings"


def analyzer(name: str = "ppbe", kind: str = "ACCOUNT", status: str = "ACTIVE") -> dict[str, Any]:
    arn = f"arn:aws-us-gov:access-analyzer:us-gov-west-1:123456789012:analyzer/{name}"
    return {"arn": arn, "name": name, "type": kind, "status": status, "createdAt": "2026-01-01T00:00:00Z", "tags": {}}


def finding(resource: str | None = "arn:aws-us-gov:s3:::shared", status: str = "ACTIVE") -> dict[str, Any]:
    told = {"id": "f-1", "status": status, "resourceType": "AWS::S3::Bucket", "isPublic": True}
    return {**told, **({"resource": resource} if resource else {})}


def answers(session: LocalSession, *analyzers: dict[str, Any], findings: tuple[dict[str, Any], ...] = ()) -> None:
    for operation, value in ((LIST, {"analyzers": analyzers}), (FINDINGS, {"findings": findings})):
        body = json.dumps(value)
        session.faults[operation] = partial(answer, 200, body)


def test_an_analyzer_without_findings(local_session: LocalSession) -> None:
    answers(local_session, analyzer())
    (found,) = judge(local_session, CHECK).values()
    assert (found.resource.arn, found.outcome, found.verdict.reason) == (
        "arn:aws-us-gov:iam::123456789012:root",
        "pass",
        "ppbe is ACTIVE; no finding is",
    )


def test_that_of_an_organization_counts(local_session: LocalSession) -> None:
    answers(local_session, analyzer(kind="ORGANIZATION"))
    assert only(local_session, CHECK)[0] == "pass"


def test_no_analyzer(local_session: LocalSession) -> None:
    answers(local_session)
    assert only(local_session, CHECK) == ("fail", "no analyzer of external access is ACTIVE: there is none")


@pytest.mark.parametrize(
    "kind",
    ["ACCOUNT_UNUSED_ACCESS", "ORGANIZATION_UNUSED_ACCESS", "ACCOUNT_INTERNAL_ACCESS", "ORGANIZATION_INTERNAL_ACCESS"],
)
def test_analyzers_of_other_access_do_not_count(local_session: LocalSession, kind: str) -> None:
    answers(local_session, analyzer(kind=kind), findings=(finding(),))
    assert only(local_session, CHECK) == ("fail", "no analyzer of external access is ACTIVE: there is none")
    assert local_session.calls[FINDINGS] == 0


@pytest.mark.parametrize("status", ["CREATING", "DISABLED", "FAILED"])
def test_an_analyzer_that_does_not_work(local_session: LocalSession, status: str) -> None:
    answers(local_session, analyzer(status=status))
    assert only(local_session, CHECK) == ("fail", f"no analyzer of external access is ACTIVE: ppbe is {status}")
    assert local_session.calls[FINDINGS] == 0
    answers(local_session, analyzer("old", status=status), analyzer())
    assert only(local_session, CHECK) == ("pass", "ppbe is ACTIVE; no finding is")


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ([finding()], "1 findings are ACTIVE: arn:aws-us-gov:s3:::shared"),
        ([finding(), finding()], "2 findings are ACTIVE: arn:aws-us-gov:s3:::shared"),
        ([finding(None)], "1 findings are ACTIVE: f-1"),
        ([finding(each) for each in "abcd"], "4 findings are ACTIVE: a, b, c and more"),
        ([finding("a"), finding("b", "ARCHIVED"), finding("c", "RESOLVED")], "1 findings are ACTIVE: a"),
    ],
)
def test_open_findings(local_session: LocalSession, findings: list[dict[str, Any]], said: str) -> None:
    answers(local_session, analyzer(), findings=tuple(findings))
    assert only(local_session, CHECK) == ("fail", f"ppbe found access from outside, {said}")


def test_findings_that_were_dealt_with(local_session: LocalSession) -> None:
    answers(local_session, analyzer(), findings=(finding(status="ARCHIVED"), finding(status="RESOLVED")))
    assert only(local_session, CHECK)[0] == "pass"


def test_analyzers_that_cannot_be_seen(local_session: LocalSession) -> None:
    answers(local_session, analyzer())
    unseen(local_session, CHECK, LIST)


def test_findings_that_cannot_be_seen(local_session: LocalSession) -> None:
    answers(local_session, analyzer())
    unseen(local_session, CHECK, FINDINGS)


def test_findings_of_one_analyzer_are_enough_to_fail(local_session: LocalSession) -> None:
    answers(local_session, analyzer("one"), analyzer("other"))
    both = [answer(200, json.dumps({"findings": [finding()]})), answer(403, '{"__type": "AccessDeniedException"}')]
    local_session.faults[FINDINGS] = both.pop
    assert only(local_session, CHECK)[0] == "fail"


def test_findings_of_one_analyzer_are_not_enough_to_pass(local_session: LocalSession) -> None:
    answers(local_session, analyzer("one"), analyzer("other"))
    both = [answer(200, json.dumps({"findings": []})), answer(403, '{"__type": "AccessDeniedException"}')]
    local_session.faults[FINDINGS] = both.pop
    assert only(local_session, CHECK)[0] == "unknown"


def test_a_server_that_does_not_know_the_service_leaves_unknown(local_session: LocalSession) -> None:
    (found,) = judge(local_session, CHECK).values()
    assert (found.outcome, found.verdict.cause) == ("unknown", Reason.SERVER)
