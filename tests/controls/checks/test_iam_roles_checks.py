"""Checks of policies and roles, on what moto holds."""

from typing import Any

import pytest

from support.gathering import LocalSession, answer
from support.identities import ACCOUNT, allow, attached, document, inline, role, trust, xml
from support.judging import judge, only, unseen

ADMIN = "iam_no_admin_policies"
INLINE = "iam_inline_no_admin"
WILDCARD = "iam_role_no_service_wildcard"
DEPUTY = "iam_role_trust_confused_deputy"
EVERYTHING = document(allow("*"))
LITTLE = document(allow())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (LITTLE, ("pass", "no statement of version v1 allows everything")),
        (EVERYTHING, ("fail", "version v1 allows * on everything")),
        (
            document(allow(), allow(["s3:*", "*"], ["*"], Sid="Admin")),
            ("fail", "version v1 allows s3:*, * (statement Admin) on everything"),
        ),
        (
            document({"Effect": "Allow", "NotAction": "support:*", "Resource": "*"}),
            ("fail", "version v1 allows all but support:* on everything"),
        ),
        (document(allow("s3:*")), ("pass", "no statement of version v1 allows everything")),
    ],
)
def test_attached_policies(local_session: LocalSession, written: str, expected: tuple[str, str]) -> None:
    role(local_session)
    attached(local_session, written)
    assert only(local_session, ADMIN) == expected


def test_the_default_version_is_what_counts(local_session: LocalSession) -> None:
    role(local_session)
    arn = attached(local_session, EVERYTHING)
    iam = local_session.client("iam")
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=LITTLE, SetAsDefault=True)
    assert only(local_session, ADMIN) == ("pass", "no statement of version v2 allows everything")


def test_a_policy_that_nobody_has_is_left_out(local_session: LocalSession) -> None:
    local_session.client("iam").create_policy(PolicyName="idle", PolicyDocument=EVERYTHING)
    assert only(local_session, ADMIN) == ("not_applicable", "there is no iam:policy here")


def listed(session: LocalSession, arn: str, attachments: int = 1) -> None:
    """What AWS lists; moto has neither policies of AWS's nor permissions boundaries in this listing."""
    policy = (
        f"<member><PolicyName>{arn.rpartition('/')[2]}</PolicyName><Arn>{arn}</Arn><DefaultVersionId>v3</DefaultVersionId>"
        f"<AttachmentCount>{attachments}</AttachmentCount></member>"
    )
    body = xml("ListPolicies", f"<Policies>{policy}</Policies><IsTruncated>false</IsTruncated>")
    session.faults["iam:ListPolicies"] = lambda: answer(200, body)


def versioned(session: LocalSession, written: str) -> None:
    """What AWS answers about the version of any policy, as JSON that is not URL-encoded."""
    body = xml("GetPolicyVersion", f"<PolicyVersion><Document>{written}</Document></PolicyVersion>")
    session.faults["iam:GetPolicyVersion"] = lambda: answer(200, body)


def test_a_permissions_boundary_grants_nothing(local_session: LocalSession) -> None:
    listed(local_session, f"arn:aws-us-gov:iam::{ACCOUNT}:policy/boundary", attachments=0)
    versioned(local_session, EVERYTHING)
    assert only(local_session, ADMIN) == (
        "not_applicable",
        "it is only a permissions boundary, which grants nothing",
    )


def test_policies_of_aws_are_not_the_customer_s(local_session: LocalSession) -> None:
    listed(local_session, "arn:aws-us-gov:iam::aws:policy/AdministratorAccess")
    assert only(local_session, ADMIN) == ("not_applicable", "there is no iam:policy here")
    assert local_session.calls["iam:GetPolicyVersion"] == 0


def test_a_policy_that_cannot_be_read(local_session: LocalSession) -> None:
    listed(local_session, f"arn:aws-us-gov:iam::{ACCOUNT}:policy/odd")
    versioned(local_session, "no policy")
    assert only(local_session, ADMIN)[0] == "unknown"


@pytest.mark.parametrize("operation", ["iam:ListPolicies", "iam:GetPolicyVersion"])
def test_policies_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    role(local_session)
    attached(local_session, LITTLE)
    unseen(local_session, ADMIN, operation, "AccessDenied")


INLINE_CALLS = ["iam:ListRoles", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:GetAccountAuthorizationDetails"]


def test_inline_policies(local_session: LocalSession) -> None:
    names = ("none", "little", "everything")
    arns = {name: role(local_session, name) for name in names}
    inline(local_session, LITTLE, "a", "little")
    inline(local_session, LITTLE, "a", "everything")
    inline(local_session, EVERYTHING, "b", "everything")
    found = judge(local_session, INLINE)
    assert {name: (found[arn].outcome.value, found[arn].verdict.reason) for name, arn in arns.items()} == {
        "none": ("not_applicable", "it has no inline policy"),
        "little": ("pass", "none of its 1 inline policies allows everything"),
        "everything": ("fail", "everything is allowed by the inline policies b"),
    }


def test_inline_policies_of_users_and_groups(local_session: LocalSession) -> None:
    iam = local_session.client("iam")
    user = iam.create_user(UserName="alice")["User"]["Arn"]
    iam.put_user_policy(UserName="alice", PolicyName="a", PolicyDocument=LITTLE)
    iam.put_user_policy(UserName="alice", PolicyName="b", PolicyDocument=EVERYTHING)
    group = iam.create_group(GroupName="readers")["Group"]["Arn"]
    iam.put_group_policy(GroupName="readers", PolicyName="c", PolicyDocument=LITTLE)
    idle = iam.create_group(GroupName="idle")["Group"]["Arn"]
    found = judge(local_session, INLINE)
    assert {arn: (each.outcome.value, each.verdict.reason) for arn, each in found.items()} == {
        user: ("fail", "everything is allowed by the inline policies b"),
        group: ("pass", "none of its 1 inline policies allows everything"),
        idle: ("not_applicable", "it has no inline policy"),
    }


def test_an_inline_policy_is_traced_to_the_calls_that_told_it(local_session: LocalSession) -> None:
    role(local_session)
    inline(local_session, LITTLE)
    (found,) = judge(local_session, INLINE).values()
    assert [each.operation for each in found.resource.provenance] == [
        "iam:ListRoles",
        "iam:ListRolePolicies",
        "iam:GetRolePolicy",
    ]


@pytest.mark.parametrize("operation", INLINE_CALLS)
def test_inline_policies_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    role(local_session)
    inline(local_session, LITTLE)
    unseen(local_session, INLINE, operation, "AccessDenied")


def test_a_role_that_was_deleted_since_it_was_listed(local_session: LocalSession) -> None:
    role(local_session)
    local_session.refuse("iam:ListRolePolicies", "NoSuchEntity", 404)
    assert only(local_session, INLINE) == ("not_applicable", "there is no iam:identity-policies here")


CLEAN = ("pass", "none of its 2 policies allows all actions of a service")


@pytest.mark.parametrize(
    ("written", "managed", "expected"),
    [
        (LITTLE, LITTLE, CLEAN),
        (document(allow("s3:Get*")), LITTLE, CLEAN),
        (
            document(allow("s3:*")),
            LITTLE,
            ("fail", "all actions of a service are allowed by inline (s3:*)"),
        ),
        (
            LITTLE,
            document(allow(["kms:*", "logs:*"])),
            ("fail", "all actions of a service are allowed by attached (kms:*, logs:*)"),
        ),
        (EVERYTHING, LITTLE, ("fail", "all actions of a service are allowed by inline (*)")),
        (
            LITTLE,
            document({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
            ("fail", "all actions of a service are allowed by attached (not iam:*)"),
        ),
        (document(allow("s3:*") | {"Effect": "Deny"}), LITTLE, CLEAN),
    ],
)
def test_what_a_task_may_do(local_session: LocalSession, written: str, managed: str, expected: tuple[str, str]) -> None:
    role(local_session)
    inline(local_session, written)
    attached(local_session, managed)
    assert only(local_session, WILDCARD) == expected


def test_a_policy_of_aws_on_a_task_role(local_session: LocalSession) -> None:
    role(local_session)
    arn = "arn:aws-us-gov:iam::aws:policy/AmazonS3FullAccess"
    listed(local_session, arn)
    versioned(local_session, document(allow("s3:*")))
    members = f"<member><PolicyName>AmazonS3FullAccess</PolicyName><PolicyArn>{arn}</PolicyArn></member>"
    body = xml("ListAttachedRolePolicies", f"<AttachedPolicies>{members}</AttachedPolicies>")
    local_session.faults["iam:ListAttachedRolePolicies"] = lambda: answer(200, body)
    assert only(local_session, WILDCARD) == (
        "fail",
        "all actions of a service are allowed by AmazonS3FullAccess (s3:*)",
    )


OTHER_TRUST = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("name", "trusted", "roles", "judged"),
    [
        ("plain", trust(), ["none"], True),
        ("plain", trust(["lambda.amazonaws.com", "ecs-tasks.amazonaws.com"]), ["none"], True),
        ("plain", trust() | {"Effect": "Deny"}, ["none"], False),
        ("plain", trust("lambda.amazonaws.com"), None, False),
        ("ecsTaskExecutionRole", OTHER_TRUST, None, True),
        ("ppbe-ecs-execution", OTHER_TRUST, None, True),
        ("deploy", OTHER_TRUST, None, False),
        ("deploy", OTHER_TRUST, ["DEPLOY*"], True),
    ],
)
def test_which_roles_are_the_application_s(
    local_session: LocalSession,
    name: str,
    trusted: dict[str, Any],
    roles: list[str] | None,
    judged: bool,  # noqa: FBT001
) -> None:
    role(local_session, name, trusted)
    inline(local_session, EVERYTHING, role_name=name)
    outcome, _ = only(local_session, WILDCARD, **({"roles": roles} if roles else {}))
    assert outcome == ("fail" if judged else "not_applicable")


def test_a_policy_that_is_attached_while_it_is_looked_at(local_session: LocalSession) -> None:
    role(local_session)
    attached(local_session, LITTLE)
    body = xml("ListPolicies", "<Policies/><IsTruncated>false</IsTruncated>")
    local_session.faults["iam:ListPolicies"] = lambda: answer(200, body)
    outcome, reason = only(local_session, WILDCARD)
    assert outcome == "unknown"
    assert reason == "partial: iam:ListAttachedRolePolicies: attached was attached while it was looked at"


@pytest.mark.parametrize(
    "operation",
    [
        "iam:ListRoles",
        "iam:ListRolePolicies",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListPolicies",
        "iam:GetPolicyVersion",
    ],
)
def test_what_a_task_may_do_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    role(local_session)
    inline(local_session, LITTLE)
    attached(local_session, LITTLE)
    unseen(local_session, WILDCARD, operation, "AccessDenied")


def condition(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


BY_ACCOUNT = condition("StringEquals", "aws:SourceAccount", ACCOUNT)
ARN = f"arn:aws-us-gov:ecs:us-gov-west-1:{ACCOUNT}:*"
OPEN = "ecs-tasks.amazonaws.com may assume it for any account: no aws:SourceAccount, no aws:SourceArn"
ANY_ID = condition("StringEquals", "sts:ExternalId", "x")
BY_ORG = condition("StringEquals", "aws:PrincipalOrgID", "o-example")
EVERYBODY = "everybody may assume it, in whatever account: no condition limits who"
LIMITED = "ecs-tasks.amazonaws.com may assume it for known accounts only"


@pytest.mark.parametrize(
    ("trusted", "expected"),
    [
        ((trust(),), ("fail", OPEN)),
        ((trust(**BY_ACCOUNT),), ("pass", LIMITED)),
        ((trust(**condition("ArnLike", "AWS:SourceArn", [ARN])),), ("pass", LIMITED)),
        ((trust(**condition("StringEquals", "aws:SourceOrgID", "o-example")),), ("pass", LIMITED)),
        ((trust(**condition("StringLike", "aws:SourceAccount", "*")),), ("fail", OPEN)),
        ((trust(**condition("StringEqualsIfExists", "aws:SourceAccount", ACCOUNT)),), ("fail", OPEN)),
        ((trust(**condition("StringNotEquals", "aws:SourceAccount", "1")),), ("fail", OPEN)),
        ((trust(**condition("StringEquals", "sts:ExternalId", "x")),), ("fail", OPEN)),
        ((trust(**BY_ACCOUNT), trust()), ("fail", OPEN)),
        ((trust() | {"Effect": "Deny"}, OTHER_TRUST), ("not_applicable", "no service may assume it")),
        ((OTHER_TRUST,), ("not_applicable", "no service may assume it")),
        ((trust() | {"Principal": "*"},), ("fail", EVERYBODY)),
        ((trust() | {"Principal": {"AWS": [ACCOUNT, "*"]}, "Action": "sts:*"},), ("fail", EVERYBODY)),
        ((trust(**BY_ACCOUNT), trust(**ANY_ID) | {"Principal": {"AWS": "*"}}), ("fail", EVERYBODY)),
        ((trust(**BY_ORG) | {"Principal": "*"},), ("not_applicable", "no service may assume it")),
        ((trust() | {"Principal": "*", "Action": "sts:TagSession"},), ("not_applicable", "no service may assume it")),
        (
            (trust("ec2.amazonaws.com"),),
            (
                "not_applicable",
                "only services that do not say for whom they act may assume it: ec2.amazonaws.com",
            ),
        ),
        ((trust(["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]),), ("fail", OPEN)),
    ],
)
def test_trust_in_services(
    local_session: LocalSession, trusted: tuple[dict[str, Any], ...], expected: tuple[str, str]
) -> None:
    role(local_session, "role", *trusted)
    assert only(local_session, DEPUTY) == expected


def test_services_that_the_settings_exempt(local_session: LocalSession) -> None:
    role(local_session)
    assert only(local_session, DEPUTY, exempt=["ecs-tasks.amazonaws.com"])[0] == "not_applicable"


def test_roles_that_are_linked_to_a_service(local_session: LocalSession) -> None:
    local_session.client("iam").create_service_linked_role(AWSServiceName="ecs.amazonaws.com")
    assert only(local_session, DEPUTY) == (
        "not_applicable",
        "the role is linked to a service: AWS owns its trust policy",
    )
    assert only(local_session, INLINE) == ("not_applicable", "there is no iam:identity-policies here")
    assert local_session.calls["iam:ListRolePolicies"] == 0


def test_trust_that_cannot_be_seen(local_session: LocalSession) -> None:
    role(local_session)
    unseen(local_session, DEPUTY, "iam:ListRoles", "AccessDenied")


def test_no_roles(local_session: LocalSession) -> None:
    assert only(local_session, INLINE) == ("not_applicable", "there is no iam:identity-policies here")
    assert only(local_session, WILDCARD) == ("not_applicable", "there is no iam:role-policies here")
    assert only(local_session, DEPUTY) == ("not_applicable", "there is no iam:role here")
