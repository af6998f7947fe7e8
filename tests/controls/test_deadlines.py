"""By when a failure must be mended."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ppbe_observe.controls.catalog import Baseline
from ppbe_observe.controls.deadlines import Deadlines, Estimate, Policy, Reachability
from ppbe_observe.model import Severity

FOUND = datetime(2026, 1, 31, 15, 30, tzinfo=UTC)
CRITICAL, HIGH, MEDIUM, LOW = Severity


@pytest.mark.parametrize(("severity", "days"), [(CRITICAL, 30), (HIGH, 30), (MEDIUM, 90), (LOW, 180)])
def test_rev5_counts_by_severity(severity: Severity, days: int) -> None:
    due = Deadlines().of("x", severity, FOUND)
    assert due.by == FOUND + timedelta(days=days)
    assert due.rule == f"Rev5: {severity} within {days} days"


@pytest.mark.parametrize(
    ("baseline", "severity", "reachability", "days"),
    [
        (Baseline.CLASS_C, CRITICAL, Reachability.INTERNET, 2),
        (Baseline.CLASS_C, HIGH, Reachability.INTERNAL, 8),
        (Baseline.CLASS_C, MEDIUM, Reachability.UNLIKELY, 128),
        (Baseline.CLASS_C, LOW, Reachability.INTERNET, 48),
        (Baseline.CLASS_B, HIGH, Reachability.INTERNET, 8),
        (Baseline.CLASS_D, CRITICAL, Reachability.INTERNET, 0.5),
        (Baseline.MODERATE, CRITICAL, Reachability.UNLIKELY, 16),
    ],
)
def test_cr26_has_a_grid(baseline: Baseline, severity: Severity, reachability: Reachability, days: float) -> None:
    due = Deadlines(Policy.CR26, baseline, reachability).of("x", severity, FOUND)
    assert due.by == FOUND + timedelta(days=days)


def test_an_estimate_of_a_check_goes_before_its_severity() -> None:
    estimates = {"x": Estimate(2, Reachability.UNLIKELY)}
    rules = Deadlines(Policy.CR26, estimates=estimates)
    assert rules.of("x", CRITICAL, FOUND).by == FOUND + timedelta(days=192)
    assert rules.of("other", CRITICAL, FOUND).by == FOUND + timedelta(days=2)


def test_an_impact_without_a_deadline_has_none() -> None:
    due = Deadlines(Policy.CR26, estimates={"x": Estimate(1)}).of("x", LOW, FOUND)
    assert (due.by, due.rule) == (None, "CR26 class C, N1, irv_lev: no deadline")


@pytest.mark.parametrize("policy", Policy)
def test_a_kev_date_goes_first_and_its_day_still_counts(policy: Policy) -> None:
    due = Deadlines(policy).of("x", LOW, FOUND, date(2026, 2, 3))
    assert (due.by, due.rule) == (datetime(2026, 2, 4, tzinfo=UTC), "CISA KEV")


def test_after_192_days_it_must_be_marked_as_accepted() -> None:
    assert Deadlines().of("x", LOW, FOUND).accept_by == FOUND + timedelta(days=192)
