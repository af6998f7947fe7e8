"""Checks of the account's root user and password policy, on what moto holds."""

from typing import Any

import pytest

from ppbe_observe.model import Target
from support.gathering import LocalSession, answer
from support.identities import xml
from support.judging import only, unseen

MFA = "iam_root_mfa"
KEY = "iam_no_root_access_key"
PASSWORDS = "iam_password_policy"
SUMMARY = "iam:GetAccountSummary"
COMMERCIAL = Target("123456789012", "us-east-1")
GOOD = {
    "MinimumPasswordLength": 14,
    "RequireSymbols": True,
    "RequireNumbers": True,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "PasswordReusePrevention": 24,
}


@pytest.fixture
def commercial(local_session: LocalSession) -> LocalSession:
    """The same account outside GovCloud."""
    return LocalSession(local_session.endpoint, COMMERCIAL)


def summary(session: LocalSession, **counts: int) -> None:
    """What AWS answers; moto's root user has neither MFA nor keys."""
    entries = "".join(f"<entry><key>{name}</key><value>{count}</value></entry>" for name, count in counts.items())
    body = xml("GetAccountSummary", f"<SummaryMap>{entries}</SummaryMap>")
    session.faults[SUMMARY] = lambda: answer(200, body)


def test_a_root_user_without_mfa(commercial: LocalSession) -> None:
    assert only(commercial, MFA) == ("fail", "AccountMFAEnabled is 0")


def test_a_root_user_with_mfa(commercial: LocalSession) -> None:
    summary(commercial, AccountMFAEnabled=1)
    assert only(commercial, MFA) == ("pass", "AccountMFAEnabled is 1")


def test_a_root_user_that_cannot_sign_in(commercial: LocalSession) -> None:
    summary(commercial, AccountMFAEnabled=0, AccountPasswordPresent=0)
    assert only(commercial, MFA) == (
        "not_applicable",
        "the root user has no password (AccountPasswordPresent is 0): it cannot sign in",
    )
    summary(commercial, AccountMFAEnabled=0, AccountPasswordPresent=1)
    assert only(commercial, MFA)[0] == "fail"


def test_govcloud_has_no_root_sign_in(local_session: LocalSession) -> None:
    assert only(local_session, MFA) == (
        "not_applicable",
        "GovCloud accounts have no root sign-in; AccountMFAEnabled is 0",
    )


@pytest.mark.parametrize(("keys", "outcome"), [(0, "pass"), (1, "fail")])
def test_keys_of_the_root_user(local_session: LocalSession, keys: int, outcome: str) -> None:
    summary(local_session, AccountAccessKeysPresent=keys)
    assert only(local_session, KEY) == (outcome, f"AccountAccessKeysPresent is {keys}")


def test_the_keys_of_moto_s_root_user(local_session: LocalSession) -> None:
    assert only(local_session, KEY) == ("pass", "AccountAccessKeysPresent is 0")


@pytest.mark.parametrize("check", [MFA, KEY])
def test_a_root_user_that_cannot_be_seen(local_session: LocalSession, check: str) -> None:
    unseen(local_session, check, SUMMARY, "AccessDenied")


def test_a_summary_that_lacks_what_is_asked(local_session: LocalSession) -> None:
    summary(local_session, Users=3)
    assert {only(local_session, MFA)[0], only(local_session, KEY)[0]} == {"unknown"}


def test_no_password_policy(local_session: LocalSession) -> None:
    assert only(local_session, PASSWORDS) == ("fail", "the account has no password policy")


@pytest.mark.parametrize(
    ("changed", "outcome", "said"),
    [
        ({}, "pass", "must contain all classes of characters, and the last 24 cannot be used again"),
        ({"MinimumPasswordLength": 20}, "pass", "passwords have at least 20 characters (14 are required)"),
        ({"MinimumPasswordLength": 13}, "fail", "passwords have at least 13 characters (14 are required)"),
        ({"RequireSymbols": False, "RequireNumbers": False}, "fail", "need not contain numbers, symbols"),
        ({"RequireUppercaseCharacters": False}, "fail", "need not contain upper case"),
        ({"RequireLowercaseCharacters": False}, "fail", "need not contain lower case"),
        ({"PasswordReusePrevention": 23}, "fail", "the last 23 cannot be used again (24 are required)"),
        ({"PasswordReusePrevention": None}, "fail", "the last 0 cannot be used again (24 are required)"),
    ],
)
def test_password_policies(local_session: LocalSession, changed: dict[str, Any], outcome: str, said: str) -> None:
    given = {name: value for name, value in (GOOD | changed).items() if value is not None}
    local_session.client("iam").update_account_password_policy(**given)
    found, reason = only(local_session, PASSWORDS)
    assert found == outcome
    assert said in reason


def test_the_length_that_the_settings_require(local_session: LocalSession) -> None:
    local_session.client("iam").update_account_password_policy(**GOOD)
    assert only(local_session, PASSWORDS, min_length=15)[0] == "fail"


def test_a_password_policy_that_cannot_be_seen(local_session: LocalSession) -> None:
    local_session.client("iam").update_account_password_policy(**GOOD)
    unseen(local_session, PASSWORDS, "iam:GetAccountPasswordPolicy", "AccessDenied")
