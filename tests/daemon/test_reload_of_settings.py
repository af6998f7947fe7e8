"""A reload applies good settings and definitions, and refuses bad ones loudly, keeping the old."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ppbe_observe.simulate import SimulatedEstate
from support.daemon import MAIN_TARGET, RunningDaemon, Series, daemon, only, run, settings, until, value, values
from support.project import PROJECT
from support.simulated import simulated_estate

SUCCESS = "ppbe_observe_collect_success"
RELOADED = "ppbe_observe_config_last_reload_successful"
BOTH = only("rds", "sns")


@pytest.fixture(scope="module")
def estate() -> Iterator[SimulatedEstate]:
    with simulated_estate(late=False) as running:
        yield running


@pytest.fixture(scope="module")
def shared(estate: SimulatedEstate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDaemon]:
    """One daemon for all tests, whose estate root is a copy that tests may break."""
    home = tmp_path_factory.mktemp("reload")
    root = home / "root" / "exporters"
    root.mkdir(parents=True)
    for name in ("rds", "sns"):
        shutil.copy(PROJECT / "exporters" / f"{name}.py", root)
    given = settings(exporters={})
    with daemon(home, given, estate.environ, "--definitions", str(home / "root")) as started:
        yield started


@pytest.fixture
def running(shared: RunningDaemon) -> RunningDaemon:
    """The daemon with its usual settings in force, and series of both exporters on its page."""
    usual = settings(exporters={"rds": {"interval": "2s"}, "sns": {"interval": "2s"}})
    assert shared.apply(usual).status_code == 200
    shared.until(lambda series: len(values(series, SUCCESS, region="us-gov-west-1")) == 2)
    shared.until(lambda series: values(series, "aws_rds_info") and values(series, "aws_sns_info"))
    return shared


def test_an_exporter_that_is_switched_off_takes_its_series_with_it(running: RunningDaemon) -> None:
    answer = running.apply(settings(exporters={"rds": {"interval": "2s"}, "sns": {"enabled": False}}))
    assert (answer.status_code, answer.text) == (200, "Reloaded.\n")
    series = running.until(lambda series: series if not values(series, SUCCESS, exporter="sns") else None)
    assert [name for name, labels in series if name.startswith("aws_sns") or ("exporter", "sns") in labels] == [
        "ppbe_observe_job_runs_total"
    ]
    assert values(series, "aws_rds_info")
    assert {each["exporter"] for each in running.readiness()[1]["checks"]} == {"rds"}


def test_a_new_target_appears_and_an_old_one_goes(running: RunningDaemon) -> None:
    east = {"account_id": "123456789012", "regions": ["us-gov-east-1"]}
    usual = {"rds": {"interval": "2s"}, "sns": {"interval": "2s"}}
    assert running.apply(settings(targets=[dict(MAIN_TARGET), east], exporters=usual)).status_code == 200
    running.until(lambda series: values(series, "aws_rds_info", region="us-gov-east-1"))
    assert values(running.series(), "aws_rds_info", region="us-gov-west-1")
    assert running.apply(settings(targets=[east], exporters=usual)).status_code == 200
    running.until(lambda series: not values(series, SUCCESS, region="us-gov-west-1"))
    series = running.until(lambda series: None if of_region(series, "us-gov-west-1") else series)
    assert values(series, "aws_rds_info", region="us-gov-east-1")


def of_region(series: Series, region: str) -> list[str]:
    """The names of the series of a region, the daemon's own included."""
    return [name for name, labels in series if ("region", region) in labels]


def test_sighup_applies_the_file(running: RunningDaemon) -> None:
    before = len(running.events("settings.applied"))
    running.write(settings(exporters={"rds": {"interval": "2s"}, "sns": {"enabled": False}}))
    running.process.send_signal(signal.SIGHUP)
    until(lambda: len(running.events("settings.applied")) > before)
    running.until(lambda series: not values(series, "aws_sns_info"))


BAD = [
    ("targets: []\n", "targets"),
    ("targets: [{regions: [us-gov-west-1]}]\nfrobnicate: 1\n", "frobnicate: unknown key"),
    ("targets: [{regions: [us-gov-west-1]}]\nexporters: {rsd: {enabled: false}}\n", "did you mean rds?"),
    ("targets: [\n", "ppbe-observe.yaml:"),
    ("", "ppbe-observe.yaml"),
]


@pytest.mark.parametrize(("text", "named"), BAD)
def test_bad_settings_are_refused_and_the_old_ones_stay(running: RunningDaemon, text: str, named: str) -> None:
    before = len(running.events("settings.refused"))
    answer = running.apply(text)
    assert answer.status_code == 422
    assert answer.text.startswith("Refused, the old settings stay: ")
    assert named in answer.text
    assert len(values(running.series(), SUCCESS, region="us-gov-west-1")) == 2
    (refused,) = running.events("settings.refused")[before:]
    assert refused["level"] == "error"
    assert named in refused["error"]


def test_sighup_with_a_bad_file_changes_nothing(running: RunningDaemon) -> None:
    before = len(running.events("settings.kept"))
    running.write("targets: []\n")
    running.process.send_signal(signal.SIGHUP)
    until(lambda: len(running.events("settings.kept")) > before)
    running.until(lambda series: value(series, RELOADED) == 0.0)
    assert len(values(running.series(), SUCCESS)) == 2
    assert running.apply(settings(exporters={})).status_code == 200
    running.until(lambda series: value(series, RELOADED) == 1.0)


def test_a_broken_definition_is_refused_with_file_and_line(running: RunningDaemon) -> None:
    broken = running.home / "root" / "exporters" / "broken.py"
    broken.write_text('"""Broken."""\n\nEXPORTER = Exporter()\n')
    try:
        answer = running.apply(settings(exporters={}))
    finally:
        broken.unlink()
    assert answer.status_code == 422
    assert f"{broken}:3" in answer.text
    assert len(values(running.series(), SUCCESS)) == 2


def test_a_changed_definition_is_applied(running: RunningDaemon) -> None:
    file = running.home / "root" / "exporters" / "sns.py"
    before = file.read_text()
    try:
        file.write_text(before.replace("EXPORTER = Exporter(", "EXPORTER = Exporter(\n    name='topics',", 1))
        assert running.apply(settings(exporters={})).status_code == 200
        running.until(lambda series: value(series, SUCCESS, exporter="topics") == 1.0)
        running.until(lambda series: not values(series, SUCCESS, exporter="sns"))
    finally:
        file.write_text(before)


def test_what_only_a_restart_changes_is_said_each_time(running: RunningDaemon) -> None:
    changed = settings(exporters={}, limits={"series_total": 1000}, labels={"max_length": 100})
    for _ in range(2):
        assert running.apply(changed).status_code == 200
        assert running.events("settings.applied")[-1]["need_restart"] == ["limits", "labels.max_length"]


def test_a_reload_does_not_restart_counters(running: RunningDaemon) -> None:
    counter = "aws_sns_number_of_messages_published_total"
    before = running.until(lambda series: values(series, counter) or None)
    for _ in range(3):
        assert running.apply(settings(exporters={})).status_code == 200
    again = running.until(lambda series: values(series, counter) or None)
    assert len(again) == len(before)
    assert all(now >= then for now, then in zip(again, before, strict=True))


def test_a_broken_definition_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "exporters").mkdir()
    (tmp_path / "exporters" / "broken.py").write_text('"""Broken."""\n\nEXPORTER = Exporter()\n')
    (tmp_path / "ppbe-observe.yaml").write_text("targets: [{regions: [us-gov-west-1]}]\n")
    done = run("run", "--definitions", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 3
    assert f"error: {tmp_path}/exporters/broken.py:3" in done.stderr
    assert "Traceback" not in done.stderr
