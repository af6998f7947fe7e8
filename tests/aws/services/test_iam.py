"""Listings of users, roles and policies."""

from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.aws.services import iam
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Found, Reason
from support.gathering import LocalSession, answer
from support.identities import REPORT, ROOT_ROW, ROW, allow, document, inline, report, reported, role, told, xml

AT = datetime(2026, 11, 24, tzinfo=UTC)


def found(session: LocalSession, kind: str, *, patience: float = 60.0) -> Found:
    return Inventory(session, timedelta(minutes=5)).found((kind,), AT, monotonic() + patience)[kind]


def test_users_are_the_rows_of_the_report(local_session: LocalSession) -> None:
    told(local_session, ROOT_ROW, ROW)
    users = found(local_session, "iam:user").resources
    assert [(each.arn, each.facts) for each in users] == [(ROOT_ROW["arn"], ROOT_ROW), (ROW["arn"], ROW)]
    assert {each.source.operation for each in users if each.source} == {REPORT}


def test_the_report_of_moto(local_session: LocalSession) -> None:
    made = local_session.client("iam").create_user(UserName="alice")["User"]["Arn"]
    (user,) = found(local_session, "iam:user").resources
    assert (user.arn, user.facts["user"], user.facts["mfa_active"]) == (made, "alice", "false")


def later(session: LocalSession, code: str) -> None:
    """Let AWS refuse the report with this code, then give it."""
    told(session, ROW)
    ready = session.faults[REPORT]
    refusals = iter([answer(410, f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>")])
    session.faults[REPORT] = lambda: next(refusals, None) or ready()


@pytest.mark.parametrize("code", ["ReportInProgress", "ReportNotPresent", "ReportExpired"])
def test_a_report_that_is_not_ready_is_waited_for(local_session: LocalSession, code: str) -> None:
    later(local_session, code)
    assert len(found(local_session, "iam:user").resources) == 1
    assert (local_session.calls["iam:GenerateCredentialReport"], local_session.calls[REPORT]) == (1, 2)


def test_a_report_that_does_not_get_ready_is_waited_for_until_the_deadline(local_session: LocalSession) -> None:
    local_session.refuse(REPORT, "ReportInProgress", 404)
    started = monotonic()
    (failure,) = found(local_session, "iam:user", patience=1.5).failures
    assert (failure.reason, failure.operation) == (Reason.TIMEOUT, REPORT)
    assert monotonic() - started < 4


def test_a_report_is_not_waited_for_for_ever(local_session: LocalSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iam, "_POLL_SECONDS", 0.0)
    local_session.refuse(REPORT, "ReportInProgress", 404)
    (gatherer,) = (each for each in iam.GATHERERS if each.kinds == ("iam:user",))
    with pytest.raises(AwsError, match="iam:GetCredentialReport: timeout: not ready after"):
        list(gatherer.gather(GatherContext(local_session, monotonic() + 60)))
    assert local_session.calls[REPORT] == 10


def test_a_refusal_is_not_waited_out(local_session: LocalSession) -> None:
    local_session.refuse(REPORT, "AccessDenied", 403)
    assert [each.reason for each in found(local_session, "iam:user").failures] == [Reason.DENIED]
    assert local_session.calls[REPORT] == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"user,mfa_active\nalice,true", b"\xff\xfe", b"user,arn\n" + b"x" * 200_000],
    ids=["empty", "no CSV", "no arn", "no text", "a field beyond all bounds"],
)
def test_a_report_that_is_none(local_session: LocalSession, content: bytes) -> None:
    reported(local_session, content)
    (failure,) = found(local_session, "iam:user").failures
    assert (failure.reason, failure.operation) == (Reason.MALFORMED, REPORT)


def test_a_report_without_rows_has_no_users(local_session: LocalSession) -> None:
    reported(local_session, report())
    assert found(local_session, "iam:user") == Found()


def test_all_pages_of_roles(local_session: LocalSession) -> None:
    pages = [
        xml("ListRoles", f"<Roles><member><Arn>{name}</Arn></member></Roles>{more}")
        for name, more in (("a", "<IsTruncated>true</IsTruncated><Marker>m</Marker>"), ("b", ""))
    ]
    rest = iter(pages)
    local_session.faults["iam:ListRoles"] = lambda: answer(200, next(rest))
    assert [each.arn for each in found(local_session, "iam:role").resources] == ["a", "b"]


def test_the_trust_of_a_role_is_read_like_a_fact(local_session: LocalSession) -> None:
    role(local_session)
    (only,) = found(local_session, "iam:role").resources
    assert only.facts["AssumeRolePolicyDocument"]["Statement"]["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}


def test_policies_of_the_account_and_of_aws_are_told_apart(local_session: LocalSession) -> None:
    arns = [f"arn:aws-us-gov:iam::{owner}:policy/p" for owner in ("123456789012", "aws")]
    members = "".join(f"<member><Arn>{arn}</Arn></member>" for arn in arns)
    local_session.faults["iam:ListPolicies"] = lambda: answer(
        200, xml("ListPolicies", f"<Policies>{members}</Policies><IsTruncated>false</IsTruncated>")
    )
    inventory = Inventory(local_session, timedelta(minutes=5))
    seen = inventory.found(("iam:policy", "iam:aws-policy"), AT, monotonic() + 60)
    assert [[each.arn for each in seen[kind].resources] for kind in ("iam:policy", "iam:aws-policy")] == [
        [arns[0]],
        [arns[1]],
    ]
    assert local_session.calls == {"iam:ListPolicies": 1}


def test_one_role_that_cannot_be_read_leaves_the_others(local_session: LocalSession) -> None:
    arns = [role(local_session, f"role-{number}") for number in range(3)]
    for number in range(3):
        inline(local_session, document(allow()), role_name=f"role-{number}")
    throttled = iter([answer(400, "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>")])
    local_session.faults["iam:GetRolePolicy"] = lambda: next(throttled, None)  # type: ignore[assignment,return-value]  # None: moto answers
    seen = found(local_session, "iam:role-policies")
    assert len(seen.resources) == 2
    assert [each.reason for each in seen.missed.values()] == [Reason.THROTTLED]
    assert {each.arn for each in seen.resources} | set(seen.missed) == set(arns)


def test_a_policy_that_was_deleted_since_it_was_listed_is_left_out(local_session: LocalSession) -> None:
    role(local_session)
    inline(local_session, document(allow()))
    local_session.refuse("iam:GetRolePolicy", "NoSuchEntity", 404)
    (only,) = found(local_session, "iam:role-policies").resources
    told_of = only.details["iam:GetRolePolicy"]
    assert getattr(told_of, "value", None) == {"RolePolicyList": []}
