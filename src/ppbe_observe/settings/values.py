"""The kinds of value that settings hold, each read from what a person writes. Pure."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, StringConstraints, WithJsonSchema

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?\Z")
_LONGEST = 366 * 86400.0  # seconds; a longer interval or time-out is a slip of the pen
_DURATION_FIX = "fix: write a number with its unit: 500ms, 30s, 5m, 1h, 1d, 1h30m"

_LISTEN = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.%\w]+)\]|(?P<host>[A-Za-z0-9._-]*)):(?P<port>\d{1,5})\Z")
_LISTEN_FIX = "fix: write host:port, such as 127.0.0.1:9106, [::1]:9106, or :9106 for every interface"
_HIGHEST_PORT = 65535
HTTP_ADDRESS = re.compile(r"(https?)://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?(/[A-Za-z0-9._~/-]*)?\Z")
"""Scheme, host, port and path of an address: nothing in it can be a password."""


def parse_duration(value: object) -> timedelta:
    """Read ``30s``, ``1h30m`` or a number of seconds.

    Raises:
        ValueError: It is none of these; the message says how to write one.
    """
    if isinstance(value, timedelta):
        return value
    seconds = _seconds(value)
    if seconds is None:
        raise ValueError(f"{value!r} is not a duration; {_DURATION_FIX}")
    if not 0 <= seconds <= _LONGEST:
        raise ValueError(f"{value!r} is out of range: 0 to {_LONGEST / 86400:.0f} days; {_DURATION_FIX}")
    return timedelta(seconds=seconds)


def _seconds(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if value == value else None  # noqa: PLR0124 - NaN differs from itself
    if not isinstance(value, str):
        return None
    text = value.strip()
    if _NUMBER.match(text):
        return float(text)
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def format_duration(value: timedelta) -> str:
    """Write it in the largest unit that divides it: ``90s``, ``5m``, ``1h``; ``parse_duration`` reads it back."""
    milliseconds = round(value / timedelta(milliseconds=1))
    if milliseconds % 1000:
        return f"{milliseconds}ms"
    seconds = milliseconds // 1000
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and not seconds % size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _positive(value: object) -> timedelta:
    duration = parse_duration(value)
    if duration <= timedelta(0):
        raise ValueError(f"{value!r} is not longer than 0; {_DURATION_FIX}")
    return duration


_DURATION_SCHEMA = WithJsonSchema(
    {"type": ["string", "number"], "format": "duration, such as 30s, 5m or 1h; a bare number is seconds"}
)
_DURATION_TEXT = PlainSerializer(format_duration, return_type=str)

Duration = Annotated[timedelta, BeforeValidator(_positive), _DURATION_TEXT, _DURATION_SCHEMA]
"""A time span longer than 0."""

DurationOrZero = Annotated[timedelta, BeforeValidator(parse_duration), _DURATION_TEXT, _DURATION_SCHEMA]
"""A time span that may be 0."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the web server listens. An empty ``host`` is every interface, IPv4 and IPv6."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_listen(value: object) -> Listen:
    """Read ``host:port``, ``[::1]:9106`` or ``:9106``.

    Raises:
        ValueError: It is none of these, or the port is above 65535.
    """
    if isinstance(value, Listen):
        return value
    found = _LISTEN.match(value.strip()) if isinstance(value, str) else None
    if found is None or int(found["port"]) > _HIGHEST_PORT:
        raise ValueError(f"{value!r} is not an address to listen on; {_LISTEN_FIX}")
    return Listen(found["six"] or found["host"] or "", int(found["port"]))


ListenAddress = Annotated[
    Listen,
    BeforeValidator(parse_listen),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "format": "host:port"}),
]


def _account_id(value: Any) -> Any:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{12}", text):
        raise ValueError(f"{value!r} is not an account id; fix: write its 12 digits, leading zeros too: '012345678901'")
    return text


AccountId = Annotated[
    str, BeforeValidator(_account_id), WithJsonSchema({"type": ["string", "integer"], "pattern": "^[0-9]{12}$"})
]

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
"""The name of an exporter: that of its file, without ``.py``."""


def _region(value: Any) -> Any:
    # Only the form is judged here; the AWS layer knows which regions exist.
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]{2,4}(-[a-z]+){1,3}-[0-9]{1,2}", value):
        raise ValueError(
            f"{value!r} is not a region; fix: write it as AWS does: us-gov-west-1, us-gov-east-1, us-east-1"
        )
    return value


Region = Annotated[str, BeforeValidator(_region), WithJsonSchema({"type": "string", "examples": ["us-gov-west-1"]})]
