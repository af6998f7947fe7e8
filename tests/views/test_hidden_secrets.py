"""What AWS said of a resource is shown without what may be a secret."""

from typing import Any

import pytest

from ppbe_observe.model import Failure, Reason
from ppbe_observe.views.hiding import seen, shown
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
        ({"Key": "AKIAIOSFODNN7EXAMPLE"}, "***"),
        ({"Deep": {"Url": "postgres://user:hunter2@db/ppbe"}}, {"Url": "postgres://***@db/ppbe"}),
    ],
)
def test_secrets_in_facts_are_hidden(fact: dict[str, Any], expected: Any) -> None:
    assert list(shown(fact).values()) == [expected]


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
