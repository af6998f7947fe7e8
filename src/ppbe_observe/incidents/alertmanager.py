"""Asks Alertmanager (API v2), and makes silences. I/O.

Invariants: an answer is bounded in size and time; certificates are verified; no redirect is followed, as it would take
the password elsewhere; nothing is tried twice, since who asks comes again.
"""

import ssl
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError
from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as HttpTimeoutError
from urllib3.util import make_headers

from ppbe_observe.alerting.escalation.matchers import Matcher
from ppbe_observe.alerting.silences import Silence
from ppbe_observe.errors import AlertmanagerError, SettingsError
from ppbe_observe.incidents.answers import Active, alerts_of, silence_id_of, silences_of, started_of
from ppbe_observe.model import Failure, Reason
from ppbe_observe.settings import IncidentSettings

T = TypeVar("T")

CONNECT_SECONDS = 3
READ_SECONDS = 10
LARGEST = 64 * 1024 * 1024
"""Bytes of an answer: some fifty thousand alerts."""

_OK = 200
_REASONS: Mapping[int, Reason] = {401: Reason.DENIED, 403: Reason.DENIED, 429: Reason.THROTTLED, 400: Reason.REJECTED}
_TO_DO: Mapping[Reason, str] = {
    Reason.DENIED: "check incidents.alertmanager_username and alertmanager_password_file",
    Reason.MALFORMED: "check that incidents.alertmanager_url is an Alertmanager, with its path where it has one",
    Reason.SERVER: "see Alertmanager's log",
}
_CHECK_URL = "check that it runs, and incidents.alertmanager_url"


class Alertmanager:
    """One Alertmanager, or any member of a cluster of them. Thread-safe.

    Raises:
        SettingsError: The settings name no Alertmanager, or a file that cannot be read.
    """

    def __init__(self, settings: IncidentSettings) -> None:
        if settings.alertmanager_url is None:
            raise SettingsError("incidents.alertmanager_url: is missing; fix: set it to https://HOST:9093")
        self._url = settings.alertmanager_url.rstrip("/")
        self._user = settings.alertmanager_username
        self._password = settings.alertmanager_password_file
        self._http = PoolManager(
            timeout=Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=False,
            ssl_context=_context(settings.alertmanager_ca_file) if self._url.startswith("https") else None,
        )

    def alerts(self) -> tuple[Active, ...]:
        """Everything that fires, silenced or not.

        Raises:
            AlertmanagerError: It cannot be asked.
        """
        return self._asked("GET", "/api/v2/alerts", alerts_of)

    def silences(self) -> tuple[Silence, ...]:
        """Every silence it knows, those that are over included; it forgets them after days. Raises as ``alerts``."""
        return self._asked("GET", "/api/v2/silences", silences_of)

    def started(self) -> datetime:
        """When it was started: it forgets what fires when it stops. Raises as ``alerts`` does."""
        return self._asked("GET", "/api/v2/status", started_of)

    def silence(
        self, matchers: tuple[Matcher, ...], starts: datetime, ends: datetime, author: str, comment: str
    ) -> str:
        """Make a silence; gives its id. Raises as ``alerts`` does."""
        body = {
            "matchers": [
                {
                    "name": each.label,
                    "value": each.value,
                    "isRegex": "~" in each.operator,
                    "isEqual": not each.operator.startswith("!"),
                }
                for each in matchers
            ],
            "startsAt": starts,
            "endsAt": ends,
            "createdBy": author,
            "comment": comment,
        }
        return self._asked("POST", "/api/v2/silences", silence_id_of, orjson.dumps(body))

    def close(self) -> None:
        """Close the kept connections."""
        self._http.clear()

    def _asked(self, method: str, path: str, read: Callable[[bytes], T], body: bytes | None = None) -> T:
        operation = f"{method} {self._url}{path}"
        status, answer = self._sent(operation, method, path, body)
        if status != _OK:
            reason = _REASONS.get(status, Reason.SERVER if status >= 500 else Reason.MALFORMED)  # noqa: PLR2004 - RFC 9110
            raise _failed(operation, reason, f"it answered {status}: {_line(answer)}")
        try:
            return read(answer)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise _failed(
                operation, Reason.MALFORMED, f"its answer is not as documented: {where} {first['msg']}"
            ) from None

    def _sent(self, operation: str, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        headers = {"Accept": "application/json", "Content-Type": "application/json", **self._login()}
        try:
            answer = self._http.request(
                method, self._url + path, body=body, headers=headers, redirect=False, preload_content=False
            )
            try:
                content = answer.read(LARGEST + 1)
            finally:
                answer.release_conn()
        except HTTPError as error:
            raise _unreached(operation, error) from error
        if len(content) > LARGEST:
            raise _failed(operation, Reason.MALFORMED, f"its answer is longer than {LARGEST // 1024**2} MiB")
        return answer.status, content

    def _login(self) -> dict[str, str]:
        if self._user is None or self._password is None:
            return {}
        return make_headers(basic_auth=f"{self._user}:{_secret(self._password)}")


def _secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"incidents.alertmanager_password_file: {path} cannot be read: {error}") from error


def _context(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"incidents.alertmanager_ca_file: {ca} is no file of PEM certificates: {error}") from error


def _unreached(operation: str, error: HTTPError) -> AlertmanagerError:
    cause: Any = error.reason if isinstance(error, MaxRetryError) else error
    if isinstance(cause, SSLError):
        told = "check incidents.alertmanager_ca_file, and that its certificate is for this host"
        return AlertmanagerError(Failure(Reason.UNREACHABLE, operation, _line(str(cause).encode())), told)
    if isinstance(cause, NewConnectionError):
        return _failed(operation, Reason.UNREACHABLE, str(cause).rpartition(": ")[2] or "no connection")
    if isinstance(cause, HttpTimeoutError):
        return _failed(operation, Reason.TIMEOUT, f"no answer within {READ_SECONDS} s")
    return _failed(operation, Reason.UNREACHABLE, f"{type(cause).__name__}: {_line(str(cause).encode())}")


def _failed(operation: str, reason: Reason, detail: str) -> AlertmanagerError:
    return AlertmanagerError(Failure(reason, operation, detail), _TO_DO.get(reason, _CHECK_URL))


def _line(answer: bytes) -> str:
    """The beginning of an answer that is an error, on one line."""
    return " ".join(answer[:300].decode("utf-8", "replace").split())
