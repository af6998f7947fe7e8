"""By when a finding must be mended. Pure.

Rev5 continuous monitoring counts days by severity; the Consolidated Rules 2026 (CR26) count them by class, potential
adverse impact (N1 to N5) and reachability, and want what stays open longer than 192 days marked as accepted. A due date
of CISA's catalog of known exploited vulnerabilities goes before both.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from io import StringIO
from types import MappingProxyType

from ppbe_observe.controls.catalog import Baseline
from ppbe_observe.model import Severity

ACCEPT_AFTER = timedelta(days=192)
"""CR26: what is not mended by then must be marked as accepted."""
REV5_DAYS: Mapping[Severity, int] = MappingProxyType(
    {Severity.CRITICAL: 30, Severity.HIGH: 30, Severity.MEDIUM: 90, Severity.LOW: 180}
)
"""FedRAMP Rev5 continuous monitoring: days from discovery. Rev5 knows no severity above High."""
IMPACTS: Mapping[Severity, int] = MappingProxyType(
    {Severity.CRITICAL: 5, Severity.HIGH: 4, Severity.MEDIUM: 3, Severity.LOW: 2}
)
"""The potential adverse impact (N) that a severity stands for, where nobody has estimated it. N1 has no deadline."""


class Policy(StrEnum):
    """Which rules set the deadline."""

    REV5 = "rev5"
    CR26 = "cr26"


class Reachability(StrEnum):
    """Whether it is likely exploitable (LEV), and from the internet (IRV): the columns of CR26's grid."""

    INTERNET = "irv_lev"
    INTERNAL = "nirv_lev"
    UNLIKELY = "nlev"


_CLASSES: Mapping[Baseline, str] = MappingProxyType(
    {
        Baseline.LOW: "b",
        Baseline.MODERATE: "c",
        Baseline.HIGH: "d",
        Baseline.CLASS_B: "b",
        Baseline.CLASS_C: "c",
        Baseline.CLASS_D: "d",
    }
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the provider says of a check's failures: impact 1 to 5, and reachability."""

    impact: int | None = None
    reachability: Reachability | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """When a finding is due, whose rule says so, and when it must be marked as accepted; None where no rule counts."""

    by: datetime | None
    rule: str
    accept_by: datetime


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The rules in force; ``reachability`` is that of checks that nobody has estimated: the strictest by default."""

    policy: Policy = Policy.REV5
    baseline: Baseline = Baseline.CLASS_C
    reachability: Reachability = Reachability.INTERNET
    estimates: Mapping[str, Estimate] = field(default_factory=dict)

    def of(self, check: str, severity: Severity, found: datetime, kev: date | None = None) -> Due:
        """The deadline of a failure of a check that was found at a time; ``kev`` is CISA's date."""
        accept_by = found + ACCEPT_AFTER
        if kev is not None:
            return Due(_end_of(kev), "CISA KEV", accept_by)
        if self.policy is Policy.REV5:
            days = REV5_DAYS[severity]
            return Due(found + timedelta(days=days), f"Rev5: {severity} within {days} days", accept_by)
        return self._by_grid(check, severity, found, accept_by)

    def _by_grid(self, check: str, severity: Severity, found: datetime, accept_by: datetime) -> Due:
        given = self.estimates.get(check, Estimate())
        impact = given.impact or IMPACTS[severity]
        reachability = given.reachability or self.reachability
        level = _CLASSES[self.baseline]
        days = _grid().get((level, impact, reachability))
        rule = f"CR26 class {level.upper()}, N{impact}, {reachability}"
        if days is None:
            return Due(None, f"{rule}: no deadline", accept_by)
        return Due(found + timedelta(days=days), f"{rule}: within {days:g} days", accept_by)


@cache
def _grid() -> Mapping[tuple[str, int, Reachability], float]:
    text = files("ppbe_observe.controls").joinpath("data/timeframes.csv").read_text("utf-8")
    return {
        (row["class"], int(row["pain"]), each): float(row[each.value])
        for row in csv.DictReader(StringIO(text))
        for each in Reachability
    }


def _end_of(day: date) -> datetime:
    """The last moment of a day (UTC): a date names a day that still counts."""
    return datetime.combine(day + timedelta(days=1), time.min, UTC)
