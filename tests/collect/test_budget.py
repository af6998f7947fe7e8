"""The budget cuts the last exporters first, and stops everything once the money is spent."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from ppbe_observe.cloudwatch.cost import Load, Price
from ppbe_observe.collect.budget import Budget
from ppbe_observe.errors import StateError
from ppbe_observe.model import Failure, Reason

NOVEMBER = datetime(2026, 11, 23, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC)
READ = "cloudwatch:GetMetricData"


@dataclass
class Spending:
    """Dollars by month, in memory."""

    months: dict[str, float] = field(default_factory=dict)
    broken: bool = False

    def spent(self, now: datetime) -> float:
        if self.broken:
            raise StateError("no disk")
        return self.months.get(f"{now:%Y-%m}", 0.0)

    def add(self, dollars: float, now: datetime) -> None:
        if self.broken:
            raise StateError("no disk")
        self.months[f"{now:%Y-%m}"] = self.spent(now) + dollars


def load(exporter: str, dollars: float, target: str = "t") -> Load:
    return Load(exporter, target, dollars * 100_000, 1.0, dollars)


def budget(monthly: float | None, spending: Spending | None = None) -> Budget:
    made = Budget(monthly, Price(0.01), spending or Spending(), ["alb", "rds", "sns"])
    for each in (load("sns", 5.0), load("alb", 10.0), load("rds", 7.0)):
        made.project(each)
    return made


def test_without_a_budget_nothing_is_refused_and_nothing_is_counted() -> None:
    spending = Spending()
    unlimited = budget(None, spending)
    unlimited.spend(1_000_000, NOVEMBER)
    assert unlimited.refusal("sns", "t", NOVEMBER) is None
    assert (unlimited.spent(NOVEMBER), spending.months) == (0.0, {})


def test_exporters_are_cut_in_the_order_of_their_definitions() -> None:
    cut = budget(17.0)
    assert cut.refusal("alb", "t", NOVEMBER) is None
    assert cut.refusal("rds", "t", NOVEMBER) is None
    detail = "cut to stay within 17 dollars a month (budget.monthly_dollars)"
    assert cut.refusal("sns", "t", NOVEMBER) == Failure(Reason.BUDGET, READ, detail)


def test_a_smaller_projection_lets_the_next_one_in() -> None:
    cut = budget(17.0)
    cut.project(load("alb", 4.0))
    assert cut.refusal("sns", "t", NOVEMBER) is None


def test_everything_stops_when_the_money_is_spent_until_the_next_month() -> None:
    made = budget(25.0)
    made.spend(2_400_000, NOVEMBER)
    assert made.refusal("alb", "t", NOVEMBER) is None
    made.spend(200_000, NOVEMBER)
    assert made.spent(NOVEMBER) == 26.0
    detail = "26.00 of 25 dollars are spent this month; raise budget.monthly_dollars"
    assert made.refusal("alb", "t", NOVEMBER) == Failure(Reason.BUDGET, READ, detail)
    assert made.refusal("alb", "t", DECEMBER) is None


def test_a_budget_of_nothing_asks_for_nothing() -> None:
    assert budget(0.0).refusal("alb", "t", NOVEMBER) is not None


def test_an_unreadable_state_does_not_stop_collecting() -> None:
    made = budget(25.0, Spending(broken=True))
    assert made.spent(NOVEMBER) == 0.0
    assert made.refusal("alb", "t", NOVEMBER) is None
