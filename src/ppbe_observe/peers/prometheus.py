"""Asks a Prometheus. I/O.

Source: Prometheus documentation, "HTTP API": instant and range queries of 2.42 and later.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
from urllib3 import BaseHTTPResponse, PoolManager, Timeout
from urllib3.exceptions import HTTPError

from ppbe_observe.errors import PeerError, SettingsError

_OBJECT = re.compile(r"^[A-Za-z]+\(host=.*?\): ")
CONNECT, READ = 3.0, 10.0  # seconds
AT_ONCE = 4
"""Connections that are kept, for who asks several questions at once."""
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_UNITS = {
    "y": timedelta(days=365),
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_PART = re.compile(r"(\d+)([ywdhms])")
_LENGTH = re.compile(r"(?:\d+[ywdhms])*(?![0-9A-Za-z])")
_TOLD = 200
"""Characters of an answer that is none of Prometheus' that are shown."""


@dataclass(frozen=True, slots=True)
class Result:
    """One series of an answer: its labels, the name among them, and (seconds since the epoch, value), oldest first."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


class Prometheus:
    """One Prometheus, by the address below which it serves ``/api/v1``.

    ``read`` is the longest silence (seconds); ``given_by`` is where the address is to be mended.
    """

    def __init__(self, url: str, *, read: float = READ, given_by: str = "--prometheus") -> None:
        if "@" in url:  # not repeated: it is a password, and the address is shown on pages
            raise SettingsError(f"{given_by}: a user and a password in an address are not taken; leave them out")
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise SettingsError(f"{given_by} {url}: give an address such as http://127.0.0.1:9090")
        self.url = url.rstrip("/")
        self._given_by = given_by
        timeout = Timeout(connect=min(CONNECT, read), read=read)
        self._pool = PoolManager(maxsize=AT_ONCE, timeout=timeout, retries=False)

    def query(self, expression: str, at: float | None = None) -> tuple[Result, ...]:
        """What an expression is now, or was ``at`` a time (seconds since the epoch); each series has one point of it.

        Raises:
            PeerError: It does not answer, or refuses.
        """
        when = {} if at is None else {"time": f"{at:.3f}"}
        return self._ask("query", {"query": expression, **when}, "value")

    def query_range(self, expression: str, start: float, end: float, step: float) -> tuple[Result, ...]:
        """What an expression was, from ``start`` to ``end`` (seconds since the epoch), each ``step`` seconds.

        Raises:
            PeerError: It does not answer, or refuses.
        """
        fields = {"query": expression, "start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:.3f}"}
        return self._ask("query_range", fields, "values")

    def label_values(self, label: str, series: str | None, start: float, end: float) -> tuple[str, ...]:
        """The values that a label had between two times (seconds since the epoch), of any series or of a selector's.

        Raises:
            PeerError: It does not answer, or refuses.
        """
        match = {"match[]": series} if series else {}
        asked = urlencode({**match, "start": f"{start:.3f}", "end": f"{end:.3f}"})
        answer = self._request("GET", f"label/{label}/values?{asked}")
        found = self._document(answer).get("data")
        if not isinstance(found, list):
            raise self._stranger(answer)
        return tuple(map(str, found))

    def retention(self) -> timedelta | None:
        """How long it keeps samples; None where it does not say so, as another server with its API.

        Raises:
            PeerError: It does not answer at all.
        """
        answer = self._request("GET", "status/runtimeinfo")
        try:
            return _duration(self._document(answer)["data"]["storageRetention"])
        except (PeerError, KeyError, TypeError):
            return None

    def close(self) -> None:
        """Close the kept connections."""
        self._pool.clear()

    def _ask(self, what: str, fields: Mapping[str, str], key: str) -> tuple[Result, ...]:
        answer = self._request("POST", what, urlencode(fields), _FORM)
        document = self._document(answer)
        try:
            return tuple(_result(each, key) for each in document["data"]["result"])
        except (KeyError, TypeError, ValueError) as error:
            raise self._stranger(answer) from error

    def _request(
        self, method: str, what: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> BaseHTTPResponse:
        try:
            return self._pool.request(method, f"{self.url}/api/v1/{what}", body=body, headers=headers)
        except HTTPError as error:
            raise PeerError(
                f"Prometheus at {self.url} does not answer ({_cause(error)}): start it, or give its address with "
                f"{self._given_by}"
            ) from error

    def _document(self, answer: BaseHTTPResponse) -> Any:
        try:
            document = orjson.loads(answer.data)
            if document["status"] == "success":
                return document
            told = f"{document['errorType']}: {document['error']}"
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise self._stranger(answer) from error
        raise PeerError(f"Prometheus at {self.url} refuses the question ({told}); look at its log")

    def _stranger(self, answer: BaseHTTPResponse) -> PeerError:
        begin = " ".join(answer.data[:_TOLD].decode("utf-8", "backslashreplace").split())
        return PeerError(
            f"{self.url} does not answer as Prometheus does (HTTP {answer.status}: {begin!r}); check the address, and "
            "whether something stands in front of it"
        )


def _duration(text: str) -> timedelta | None:
    """``5w``, ``30d`` or ``15d or 512MB``; None where only a size limits it."""
    found = _LENGTH.match(text)
    if not found or not found[0]:
        return None
    return sum((int(number) * _UNITS[unit] for number, unit in _PART.findall(found[0])), timedelta())


def _cause(error: BaseException) -> str:
    """The reason without urllib3's object in front of it: the address is told already."""
    return _OBJECT.sub("", str(error)) or type(error).__name__


def _result(found: Mapping[str, Any], key: str) -> Result:
    points: Iterator[tuple[float, str]] = iter([found[key]] if key == "value" else found[key])
    labels = {str(name): str(value) for name, value in found["metric"].items()}
    return Result(labels, tuple((float(at), float(value)) for at, value in points))
