"""A month of counters of a shop, written into Prometheus' database: what really happened is known to the last event."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

from support.processes import promtool

DAYS = 31
SELDOM, OFTEN = 4 * 3600, 60
"""Seconds between samples, before and within the last seven hours: promtool reads all of them for each 2 h block."""
RECENT = 7 * 3600
NAMES = ("errors_total", "successes_total")


@dataclass(frozen=True, slots=True)
class Shop:
    """The samples of two counters: times, errors and successes."""

    environment: str
    times: tuple[int, ...]
    errors: tuple[int, ...]
    successes: tuple[int, ...]

    def ratio(self, window: timedelta, at: float) -> float:
        """The true share of errors between the first and the last sample within a window that ends at a time."""
        first = bisect_left(self.times, at - window.total_seconds())
        last = bisect_left(self.times, at + 1e-3) - 1
        bad, good = (each[last] - each[first] for each in (self.errors, self.successes))
        return bad / (bad + good)

    def lines(self, name: str, values: tuple[int, ...]) -> Iterator[str]:
        """One counter in OpenMetrics."""
        labels = f'{{job="shop",environment="{self.environment}"}}'
        return (f"{name}{labels} {value} {at}\n" for at, value in zip(self.times, values, strict=True))


def shop(environment: str, now: int, *, burn: float, seed: int) -> Shop:
    """Busy days and quiet nights, with an outage now and then: ``burn`` times the budget of 0.1 % on average.

    All of it lies in the past: Prometheus takes nothing new that is older than its newest block.
    """
    random = Random(seed)
    begin = now // SELDOM * SELDOM - DAYS * 86_400
    times = (*range(begin, now - RECENT, SELDOM), *range(now - RECENT, now, OFTEN))
    errors, successes = [10_000_000], [1_000_000_000]
    for before, at in pairwise(times):
        busy = 20.0 if 8 <= at // 3600 % 24 < 18 else 0.5  # requests a second
        requests = int(busy * (at - before) * random.uniform(0.8, 1.2))
        share = 0.001 * burn * (20 if random.random() < 0.03 else 0.4)
        bad = int(requests * share + random.random())
        errors.append(errors[-1] + bad)
        successes.append(successes[-1] + requests - bad)
    return Shop(environment, times, tuple(errors), tuple(successes))


def backfill(directory: Path, shops: tuple[Shop, ...], budget: dict[str, tuple[tuple[float, float], ...]]) -> None:
    """Write the database: the counters, and what was left of each budget by (time, share)."""
    page = directory / "openmetrics.txt"
    with page.open("w", encoding="utf-8") as file:
        for name in NAMES:
            file.write(f"# TYPE {name.removesuffix('_total')} counter\n")
            for each in shops:
                file.writelines(each.lines(name, each.errors if name == NAMES[0] else each.successes))
        file.write("# TYPE slo:period_error_budget_remaining:ratio gauge\n")
        for environment, points in budget.items():
            labels = f'{{environment="{environment}",service="shop",slo="shop-availability"}}'
            file.writelines(f"slo:period_error_budget_remaining:ratio{labels} {left} {at:.3f}\n" for at, left in points)
        file.write("# EOF\n")
    done = promtool("tsdb", "create-blocks-from", "openmetrics", "--quiet", page, directory / "prometheus")
    assert done.returncode == 0, done.stdout + done.stderr
