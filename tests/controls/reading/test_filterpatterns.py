"""What a filter pattern of CloudWatch Logs catches."""

import pytest

from ppbe_observe.controls.reading.filterpatterns import catches

ROOT = '$.userIdentity.type = "Root"'


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.userIdentity.type = "Root" }',
        # CIS AWS Foundations Benchmark, "usage of the root account"
        '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
        '{$.userIdentity.type="Root"&&$.userIdentity.invokedBy NOT EXISTS&&$.eventType!="AwsServiceEvent"}',
        '{ ($.userIdentity.type = "Root") && (($.userIdentity.invokedBy NOT EXISTS)) }',
        "{ $.eventType != AwsServiceEvent && $.userIdentity.type = Root }",
        '\n{ $.userIdentity.type\t=\n"Root" }\n',
        '{ $.eventName = "ConsoleLogin" || $.userIdentity.type = "Root" }',
        '{ ($.a = 1 || $.userIdentity.type = "Root") && $.b != 2 }',
        '{ $.userIdentity.type = "Root" && ($.a != 1 || $.b NOT EXISTS) }',
        '{ $.userIdentity.type = "Root*" }',
        "{ $.userIdentity.type = *oo* }",
        '{ $.userIdentity.type = "*" }',
    ],
)
def test_catches(pattern: str) -> None:
    assert catches(pattern, ROOT)


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{}",
        "Root",
        '"$.userIdentity.type = Root"',
        "[version, account, type = Root]",
        '{ $.userIdentity.type = "IAMUser" }',
        '{ $.userIdentity.type != "Root" }',
        '{ $.userIdentity.type = "Root*IAM" }',
        '{ $.userIdentity.type = "R.*t" }',
        '{ $.userIdentity = "*" }',
        '{ $.userIdentity.type != "*" }',
        '{ $.eventType != "AwsServiceEvent" }',
        '{ $.userIdentity.type = "Root" && $.sourceIPAddress = "192.0.2.1" }',
        '{ ($.userIdentity.type = "Root" || $.a = 1) && $.b = 2 }',
        '{ ($.userIdentity.type = "Root" }',
        '{ $.userIdentity.type = "Root" ) }',
        '{ $.message = "$.userIdentity.type = Root || x" }',
        "{ $.message = %Root|$.userIdentity.type% }",
    ],
)
def test_does_not_catch(pattern: str) -> None:
    assert not catches(pattern, ROOT)


def test_precedence_of_and_over_or() -> None:
    """CIS' pattern for refused calls: the exceptions belong to the second alternative only."""
    pattern = (
        '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") && '
        '($.sourceIPAddress != "delivery.logs.amazonaws.com") && ($.eventName != "HeadBucket") }'
    )
    assert catches(pattern, '$.errorCode = "*UnauthorizedOperation"')
    assert catches(pattern, '$.errorCode="AccessDenied*"')
    assert not catches(pattern, '$.errorCode = "Throttling*"')


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("*UnauthorizedOperation", True),
        ("*UnauthorizedOperation*", True),
        ("*Unauthorized*", True),
        ("*", True),
        ("Unauthorized*", False),
        ("Client.UnauthorizedOperation", False),
        ("*UnauthorizedOperationX", False),
        ("*UnauthorizedOperatio?", False),
        ("*UnauthorizedOperatio[n]", False),
        ("", False),
    ],
)
def test_a_wildcard_that_stands_for_at_least_as_much(value: str, *, expected: bool) -> None:
    assert catches(f'{{ $.errorCode = "{value}" }}', '$.errorCode = "*UnauthorizedOperation"') is expected


def test_many_wildcards_are_read_quickly() -> None:
    assert not catches(f'{{ $.a = "{"*a" * 30}b" }}', f'$.a = "{"a" * 60}"')


def test_a_long_pattern_is_read_quickly() -> None:
    """As alternatives of all combinations, 100 clauses of two would never be read."""
    clauses = " && ".join(["($.a = 1 || $.b != 2)"] * 100)
    assert catches(f"{{ {clauses} && {ROOT} }}", ROOT)
