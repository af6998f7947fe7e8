"""A real Prometheus with 31 days of counters records the objectives; the command shows them as they truly are."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from ppbe_observe.alerting.durations import duration
from ppbe_observe.alerting.slo.burn import LONG_WINDOWS, SHORT_WINDOWS, WINDOW
from ppbe_observe.alerting.slo.standing import RATES
from support.backfill import Shop, backfill, shop
from support.commands import command
from support.daemon import until
from support.objectives import availability, files, write
from support.processes import Peer, prometheus

RETENTION = "--storage.tsdb.retention.time=40d"
CONFIG = "global: {evaluation_interval: 1s}\nrule_files: [prometheus/rules/slo.yml]\n"
REMAINING = "slo:period_error_budget_remaining:ratio"
SHOWN_FROM = 120
"""Seconds around the time that a chart asks for in which there is a sample: it looks back five minutes."""
LAST_OF_EACH_GROUP = ("slo:sli_error:ratio_rate6h", "slo:sli_error:ratio_rate3d", REMAINING)
HALF, OVER = "production", "staging"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A Prometheus, and what truly happened, by environment."""

    peer: Peer
    shops: dict[str, Shop]


def records(directory: Path, *slos: str) -> Path:
    """The configuration file: the generated rules, all of them evaluated every second."""
    rules = files(availability(), *(availability(name=name, where='job="nobody"') for name in slos))
    write(directory, {name: re.sub(r" +interval: .*\n", "", text) for name, text in rules.items()})
    (directory / "prometheus.yml").write_text(CONFIG)
    return directory / "prometheus.yml"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """Production has spent about half of its budget, staging more than all."""
    home = tmp_path_factory.mktemp("slo")
    now = int(time.time())
    shops = {HALF: shop(HALF, now, burn=0.5, seed=1), OVER: shop(OVER, now, burn=2.5, seed=2)}
    before = [now - SHOWN_FROM + 60 - half_days * 43_200 for half_days in range(59, 0, -1)]
    left = {HALF: tuple((float(at), 0.5 + 0.5 * (now - at) / (now - before[0])) for at in before)}
    backfill(home, tuple(shops.values()), left)
    with prometheus(records(home), home, RETENTION) as peer:
        until(lambda: all(len(peer.query(each)) == 2 for each in LAST_OF_EACH_GROUP))
        yield Recorded(peer, shops)


@pytest.mark.parametrize("window", [*SHORT_WINDOWS, *LONG_WINDOWS, WINDOW], ids=duration)
def test_the_recorded_ratio_is_the_true_one(recorded: Recorded, window: timedelta) -> None:
    """Not near it: equal, over five minutes and over thirty days. An average of ratios would not be."""
    name = f"slo:sli_error:ratio_rate{duration(window)}"
    (times,) = recorded.peer.get("/api/v1/query", query=f"{name}[5s]").json()["data"]["result"][:1]
    at = times["values"][-1][0]
    expected = {environment: each.ratio(window, at) for environment, each in recorded.shops.items()}
    answer = recorded.peer.get("/api/v1/query", query=name, time=f"{at:.3f}").json()["data"]["result"]
    found = {each["metric"]["environment"]: float(each["value"][1]) for each in answer}
    assert found == pytest.approx(expected, rel=1e-9)


def test_status_shows_every_objective_and_says_by_its_exit_code_that_one_is_spent(recorded: Recorded) -> None:
    done = command("slo", "status", "--prometheus", recorded.peer.url)
    assert done.code == 1
    production, staging = (line for line in done.text.splitlines() if "99.9 %" in line)
    assert "production" in production
    assert "staging" in staging
    assert "spent" in staging
    assert "1 of 2 have no budget left: shop-availability staging" in done.stderr
    chart = next(line for line in done.text.splitlines() if line.startswith("shop-availability production"))
    assert "█" in chart
    assert "30d: 1" in chart  # from 10x % of the budget on
    assert "warning" not in done.stderr


def test_status_in_json_has_the_burn_rates_of_what_truly_happened(recorded: Recorded) -> None:
    done = command("slo", "status", "--prometheus", recorded.peer.url, "--format", "json")
    found = {each["labels"]["environment"]: each for each in done.json["slos"]}
    at = time.time()
    for environment, each in recorded.shops.items():
        rates = {duration(window): each.ratio(window, at) / 0.001 for window in RATES}
        assert found[environment]["burn_rates"] == pytest.approx(rates, rel=0.05)  # some seconds have passed
        assert found[environment]["budget_left"] == pytest.approx(1 - each.ratio(WINDOW, at) / 0.001, abs=1e-3)
    assert {environment: each["outcome"] for environment, each in found.items()} == {HALF: "left", OVER: "spent"}
    history = [each for each in found[HALF]["history"] if each is not None]
    assert len(history) >= 55
    assert history[1:-1] == sorted(history[1:-1], reverse=True)
    assert found[HALF]["objective"] == 0.999
    assert found[HALF]["window_seconds"] == 30 * 86_400


def test_an_objective_without_data_is_unknown_and_one_without_rules_is_told(tmp_path: Path) -> None:
    with prometheus(records(tmp_path, "nobody-availability"), tmp_path) as peer:
        until(lambda: len(peer.query("slo:objective:ratio")) == 2)
        done = command("slo", "status", "--prometheus", peer.url)
    assert done.code == 2
    assert "2 of 2 are unknown" in done.stderr
    assert "nobody-availability, shop-availability" in done.stderr
    assert done.text.count("unknown") == 2
    assert "warning: Prometheus keeps 15d only, so each budget is that of 15d" in " ".join(done.stderr.split())
    (home := tmp_path / "empty").mkdir()
    (tmp_path / "empty.yml").write_text("{}")
    with prometheus(tmp_path / "empty.yml", home) as peer:
        done = command("slo", "status", "--prometheus", peer.url)
    assert (done.code, done.stdout) == (2, b"")
    assert "has recorded no objective: load the rules that ppbe-observe generate writes" in done.stderr
