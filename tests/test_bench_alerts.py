"""What the benchmark of the alerts measures on: an estate of 1,000 resources, and its past in a real Prometheus."""

import time
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from ppbe_observe.generate.estate import Estate, read_estate
from support import remote_write
from support.large_estate import COUNTS, things
from support.large_series import Series, Wanted, large_series, wanted_of
from support.processes import prometheus
from support.tracks import Track


@pytest.fixture(scope="module")
def estate() -> Estate:
    return read_estate(None)


@pytest.fixture(scope="module")
def wanted(estate: Estate) -> Wanted:
    return wanted_of(estate.subjects)


@pytest.fixture(scope="module")
def series(estate: Estate, wanted: Wanted) -> tuple[Series, ...]:
    return large_series(estate.subjects, wanted)


def test_there_are_1_000_resources_of_the_kinds_that_are_told() -> None:
    found = things()
    assert len({each.name for each in found}) == sum(COUNTS.values()) == 1000


def test_every_metric_that_a_rule_refers_to_has_series_each_once(wanted: Wanted, series: tuple[Series, ...]) -> None:
    assert {each.metric for each in series} == wanted.selectors.keys()
    assert max(Counter(each.text for each in series).values()) == 1


def test_only_the_balancers_with_objectives_are_looked_at_for_30_days(
    wanted: Wanted, series: tuple[Series, ...]
) -> None:
    long = [each for each in series if wanted.reach(each) == timedelta(days=30)]
    balancers = {each.labels["dimension_LoadBalancer"].rpartition("/")[0] for each in long}
    assert balancers == {"app/ppbe-production-alb", "app/ppbe-staging-alb"}


def test_a_counter_grows_each_minute_and_a_time_stays_as_far_away() -> None:
    counter, clock = Track(0.0, step=10.0, variant=3), Track(-60.0, clock=True)
    times = [1_800_000_000 + 60 * each for each in range(500)]
    assert all(after > before for before, after in pairwise(map(counter.at, times)))
    assert {clock.at(each) - each for each in times} == {-60.0}


def test_prometheus_takes_what_is_written(tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text("global: {}\n")
    now = time.time() // 30 * 30
    with prometheus(tmp_path / "prometheus.yml", tmp_path, "--web.enable-remote-write-receiver") as peer:
        one = (
            remote_write.labels("a", {"name": "x", "B": "é"}),
            remote_write.samples((now - 60, now - 30), (1.5, 2.5)),
        )
        many = [(remote_write.labels("b", {"n": str(n)}), remote_write.samples((now,), (n,))) for n in range(3000)]
        with httpx.Client() as client:
            remote_write.write(client, peer.url, [one, *many])
        assert peer.query("a[10m]") == [
            {
                "metric": {"__name__": "a", "name": "x", "B": "é"},
                "values": [[now - 60, "1.5"], [now - 30, "2.5"]],
            }
        ]
        assert peer.query("sum(b)")[0]["value"][1] == str(sum(range(3000)))
