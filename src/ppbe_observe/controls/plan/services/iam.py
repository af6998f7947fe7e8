"""Users, roles, policies and the password policy of an account (IAM). Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ppbe_observe.controls.plan.facts import ABSENT, PlannedFacts
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.telling import Description, Tellers, absent, given, newer, part, told, unless_set

_ROLE, _POLICY, _USER = "aws_iam_role", "aws_iam_policy", "aws_iam_user"
_IDENTITY_POLICIES = "iam:identity-policies"
_INLINE = "aws_iam_role_policy"
_ATTACHMENT, _ATTACHMENTS = "aws_iam_role_policy_attachment", "aws_iam_policy_attachment"
_VERSION = "v1"
_LIST_ATTACHED = "iam:ListAttachedRolePolicies"


def _inline(role: Planned) -> Mapping[str, Any]:
    """Those of resources of their own, and those that are blocks of the role."""
    separate = role.plan.parts_in_plan(role, "role", _INLINE)
    policies = [PlannedFacts(each.address, each, _DOCUMENT) for each in separate]
    if role.holds("inline_policy") and not role.attributes.after_apply("inline_policy"):
        blocks = role.attributes.blocks("inline_policy")
        tellers = {"PolicyName": told("name"), "PolicyDocument": told("policy")}
        policies += [part(each, tellers) for each in blocks if each["name"] or each["policy"]]
    return {"RolePolicyList": policies}


def _separate(by: str, kind: str) -> Any:
    """The inline policies of a user or a group, which are resources of their own."""
    return lambda identity: [
        PlannedFacts(each.address, each, _DOCUMENT) for each in identity.plan.parts_in_plan(identity, by, kind)
    ]


def _lone(by: str, owner: str) -> Callable[[Planned], bool]:
    """Whether an inline policy is of somebody whom the plan does not hold."""
    return lambda policy: not isinstance(policy.plan.named(policy, by, owner), Planned)


def _policy_name(policy: Planned) -> str:
    return str(policy["name"]) if policy.attributes.known("name") else policy.address


_DOCUMENT: Tellers = {"PolicyName": _policy_name, "PolicyDocument": told("policy")}


def attached(role: Planned) -> Iterator[Planned | str]:
    """The managed policies that a role is given: those in the plan, and others by their ARN."""
    for each in role.plan.parts_in_plan(role, "role", _ATTACHMENT):
        found = role.plan.named(each, "policy_arn", _POLICY)
        yield from (found,) if found else ()
    for each in role.plan.of(_ATTACHMENTS):
        if role in role.plan.all_named(each, "roles", _ROLE):
            found = role.plan.named(each, "policy_arn", _POLICY)
            yield from (found,) if found else ()
    if not role.attributes.after_apply("managed_policy_arns") and "managed_policy_arns" in role.attributes.values:
        yield from role.plan.all_named(role, "managed_policy_arns", _POLICY)


def _list_attached(role: Planned) -> Mapping[str, Any]:
    return {"AttachedPolicies": [_attachment(each) for each in attached(role)]}


def _attachment(policy: Planned | str) -> dict[str, str]:
    if isinstance(policy, Planned):
        return {"PolicyArn": policy.arn, "PolicyName": _policy_name(policy)}
    return {"PolicyArn": policy, "PolicyName": policy.rpartition("/")[2]}


def _document(policy: Planned) -> Mapping[str, Any]:
    return {"PolicyVersion": PlannedFacts(policy.address, policy, {"Document": told("policy")})}


def _role_name(role: Planned) -> str:
    """A name that Terraform makes up begins with its prefix."""
    if role.attributes.known("name"):
        return str(told("name")(role))
    if role.attributes.known("name_prefix") and role["name_prefix"]:
        return str(role["name_prefix"])
    return str(told("name")(role))


_PASSWORDS: Tellers = {
    "MinimumPasswordLength": told("minimum_password_length"),
    # What is left out is off (API reference, UpdateAccountPasswordPolicy).
    "PasswordReusePrevention": lambda one: unless_set("password_reuse_prevention", 0)(one) or ABSENT,
    "RequireLowercaseCharacters": unless_set("require_lowercase_characters", otherwise=False),
    "RequireNumbers": unless_set("require_numbers", otherwise=False),
    "RequireSymbols": unless_set("require_symbols", otherwise=False),
    "RequireUppercaseCharacters": unless_set("require_uppercase_characters", otherwise=False),
}


def _passwords(policy: Planned) -> Mapping[str, Any]:
    return {"PasswordPolicy": PlannedFacts(policy.address, policy, _PASSWORDS)}


_OF_ROLE: Tellers = {
    "AssumeRolePolicyDocument": told("assume_role_policy"),
    "Path": newer("path", given("path", "/"), "/"),
    "RoleName": _role_name,
}

DESCRIPTIONS = (
    Description((_ROLE,), "iam:role", _OF_ROLE),
    Description(
        (_ROLE,),
        "iam:role-policies",
        _OF_ROLE,
        {"iam:GetRolePolicy": _inline, _LIST_ATTACHED: _list_attached},
    ),
    Description((_ROLE,), _IDENTITY_POLICIES, _OF_ROLE, {"iam:GetRolePolicy": _inline}),
    Description(
        (_USER,),
        _IDENTITY_POLICIES,
        {"UserPolicyList": _separate("user", "aws_iam_user_policy"), "GroupPolicyList": absent},
    ),
    Description(
        ("aws_iam_group",),
        _IDENTITY_POLICIES,
        {"GroupPolicyList": _separate("group", "aws_iam_group_policy"), "UserPolicyList": absent},
    ),
    *(
        Description(
            (f"{owner}_policy",),
            _IDENTITY_POLICIES,
            details={
                "iam:GetRolePolicy": lambda policy: {
                    "RolePolicyList": [PlannedFacts(policy.address, policy, _DOCUMENT)]
                }
            },
            only=_lone(by, owner),
        )
        for by, owner in (("role", _ROLE), ("user", _USER), ("group", "aws_iam_group"))
    ),
    Description(
        (_POLICY,),
        "iam:policy",
        # One that nothing attaches yet is made to be attached.
        {"AttachmentCount": lambda _: 1, "DefaultVersionId": lambda _: _VERSION},
        {"iam:GetPolicyVersion": _document},
    ),
    Description((_USER,), "iam:user", {"user": told("name")}),
    Description(
        ("aws_iam_account_password_policy",), "aws:account", details={"iam:GetAccountPasswordPolicy": _passwords}
    ),
)
