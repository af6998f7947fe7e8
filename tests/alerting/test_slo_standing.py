"""How an objective stands, out of what Prometheus has recorded of it."""

from datetime import timedelta

import pytest

from ppbe_observe.alerting.slo.standing import QUERY, Labelled, Outcome, Standing, standings
from ppbe_observe.promql.expression import parsed

HOUR = timedelta(hours=1)
OWN = {"slo": "api", "service": "shop"}


def fact(name: str, value: float) -> Labelled:
    return {"__name__": f"slo:{name}", **OWN}, value


def of(environment: str, name: str, value: float) -> Labelled:
    return {"__name__": f"slo:{name}", "environment": environment, **OWN}, value


FACTS = (fact("objective:ratio", 0.999), fact("error_budget:ratio", 0.001), fact("time_period:days", 30.0))


def standing(left: float | None, burn: float | None) -> Standing:
    return Standing("api", "shop", {}, 0.999, 0.001, timedelta(days=30), left=left, burns={HOUR: burn})


def test_each_combination_of_labels_stands_for_itself() -> None:
    production, staging = standings(
        [
            *FACTS,
            of("staging", "period_error_budget_remaining:ratio", -0.2),
            of("production", "period_error_budget_remaining:ratio", 0.75),
            of("production", "sli_error:ratio_rate5m", 0.0),
            of("production", "sli_error:ratio_rate1h", 0.0144),
        ]
    )
    assert production.by == {"environment": "production"}
    assert (production.good, production.left) == (1.0, 0.75)
    assert production.burns[HOUR] == pytest.approx(14.4)
    assert (production.outcome, staging.outcome) == (Outcome.LEFT, Outcome.SPENT)
    assert (staging.good, staging.burns[HOUR]) == (None, None)


def test_an_objective_without_data_is_there_and_unknown() -> None:
    (only,) = standings(FACTS)
    assert (only.slo, only.by, only.left, only.outcome) == ("api", {}, None, Outcome.UNKNOWN)


def test_what_is_no_number_is_unknown() -> None:
    (only,) = standings([*FACTS, of("production", "period_error_budget_remaining:ratio", float("nan"))])
    assert only.outcome is Outcome.UNKNOWN


def test_a_budget_of_nothing_burns_at_no_rate() -> None:
    rate = of("production", "sli_error:ratio_rate1h", 0.1)
    (only,) = standings([FACTS[0], fact("error_budget:ratio", 0.0), rate])
    assert only.burns[HOUR] is None


def test_what_nobody_can_read_is_left_out() -> None:
    odd = ({"slo": "api"}, 1.0), fact("objective:ratio", float("inf"))
    assert standings([*odd, *FACTS]) == standings(FACTS)


def test_nothing_is_recorded() -> None:
    assert standings(()) == ()


@pytest.mark.parametrize(
    ("left", "burn", "spent_in"),
    [
        (1.0, 14.4, timedelta(hours=50)),  # the workbook: 30 days by 14.4
        (0.5, 6.0, timedelta(days=2.5)),
        (1.0, 1000.0, timedelta(minutes=43.2)),  # a full outage of 99.9 %
        (0.5, 1.0, None),  # just what is allowed
        (0.5, None, None),
        (0.0, 10.0, None),
        (None, 10.0, None),
    ],
)
def test_when_the_budget_is_spent_at_this_rate(
    left: float | None, burn: float | None, spent_in: timedelta | None
) -> None:
    assert standing(left, burn).spent_in == spent_in


def test_everything_is_asked_for_in_one_question() -> None:
    (selector,) = parsed(QUERY).selectors
    assert "slo:sli_error:ratio_rate3d" in QUERY
    assert selector.range is None
