"""What AWS said of a resource is shown without what may be a secret."""

import ast
from pathlib import Path
from typing import Any

import pytest

from ppbe_observe.controls import checks
from ppbe_observe.model import Failure, Reason
from ppbe_observe.telemetry.redaction import is_secret_key
from ppbe_observe.views.hiding import NO_SECRETS, seen, shown
from support.findings import thing


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        ({"environment": [{"name": "GREETING", "value": "hello"}]}, [{"name": "GREETING", "value": "***"}]),
        ({"Environment": {"Variables": {"GREETING": "hello"}}}, {"Variables": {"GREETING": "***"}}),
        ({"environment": ["GREETING=hello"]}, ["***"]),
        ({"Options": [{"Name": "DB_PASSWORD", "Value": "x"}]}, [{"Name": "DB_PASSWORD", "Value": "***"}]),
        ({"Options": [{"Name": "port", "Value": "5432"}]}, [{"Name": "port", "Value": "5432"}]),
        ({"MasterUserPassword": "x"}, "***"),
        ({"Command": "psql --password=hunter2"}, "psql --password=***"),
        ({"command": ["app", "--password", "hunter22", "--port", "1"]}, ["app", "--password", "***", "--port", "1"]),
        ({"command": ["app", "--db-password=hunter22"]}, ["app", "--db-password=***"]),
        (
            {"P": [{"ParameterKey": "DbPassword", "ParameterValue": "x"}]},
            [{"ParameterKey": "DbPassword", "ParameterValue": "***"}],
        ),
        ({"Key": "AKIAIOSFODNN7EXAMPLE"}, "***"),
        ({"Deep": {"Url": "postgres://user:hunter2@db/ppbe"}}, {"Url": "postgres://***@db/ppbe"}),
    ],
)
def test_secrets_in_facts_are_hidden(fact: dict[str, Any], expected: Any) -> None:
    assert list(shown(fact).values()) == [expected]


@pytest.mark.parametrize("key", sorted(NO_SECRETS))
def test_what_is_about_a_secret_and_holds_none_is_shown(key: str) -> None:
    assert shown({key: "x", f"{key}Token": "x"}) == {key: "x", f"{key}Token": "***"}


def test_every_fact_that_a_check_reads_is_shown() -> None:
    """Of AWS's own names; the lower case ones are our words for checks and kinds, or those of the credential report."""
    read = {
        node.value
        for path in Path(checks.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier()
    }
    hidden = {each for each in read if is_secret_key(each) and (each[0].isupper() or each.startswith("password_last"))}
    assert hidden <= NO_SECRETS


def test_a_large_answer_is_shown_whole_and_a_huge_one_says_where_it_is_cut() -> None:
    rules = [{"FromPort": each, "Cidr": "10.0.0.0/8"} for each in range(3000)]
    assert shown({"IpPermissions": rules, "VpcId": "vpc-1"}) == {"IpPermissions": rules, "VpcId": "vpc-1"}
    assert shown(list(range(30_000)))[-1] == "… (30000 in all)"


def test_facts_are_those_of_aws_otherwise() -> None:
    facts = {"MultiAZ": True, "BackupRetentionPeriod": 30, "Endpoint": {"Address": "db.local", "Port": 5432}}
    assert shown(facts) == facts


def test_tags_and_failed_calls_are_told_without_secrets() -> None:
    one = thing(tags={"ApiToken": "tok-5Gz81xQ9vLmP0aWd", "Project": "PPBE"})
    failed = Failure(Reason.DENIED, "things:Describe", "no; Authorization: Bearer abcdefgh12345678")
    found = seen(type(one)(one.arn, one.kind, one.target, tags=one.tags, details={"things:Describe": failed}))
    assert found.tags == {"ApiToken": "***", "Project": "PPBE"}
    assert found.details == {"things:Describe": "things:Describe: denied: no; Authorization: Bearer ***"}


def test_text_that_cannot_be_encoded_is_shown_as_its_escape() -> None:
    assert shown({"Name": "a\ud800b"}) == {"Name": "a\\ud800b"}
