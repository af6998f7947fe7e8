"""Keeps the money spent on asking CloudWatch within a monthly budget. Thread-safe."""

from collections.abc import Sequence
from datetime import datetime
from threading import Lock
from typing import Protocol

from ppbe_observe.cloudwatch.cost import Load, Price, affordable
from ppbe_observe.errors import StateError
from ppbe_observe.model import Failure, Reason

OPERATION = "cloudwatch:GetMetricData"


class KeepsSpending(Protocol):
    """Remembers the month's dollars over restarts."""

    def spent(self, now: datetime) -> float:
        """Dollars estimated in the month of ``now``."""
        ...

    def add(self, dollars: float, now: datetime) -> None:
        """Count dollars to the month of ``now``."""
        ...


class Budget:
    """Which exporters may ask, so that the month's estimate stays within the budget.

    Exporters are ranked as they are defined: when the projected month exceeds the budget, the last ones are cut;
    when the money is spent all the same, everything stops until the next month.
    """

    def __init__(
        self, monthly_dollars: float | None, price: Price, spending: KeepsSpending, rank: Sequence[str]
    ) -> None:
        self.monthly_dollars = monthly_dollars
        self.price = price
        self._spending = spending
        self._rank = {name: position for position, name in enumerate(rank)}
        self._lock = Lock()
        self._loads: dict[tuple[str, str], Load] = {}
        self._affordable: frozenset[tuple[str, str]] | None = None  # worked out when it is next needed

    def project(self, load: Load) -> None:
        """Take note of what one exporter asks of one target in a month."""
        key = (load.exporter, load.target)
        with self._lock:
            if self._loads.get(key) != load:
                self._loads[key] = load
                self._affordable = None

    def refusal(self, exporter: str, target: str, now: datetime) -> Failure | None:
        """Why this exporter may not ask now, or None where it may."""
        if self.monthly_dollars is None:
            return None
        if (exporter, target) not in self._within_budget():
            detail = f"cut to stay within {self.monthly_dollars:g} dollars a month (budget.monthly_dollars)"
            return Failure(Reason.BUDGET, OPERATION, detail)
        spent = self.spent(now)
        if spent >= self.monthly_dollars:
            detail = (
                f"{spent:.2f} of {self.monthly_dollars:g} dollars are spent this month; raise budget.monthly_dollars"
            )
            return Failure(Reason.BUDGET, OPERATION, detail)
        return None

    def _within_budget(self) -> frozenset[tuple[str, str]]:
        with self._lock:
            if self._affordable is None:
                ranked = sorted(self._loads.values(), key=lambda each: (self._rank.get(each.exporter, 0), each.target))
                self._affordable = affordable(ranked, self.monthly_dollars)
            return self._affordable

    def spend(self, metrics: int, now: datetime) -> None:
        """Count metrics that are asked for, where there is a budget to keep.

        Raises:
            StateError: The state cannot be written.
        """
        if self.monthly_dollars is not None and metrics:
            self._spending.add(self.price.of(metrics), now)

    def spent(self, now: datetime) -> float:
        """Dollars estimated this month; 0 where no budget is set or the state cannot be read."""
        if self.monthly_dollars is None:
            return 0.0
        try:
            return self._spending.spent(now)
        except StateError:
            return 0.0
