"""The account's policies and roles (IAM)."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from ppbe_observe.controls.check import (
    CRITICAL,
    HIGH,
    LOW,
    Check,
    Subject,
    Unseen,
    check,
    failed,
    not_applicable,
    passed,
)
from ppbe_observe.controls.reading.policies import Statement, public_statements, statements
from ppbe_observe.model import Failure, Reason, Verdict

_ROLE = "iam:role"
_ROLE_POLICIES = "iam:role-policies"
_IDENTITY_POLICIES = "iam:identity-policies"
_POLICY = "iam:policy"
_AWS_POLICY = "iam:aws-policy"
_VERSION = "iam:GetPolicyVersion"
_INLINE = "iam:GetRolePolicy"
_ATTACHED = "iam:ListAttachedRolePolicies"
_TASKS = "ecs-tasks.amazonaws.com"
_ASSUME = "sts:AssumeRole"
_SOURCE = ("aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths")


@check(
    "iam_no_admin_policies",
    on=_POLICY,
    needs=(_VERSION,),
    severity=HIGH,
    title="No attached customer policy allows everything",
    controls=("ac-6", "ac-3", "ac-5"),
    indicators=("KSI-IAM-JIT",),
    remediation="Write down the actions and resources that are needed (IAM Access Analyzer proposes them from "
    "CloudTrail) and make that the default version (aws iam create-policy-version --set-as-default).",
)
def no_admin_policies(policy: Subject) -> Verdict:
    """Looks at the default version of every policy of the account that is attached to somebody.

    All actions on all resources is everything, as is all but some of them that leave IAM open. Conditions and denials
    are not weighed: they can be written away by whoever holds the policy.
    """
    if not policy.facts["AttachmentCount"]:
        return not_applicable("it is only a permissions boundary, which grants nothing")
    version = policy.facts["DefaultVersionId"]
    wide = [each for each in _statements_of(policy) if each.allows_everything]
    if wide:
        return failed(f"version {version} allows {'; '.join(each.what for each in wide)} on everything")
    return passed(f"no statement of version {version} allows everything")


@check(
    "iam_inline_no_admin",
    on=_IDENTITY_POLICIES,
    severity=CRITICAL,
    title="No inline policy allows everything",
    controls=("ac-6", "ac-3"),
    indicators=("KSI-IAM-JIT",),
    remediation="Write down the actions and resources that are needed (aws iam put-role-policy, put-user-policy or "
    "put-group-policy), or delete the policy (aws iam delete-role-policy --role-name ROLE --policy-name POLICY).",
)
def inline_no_admin(identity: Subject) -> Verdict:
    """Inline policies escape reviews of managed policies. Looks at those of roles, users and groups.

    All but some actions is everything too where it leaves IAM open.
    """
    inline = dict(_inline(identity))
    if not inline:
        return not_applicable("it has no inline policy")
    wide = [name for name, given in inline.items() if any(each.allows_everything for each in given)]
    if wide:
        return failed(f"everything is allowed by the inline policies {', '.join(wide)}")
    return passed(f"none of its {len(inline)} inline policies allows everything")


@check(
    "iam_role_no_service_wildcard",
    on=_ROLE_POLICIES,
    needs=(_VERSION, _ATTACHED),
    uses=(_POLICY, _AWS_POLICY),
    severity=LOW,
    title="Roles of the application are not allowed all actions of a service",
    controls=("ac-6", "ac-3"),
    remediation="Name the actions instead of service:* (IAM Access Analyzer proposes them from CloudTrail).",
    roles=("*task*", "*ecs*execution*"),
)
def no_service_wildcard(role: Subject, roles: tuple[str, ...]) -> Verdict:
    """Whoever takes over a container can do all that its role may do.

    Looks at the inline and attached policies, AWS's own included, of every role that ECS tasks may assume, and of those
    whose name matches a pattern in roles, upper and lower case alike.
    """
    if not _is_of_the_application(role, roles):
        return not_applicable("it is no role of a task: neither by its trust nor by its name")
    found = {
        name: [wildcard for each in given for wildcard in each.service_wildcards]
        for name, given in (*_inline(role), *_attached(role))
    }
    if wide := [f"{name} ({', '.join(wildcards)})" for name, wildcards in found.items() if wildcards]:
        return failed(f"all actions of a service are allowed by {', '.join(wide)}")
    return passed(f"none of its {len(found)} policies allows all actions of a service")


@check(
    "iam_role_trust_confused_deputy",
    on=_ROLE,
    severity=HIGH,
    title="Services may assume the role only for a known account",
    controls=("ac-3", "ac-4"),
    indicators=("KSI-IAM-JIT",),
    remediation="Add a condition on aws:SourceAccount or aws:SourceArn to the trust policy (aws iam "
    "update-assume-role-policy); for a service that does not send them, add the service to the parameter exempt.",
    exempt=("ec2.amazonaws.com",),
)
def trust_confused_deputy(role: Subject, exempt: tuple[str, ...]) -> Verdict:
    """A service that may assume a role for anybody can be made to do so by another customer of AWS.

    A role that everybody may assume fails, since services are among them: the principal is * (or all but some), and no
    condition limits it to somebody known. Roles that are linked to a service belong to AWS. Services in exempt do not
    say for whom they act: EC2 hands a role to the instances of its own account only.
    """
    if role.facts["Path"].startswith("/aws-service-role/"):
        return not_applicable("the role is linked to a service: AWS owns its trust policy")
    document = role.facts["AssumeRolePolicyDocument"]
    if any(each.is_about(_ASSUME) for each in public_statements(document)):
        return failed("everybody may assume it, in whatever account: no condition limits who")
    trusting = [each for each in statements(document) if each.allow and each.services]
    if not trusting:
        return not_applicable("no service may assume it")
    services = sorted({name for each in trusting for name in each.services} - set(exempt))
    if not services:
        return not_applicable(f"only services that do not say for whom they act may assume it: {', '.join(exempt)}")
    open_to = sorted(
        {name for each in trusting if not each.limited_by(*_SOURCE) for name in each.services} - set(exempt)
    )
    if open_to:
        return failed(f"{', '.join(open_to)} may assume it for any account: no aws:SourceAccount, no aws:SourceArn")
    return passed(f"{', '.join(services)} may assume it for known accounts only")


def _is_of_the_application(role: Subject, patterns: Iterable[str]) -> bool:
    name = role.facts["RoleName"].casefold()
    if any(fnmatchcase(name, each.casefold()) for each in patterns):
        return True
    trust = statements(role.facts["AssumeRolePolicyDocument"])
    return any(each.allow and _TASKS in each.services for each in trust)


def _inline(identity: Subject) -> Iterator[tuple[str, tuple[Statement, ...]]]:
    """Those of a role were asked for; those of a user or group came with it, where it has any."""
    of_role = identity.detail(_INLINE)
    given = identity.facts if of_role is None else of_role
    members = ("UserPolicyList", "GroupPolicyList") if of_role is None else ("RolePolicyList",)
    for each in (one for member in members for one in given.get(member, ())):
        yield each["PolicyName"], statements(each["PolicyDocument"])


def _attached(role: Subject) -> Iterator[tuple[str, tuple[Statement, ...]]]:
    policies = {each.arn: each for kind in (_POLICY, _AWS_POLICY) for each in role.all(kind)}
    for each in role.told(_ATTACHED)["AttachedPolicies"]:
        if (policy := policies.get(each["PolicyArn"])) is None:
            raise Unseen(
                Failure(Reason.PARTIAL, _ATTACHED, f"{each['PolicyName']} was attached while it was looked at")
            )
        yield each["PolicyName"], _statements_of(policy)


def _statements_of(policy: Subject) -> tuple[Statement, ...]:
    return statements(policy.told(_VERSION)["PolicyVersion"]["Document"])


CHECKS: tuple[Check, ...] = (no_admin_policies, inline_no_admin, no_service_wildcard, trust_confused_deputy)
