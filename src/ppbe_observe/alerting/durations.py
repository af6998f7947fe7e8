"""Durations as Prometheus and Alertmanager write them. Pure."""

from datetime import timedelta

_UNITS = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def duration(length: timedelta) -> str:
    """``1h30m``; whole seconds, ``0s`` for none."""
    left, parts = int(length.total_seconds()), ""
    for seconds, letter in _UNITS:
        many, left = divmod(left, seconds)
        parts += f"{many}{letter}" if many else ""
    return parts or "0s"
