"""docs/guides/escalation.md says what is so."""

from pathlib import Path

from ppbe_observe.alerting.alertmanager.versions import SINCE, shown
from ppbe_observe.alerting.escalation import escalation_of
from ppbe_observe.definitions import load_modules
from support.alertmanager import written
from support.processes import amtool
from support.project import PROJECT

GUIDE = (PROJECT / "docs" / "guides" / "escalation.md").read_text()


def test_the_routes_in_the_guide_are_those_of_the_estate(tmp_path: Path) -> None:
    configuration = written(escalation_of(load_modules(PROJECT, "alerts")), tmp_path)
    shown_by_amtool = amtool("config", "routes", "show", f"--config.file={configuration}")
    assert shown_by_amtool.stdout.strip() in GUIDE


def test_every_secret_file_of_the_estate_is_in_the_guide() -> None:
    files = escalation_of(load_modules(PROJECT, "alerts")).secret_files
    assert [each for each in files if f"| `{each}` |" not in GUIDE] == []


def test_every_version_that_brings_a_field_is_in_the_guide() -> None:
    versions = {shown(each.version) for each in SINCE.values()}
    assert {each for each in versions if f"| {each} |\n" in GUIDE} == versions


def test_what_is_said_of_teams_is_in_the_guide() -> None:
    assert SINCE["receiver.msteamsv2_configs"].instead in GUIDE
