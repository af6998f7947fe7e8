"""The account's root user and password policy, and all other checks of IAM."""

from ppbe_observe.controls.check import CRITICAL, MEDIUM, Check, Subject, check, failed, not_applicable, verdict
from ppbe_observe.controls.checks import iam_roles, iam_users
from ppbe_observe.model import Verdict

_ACCOUNT = "aws:account"
_SUMMARY = "iam:GetAccountSummary"
_PASSWORDS = "iam:GetAccountPasswordPolicy"
_GOVCLOUD = "aws-us-gov"
_REUSE = 24
"""Passwords remembered: the most that AWS offers, and what CIS AWS Foundations asks for."""
_CLASSES = {
    "RequireUppercaseCharacters": "upper case",
    "RequireLowercaseCharacters": "lower case",
    "RequireNumbers": "numbers",
    "RequireSymbols": "symbols",
}


@check(
    "iam_root_mfa",
    on=_ACCOUNT,
    needs=(_SUMMARY,),
    severity=CRITICAL,
    title="The root user has MFA",
    controls=("ia-2.1", "ia-2.2"),
    remediation="Sign in as the root user and register an MFA device, a hardware key at best.",
)
def root_mfa(account: Subject) -> Verdict:
    """Nothing limits what the root user may do. GovCloud accounts have no root sign-in: there is nothing to protect."""
    summary = account.told(_SUMMARY)["SummaryMap"]
    enabled = summary["AccountMFAEnabled"]
    if account.resource.target.partition == _GOVCLOUD:
        return not_applicable(f"GovCloud accounts have no root sign-in; AccountMFAEnabled is {enabled}")
    if not enabled and summary.get("AccountPasswordPresent") == 0:
        return not_applicable("the root user has no password (AccountPasswordPresent is 0): it cannot sign in")
    return verdict(enabled == 1, f"AccountMFAEnabled is {enabled}")


@check(
    "iam_no_root_access_key",
    on=_ACCOUNT,
    needs=(_SUMMARY,),
    severity=CRITICAL,
    title="The root user has no access key",
    controls=("ac-6", "ac-6.2", "ac-2.1"),
    indicators=("KSI-IAM-AAM",),
    remediation="Delete the root user's access keys; use roles for whatever they were used for.",
)
def no_root_access_key(account: Subject) -> Verdict:
    """Nothing limits what a key of the root user may do, and no second factor protects it."""
    present = account.told(_SUMMARY)["SummaryMap"]["AccountAccessKeysPresent"]
    return verdict(present == 0, f"AccountAccessKeysPresent is {present}")


@check(
    "iam_password_policy",
    on=_ACCOUNT,
    needs=(_PASSWORDS,),
    severity=MEDIUM,
    title="Passwords must be long, mixed and new",
    controls=("ia-5.1", "ac-2"),
    indicators=("KSI-IAM-APM",),
    remediation="aws iam update-account-password-policy --minimum-password-length 14 --require-symbols "
    "--require-numbers --require-uppercase-characters --require-lowercase-characters --password-reuse-prevention 24",
    min_length=14,
)
def password_policy(account: Subject, min_length: int) -> Verdict:
    """Asks for a length, all four classes of characters, and 24 remembered passwords: AWS's own default is weaker."""
    policy = account.told(_PASSWORDS).get("PasswordPolicy")
    if policy is None:
        return failed("the account has no password policy")
    length, reuse = policy["MinimumPasswordLength"], policy.get("PasswordReusePrevention") or 0
    missing = [words for name, words in _CLASSES.items() if not policy[name]]
    classes = f"need not contain {', '.join(missing)}" if missing else "must contain all classes of characters"
    told = (
        f"passwords have at least {length} characters ({min_length} are required), {classes}, and the last {reuse} "
        f"cannot be used again ({_REUSE} are required)"
    )
    return verdict(length >= min_length and not missing and reuse >= _REUSE, told)


CHECKS: tuple[Check, ...] = (root_mfa, no_root_access_key, password_policy, *iam_users.CHECKS, *iam_roles.CHECKS)
