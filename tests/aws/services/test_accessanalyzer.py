"""What is asked of IAM Access Analyzer. Moto has no handler for it: what AWS documents is answered in its place."""

import json
from datetime import UTC, datetime

from ppbe_observe.model import Answer, Observation, Resource
from support.gathering import LocalSession, answer
from support.judging import look, rules_for

LIST = "access-analyzer:ListAnalyzers"
FINDINGS = "access-analyzer:ListFindings"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def analyzer(name: str, kind: str = "ACCOUNT") -> dict[str, object]:
    arn = f"arn:aws-us-gov:access-analyzer:us-gov-west-1:123456789012:analyzer/{name}"
    return {"arn": arn, "name": name, "type": kind, "status": "ACTIVE", "tags": {"Environment": "staging"}}


def looked(session: LocalSession) -> tuple[Resource, ...]:
    seen: Observation = look(session, rules_for("accessanalyzer_enabled"), NOW)
    return seen.kinds["access-analyzer:analyzer"].resources


def test_every_page_of_analyzers_and_of_their_findings(local_session: LocalSession) -> None:
    listed = [
        {"analyzers": [analyzer("unused", "ACCOUNT_UNUSED_ACCESS")]},
        {"analyzers": [analyzer("one")], "nextToken": "more"},
    ]
    findings = [
        {"findings": [{"id": "2", "status": "ACTIVE"}]},
        {"findings": [{"id": "1", "status": "ACTIVE"}], "nextToken": "more"},
    ]
    local_session.faults[LIST] = lambda: answer(200, json.dumps(listed.pop()))
    local_session.faults[FINDINGS] = lambda: answer(200, json.dumps(findings.pop()))
    one, unused = looked(local_session)
    told = one.details[FINDINGS]
    assert isinstance(told, Answer)
    assert [each["id"] for each in told.value["findings"]] == ["1", "2"]
    assert one.tags == (("Environment", "staging"),)
    assert unused.details == {}


def test_an_analyzer_that_was_deleted_since_is_left_out(local_session: LocalSession) -> None:
    local_session.faults[LIST] = lambda: answer(200, json.dumps({"analyzers": [analyzer("one")]}))
    local_session.refuse(FINDINGS, "ResourceNotFoundException", status=404)
    assert looked(local_session) == ()
