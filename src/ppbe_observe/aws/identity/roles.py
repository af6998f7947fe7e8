"""Assuming a role, with a message that tells what to check when it is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.client import BaseClient
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError

from ppbe_observe.aws import deadline
from ppbe_observe.aws.calls import Calls
from ppbe_observe.aws.failures import clean, failure_of
from ppbe_observe.aws.identity.credentials import LiveCredentials
from ppbe_observe.aws.limits import RateLimiter
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason, Role, Target

OPERATION = "sts:AssumeRole"


@dataclass(frozen=True, slots=True)
class RoleAssumption:
    """Gets temporary credentials of a role, in the form that botocore's refreshable credentials take.

    Attributes:
        sts: Gives the STS client, which signs with ``source``.
        source: The credentials that the role trusts; renewed once where AWS says that they have expired.
        role: What to assume.
        target: On whose behalf: whose calls these are.
        limiter: Asked before the call.
        calls: Told of the call.
    """

    sts: Callable[[], BaseClient]
    source: LiveCredentials
    role: Role
    target: Target
    limiter: RateLimiter
    calls: Calls

    def __call__(self) -> dict[str, str | None]:
        """Assume the role.

        Raises:
            AwsError: The role is refused or STS cannot be asked; names the role and what to check.
        """
        try:
            return self._assume()
        except AwsError as error:
            if error.failure.reason is not Reason.EXPIRED or not _renewed(self.source, self.source.last):
                raise
        return self._assume()

    def _assume(self) -> dict[str, str | None]:
        self.limiter.acquire(self.target, OPERATION, deadline.current())
        call = self.calls.open(self.target, OPERATION)
        try:
            client: Any = self.sts()
            answer = client.assume_role(**_request(self.role))
            call.attempts = 1 + answer["ResponseMetadata"].get("RetryAttempts", 0)
            call.request_id = answer["ResponseMetadata"].get("RequestId")
            issued = _issued(answer)
        except (BotoCoreError, ClientError, AwsError, LookupError) as error:
            failure = _refused(failure_of(error, OPERATION), self.role)
            call.attempts = call.attempts or _attempts(error)
            call.end(failure)
            raise AwsError(failure) from error
        call.end(None)
        return issued


def _renewed(source: LiveCredentials, used: ReadOnlyCredentials | None) -> bool:
    source.renew(used)
    return source.get_frozen_credentials() != used


def _request(role: Role) -> dict[str, str]:
    request = {"RoleArn": role.arn, "RoleSessionName": role.session_name}
    return request if role.external_id is None else {**request, "ExternalId": role.external_id}


def _issued(answer: dict[str, Any]) -> dict[str, str | None]:
    issued = answer["Credentials"]
    return {
        "access_key": issued["AccessKeyId"],
        "secret_key": issued["SecretAccessKey"],
        "token": issued["SessionToken"],
        "expiry_time": issued["Expiration"].isoformat(),
    }


def _refused(failure: Failure, role: Role) -> Failure:
    detail = f"role {role.arn}: {failure.detail}"
    if failure.reason is Reason.DENIED:
        external = "its external id" if role.external_id else "whether it asks for an external id"
        detail = f"role {role.arn} refused: check its trust policy, {external} and our sts:AssumeRole permission"
        detail = f"{detail} ({failure.detail})"
    return Failure(failure.reason, OPERATION, clean(detail))


def _attempts(error: BaseException) -> int:
    if isinstance(error, ClientError):
        return 1 + int(error.response.get("ResponseMetadata", {}).get("RetryAttempts", 0))
    return 1
