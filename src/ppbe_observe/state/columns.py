"""Column types that give back exactly what they were given, on every database. Pure."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

_ODD = re.compile(r"[\x00\\\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, in UTC on the way out. SQLite, which knows no times, holds it as ISO 8601 text that sorts right.

    Many rows share few times: those of evaluations. So each is converted once.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text in SQLite."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a naive time: nobody can tell when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return _written(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, _dialect: Dialect) -> datetime | None:
        """Aware and in UTC."""
        return None if value is None else _read(value)


@lru_cache(maxsize=4096)
def _written(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


@lru_cache(maxsize=4096)
def _read(value: datetime | str) -> datetime:
    return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


class AnyText(TypeDecorator[str]):
    r"""Text from outside: NUL, which PostgreSQL refuses, and lone surrogates, no UTF-8, are stored as ``\uXXXX``.

    A backslash is stored as ``\u005c``, so that every escape is one and what is read is what was written.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Escape what a database may refuse."""
        return None if value is None else _ODD.sub(lambda match: f"\\u{ord(match[0]):04x}", value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        """As it was given."""
        if value is None or "\\" not in value:
            return value
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)
