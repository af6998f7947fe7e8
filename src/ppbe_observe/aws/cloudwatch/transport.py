"""The thin transport: one signed JSON request and its answer, at a fraction of what boto3 costs.

botocore's signer and credentials, our connections, orjson. It retries what may pass (throttling, 5xx, timeouts,
resets) with capped exponential backoff and full jitter, signs every attempt anew, and never outlives its deadline.
A wrong clock and refused credentials are put right once per call, outside the count of attempts.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError

from ppbe_observe.aws import deadline as deadlines
from ppbe_observe.aws.calls import OpenCall
from ppbe_observe.aws.cloudwatch.signing import signed
from ppbe_observe.aws.cloudwatch.wire import decode_json
from ppbe_observe.aws.failures import clean, failure_of, reason_of
from ppbe_observe.aws.http import HttpAnswer
from ppbe_observe.aws.identity.sessions import TargetSession
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason

_PASSING = frozenset({Reason.THROTTLED, Reason.SERVER, Reason.TIMEOUT, Reason.UNREACHABLE, Reason.MALFORMED})
_FIRST_BACKOFF = 0.25  # seconds; doubled with each attempt
_LONGEST_BACKOFF = 8.0  # seconds
_OK = 200


@dataclass(frozen=True, slots=True)
class Service:
    """A service that speaks AWS JSON 1.0: its names in botocore, signatures and X-Amz-Target."""

    name: str
    signing_name: str
    target_prefix: str


CLOUDWATCH = Service("cloudwatch", "monitoring", "GraniteServiceVersion20100801")


class _AttemptError(AwsError):
    """One attempt has failed; what is needed to decide on the next one."""

    def __init__(self, failure: Failure, used: ReadOnlyCredentials, date: str | None = None) -> None:
        super().__init__(failure)
        self.used = used
        self.date = date


class Transport:
    """Calls one service as one target. Thread-safe.

    Args:
        session: Whom to act as.
        service: Whom to ask.
        sleep: Waits for so many seconds.
        jitter: A number from 0 to 1, different each time.
        now: The machine's clock.
    """

    def __init__(
        self,
        session: TargetSession,
        service: Service = CLOUDWATCH,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._session = session
        self._service = service
        self._sleep = sleep
        self._jitter = jitter
        self._now = now
        self._address: str | None = None
        self._authorities: str | None = None

    def call(self, operation: str, body: bytes, deadline: float) -> dict[str, Any]:
        """The JSON object that an operation answers.

        Args:
            operation: ``cloudwatch:GetMetricData``, as IAM names it.
            body: The JSON request.
            deadline: Of time.monotonic.

        Raises:
            AwsError: There was no good answer in time.
        """
        call = self._session.sessions.calls.open(self._session.target, operation)
        try:
            with deadlines.within(deadline):
                answer = self._answer(operation, body, call)
        except AwsError as error:
            call.end(error.failure)
            raise
        except BotoCoreError as error:
            failure = failure_of(error, call.operation)
            call.end(failure)
            raise AwsError(failure) from error
        call.end(None)
        return answer

    def _answer(self, operation: str, body: bytes, call: OpenCall) -> dict[str, Any]:
        cured: set[Reason] = set()
        while True:
            try:
                return self._attempt(operation, body, call)
            except _AttemptError as error:
                reason = error.failure.reason
                if reason not in cured and self._cure(error):
                    cured.add(reason)
                else:
                    self._back_off(error, call.attempts - len(cured))

    def _attempt(self, operation: str, body: bytes, call: OpenCall) -> dict[str, Any]:
        shared = self._session.sessions
        shared.limiter.acquire(self._session.target, call.operation, deadlines.current())
        used = self._session.credentials().get_frozen_credentials()
        headers = self._signed(operation, body, used)
        call.attempts += 1
        try:
            answer = shared.http.send("POST", self._where(), headers, body, self._authorities)
        except BotoCoreError as error:
            raise _AttemptError(failure_of(error, call.operation), used) from error
        call.request_id = answer.headers.get("x-amzn-requestid", call.request_id)
        if answer.status != _OK:
            raise self._refused(answer, call.operation, used)
        return decode_json(operation, answer.body)

    def _signed(self, operation: str, body: bytes, credentials: ReadOnlyCredentials) -> dict[str, str]:
        headers = {
            "X-Amz-Target": f"{self._service.target_prefix}.{operation.partition(':')[2]}",
            "Content-Type": "application/x-amz-json-1.0",
            "x-amzn-query-mode": "true",  # the error codes that boto3 shows
            "User-Agent": self._session.sessions.options.user_agent,
        }
        return signed(
            self._where(),
            headers,
            body,
            credentials=credentials,
            service=self._service.signing_name,
            region=self._session.target.region,
            at=self._now() + timedelta(seconds=self._session.clock_skew),
        )

    def _refused(self, answer: HttpAnswer, operation: str, used: ReadOnlyCredentials) -> _AttemptError:
        code, message = _error(answer)
        reason = reason_of(code, answer.status, message)
        if reason is Reason.THROTTLED:
            self._session.sessions.limiter.throttled(self._session.target, operation)
        detail = clean(f"{code or f'HTTP {answer.status}'}: {message}")
        return _AttemptError(Failure(reason, operation, detail), used, answer.headers.get("date"))

    def _cure(self, error: _AttemptError) -> bool:
        """Whether the cause was put right, so that the same request may now succeed."""
        if error.failure.reason is Reason.SKEWED:
            return self._set_clock(error.date)
        if error.failure.reason is Reason.EXPIRED:
            credentials = self._session.credentials()
            credentials.renew(error.used)
            return credentials.get_frozen_credentials() != error.used
        return False

    def _set_clock(self, date: str | None) -> bool:
        try:
            server = parsedate_to_datetime(date or "")
        except ValueError:
            return False
        self._session.clock_skew = (server.astimezone(UTC) - self._now()).total_seconds()
        return True

    def _back_off(self, error: _AttemptError, attempts: int) -> None:
        longest = min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2**attempts)
        wait = longest * self._jitter()
        exhausted = attempts >= self._session.sessions.options.max_attempts
        if exhausted or error.failure.reason not in _PASSING or wait >= deadlines.remaining():
            raise error
        self._sleep(wait)

    def _where(self) -> str:
        if self._address is None:
            shared, target = self._session.sessions, self._session.target
            self._authorities = shared.own(target.profile).authorities
            self._address = shared.endpoint(target, self._service.name).url.rstrip("/") + "/"
        return self._address


def _error(answer: HttpAnswer) -> tuple[str, str]:
    """The code and message of an error answer, as botocore reads them; neither need be there."""
    try:
        document = decode_json("", answer.body)
    except AwsError:
        document = {}
    code = answer.headers.get("x-amzn-query-error", "").partition(";")[0]
    code = code or str(document.get("__type") or document.get("code") or "")
    message = document.get("message") or document.get("Message") or ""
    return code.rpartition("#")[2].partition(":")[0], str(message)
