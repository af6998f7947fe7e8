"""The burn rates that are alerted on, and the windows that they need. Pure.

A burn rate is how many times faster than allowed the error budget is spent: 1 spends exactly all of it in the window of
the objective. An alert needs a long window, so that what it tells matters, and a short one, so that it ends soon after
the errors do.

Source: The Site Reliability Workbook, chapter 5, "Alerting on SLOs", table 5-8: 2 % of 30 days' budget in an hour, 5 %
in 6 hours, 10 % in a day, 10 % in 3 days.
"""

from dataclasses import dataclass
from datetime import timedelta

from ppbe_observe.alerting.rules import PAGE, TICKET, Severity

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WINDOW = 30 * DAY
"""What an objective is about; the burn rates below hold for this window."""


@dataclass(frozen=True, slots=True)
class Burn:
    """One burn rate: fires where it is exceeded over both windows."""

    factor: float
    long: timedelta
    short: timedelta
    severity: Severity

    @property
    def spends(self) -> float:
        """The share of the budget that is gone when the long window has burnt at this rate."""
        return self.factor * (self.long / WINDOW)


BURNS = (
    Burn(14.4, HOUR, 5 * MINUTE, PAGE),
    Burn(6.0, 6 * HOUR, 30 * MINUTE, PAGE),
    Burn(3.0, DAY, 2 * HOUR, TICKET),
    Burn(1.0, 3 * DAY, 6 * HOUR, TICKET),
)
SHORT_WINDOWS = (5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR)
LONG_WINDOWS = (DAY, 3 * DAY)
"""Recorded less often: they read days of samples, and an evaluation more or less changes nothing in them."""


def burns_of(severity: Severity) -> tuple[Burn, ...]:
    """The burn rates of one severity, the fastest first."""
    return tuple(each for each in BURNS if each.severity is severity)
