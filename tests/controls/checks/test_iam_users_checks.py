"""Checks of the account's users, on reports of moto and of AWS."""

from datetime import UTC, datetime, timedelta

import pytest

from support.gathering import LocalSession
from support.identities import ROOT_ROW, ROW, told
from support.judging import judge, only, unseen

MFA = "iam_user_console_mfa"
AGE = "iam_access_key_rotation"
UNUSED = "iam_unused_credentials"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def ago(days: float) -> str:
    return (NOW - timedelta(days=days)).isoformat()


def test_console_users_of_moto(local_session: LocalSession) -> None:
    iam = local_session.client("iam")
    arns = {name: iam.create_user(UserName=name)["User"]["Arn"] for name in ("none", "password", "both")}
    for name in ("password", "both"):
        iam.create_login_profile(UserName=name, Password="not-a-secret")
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="both")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(
        UserName="both", SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )
    found = judge(local_session, MFA)
    assert {name: (found[arn].outcome.value, found[arn].verdict.reason) for name, arn in arns.items()} == {
        "none": ("not_applicable", "the user has no console password"),
        "password": ("fail", "the user has a console password and no MFA device"),
        "both": ("pass", "the user has a console password and an MFA device"),
    }


@pytest.mark.parametrize(
    ("enabled", "active", "outcome"),
    [("TRUE", "FALSE", "fail"), ("true", "true", "pass"), ("FALSE", "FALSE", "not_applicable"), ("yes", "", "unknown")],
)
def test_the_report_may_shout(local_session: LocalSession, enabled: str, active: str, outcome: str) -> None:
    told(local_session, {**ROW, "password_enabled": enabled, "mfa_active": active})
    assert only(local_session, MFA)[0] == outcome


@pytest.mark.parametrize("check", [MFA, AGE, UNUSED])
def test_the_root_user_is_judged_elsewhere(local_session: LocalSession, check: str) -> None:
    old = {"access_key_1_active": "true", "access_key_1_last_rotated": ago(1000), "password_enabled": "TRUE"}
    told(local_session, {**ROOT_ROW, **old})
    assert only(local_session, check, now=NOW) == (
        "not_applicable",
        "the root user is judged by iam_root_mfa and iam_no_root_access_key",
    )


def test_a_key_that_moto_made_just_now(local_session: LocalSession) -> None:
    iam = local_session.client("iam")
    iam.create_user(UserName="alice")
    iam.create_access_key(UserName="alice")
    assert only(local_session, AGE) == ("pass", "access key 1 is 0 days old; at most 90 are allowed")
    assert only(local_session, UNUSED) == (
        "pass",
        "access key 1 was never used in its 0 days; at most 90 days are allowed",
    )


@pytest.mark.parametrize(
    ("changed", "outcome", "reason"),
    [
        ({}, "not_applicable", "the user has no active access key"),
        (
            {"access_key_1_active": "true", "access_key_1_last_rotated": ago(90.5)},
            "pass",
            "access key 1 is 90 days old; at most 90 are allowed",
        ),
        (
            {"access_key_1_active": "true", "access_key_1_last_rotated": ago(91)},
            "fail",
            "access key 1 is 91 days old; at most 90 are allowed",
        ),
        (
            {"access_key_1_active": "false", "access_key_1_last_rotated": ago(400)},
            "not_applicable",
            "the user has no active access key",
        ),
        (
            {
                "access_key_1_active": "true",
                "access_key_1_last_rotated": ago(1),
                "access_key_2_active": "true",
                "access_key_2_last_rotated": ago(365),
            },
            "fail",
            "access key 1 is 1 days old, access key 2 is 365 days old; at most 90 are allowed",
        ),
    ],
)
def test_the_age_of_keys(local_session: LocalSession, changed: dict[str, str], outcome: str, reason: str) -> None:
    told(local_session, {**ROW, **changed})
    assert only(local_session, AGE, now=NOW) == (outcome, reason)


def test_an_active_key_without_a_date_is_not_guessed(local_session: LocalSession) -> None:
    told(local_session, {**ROW, "access_key_1_active": "true"})
    assert {only(local_session, check, now=NOW)[0] for check in (AGE, UNUSED)} == {"unknown"}


PASSWORD = {"password_enabled": "true", "password_last_changed": ago(300)}
KEY = {"access_key_2_active": "true", "access_key_2_last_rotated": ago(300)}


@pytest.mark.parametrize(
    ("changed", "outcome", "reason"),
    [
        ({}, "not_applicable", "the user has no password and no active access key"),
        ({**PASSWORD, "password_last_used": ago(90)}, "pass", "the password was last used 90 days ago"),
        ({**PASSWORD, "password_last_used": ago(91)}, "fail", "the password was last used 91 days ago"),
        ({**PASSWORD, "password_last_used": "no_information"}, "fail", "the password was never used in its 300 days"),
        (
            {**PASSWORD, "password_last_used": "no_information", "password_last_changed": ago(5)},
            "pass",
            "the password was never used in its 5 days",
        ),
        (
            {**PASSWORD, "password_last_used": "N/A", "password_last_changed": "N/A", "user_creation_time": ago(91)},
            "fail",
            "the password was never used in its 91 days",
        ),
        ({**KEY, "access_key_2_last_used_date": ago(3)}, "pass", "access key 2 was last used 3 days ago"),
        ({**KEY, "access_key_2_last_used_date": "N/A"}, "fail", "access key 2 was never used in its 300 days"),
        (
            {**PASSWORD, **KEY, "password_last_used": ago(1), "access_key_2_last_used_date": ago(120)},
            "fail",
            "the password was last used 1 days ago, access key 2 was last used 120 days ago",
        ),
    ],
)
def test_unused_credentials(local_session: LocalSession, changed: dict[str, str], outcome: str, reason: str) -> None:
    told(local_session, {**ROW, **changed})
    found, said = only(local_session, UNUSED, now=NOW)
    assert found == outcome
    assert said.removesuffix("; at most 90 days are allowed") == reason


def test_days_that_the_settings_allow(local_session: LocalSession) -> None:
    told(local_session, {**ROW, **KEY, "access_key_2_last_used_date": ago(40)})
    assert only(local_session, UNUSED, now=NOW, max_days=35)[0] == "fail"
    assert only(local_session, AGE, now=NOW, max_days=365)[0] == "pass"


@pytest.mark.parametrize("check", [MFA, AGE, UNUSED])
@pytest.mark.parametrize("operation", ["iam:GenerateCredentialReport", "iam:GetCredentialReport"])
def test_users_that_cannot_be_seen(local_session: LocalSession, check: str, operation: str) -> None:
    local_session.client("iam").create_user(UserName="alice")
    unseen(local_session, check, operation, "AccessDenied")


@pytest.mark.parametrize("check", [MFA, AGE, UNUSED])
def test_no_users(local_session: LocalSession, check: str) -> None:
    assert only(local_session, check) == ("not_applicable", "there is no iam:user here")
