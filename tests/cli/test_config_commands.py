"""``ppbe-observe config`` shows, checks and describes the settings, with exit code 3 for bad ones."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from ppbe_observe.cli.config import app
from ppbe_observe.settings.reference import markdown

GOOD = "targets:\n  - regions: [us-gov-west-1, us-gov-east-1]\nstate: {url: 'postgresql://u:hunter2@db/x'}\n"
BAD = "targets:\n  - regions: [us-gov-west-1]\naws:\n  read_timout: 3s\n  max_attempts: 0\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory, whose name no message shows."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(directory: Path, text: str, name: str = "ppbe-observe.yaml") -> None:
    (directory / name).write_text(text, encoding="utf-8")


def test_show_prints_values_with_their_origin_and_no_password(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, GOOD)
    monkeypatch.setenv("PPBE_OBSERVE__ENVIRONMENT", "staging")
    done = CliRunner().invoke(app, ["show"])
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "environment: staging  # PPBE_OBSERVE__ENVIRONMENT"
    assert "  - account_id: null  # default" in done.stdout
    assert "  url: postgresql://u:***@db/x  # ppbe-observe.yaml:3" in done.stdout
    assert "hunter2" not in done.stdout
    assert yaml.safe_load(done.stdout)["targets"][0]["regions"] == ["us-gov-west-1", "us-gov-east-1"]


def test_show_as_json_gives_the_origins_by_key(here: Path) -> None:
    write(here, GOOD, "other.yaml")
    done = CliRunner().invoke(app, ["show", "--config", "other.yaml", "--format", "json"])
    shown = json.loads(done.stdout)
    assert shown["settings"]["aws"]["read_timeout"] == "10s"
    assert shown["origins"]["targets[0].regions"] == "other.yaml:2"
    assert shown["origins"]["aws.read_timeout"] == "default"


def test_check_of_a_good_file_says_so(here: Path) -> None:
    write(here, GOOD)
    done = CliRunner().invoke(app, ["check"])
    assert (done.exit_code, done.stdout) == (0, "ppbe-observe.yaml: good, 2 targets\n")


@pytest.mark.parametrize("command", [["check", "bad.yaml"], ["show", "-c", "bad.yaml"]])
def test_a_bad_file_is_refused_with_every_mistake(here: Path, command: list[str]) -> None:
    write(here, BAD, "bad.yaml")
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 3
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "bad.yaml:4: aws.read_timout: unknown key; fix: did you mean aws.read_timeout?",
        (
            "bad.yaml:5: aws.max_attempts: should be greater than or equal to 1, not 0; "
            "fix: Attempts of one call, the first included; for example 4"
        ),
    ]


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("controls: {checks: {sns_topic_km: {}}}", "controls.checks: no such check 'sns_topic_km'; did you mean "),
        (
            "controls: {checks: {rds_instance_backup_retention: {parameters: {min_days: x}}}}",
            "controls.checks.rds_instance_backup_retention.parameters.min_days: must be of type int, is 'x'",
        ),
        (
            "controls: {exemptions: [{check: sns, resource: '*', reason: r, owner: o, expires: 2027-01-01}]}",
            "controls.exemptions[0].check: no such check 'sns'",
        ),
        ("exporters: {rsd: {enabled: false}}", "exporters.rsd: no such exporter is defined; did you mean rds?"),
        ("definitions: missing", "missing"),
    ],
)
def test_what_the_daemon_refuses_to_start_with_is_not_good(here: Path, line: str, mistake: str) -> None:
    write(here, f"targets: [{{regions: [us-gov-west-1]}}]\n{line}\n")
    done = CliRunner().invoke(app, ["check"])
    assert (done.exit_code, done.stdout) == (3, "")
    assert mistake in done.stderr


def test_a_region_that_aws_does_not_have_is_not_good(here: Path) -> None:
    write(here, "targets: [{regions: [us-gov-wset-1]}]\n")
    done = CliRunner().invoke(app, ["check"])
    assert done.exit_code == 3
    assert done.stderr.startswith("ppbe-observe.yaml: targets[0].regions[0]: unknown region 'us-gov-wset-1': did you ")


def test_a_missing_file_is_refused_with_an_example(here: Path) -> None:
    assert here.exists()
    done = CliRunner().invoke(app, ["check"])
    assert done.exit_code == 3
    assert done.stderr.splitlines()[1:] == ["    targets:", "      - regions: [us-gov-west-1]"]


def test_schema_is_json_schema_or_the_reference_page() -> None:
    described = CliRunner().invoke(app, ["schema"])
    assert json.loads(described.stdout)["title"] == "ppbe-observe.yaml"
    page = CliRunner().invoke(app, ["schema", "--format", "markdown"])
    assert page.stdout == markdown()


@pytest.mark.parametrize("command", ["show", "check", "schema"])
def test_every_help_has_examples(command: str) -> None:
    done = CliRunner().invoke(app, [command, "--help"])
    assert done.exit_code == 0
    assert f"$ ppbe-observe config {command}" in done.stdout
