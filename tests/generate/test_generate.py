"""``ppbe-observe generate``: what it writes, what --check finds, and what it refuses."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from support.commands import Done, command
from support.processes import promtool

EXPORTER = """\
from ppbe_observe.cloudwatch import AVERAGE, Exporter, Metric

EXPORTER = Exporter(
    namespace="AWS/RDS", resources="rds:db", dimensions=("DBInstanceIdentifier",),
    metrics=(Metric("CPUUtilization", AVERAGE, help="CPU"),),
)
"""
HEAD = """\
from exporters import rds
from ppbe_observe.alerting import PERCENT, TICKET, Alert, Record, RuleGroup

CPU = rds.EXPORTER.series_name("CPUUtilization", "Average")
"""
ALERT = """\
HIGH = Alert(
    name="RdsCpuHigh",
    expr=f"{CPU} > 80",
    severity=TICKET, owner="sre", unit=PERCENT,
    summary="A database is short of CPU", description="{name}: {value}, more than {threshold}", reason="see AWS",
)
"""
GROUP = "GROUP = RuleGroup(rules=(HIGH,))\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An estate root with one exporter, one alert and its runbook."""
    found = tmp_path / "estate"
    for name, text in (
        ("exporters/rds.py", EXPORTER),
        ("alerts/rds.py", HEAD + ALERT + GROUP),
        ("docs/runbooks/RdsCpuHigh.md", "# RdsCpuHigh\n"),
    ):
        (found / name).parent.mkdir(parents=True, exist_ok=True)
        (found / name).write_text(text, "utf-8")
    return found


@pytest.fixture
def out(tmp_path: Path, root: Path) -> Path:
    """Where the files of that root were written."""
    assert generate(root, tmp_path / "out").code == 0
    return tmp_path / "out"


def generate(root: Path, out: Path, *more: str) -> Done:
    return command("generate", "--definitions", str(root), "--out", str(out), *more)


def contents(directory: Path) -> dict[str, bytes]:
    return {each.relative_to(directory).as_posix(): each.read_bytes() for each in _files(directory)}


def _files(directory: Path) -> Iterator[Path]:
    return (each for each in sorted(directory.rglob("*")) if each.is_file())


def told(done: Done) -> str:
    """Standard error on one line."""
    return " ".join(done.stderr.split())


def test_what_is_written(out: Path) -> None:
    assert list(contents(out)) == ["prometheus/prometheus.yml", "prometheus/rules/rds.yml", "prometheus/tests/rds.yml"]
    rules = (out / "prometheus/rules/rds.yml").read_text("utf-8")
    assert rules.startswith("# Written by ppbe-observe generate from alerts/rds.py; edit that, not this.\n")
    assert yaml.safe_load(rules)["groups"][0]["rules"][0]["expr"] == "aws_rds_cpuutilization_average > 80"


def test_promtool_takes_all_of_it(out: Path) -> None:
    for arguments in (
        ("check", "config", out / "prometheus/prometheus.yml"),
        ("check", "rules", out / "prometheus/rules/rds.yml"),
        ("test", "rules", out / "prometheus/tests/rds.yml"),
    ):
        done = promtool(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_bytes_twice(root: Path, out: Path) -> None:
    before = contents(out)
    times = {each: each.stat().st_mtime_ns for each in _files(out)}
    done = generate(root, out)
    assert (done.code, told(done)) == (0, f"3 files in {out}, 0 of them new or changed")
    assert contents(out) == before
    assert {each: each.stat().st_mtime_ns for each in _files(out)} == times


def test_check_is_content_with_what_was_written(root: Path, out: Path) -> None:
    done = generate(root, out, "--check")
    assert (done.code, done.text, told(done)) == (0, "", f"3 files in {out} are up to date")


def test_check_shows_what_is_stale_and_leaves_it(root: Path, out: Path) -> None:
    file = root / "alerts/rds.py"
    file.write_text(file.read_text("utf-8").replace("> 80", "> 90"), "utf-8")
    before = contents(out)
    done = generate(root, out, "--check")
    assert done.code == 1
    assert told(done) == f"not up to date: run ppbe-observe generate --out {out}"
    lines = done.text.splitlines()
    assert "--- a/prometheus/rules/rds.yml" in lines
    assert "-    expr: aws_rds_cpuutilization_average > 80" in lines
    assert "+    expr: aws_rds_cpuutilization_average > 90" in lines
    assert contents(out) == before


def test_check_shows_what_is_missing(root: Path, out: Path) -> None:
    (out / "prometheus/tests/rds.yml").unlink()
    done = generate(root, out, "--check")
    assert done.code == 1
    assert done.text.splitlines()[:2] == ["--- /dev/null", "+++ b/prometheus/tests/rds.yml"]


def test_a_file_of_ours_that_nothing_generates_now_is_shown_and_removed(root: Path, out: Path) -> None:
    old = out / "prometheus/rules/ecs.yml"
    old.write_text("# Written by ppbe-observe generate from alerts/ecs.py; edit that, not this.\ngroups: []\n", "utf-8")
    done = generate(root, out, "--check")
    assert done.code == 1
    assert done.text.splitlines()[:2] == ["--- a/prometheus/rules/ecs.yml", "+++ /dev/null"]
    assert generate(root, out).text == f"removed {old}\n"
    assert not old.exists()


def test_a_file_of_somebody_else_is_left_alone(root: Path, out: Path) -> None:
    theirs = out / "prometheus/rules/theirs.yml"
    theirs.write_text("groups: []\n", "utf-8")
    assert generate(root, out, "--check").code == 0
    assert generate(root, out).code == 0
    assert theirs.read_text("utf-8") == "groups: []\n"


def test_check_without_a_directory(root: Path, tmp_path: Path) -> None:
    done = generate(root, tmp_path / "nowhere", "--check")
    assert done.code == 3
    assert told(done) == f"error: there is no directory {tmp_path}/nowhere; leave out --check to make it"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            HEAD.replace('"CPUUtilization"', '"CPUUtilisation"') + ALERT + GROUP,
            4,
            "exporter rds: no metric CPUUtilisation; add it to its file",
        ),
        (HEAD.replace('"Average"', '"Sum"') + ALERT + GROUP, 4, "CPUUtilization is not exported with Sum"),
        (HEAD + ALERT.replace("> 80", "> 80)") + GROUP, 5, "alert RdsCpuHigh: not PromQL: "),
        (HEAD + ALERT.replace(', reason="see AWS"', ', reason=""') + GROUP, 5, "alert RdsCpuHigh: reason is missing"),
        (
            HEAD + ALERT.replace("> 80", "> sum(x)").replace(", more than {threshold}", "") + GROUP,
            5,
            "give it an example",
        ),
        (HEAD + ALERT + "GROUP = RuleGroup(rules=HIGH", 11, "SyntaxError: '(' was never closed"),
    ],
)
def test_a_definition_that_cannot_be_read_is_told_with_its_line(
    root: Path, out: Path, text: str, line: int, message: str
) -> None:
    before = contents(out)
    file = root / "alerts/rds.py"
    file.write_text(text, "utf-8")
    done = generate(root, out)
    assert done.code == 3
    assert f"{file}:{line}: " in told(done)
    assert message in told(done)
    assert contents(out) == before


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        (
            HEAD + ALERT.replace("{CPU} > 80", "aws_rds_cpu_average > 80") + GROUP,
            5,
            "alert RdsCpuHigh: nobody exports aws_rds_cpu_average; take its name from the exporter",
        ),
        (
            HEAD
            + ALERT
            + ALERT.replace("HIGH", "AGAIN").replace("80", "90")
            + "GROUP = RuleGroup(rules=(HIGH, AGAIN))\n",
            11,
            "RdsCpuHigh is already declared at {file}:5",
        ),
        (
            HEAD + ALERT.replace("RdsCpuHigh", "RdsCpu") + GROUP,
            5,
            "alert RdsCpu: there is no runbook docs/runbooks/RdsCpu.md; write it",
        ),
    ],
)
def test_a_fault_is_told_with_its_line_and_nothing_is_written(
    root: Path, out: Path, text: str, line: int, fault: str
) -> None:
    before = contents(out)
    file = root / "alerts/rds.py"
    file.write_text(text, "utf-8")
    for more in ((), ("--check",)):
        done = generate(root, out, *more)
        assert (done.code, told(done)) == (1, f"fault: {file}:{line}: {fault.format(file=file)}")
    assert contents(out) == before


@pytest.mark.parametrize("check", [(), ("--check",)], ids=["write", "check"])
def test_a_directory_that_is_a_file(root: Path, tmp_path: Path, check: tuple[str, ...]) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    done = generate(root, tmp_path / "file", *check)
    assert done.code == 3
    assert str(tmp_path / "file") in told(done)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_directory_that_may_not_be_written(root: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    done = generate(root, closed)
    assert (done.code, told(done)) == (
        3,
        f"error: {closed}: Permission denied: {closed}/prometheus; give another --out",
    )


def test_a_file_that_cannot_be_written_is_named(root: Path, tmp_path: Path) -> None:
    (tmp_path / "out/prometheus/rules/rds.yml").mkdir(parents=True)
    done = generate(root, tmp_path / "out")
    assert done.code == 3
    assert told(done) == (
        f"error: {tmp_path}/out: Is a directory: {tmp_path}/out/prometheus/rules/rds.yml; give another --out"
    )


def test_runbooks_are_where_one_says(root: Path, tmp_path: Path) -> None:
    assert generate(root, tmp_path / "out", "--runbooks-url", "https://wiki.agency.gov/runbooks/").code == 0
    rules = yaml.safe_load((tmp_path / "out/prometheus/rules/rds.yml").read_text("utf-8"))
    annotations = rules["groups"][0]["rules"][0]["annotations"]
    assert annotations["runbook_url"] == "https://wiki.agency.gov/runbooks/RdsCpuHigh"


def test_the_tests_of_a_file_load_the_rules_that_record_what_it_uses(root: Path, tmp_path: Path) -> None:
    (root / "alerts/rds.py").write_text(
        HEAD + 'GROUP = RuleGroup(rules=(Record(name="rds:cpu:max", expr=f"max({CPU})"),))\n'
    )
    using = ALERT.replace("{CPU}", "rds:cpu:max").replace("{name}", "one")
    (root / "alerts/zones.py").write_text(
        HEAD + using.replace('reason="see AWS"', 'reason="see AWS", resource=()') + GROUP
    )
    assert generate(root, tmp_path / "out").code == 0
    tests = yaml.safe_load((tmp_path / "out/prometheus/tests/zones.yml").read_text("utf-8"))
    assert tests["rule_files"] == ["../rules/rds.yml", "../rules/zones.yml"]
