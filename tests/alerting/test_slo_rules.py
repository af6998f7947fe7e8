"""What promtool makes of the generated rules: the tests that come with them, and ratios that are exact."""

from pathlib import Path

import pytest
import yaml

from ppbe_observe.alerting import Record, Slo
from ppbe_observe.alerting.declared import subjects_of
from ppbe_observe.alerting.escalation import escalation_of, steps_of
from ppbe_observe.alerting.slo import groups_of
from ppbe_observe.alerting.slo.traffic import Phase, restarted, traffic
from ppbe_observe.definitions import load_modules
from support.objectives import availability, files, latency, write
from support.processes import promtool
from support.project import PROJECT

SHIPPED: tuple[Slo, ...] = next(each.SLOS for each in load_modules(PROJECT, "alerts") if each.__name__ == "alerts.slo")
NOON, NIGHT = 6000.0, 60.0  # requests a minute
WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")


def run(directory: Path) -> str:
    """What promtool says of the generated tests, if it is anything but success."""
    done = promtool("test", "rules", directory / "prometheus/tests/slo.yml")
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("slo", SHIPPED, ids=lambda slo: slo.name)
def test_an_objective_comes_with_its_tests(slo: Slo) -> None:
    """With the ladders of the estate: a page climbs three steps while it burns. promtool runs them with all others."""
    escalation = escalation_of(load_modules(PROJECT, "alerts"))
    titles = files(slo, steps=lambda alert: steps_of(alert, escalation))["prometheus/tests/slo.yml"]
    for title in (
        "fires",
        "does not fire on a short spike",
        "three requests an hour",
        "without traffic",
        "reset",
        "climbs to l3",
    ):
        assert title in titles


def series_at(slo: Slo, series: dict[str, str], at: str, expected: dict[str, tuple[str, float]]) -> str:
    """A unit test of recorded series; the value may be off by a rounding of floats, so it is compared in PromQL."""
    tests = [
        {
            "expr": f"abs({expr} - {value!r}) < bool 1e-9",
            "eval_time": at,
            "exp_samples": [{"labels": labels, "value": 1}],
        }
        for expr, (labels, value) in expected.items()
    ]
    return yaml.safe_dump(
        {
            "rule_files": ["../rules/slo.yml"],
            "evaluation_interval": "1m",
            "group_eval_order": [group.name for group in groups_of(slo)],
            "tests": [
                {
                    "interval": "1m",
                    "input_series": [{"series": name, "values": values} for name, values in series.items()],
                    "promql_expr_test": tests,
                }
            ],
        }
    )


@pytest.mark.parametrize(
    "slo",
    [availability(), latency(), availability(name="all-of-it", objective=0.95, by=())],
    ids=lambda slo: slo.name,
)
def test_a_busy_noon_weighs_more_than_a_quiet_night(slo: Slo, tmp_path: Path) -> None:
    """60 minutes at noon with 1 % of errors, 60 at night with 50 %: 1.485 % of the requests are bad, not 25.5 %."""
    write(tmp_path, files(slo))
    series = traffic(slo, Phase(60, 0.01, NOON), Phase(60, 0.5, NIGHT))
    true = (60 * NOON * 0.01 + 60 * NIGHT * 0.5) / (60 * NOON + 60 * NIGHT)
    kept_by = 'environment="production", ' if slo.by else ""
    labels = f'{{{kept_by}service="shop", slo="{slo.name}"}}'
    of = f'{{slo="{slo.name}"}}'
    expected = {f"slo:sli_error:ratio_rate{window}{of}": (labels, true) for window in WINDOWS[3:]}
    expected |= {f"slo:sli_error:ratio_rate{window}{of}": (labels, 0.5) for window in WINDOWS[:2]}
    expected[f"slo:period_error_budget_remaining:ratio{of}"] = (labels, 1 - true / slo.budget)
    (tmp_path / "prometheus/tests/slo.yml").write_text(series_at(slo, series, "2h", expected))
    assert run(tmp_path) == ""
    assert round(true, 5) == 0.01485


def test_a_restart_of_the_counters_loses_nothing_but_what_came_with_it(tmp_path: Path) -> None:
    slo = availability()
    write(tmp_path, files(slo))
    series = restarted(traffic(slo, Phase(120, 0.02)), 60)
    labels = '{environment="production", service="shop", slo="shop-availability"}'
    expected = {f"slo:sli_error:ratio_rate{window}": (labels, 0.02) for window in WINDOWS}
    (tmp_path / "prometheus/tests/slo.yml").write_text(series_at(slo, series, "2h", expected))
    assert run(tmp_path) == ""


def test_without_one_of_its_counters_an_objective_is_unknown_but_there(tmp_path: Path) -> None:
    slo = availability()
    write(tmp_path, files(slo))
    series = {name: text for name, text in traffic(slo, Phase(30, 0.0)).items() if name.startswith("successes")}
    expected = {
        "slo:objective:ratio": ('{service="shop", slo="shop-availability"}', 0.999),
        "slo:error_budget:ratio": ('{service="shop", slo="shop-availability"}', 0.001),
        "slo:time_period:days": ('{service="shop", slo="shop-availability"}', 30.0),
    }
    text = series_at(slo, series, "20m", expected)
    document = yaml.safe_load(text)
    document["tests"][0]["promql_expr_test"].append(
        {"expr": "slo:sli_error:ratio_rate5m", "eval_time": "20m", "exp_samples": []}
    )
    (tmp_path / "prometheus/tests/slo.yml").write_text(yaml.safe_dump(document))
    assert run(tmp_path) == ""


def test_each_objective_has_its_alerts_and_every_window() -> None:
    often, seldom, budget = groups_of(availability())
    assert [each.name for each in (*often.alerts, *seldom.alerts, *budget.alerts)] == [
        "ShopAvailabilityBurnsFast",
        "ShopAvailabilityUnknown",
        "ShopAvailabilityBurnsSlowly",
    ]
    names = [each.name.removeprefix("slo-shop-availability") for each in (often, seldom, budget)]
    assert names == ["", "-long", "-budget"]
    recorded = {rule.name for group in (often, seldom, budget) for rule in group.rules if isinstance(rule, Record)}
    assert {f"slo:sli_error:ratio_rate{window}" for window in WINDOWS} <= recorded


def test_the_shipped_objectives_are_declared_as_groups() -> None:
    (subject,) = (each for each in subjects_of(load_modules(PROJECT, "alerts")) if each.name == "slo")
    assert [group.name for group in subject.groups] == [
        "slo-ppbe-api-availability",
        "slo-ppbe-api-availability-long",
        "slo-ppbe-api-availability-budget",
        "slo-ppbe-api-latency",
        "slo-ppbe-api-latency-long",
        "slo-ppbe-api-latency-budget",
    ]
