"""What definitions may refer to is what a running daemon exposes: names and labels."""

from collections.abc import Iterator
from typing import TypeAlias

import pytest

from ppbe_observe.definitions import load_exporters
from ppbe_observe.generate.known import known_metrics
from support.daemon import EXPORTERS, Series, daemon, settings, until, values
from support.project import PROJECT
from support.simulated import simulated_estate

Shapes: TypeAlias = dict[str, frozenset[str]]
KNOWN = known_metrics(load_exporters(PROJECT))
GIVEN = settings(
    exporters={name: {"interval": "5s"} for name in EXPORTERS}, controls={"enabled": True, "interval": "1h"}
)


@pytest.fixture(scope="module")
def exposed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shapes]:
    """The label names of each metric that a daemon with every exporter and the checks shows."""
    with (
        simulated_estate(late=False) as estate,
        daemon(tmp_path_factory.mktemp("known"), GIVEN, estate.environ) as running,
    ):
        until(lambda: len(running.events("controls.evaluated")) == 1, 60, running.explain)
        running.until(lambda series: len(values(series, "fedramp_evaluation_timestamp_seconds")) == 1)
        running.until(
            lambda series: len(values(series, "ppbe_observe_collect_success")) > len(EXPORTERS)
        )  # and the checks
        yield _shapes(running.series())


def test_everything_exposed_is_known(exposed: Shapes) -> None:
    ours = {name: labels for name, labels in exposed.items() if not name.startswith(("process_", "python_"))}
    assert [name for name in ours if name not in KNOWN] == []
    wrong = {name: [each for each in labels if not KNOWN[name].has(each)] for name, labels in ours.items()}
    assert {name: labels for name, labels in wrong.items() if labels} == {}
    assert len(ours) > 300


def test_the_daemons_own_and_the_controls_metrics_have_exactly_these_labels(exposed: Shapes) -> None:
    fixed = {name: labels for name, labels in exposed.items() if name.startswith(("ppbe_observe_", "fedramp_"))}
    buckets = frozenset({"le"})
    assert {name: labels - buckets for name, labels in fixed.items()} == {name: KNOWN[name].labels for name in fixed}
    assert len(fixed) > 35


def test_a_label_that_nothing_has_is_not_known() -> None:
    cpu = KNOWN["aws_rds_cpuutilization_average"]
    assert [cpu.has(each) for each in ("dimension_DBInstanceIdentifier", "tag_Environment", "job", "le")] == [True] * 4
    assert [cpu.has(each) for each in ("dimension_LoadBalancer", "engine", "resource")] == [False] * 3
    assert KNOWN["aws_rds_info"].has("engine")
    assert not KNOWN["up"].has("region")


def test_facts_have_no_tags_and_alerts_any_label() -> None:
    assert not KNOWN["aws_rds_allocated_storage_bytes"].has("tag_Environment")
    assert KNOWN["aws_rds_allocated_storage_bytes"].has("dimension_DBInstanceIdentifier")
    assert KNOWN["ALERTS"].has("whatever")


def _shapes(series: Series) -> Shapes:
    found: Shapes = {}
    for name, labels in series:
        found[name] = found.get(name, frozenset()) | {key for key, _ in labels}
    return found
