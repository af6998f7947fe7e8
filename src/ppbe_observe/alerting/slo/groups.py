"""The rule groups of an objective. Pure.

Three of them: up to 6 hours, the page and whether there is data, evaluated as often as everything else; days and the
ticket, every two minutes; the budget, which reads 30 days of samples, every four. That is under Prometheus' lookback of
five, so that the series have no gaps.
"""

from datetime import timedelta

from ppbe_observe.alerting.rules import Rule, RuleGroup
from ppbe_observe.alerting.slo.burn import LONG_WINDOWS, SHORT_WINDOWS, WINDOW
from ppbe_observe.alerting.slo.burn_alerts import page_of, ticket_of
from ppbe_observe.alerting.slo.definition import Slo
from ppbe_observe.alerting.slo.recording import facts_of, ratios_of, remaining_of
from ppbe_observe.alerting.slo.unknown_alert import unknown_of

SELDOM, RARELY = timedelta(minutes=2), timedelta(minutes=4)


def groups_of(slo: Slo) -> tuple[RuleGroup, ...]:
    """Its rules, in the order of their evaluation."""
    often: tuple[Rule, ...] = (*facts_of(slo), *ratios_of(slo, SHORT_WINDOWS), page_of(slo), unknown_of(slo))
    seldom: tuple[Rule, ...] = (*ratios_of(slo, LONG_WINDOWS), ticket_of(slo))
    budget: tuple[Rule, ...] = (*ratios_of(slo, (WINDOW,)), remaining_of(slo))
    return (
        RuleGroup(name=f"slo-{slo.name}", rules=often, place=slo.place),
        RuleGroup(name=f"slo-{slo.name}-long", rules=seldom, interval=SELDOM, place=slo.place),
        RuleGroup(name=f"slo-{slo.name}-budget", rules=budget, interval=RARELY, place=slo.place),
    )
