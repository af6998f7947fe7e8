"""Counts the calls that reached the simulated AWS, by call and by outcome, so that tests can assert them."""

import re
from collections import Counter
from threading import Lock

from ppbe_observe.simulate.http import Response

_CODE_IN_XML = re.compile(rb"<Code>([A-Za-z0-9.]+)</Code>")
_CODE_IN_JSON = re.compile(rb'"__type":\s*"(?:[^"#]*#)?([A-Za-z0-9.]+)"')
_FIRST_ERROR = 400


class Requests:
    """A thread-safe count of (``service:Operation``, outcome); the outcome is ``ok`` or AWS's error code."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[tuple[str, str]] = Counter()

    def record(self, name: str, outcome: str) -> None:
        """Count one call."""
        with self._lock:
            self._counts[name, outcome] += 1

    def count(self, name: str, outcome: str | None = None) -> int:
        """How many calls of that name came to that outcome, or to any."""
        with self._lock:
            return sum(
                count for (called, came), count in self._counts.items() if called == name and outcome in (None, came)
            )

    def by_call(self) -> dict[str, dict[str, int]]:
        """All of it: call, outcome, count."""
        found: dict[str, dict[str, int]] = {}
        with self._lock:
            for (name, outcome), count in sorted(self._counts.items()):
                found.setdefault(name, {})[outcome] = count
        return found

    def clear(self) -> None:
        """Start over."""
        with self._lock:
            self._counts.clear()


def outcome_of(response: Response) -> str:
    """``ok``, or the error's code, or its HTTP status where it names none."""
    if response.status < _FIRST_ERROR:
        return "ok"
    headers = {name.lower(): value for name, value in response.headers}
    if code := headers.get("x-amzn-query-error"):
        return code.partition(";")[0]
    if code := headers.get("x-amzn-errortype"):
        return code.partition(":")[0]
    found = _CODE_IN_XML.search(response.body) or _CODE_IN_JSON.search(response.body)
    return found[1].decode() if found else str(response.status)
