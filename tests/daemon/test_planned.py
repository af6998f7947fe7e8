"""A plan from a file: what is read, what is refused, and the report of it."""

import io
import os
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from ppbe_observe.controls.rollup import State
from ppbe_observe.daemon.inspection import Selection
from ppbe_observe.daemon.planned import LARGEST, STDIN, read_plan, report_of_plan
from ppbe_observe.errors import SettingsError
from ppbe_observe.model import Outcome
from ppbe_observe.settings import Settings
from support.plans import EXAMPLES, NOW, example, plan, resource

HOW = "terraform plan -out plan.out && terraform show -json plan.out > plan.json"


def settings(**controls: Any) -> Settings:
    return Settings.model_validate({"targets": [{"regions": ["us-gov-west-1"]}], "controls": controls})


def written(folder: Path, content: bytes) -> Path:
    path = folder / "plan.json"
    path.write_bytes(content)
    return path


def test_the_report_of_a_plan_has_its_findings_the_worst_first_and_no_deadlines() -> None:
    report = report_of_plan(settings(), EXAMPLES / "faulty" / "plan.json", Selection(), NOW)
    assert report.lines[0].finding.outcome is Outcome.FAIL
    assert {each.due for each in report.lines} == {None}
    assert not report.complete
    assert report.rolled.controls["sc-28"].state is State.FAIL
    assert report.rolled.controls["ia-2.1"].state is State.UNKNOWN  # no plan tells who has a second factor


def test_nothing_fails_in_the_good_plan() -> None:
    report = report_of_plan(settings(), EXAMPLES / "good" / "plan.json", Selection(), NOW)
    assert (report.count(Outcome.FAIL), report.count(Outcome.EXEMPT)) == (0, 0)
    assert report.count(Outcome.PASS) > 100


def test_only_the_chosen_checks_judge() -> None:
    selection = Selection(services=frozenset({"kms"}))
    report = report_of_plan(settings(), EXAMPLES / "faulty" / "plan.json", selection, NOW)
    assert {each.check.service for each in report.lines} == {"kms"}


def test_settings_hold_parameters_and_exemptions() -> None:
    exemption = {
        "check": "kms_cmk_rotation",
        "resource": "aws_kms_key.*",
        "reason": "to be replaced",
        "owner": "isso@agency.gov",
        "expires": "2027-06-30",
    }
    given = settings(exemptions=[exemption], checks={"log_group_retention": {"parameters": {"min_days": 30}}})
    report = report_of_plan(given, EXAMPLES / "faulty" / "plan.json", Selection(), NOW)
    outcomes = {each.check.id: each.finding.outcome for each in report.lines}
    assert outcomes["kms_cmk_rotation"] is Outcome.EXEMPT
    assert outcomes["log_group_retention"] is Outcome.PASS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_shells_make_of_the_output_is_read(tmp_path: Path, encoding: str) -> None:
    """PowerShell writes UTF-16 into a file."""
    text = orjson.dumps(plan(resource("aws_kms_key.größe", {}))).decode()
    path = written(tmp_path, text.encode(encoding))
    assert read_plan(path) == orjson.loads(text)


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = orjson.dumps(example("good"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert read_plan(STDIN) == example("good")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not a JSON document"),
        (b'{"a":', "not a JSON document"),
        (b'{"@level":"info"}\n{"@level":"info"}', "not a JSON document"),
        (b"\xff\xfe\x00", "not a JSON document"),
        (b"[" * 100_000, "not a JSON document"),
        (b"PK\x03\x04...", "this is the plan file itself"),
        (b"[1]", "this is no Terraform plan"),
        (b'{"version": 4, "lineage": "x"}', "is the state of Terraform"),
    ],
)
def test_what_is_no_plan_is_refused_with_what_to_run(tmp_path: Path, content: bytes, told: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(SettingsError) as raised:
        report_of_plan(settings(), path, Selection(), NOW)
    assert str(raised.value).startswith(f"--terraform-plan {path}: ")
    assert told in str(raised.value)
    assert HOW in str(raised.value)


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.json", tmp_path):
        with pytest.raises(SettingsError, match="--terraform-plan"):
            read_plan(path)


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = written(tmp_path, b"{}")
    os.truncate(path, LARGEST + 1)
    with pytest.raises(SettingsError, match="more than 512 MiB; plan the estate in parts"):
        read_plan(path)


def test_a_plan_that_holds_nothing_to_judge_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, orjson.dumps(plan(resource("aws_lambda_function.f", {}))))
    with pytest.raises(SettingsError, match="it plans nothing that the chosen checks judge"):
        report_of_plan(settings(), path, Selection(), NOW)
