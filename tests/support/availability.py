"""Days of an objective of a shop, as they are recorded."""

from datetime import UTC, date, datetime, timedelta

from ppbe_observe.model import AvailabilityDay, ObjectiveKey, Span
from ppbe_observe.model.availability import DAY_MINUTES

NOW = datetime(2026, 11, 23, 12, 0, 30, tzinfo=UTC)
TODAY = NOW.date()
PRODUCTION = ObjectiveKey("shop-availability", (("environment", "production"),))
STAGING = ObjectiveKey("shop-availability", (("environment", "staging"),))


def ago(days: int) -> date:
    """So many days before today."""
    return TODAY - timedelta(days=days)


def recorded(
    day: date | int = 1,
    *,
    key: ObjectiveKey = PRODUCTION,
    events: float | None = 10_000,
    bad: float | None = 5,
    minutes: int = DAY_MINUTES,
    idle: int = 0,
    unknown: int = 0,
    outages: tuple[tuple[int, int], ...] = (),
    objective: float = 0.999,
) -> AvailabilityDay:
    """A day, or one so many days ago, that met 99.9 %; what is given differs."""
    return AvailabilityDay(
        day=ago(day) if isinstance(day, int) else day,
        key=key,
        service="shop",
        objective=objective,
        events=events,
        bad=bad,
        minutes=minutes,
        idle_minutes=idle,
        unknown_minutes=unknown,
        outages=tuple(Span(*each) for each in outages),
    )
