"""Users, roles and policies of an account (IAM). I/O.

Users come from the credential report: one call tells of all of them what would take five calls each.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from io import StringIO
from time import sleep
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, code_of, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Answer, Failure, Reason, Resource

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_USER = "iam:user"
_ROLE = "iam:role"
_ROLE_POLICIES = "iam:role-policies"
_IDENTITY_POLICIES = "iam:identity-policies"
_POLICY = "iam:policy"
_AWS_POLICY = "iam:aws-policy"
_GENERATE_REPORT = "iam:GenerateCredentialReport"
_GET_REPORT = "iam:GetCredentialReport"
_LIST_ROLES = "iam:ListRoles"
_LIST_ROLE_POLICIES = "iam:ListRolePolicies"
_GET_ROLE_POLICY = "iam:GetRolePolicy"
_GET_DETAILS = "iam:GetAccountAuthorizationDetails"
_LIST_POLICIES = "iam:ListPolicies"

_GONE = "NoSuchEntity"
_PAGE = 1000  # the most that IAM gives
_PENDING = frozenset({"ReportInProgress", "ReportNotPresent", "ReportExpired"})
_POLLS = 10
_POLL_SECONDS = 1.0


def _users(context: GatherContext) -> Iterator[Resource]:
    iam: IAMClient = context.client("iam")
    context.ask(_GENERATE_REPORT, iam.generate_credential_report)
    answer = _report(context, iam)
    told = provenance(_GET_REPORT, answer)
    for row in _rows(answer["Content"]):
        yield Resource(row["arn"], _USER, context.target, facts=row, source=told)


def _report(context: GatherContext, iam: "IAMClient") -> Mapping[str, Any]:
    """The report, as soon as AWS has written it: it does so at most every four hours, mostly in seconds.

    One that takes longer is left to the next run, so that there is time for everything else.
    """
    for _ in range(_POLLS):
        try:
            return context.ask(_GET_REPORT, iam.get_credential_report)
        except AwsError as error:
            if code_of(error) not in _PENDING:
                raise
        sleep(_POLL_SECONDS)
    raise AwsError(Failure(Reason.TIMEOUT, _GET_REPORT, f"not ready after {_POLLS * _POLL_SECONDS:.0f} s"))


def _rows(content: bytes) -> Iterator[dict[str, Any]]:
    try:
        reader = csv.DictReader(StringIO(content.decode(errors="replace")))
        if "arn" not in (reader.fieldnames or ()):
            raise AwsError(Failure(Reason.MALFORMED, _GET_REPORT, "the credential report has no column arn"))
        yield from reader
    except csv.Error as error:
        raise AwsError(Failure(Reason.MALFORMED, _GET_REPORT, f"the credential report is no CSV: {error}")) from error


def _roles(context: GatherContext) -> Iterator[Resource]:
    iam: IAMClient = context.client("iam")
    pages = iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": _PAGE})
    for page in context.pages(_LIST_ROLES, pages):
        told = provenance(_LIST_ROLES, page)
        for each in page["Roles"]:
            yield Resource(each["Arn"], _ROLE, context.target, facts=each, source=told)


def _roles_with_policies(context: GatherContext) -> Iterator[Resource]:
    """The roles with their inline policies; those that are linked to a service can have none."""
    iam: IAMClient = context.client("iam")
    own = [each for each in context.given[_ROLE] if not each.facts["Path"].startswith("/aws-service-role/")]
    return context.each(own, partial(_with_policies, context, iam), lambda role: role.arn)


def _with_policies(context: GatherContext, iam: "IAMClient", role: Resource) -> Resource | None:
    name = role.facts["RoleName"]
    pages = iam.get_paginator("list_role_policies").paginate(RoleName=name)
    listed = list(context.pages(_LIST_ROLE_POLICIES, pages, gone=_GONE))
    if not listed:
        return None
    names = [each for page in listed for each in page["PolicyNames"]]
    asked = (
        context.ask_unless_gone(_GONE, _GET_ROLE_POLICY, iam.get_role_policy, RoleName=name, PolicyName=each)
        for each in names
    )
    policies: list[Mapping[str, Any]] = [each for each in asked if each is not None]
    documents = [{key: each[key] for key in ("PolicyName", "PolicyDocument")} for each in policies]
    details = {
        _LIST_ROLE_POLICIES: Answer(
            {"PolicyNames": names}, tuple(provenance(_LIST_ROLE_POLICIES, page) for page in listed)
        ),
        _GET_ROLE_POLICY: Answer(
            {"RolePolicyList": documents}, tuple(provenance(_GET_ROLE_POLICY, each) for each in policies)
        ),
    }
    return replace(role, kind=_ROLE_POLICIES, details=details)


def _identities(context: GatherContext) -> Iterator[Resource]:
    """Roles, users and groups, each with its inline policies; one call tells those of all users and groups."""
    yield from (replace(each, kind=_IDENTITY_POLICIES) for each in context.given[_ROLE_POLICIES])
    iam: IAMClient = context.client("iam")
    pages = iam.get_paginator("get_account_authorization_details").paginate(
        Filter=["User", "Group"], PaginationConfig={"PageSize": _PAGE}
    )
    for page in context.pages(_GET_DETAILS, pages):
        told = provenance(_GET_DETAILS, page)
        for each in (*page["UserDetailList"], *page["GroupDetailList"]):
            yield Resource(each["Arn"], _IDENTITY_POLICIES, context.target, facts=each, source=told)


def _policies(context: GatherContext) -> Iterator[Resource]:
    """Those that are attached to somebody: the account's own, and AWS's."""
    iam: IAMClient = context.client("iam")
    pages = iam.get_paginator("list_policies").paginate(
        Scope="All", OnlyAttached=True, PaginationConfig={"PageSize": _PAGE}
    )
    for page in context.pages(_LIST_POLICIES, pages):
        told = provenance(_LIST_POLICIES, page)
        for each in page["Policies"]:
            kind = _AWS_POLICY if each["Arn"].split(":")[4] == "aws" else _POLICY
            yield Resource(each["Arn"], kind, context.target, facts=each, source=told)


def _default_version(policy: Resource) -> Mapping[str, Any]:
    return {"PolicyArn": policy.arn, "VersionId": policy.facts["DefaultVersionId"]}


def _role_name(role: Resource) -> Mapping[str, Any]:
    return {"RoleName": role.facts["RoleName"]}


GATHERERS = (
    Gatherer("iam", (_USER,), (_GENERATE_REPORT, _GET_REPORT), _users, once_per_account=True),
    Gatherer("iam", (_ROLE,), (_LIST_ROLES,), _roles, once_per_account=True),
    Gatherer(
        "iam",
        (_ROLE_POLICIES,),
        (_LIST_ROLE_POLICIES, _GET_ROLE_POLICY),
        _roles_with_policies,
        of=(_ROLE,),
        once_per_account=True,
    ),
    Gatherer("iam", (_IDENTITY_POLICIES,), (_GET_DETAILS,), _identities, of=(_ROLE_POLICIES,), once_per_account=True),
    Gatherer("iam", (_POLICY, _AWS_POLICY), (_LIST_POLICIES,), _policies, once_per_account=True),
)
DETAILS = (
    *(Detail("iam", kind, "iam:GetPolicyVersion", _default_version, gone=(_GONE,)) for kind in (_POLICY, _AWS_POLICY)),
    Detail("iam", _ROLE_POLICIES, "iam:ListAttachedRolePolicies", _role_name, gone=(_GONE,)),
)
