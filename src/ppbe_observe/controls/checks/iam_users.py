"""The account's users, by its credential report (IAM)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ppbe_observe.controls.check import HIGH, MEDIUM, Check, Subject, check, not_applicable, verdict
from ppbe_observe.model import Verdict

_USER = "iam:user"
_ROOT = "<root_account>"
_ROOT_ELSEWHERE = not_applicable("the root user is judged by iam_root_mfa and iam_no_root_access_key")
_KEYS = (1, 2)


@check(
    "iam_user_console_mfa",
    on=_USER,
    severity=HIGH,
    title="Users who sign in to the console have MFA",
    controls=("ia-2.1", "ia-2.2"),
    remediation="Let the user register an MFA device (aws iam enable-mfa-device), or take the password away "
    "(aws iam delete-login-profile --user-name USER).",
)
def console_mfa(user: Subject) -> Verdict:
    """A password alone is guessed, phished or bought. The root user is judged by checks of its own."""
    if user.facts["user"] == _ROOT:
        return _ROOT_ELSEWHERE
    if not _is(user.facts, "password_enabled"):
        return not_applicable("the user has no console password")
    active = _is(user.facts, "mfa_active")
    return verdict(active, f"the user has a console password and {'an' if active else 'no'} MFA device")


@check(
    "iam_access_key_rotation",
    on=_USER,
    severity=MEDIUM,
    title="Active access keys are not old",
    controls=("ac-2.1", "ac-2.3"),
    indicators=("KSI-IAM-SNU",),
    remediation="Make a second key (aws iam create-access-key), put it where the first one is used, then delete the "
    "first (aws iam delete-access-key); a role needs no such keys at all.",
    max_days=90,
)
def access_key_rotation(user: Subject, max_days: int) -> Verdict:
    """The longer a key lives, the more places it has leaked to.

    Looks at both keys of a user. Inactive ones are left out; the root user is judged by checks of its own.
    """
    if user.facts["user"] == _ROOT:
        return _ROOT_ELSEWHERE
    ages = {
        number: (user.now - _time(user.facts, f"access_key_{number}_last_rotated")).days for number in _active(user)
    }
    if not ages:
        return not_applicable("the user has no active access key")
    told = ", ".join(f"access key {number} is {days} days old" for number, days in ages.items())
    return verdict(max(ages.values()) <= max_days, f"{told}; at most {max_days} are allowed")


@check(
    "iam_unused_credentials",
    on=_USER,
    severity=MEDIUM,
    title="No credential lies unused",
    controls=("ac-2.3", "ac-2.1"),
    indicators=("KSI-IAM-AAM",),
    remediation="Disable what nobody uses (aws iam update-access-key --status Inactive, aws iam delete-login-profile), "
    "or delete the user.",
    max_days=90,
)
def unused_credentials(user: Subject, max_days: int) -> Verdict:
    """Accounts that nobody uses are not missed when somebody else does: FedRAMP has them disabled after 90 days.

    Looks at the password and both access keys. What was never used counts from when it was last set. The root user,
    which should not be in use, is judged by checks of its own.
    """
    if user.facts["user"] == _ROOT:
        return _ROOT_ELSEWHERE
    unused = [(name, used, (user.now - since).days) for name, used, since in _credentials(user)]
    if not unused:
        return not_applicable("the user has no password and no active access key")
    told = ", ".join(
        f"{name} was last used {days} days ago" if used else f"{name} was never used in its {days} days"
        for name, used, days in unused
    )
    longest = max(days for _, _, days in unused)
    return verdict(longest <= max_days, f"{told}; at most {max_days} days are allowed")


def _credentials(user: Subject) -> Iterator[tuple[str, bool, datetime]]:
    """Each credential that works, whether it was ever used, and the time of that, else of when it was set."""
    row = user.facts
    if _is(row, "password_enabled"):
        used = _time_or_none(row, "password_last_used")
        since = used or _time_or_none(row, "password_last_changed") or _time(row, "user_creation_time")
        yield "the password", used is not None, since
    for number in _active(user):
        used = _time_or_none(row, f"access_key_{number}_last_used_date")
        yield f"access key {number}", used is not None, used or _time(row, f"access_key_{number}_last_rotated")


def _active(user: Subject) -> list[int]:
    return [number for number in _KEYS if _is(user.facts, f"access_key_{number}_active")]


def _is(row: Mapping[str, Any], column: str) -> bool:
    """Whether it is so; ``not_supported`` (the root user's password) is not."""
    value = row[column].casefold()
    if value not in {"true", "false", "not_supported", "n/a"}:
        raise ValueError(f"{column} is {value!r}")
    return bool(value == "true")


def _time(row: Mapping[str, Any], column: str) -> datetime:
    return datetime.fromisoformat(row[column])


def _time_or_none(row: Mapping[str, Any], column: str) -> datetime | None:
    """None where AWS knows of none: never, or not since it keeps track (October 2014)."""
    return None if row[column].casefold() in {"n/a", "no_information", "not_supported"} else _time(row, column)


CHECKS: tuple[Check, ...] = (console_mfa, access_key_rotation, unused_credentials)
