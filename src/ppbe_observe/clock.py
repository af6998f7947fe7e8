"""The machine's clock, as the default of those who let another be handed in."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The time now, aware and in UTC."""
    return datetime.now(UTC)
