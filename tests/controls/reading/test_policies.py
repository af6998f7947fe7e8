"""Policy documents, in every way that AWS lets them be written."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppbe_observe.controls.reading.policies import Principal, Statement, matches, public_statements, statements

OWN = "123456789012"


def statement(**changed: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"} | changed


def document(*several: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(several)}


def one(**changed: Any) -> Statement:
    """A statement of an identity policy, or of a resource policy where ``Principal`` is given."""
    given = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"} | changed
    (read,) = statements(document({name: value for name, value in given.items() if value is not None}))
    return read


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda policy: policy, id="parsed"),
        pytest.param(json.dumps, id="text"),
        pytest.param(lambda policy: json.dumps(policy, indent=2).encode(), id="bytes"),
        pytest.param(lambda policy: quote(json.dumps(policy), safe=""), id="URL-encoded"),
    ],
)
def test_every_form_of_a_document_reads_alike(written: Any) -> None:
    policy = document(statement(Sid="A+B 100%", Resource="arn:aws:s3:::bücket/*"))
    (read,) = statements(written(policy))
    assert read == Statement(
        allow=True,
        principals=(Principal("AWS", "*"),),
        actions=("s3:GetObject",),
        resources=("arn:aws:s3:::bücket/*",),
        sid="A+B 100%",
    )


values = st.lists(st.sampled_from(["*", "s3:*", "s3:Get?bject", "arn:aws:iam::123456789012:root", ""]), min_size=1)
conditions = st.dictionaries(
    st.sampled_from(["StringEquals", "ArnLike", "BoolIfExists", "ForAnyValue:StringLike"]),
    st.dictionaries(st.sampled_from(["aws:SourceAccount", "aws:PrincipalOrgPaths", "kms:ViaService"]), values),
)
elements = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"])},
    optional={"Resource": values, "Principal": st.dictionaries(st.sampled_from(["AWS", "Service"]), values)},
)


def _single(value: Any) -> Any:
    """Written without the list where there is one value only, at every depth."""
    if isinstance(value, dict):
        return {name: _single(each) for name, each in value.items()}
    return value[0] if isinstance(value, list) and len(value) == 1 else value


@given(st.lists(st.tuples(elements, st.sampled_from(["Action", "NotAction"]), values, conditions), min_size=1))
def test_a_single_value_means_the_same_as_a_list_of_one(parts: list[tuple[dict[str, Any], str, Any, Any]]) -> None:
    listed = document(*({**given, action: named, "Condition": lines} for given, action, named, lines in parts))
    assert statements(_single(listed)) == statements(listed)
    assert statements(json.dumps(listed)) == statements(listed)


names = st.sampled_from(["Statement", "Effect", "Action", "Principal", "Condition", "x"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(names, inner),
)


@given(anything)
def test_what_is_no_document_is_a_value_error_or_nothing_at_all(found: Any) -> None:
    try:
        assert isinstance(statements(json.dumps(found)), tuple)
    except ValueError:
        return
    assert isinstance(found, dict)
    assert "Statement" in found


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        "no json",
        "[]",
        "null",
        b"\xff{",
        {},
        {"Statement": None},
        {"Statement": "Allow"},
        {"Statement": [1]},
        {"Statement": [statement(), None]},
        document({"Action": "*", "Resource": "*"}),
        document(statement(Effect="allow")),
        document(statement(Effect=["Allow"])),
        document({"Effect": "Allow", "Resource": "*"}),
        document(statement(NotAction="s3:*")),
        document(statement(NotPrincipal="*")),
        document(statement(NotResource="*")),
        document(statement(Principal=None)),
        document(statement(Principal=["*"])),
        document(statement(Principal={"AWS": None})),
        document(statement(Action=[None])),
        document(statement(Resource={"a": "b"})),
        document(statement(Condition="none")),
        document(statement(Condition={"StringEquals": "aws:SourceAccount"})),
        document(statement(Condition={"StringEquals": {"aws:SourceAccount": None}})),
        '{"Statement": [], "Statement": []}',
    ],
    ids=lambda given: json.dumps(given) if isinstance(given, dict) else repr(given),
)
def test_a_malformed_document(malformed: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says something else of its fault
        statements(malformed)


def test_a_document_without_statements_says_nothing() -> None:
    assert statements({"Statement": []}) == ()


def test_names_of_elements_and_condition_keys_in_any_case() -> None:
    (read,) = statements(
        '{"statement": {"effect": "Deny", "principal": {"AWS": "*"}, "action": "s3:*", "resource": "*",'
        ' "condition": {"bool": {"AWS:securetransport": false}}}}'
    )
    assert (read.allow, read.for_everybody, read.values("Bool", "aws:SecureTransport")) == (False, True, ("false",))


@pytest.mark.parametrize(
    ("principal", "everybody"),
    [
        ("*", True),
        ({"AWS": "*"}, True),
        ({"AWS": ["*"]}, True),
        ({"AWS": [f"arn:aws:iam::{OWN}:root", "*"]}, True),
        ({"Service": "*"}, True),
        ({"Federated": "*"}, True),
        ({"CanonicalUser": "*"}, True),
        ({"AWS": f"arn:aws:iam::{OWN}:root"}, False),
        ({"AWS": OWN}, False),
        (OWN, False),
        ({"AWS": []}, False),
        ({}, False),
        ({"Service": "ecs-tasks.amazonaws.com"}, False),
        ({"Federated": f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com"}, False),
        ({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}, False),
    ],
)
def test_who_is_everybody(principal: Any, everybody: bool) -> None:  # noqa: FBT001 - a column of the table
    allowed = one(Principal=principal)
    assert (allowed.for_everybody, allowed.public) == (everybody, everybody)
    assert not one(Principal=principal, Effect="Deny").public


def test_all_but_some_are_everybody() -> None:
    assert one(NotPrincipal={"AWS": f"arn:aws:iam::{OWN}:root"}).public
    assert not one(NotPrincipal={"AWS": f"arn:aws:iam::{OWN}:root"}, Effect="Deny").public
    assert not one(NotPrincipal="*").public


def test_an_identity_policy_is_not_public() -> None:
    assert not one(Action="*").public


@pytest.mark.parametrize(
    ("operator", "key", "value", "limited"),
    [
        ("StringEquals", "aws:SourceAccount", OWN, True),
        ("stringequals", "AWS:SourceAccount", [OWN, "210987654321"], True),
        ("StringEquals", "aws:SourceAccount", [OWN, "*"], False),
        ("StringEquals", "aws:SourceAccount", [], False),
        ("StringEquals", "aws:SourceAccount", 123456789012, True),
        ("StringEquals", "aws:SourceAccount", "${aws:ResourceAccount}", True),
        ("StringEquals", "aws:SourceAccount", "${aws:PrincipalAccount}", False),
        ("StringLike", "aws:SourceAccount", "*", False),
        ("StringLike", "aws:SourceAccount", "1234*", False),
        ("StringEqualsIfExists", "aws:SourceAccount", OWN, False),
        ("ForAllValues:StringEquals", "aws:SourceAccount", OWN, False),
        ("ForAnyValue:StringEquals", "aws:SourceAccount", OWN, True),
        ("StringNotEquals", "aws:SourceAccount", OWN, False),
        ("StringNotLike", "aws:PrincipalOrgID", "o-1", False),
        ("Null", "aws:SourceAccount", "false", False),
        ("StringEquals", "aws:SourceOwner", OWN, True),
        ("StringEqualsIgnoreCase", "aws:PrincipalOrgID", "o-example", True),
        ("StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}", True),
        ("StringEquals", "aws:PrincipalAccount", OWN, True),
        ("StringEquals", "aws:SourceOrgID", "o-example", True),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-example/r-1/*", True),
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "*/r-1/*", False),
        ("ArnLike", "aws:SourceArn", f"arn:aws:sns:*:{OWN}:*", True),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:us-gov-west-1:*:alerts", False),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::ppbe-logs", True),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::*", False),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::ppbe-*", False),
        ("ArnLike", "aws:SourceArn", "arn:*", False),
        ("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/ppbe", False),
        ("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{OWN}:role/*", True),
        ("StringEquals", "aws:PrincipalServiceName", "cloudtrail.amazonaws.com", True),
        ("Bool", "aws:PrincipalIsAWSService", "true", False),
        ("StringEquals", "aws:SourceVpce", "vpce-1a2b3c4d", True),
        ("StringEquals", "aws:SourceVpc", "vpc-1a2b3c4d", True),
        ("StringLike", "aws:SourceVpce", "vpce-*", False),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24", True),
        ("IpAddress", "aws:SourceIp", "203.0.113.7", True),
        ("IpAddress", "aws:SourceIp", "0.0.0.0/0", False),
        ("IpAddress", "aws:SourceIp", ["0.0.0.0/1", "128.0.0.0/1"], False),
        ("IpAddress", "aws:SourceIp", "::/0", False),
        ("IpAddress", "aws:SourceIp", "2001:db8::/32", True),
        ("IpAddress", "aws:SourceIp", "everywhere", False),
        ("NotIpAddress", "aws:SourceIp", "203.0.113.0/24", False),
        ("IpAddress", "aws:VpcSourceIp", "10.0.0.0/16", False),
        ("StringEquals", "aws:userid", "AROAEXAMPLE:*", True),
        ("StringLike", "aws:userid", "*:ppbe", False),
        ("StringEquals", "kms:CallerAccount", OWN, True),
        ("StringEquals", "kms:ViaService", "s3.us-gov-west-1.amazonaws.com", False),
        ("StringEquals", "aws:PrincipalTag/Project", "PPBE", False),
        ("Bool", "aws:SecureTransport", "true", False),
        ("StringEquals", "s3:DataAccessPointAccount", OWN, True),
    ],
)
def test_conditions_that_limit_who(operator: str, key: str, value: Any, limited: bool) -> None:  # noqa: FBT001
    read = one(Principal="*", Condition={operator: {key: value}})
    assert (bool(read.limited_by()), bool(read.limited_by(key.lower())), read.public) == (limited, limited, not limited)


def test_a_key_that_must_be_there_may_be_compared_if_it_exists() -> None:
    assert not one(
        Principal="*",
        Condition={
            "Null": {"aws:PrincipalOrgPaths": "false"},
            "ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-example/*"},
        },
    ).public


def test_one_condition_that_limits_is_enough_since_all_of_them_have_to_hold() -> None:
    read = one(
        Principal="*",
        Condition={
            "StringEquals": {"kms:ViaService": "s3.amazonaws.com", "kms:CallerAccount": OWN},
            "Bool": {"aws:SecureTransport": "true"},
        },
    )
    assert [str(each) for each in read.limited_by()] == [f"StringEquals kms:CallerAccount {OWN}"]
    assert read.limited_by("aws:SourceAccount", "aws:SourceArn") == ()


OUTSIDE = {"StringNotEquals": {"aws:PrincipalOrgID": "o-example"}}


@pytest.mark.parametrize(
    ("denied", "public"),
    [
        (statement(Effect="Deny", Action="*", Condition=OUTSIDE), False),
        (statement(Effect="Deny", Condition={"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}), False),
        (statement(Effect="Deny", Action="S3:Get*", Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), False),
        ({"Effect": "Deny", "NotPrincipal": {"AWS": OWN}, "Action": "s3:*", "Resource": "*"}, False),
        (statement(Effect="Deny"), False),
        (statement(Effect="Deny", Action="s3:PutObject"), True),
        (statement(Effect="Deny", Principal={"AWS": OWN}), True),
        (statement(Effect="Deny", Action="s3:PutObject", Condition=OUTSIDE), True),
        (statement(Effect="Deny", Resource="arn:aws:s3:::ppbe/*", Condition=OUTSIDE), True),
        (statement(Effect="Deny", Principal={"AWS": OWN}, Condition=OUTSIDE), True),
        (statement(Effect="Deny", Condition=OUTSIDE | {"Bool": {"aws:SecureTransport": "false"}}), True),
        (statement(Effect="Deny", Condition={"StringNotLike": {"aws:PrincipalOrgID": "*"}}), True),
        (statement(Effect="Deny", Condition={"ForAnyValue:StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}), True),
        (statement(Effect="Deny", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), True),
        ({"Effect": "Deny", "Principal": "*", "NotAction": "s3:Put*", "Resource": "*", "Condition": OUTSIDE}, True),
    ],
)
def test_a_denial_to_all_others_takes_back_what_everybody_is_allowed(denied: Any, public: bool) -> None:  # noqa: FBT001
    assert bool(public_statements(document(statement(), denied))) is public


def test_a_denial_must_cover_all_that_is_allowed() -> None:
    denied = statement(Effect="Deny", Action="s3:Get?bject", Condition=OUTSIDE)
    assert not public_statements(document(statement(Action="s3:Get?bject"), denied))
    assert public_statements(document(statement(Action="s3:Get*bject"), denied))
    assert public_statements(document(statement(Action=["s3:Get?bject", "s3:List*"]), denied))


@pytest.mark.parametrize(
    ("written", "everything"),
    [
        ({"Action": "*"}, True),
        ({"Action": "*:*"}, True),
        ({"Action": ["s3:GetObject", "*"]}, True),
        ({"Action": "*", "Resource": ["arn:aws:s3:::ppbe", "*"]}, True),
        ({"Action": "*", "Resource": "arn:aws-us-gov:*"}, True),
        ({"Action": "*", "Resource": "arn:aws:*:*:*:*"}, True),
        ({"Action": "*", "Resource": "arn:*"}, True),
        ({"Action": "*", "Resource": None, "NotResource": "arn:aws:s3:::ppbe"}, True),
        ({"Action": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, True),
        ({"Action": None, "NotAction": "aws-portal:*"}, True),
        ({"Action": None, "NotAction": ["iam:CreateUser", "s3:*"]}, True),
        ({"Action": None, "NotAction": ["IAM:*", "organizations:*"]}, False),
        ({"Action": None, "NotAction": "*"}, False),
        ({"Action": "*", "Resource": None, "NotResource": "*"}, False),
        ({"Action": "*", "Effect": "Deny"}, False),
        ({"Action": "*", "Resource": "arn:aws:s3:::*"}, False),
        ({"Action": "*", "Resource": None}, False),
        ({"Action": "s3:*"}, False),
        ({"Action": "iam:*"}, False),
        ({"Action": ""}, False),
    ],
)
def test_what_allows_everything(written: dict[str, Any], everything: bool) -> None:  # noqa: FBT001
    assert one(**written).allows_everything is everything


@pytest.mark.parametrize(
    ("written", "wildcards"),
    [
        ({"Action": ["s3:*", "S3:Get*", "logs:PutLogEvents", "kms:**"]}, ("s3:*", "kms:**")),
        ({"Action": "*"}, ("*",)),
        ({"Action": "*:*"}, ("*:*",)),
        ({"Action": "s3*"}, ("s3*",)),
        ({"Action": ["s3:?*", "kms:*?*", "s3:???"]}, ("s3:?*", "kms:*?*")),
        ({"Action": "*:Get*"}, ()),
        ({"Action": "s3:*Object"}, ()),
        ({"Action": None, "NotAction": ["iam:*", "sts:*"]}, ("not iam:*", "not sts:*")),
        ({"Action": None, "NotAction": "*"}, ()),
        ({"Action": "s3:*", "Effect": "Deny"}, ()),
    ],
)
def test_wildcards_for_a_whole_service(written: dict[str, Any], wildcards: tuple[str, ...]) -> None:
    assert one(**written).service_wildcards == wildcards


@pytest.mark.parametrize(
    ("written", "about"),
    [
        ({"Action": "iam:Pass*"}, True),
        ({"Action": "IAM:passrole"}, True),
        ({"Action": "iam:Pass?ole"}, True),
        ({"Action": ["s3:*", "*"]}, True),
        ({"Action": "iam:Get*"}, False),
        ({"Action": "iam:[P]assRole"}, False),
        ({"Action": None, "NotAction": "s3:*"}, True),
        ({"Action": None, "NotAction": ["s3:*", "iam:*Role"]}, False),
    ],
)
def test_what_a_statement_is_about(written: dict[str, Any], about: bool) -> None:  # noqa: FBT001
    assert one(**written).is_about("iam:PassRole") is about
    assert one(**written, Effect="Deny").is_about("iam:PassRole") is about


def test_what_a_statement_is_on() -> None:
    assert one(Resource=["arn:aws:s3:::ppbe", "arn:aws:s3:::ppbe/*"]).is_on("arn:aws:s3:::ppbe/a/b")
    assert not one(Resource="arn:aws:s3:::PPBE").is_on("arn:aws:s3:::ppbe")
    assert one(Resource=None, NotResource="arn:aws:s3:::ppbe").is_on("arn:aws:s3:::other")
    assert not one(Resource=None, NotResource="arn:aws:s3:::ppb?").is_on("arn:aws:s3:::ppbe")


def test_services_that_are_trusted() -> None:
    trusted = {"Service": ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"], "AWS": OWN}
    assert one(Principal=trusted).services == ("ecs-tasks.amazonaws.com", "ec2.amazonaws.com")


def test_a_pattern_that_would_take_a_regular_expression_for_ever() -> None:
    assert not matches("*a" * 40 + "b", "a" * 2000)
