"""How often schedules run."""

import pytest

from ppbe_observe.controls.reading.schedules import at_least_daily


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 5 ? * * *)",
        "cron(0 5 * * ? *)",
        "cron(15 * ? * * *)",
        "cron(0/30 0-6,18 * * ? *)",
        "cron(0 12 1-31 1-12 ? 2020-2199)",
        "cron(0 12 */1 JAN-DEC ? 2026)",
        "cron(0 12 1/1 * ? *)",
        "cron(0 12 ? * SUN-SAT *)",
        "cron(0 12 ? * MON-SUN *)",
        "cron(0 12 ? * 2-7,1 *)",
        "cron(0 12 ? * mon,tue,wed,thu,fri,sat,sun *)",
        "cron(0 12 ? NOV-OCT * *)",
        "0 5 ? * * *",
        " CRON(0 5 ? * * *) ",
        "rate(1 day)",
        "rate(24 hours)",
        "rate(1440 minutes)",
        "rate(1 hour)",
    ],
)
def test_at_least_daily(expression: str) -> None:
    assert at_least_daily(expression, 2026)


@pytest.mark.parametrize(
    "expression",
    [
        "cron(0 5 ? * MON-FRI *)",
        "cron(0 5 ? * 1 *)",
        "cron(0 5 ? * FRI-MON *)",
        "cron(0 5 ? * SUN-FRI *)",
        "cron(0 5 1 * ? *)",
        "cron(0 5 1-30 * ? *)",
        "cron(0 5 */2 * ? *)",
        "cron(0 5 L * ? *)",
        "cron(0 5 L-2 * ? *)",
        "cron(0 5 15W * ? *)",
        "cron(0 5 ? * 6L *)",
        "cron(0 5 ? * FRIL *)",
        "cron(0 5 ? * 2#1 *)",
        "cron(0 5 ? * WED *)",
        "cron(0 5 * JUL ? *)",
        "cron(0 5 * 1-11 ? *)",
        "cron(0 5 * 1/2 ? *)",
        "cron(0 5 * * ? 2025)",
        "cron(0 5 * * ? 2027-2199)",
        "rate(2 days)",
        "rate(25 hours)",
        "rate(1441 minutes)",
    ],
)
def test_not_every_day(expression: str) -> None:
    assert not at_least_daily(expression, 2026)


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "daily",
        "cron()",
        "cron(0 5 * * ?)",
        "cron(0 5 * * ? * *)",
        "cron(0 5 32 * ? *)",
        "cron(0 5 X * ? *)",
        "cron(0 5 ? * MO *)",
        "rate(1 week)",
        "at(2026-11-24T00:00:00)",
        "cron(0 5 ? * MON-XYZ *)",
        "cron(0 25 ? * * *)",
    ],
)
def test_not_a_schedule(expression: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        at_least_daily(expression, 2026)
