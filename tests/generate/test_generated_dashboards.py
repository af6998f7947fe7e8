"""``ppbe-observe generate`` with dashboards: what it writes, removes and leaves alone, and what it refuses."""

import json
import shutil
from pathlib import Path

import pytest

from support.commands import Done, command

EXPORTER = """\
from ppbe_observe.cloudwatch import AVERAGE, Exporter, Metric

EXPORTER = Exporter(
    namespace="AWS/RDS", resources="rds:db", dimensions=("DBInstanceIdentifier",),
    metrics=(Metric("CPUUtilization", AVERAGE, help="CPU"),),
)
"""
DASHBOARD = """\
from exporters import rds
from ppbe_observe.grafana import Dashboard, Query, Row, Scope, TimeSeries, Unit, dashboard

CPU = rds.EXPORTER.series_name("CPUUtilization", "Average")
IN = Scope("aws_rds_info", ("account",))
BUSY = f"max by (name) ({IN(CPU)})"
PANEL = TimeSeries(
    title="CPU", description="CPU in use", unit=Unit.PERCENT, queries=(Query(BUSY, "{{name}}"),),
)
DASHBOARD = Dashboard(
    title="Databases", description="For SREs", variables=IN.variables, rows=(Row("Load", (PANEL,)),),
)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An estate root with one exporter and one dashboard."""
    found = tmp_path / "estate"
    for name, text in (("exporters/rds.py", EXPORTER), ("dashboards/rds.py", DASHBOARD)):
        (found / name).parent.mkdir(parents=True, exist_ok=True)
        (found / name).write_text(text, "utf-8")
    return found


@pytest.fixture
def out(root: Path, tmp_path: Path) -> Path:
    """What it was generated to."""
    found = tmp_path / "out"
    assert generate(root, found).code == 0
    return found


def generate(root: Path, out: Path, *more: str) -> Done:
    return command("generate", "--definitions", str(root), "--out", str(out), *more)


def told(done: Done) -> str:
    return " ".join(done.stderr.split())


def test_a_dashboard_and_what_provisions_grafana_with_it(out: Path) -> None:
    found = {each.relative_to(out / "grafana").as_posix() for each in (out / "grafana").rglob("*") if each.is_file()}
    assert found == {
        "dashboards/rds.json",
        "provisioning/dashboards/ppbe-observe.yaml",
        "provisioning/datasources/ppbe-observe.yaml",
    }
    dashboard = json.loads((out / "grafana/dashboards/rds.json").read_text("utf-8"))
    (row, panel) = dashboard["panels"]
    assert (dashboard["uid"], row["title"], panel["title"]) == ("ppbe-rds", "Load", "CPU")
    assert panel["targets"][0]["expr"] == 'max by (name) (aws_rds_cpuutilization_average{account_id=~"$account"})'


def test_it_is_up_to_date_afterwards(root: Path, out: Path) -> None:
    assert generate(root, out, "--check").code == 0


def test_the_json_of_a_dashboard_that_is_renamed_is_told_and_removed(root: Path, out: Path) -> None:
    (root / "dashboards/rds.py").rename(root / "dashboards/databases.py")
    old, new = out / "grafana/dashboards/rds.json", out / "grafana/dashboards/databases.json"
    done = generate(root, out, "--check")
    assert done.code == 1
    assert "--- a/grafana/dashboards/rds.json" in done.text.splitlines()
    assert "+++ b/grafana/dashboards/databases.json" in done.text.splitlines()
    assert generate(root, out).text == f"wrote   {new}\nremoved {old}\n"
    assert (new.is_file(), old.exists()) == (True, False)


@pytest.mark.parametrize("text", ["{}", "[]", "no JSON", '{"uid": "ppbe-theirs", "tags": null}'])
def test_a_dashboard_of_somebody_else_is_left_alone(root: Path, out: Path, text: str) -> None:
    theirs = out / "grafana/dashboards/theirs.json"
    theirs.write_text(text, "utf-8")
    assert generate(root, out, "--check").code == 0
    assert generate(root, out).code == 0
    assert theirs.read_text("utf-8") == text


def test_a_copy_of_ours_under_another_name_is_left_alone(root: Path, out: Path) -> None:
    copy = out / "grafana/dashboards/rds-mine.json"
    shutil.copy(out / "grafana/dashboards/rds.json", copy)
    assert generate(root, out, "--check").code == 0
    assert generate(root, out).code == 0
    assert copy.is_file()


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (('description="CPU in use"', 'description=""'), 7, "panel 'CPU': description is missing"),
        (('title="CPU"', 'title=" "'), 7, "a panel has no title; say in a few words what it shows"),
        (("Query(BUSY,", "Query(BUSY + ')',"), 8, "not PromQL: "),
        ((', "{{name}}"', ""), 7, "panel 'CPU': a legend is missing"),
        (("DASHBOARD = Dashboard", "BOARD = Dashboard"), 1, "DASHBOARD is None; declare one Dashboard"),
        (('"account",', '"acount",'), 5, "a scope has account, region, environment, resource, not acount"),
    ],
)
def test_a_definition_that_is_not_whole_is_told_with_its_line(
    root: Path, out: Path, change: tuple[str, str], line: int, message: str
) -> None:
    file = root / "dashboards/rds.py"
    assert change[0] in DASHBOARD
    file.write_text(DASHBOARD.replace(*change), "utf-8")
    done = generate(root, out)
    assert done.code == 3
    assert f"{file}:{line}: " in told(done)
    assert message in told(done)


def test_a_unit_is_required(root: Path, out: Path) -> None:
    (root / "dashboards/rds.py").write_text(DASHBOARD.replace("unit=Unit.PERCENT, ", ""), "utf-8")
    done = generate(root, out)
    assert done.code == 3
    assert "missing 1 required keyword-only argument: 'unit'" in told(done)


@pytest.mark.parametrize(
    ("change", "line", "fault"),
    [
        (("IN(CPU)", "IN('aws_rds_cpu')"), 7, "panel CPU: nobody exports aws_rds_cpu; take its name from the exporter"),
        (("{{name}}", "{{engine}}"), 7, "panel CPU: the legend names engine, which the expression sums away"),
        (("variables=IN.variables, ", ""), 7, "panel CPU names $account, which is no variable of Databases"),
        (("{IN(CPU)}", "{CPU}"), 11, "nothing in Databases uses $account; filter by it"),
        (
            ('title="Databases"', 'title="Databases", links=(dashboard("ecs", "Tasks"),)'),
            10,
            "the link Tasks leads to /d/ppbe-ecs, which is no dashboard",
        ),
        (('title="CPU"', 'title="row Load"'), 10, "dashboard Databases: id 88077258 is not that of one panel"),
        (("(PANEL,)", "(PANEL, PANEL)"), 7, "two panels of Databases are called CPU"),
    ],
)
def test_a_fault_is_told_with_its_line_and_nothing_is_written(
    root: Path, out: Path, change: tuple[str, str], line: int, fault: str
) -> None:
    file = root / "dashboards/rds.py"
    assert change[0] in DASHBOARD
    file.write_text(DASHBOARD.replace(*change), "utf-8")
    done = generate(root, out, "--check")
    assert done.code == 1
    assert f"fault: {file}:{line}: {fault}" in told(done)
