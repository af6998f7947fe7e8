"""The estate root: which one is taken, what is read of it, and how a mistake in it is told."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from ppbe_observe.cloudwatch import Exporter
from ppbe_observe.cloudwatch.alarm import DISAGREEING
from ppbe_observe.definitions import estate_root, load_alarms, load_exporters, load_modules
from ppbe_observe.errors import DefinitionError
from ppbe_observe.generate.known import known_metrics
from ppbe_observe.promql.expression import parsed

ROOT = Path(__file__).parents[2]
HEAD = "from ppbe_observe.cloudwatch import AVERAGE, SUM, Exporter, Fact, Metric\n"


def write(root: Path, name: str, text: str) -> Path:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(HEAD + dedent(text), encoding="utf-8")
    return file


def exporter(namespace: str, metric: str = "M", more: str = "") -> str:
    return f'EXPORTER = Exporter(namespace="{namespace}", metrics=(Metric("{metric}", AVERAGE, help="h"),){more})\n'


def error_of(root: Path) -> str:
    with pytest.raises(DefinitionError) as caught:
        load_exporters(root)
    return str(caught.value)


def test_an_exporter_is_called_after_its_file(tmp_path: Path) -> None:
    write(tmp_path, "exporters/lambda_functions.py", exporter("AWS/Lambda"))
    write(tmp_path, "exporters/_shared.py", "raise RuntimeError('a helper is not loaded by itself')\n")
    write(tmp_path, "exporters/notes.txt", "not Python")
    (found,) = load_exporters(tmp_path)
    assert (found.name, found.namespace) == ("lambda_functions", "AWS/Lambda")


def test_several_exporters_of_a_file_have_names_of_their_own(tmp_path: Path) -> None:
    write(
        tmp_path,
        "exporters/queues.py",
        """
        EXPORTERS = (
            Exporter(name="sqs", namespace="AWS/SQS", metrics=(Metric("Sent", SUM, help="h"),)),
            Exporter(name="mq", namespace="AWS/AmazonMQ", metrics=(Metric("Sent", SUM, help="h"),)),
        )
        """,
    )
    assert [each.name for each in load_exporters(tmp_path)] == ["sqs", "mq"]


def test_files_are_loaded_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("c", "a", "b"):
        write(tmp_path, f"exporters/{name}.py", exporter(f"X/{name}"))
    assert [each.name for each in load_exporters(tmp_path)] == ["a", "b", "c"]


def test_rules_import_the_exporter_of_their_subject_under_its_name(tmp_path: Path) -> None:
    write(tmp_path, "exporters/_units.py", "GIB = 1 << 30\n")
    write(tmp_path, "exporters/rds.py", "from exporters._units import GIB\n" + exporter("AWS/RDS", "CPUUtilization"))
    write(
        tmp_path,
        "alerts/rds.py",
        'from exporters import rds\nNAME = rds.EXPORTER.series_name("CPUUtilization", AVERAGE)\n',
    )
    write(tmp_path, "dashboards/deep/__init__.py", "VALUE = 7\n")
    write(
        tmp_path,
        "dashboards/rds.py",
        "from dashboards import deep\nfrom exporters.rds import GIB\nTOTAL = deep.VALUE + GIB\n",
    )
    (alert,) = load_modules(tmp_path, "alerts")
    (dashboard,) = load_modules(tmp_path, "dashboards")
    assert alert.NAME == "aws_rds_cpuutilization_average"
    assert dashboard.TOTAL == 7 + (1 << 30)


def test_another_root_and_a_changed_file_are_seen_anew(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    file = write(first, "exporters/a.py", exporter("X/One"))
    write(second, "exporters/a.py", exporter("X/Two"))
    assert [each.namespace for each in load_exporters(first)] == ["X/One"]
    assert [each.namespace for each in load_exporters(second)] == ["X/Two"]
    old = file.stat()
    write(first, "exporters/a.py", exporter("X/Six"))  # same size, same time: cached bytecode would be believed
    os.utime(file, ns=(old.st_atime_ns, old.st_mtime_ns))
    write(first, "exporters/b.py", exporter("X/New"))
    assert [each.namespace for each in load_exporters(first)] == ["X/Six", "X/New"]
    assert not list(tmp_path.rglob("__pycache__"))  # a read-only root is fine


def test_namesakes_elsewhere_on_the_path_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere, root = tmp_path / "elsewhere", tmp_path / "root"
    write(elsewhere, "exporters/__init__.py", "")
    write(elsewhere, "exporters/shadow.py", exporter("X/Shadow"))
    write(elsewhere, "dashboards/__init__.py", "")
    monkeypatch.syspath_prepend(str(elsewhere))
    write(root, "exporters/a.py", "from exporters import shadow\n" + exporter("X/A"))
    assert "ImportError: cannot import name 'shadow' from 'exporters'" in error_of(root)
    write(root, "exporters/a.py", "import dashboards\n" + exporter("X/A"))
    assert error_of(root).endswith(f"ModuleNotFoundError: no dashboards.py in {root}")


def test_the_import_path_is_left_as_it_was(tmp_path: Path) -> None:
    write(tmp_path, "exporters/a.py", exporter("X/A"))
    before = list(sys.path)
    load_exporters(tmp_path)
    load_exporters(tmp_path)
    assert sys.path == before
    assert len([each for each in sys.meta_path if type(each).__name__ == "_EstateFinder"]) == 1


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("x = 1\ny = x / 0\n", 3, "ZeroDivisionError: division by zero"),
        ("\ndef broken(:\n", 3, "SyntaxError: invalid syntax"),
        ("from ppbe_observe.cloudwatch import Nothing\n", 2, "ImportError: cannot import name 'Nothing'"),
        ("from exporters import nothing\n", 2, "ImportError: cannot import name 'nothing'"),
        ("raise SystemExit('bye')\n", 2, "SystemExit: bye"),
        (
            'EXPORTER = Exporter(\n  namespace="X",\n  metrics=(\n    Metric("A", "p999x", help="h"),\n  ),\n)\n',
            5,
            "metric A: CloudWatch has no statistic 'p999x'",
        ),
        ("x = 1\n", 1, "there is no EXPORTER; declare one"),
        (f"{exporter('X')}EXPORTERS = ()\n", 1, "there is EXPORTER and EXPORTERS; declare one of them"),
        ("x = 1\nEXPORTER = 7\n", 3, "an Exporter is expected here, not int"),
        ("x = 1\nEXPORTERS = [7]\n", 3, "a tuple of Exporters is expected here, not list"),
        ("EXPORTERS: tuple[Exporter, ...] = (Exporter(namespace='X', metrics=()),)\n", 2, "an exporter is called ''"),
        ("EXPORTER = Exporter(namespace='X', metrics=(), name='a b')\n", 2, "an exporter is called 'a b'"),
        (
            "EXPORTER = Exporter(namespace='X', metrics=(), resources='rds:dbx')\n",
            2,
            "nothing finds rds:dbx; known are",
        ),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    file = write(tmp_path, "exporters/wrong.py", text)
    told = error_of(tmp_path)
    assert told.startswith(f"{file}:{line}: ")
    assert message in told


def test_a_mistake_in_what_a_definition_imports_is_told_there(tmp_path: Path) -> None:
    helper = write(tmp_path, "exporters/_helper.py", "def divide():\n    return 1 / 0\n")
    write(tmp_path, "exporters/a.py", "from exporters._helper import divide\nx = divide()\n")
    assert error_of(tmp_path) == f"{helper}:3: ZeroDivisionError: division by zero"


def test_a_file_that_cannot_be_imported_by_name(tmp_path: Path) -> None:
    file = write(tmp_path, "exporters/my-queue.py", exporter("X"))
    assert error_of(tmp_path).startswith(f"{file}:1: rename the file: 'my-queue'")


def test_two_exporters_of_one_name(tmp_path: Path) -> None:
    first = write(tmp_path, "exporters/a.py", exporter("X/A"))
    second = write(tmp_path, "exporters/b.py", "\n" + exporter("X/B", more=', name="a"'))
    assert error_of(tmp_path) == f"{second}:3: an exporter called a is already at {first}:2"


@pytest.mark.parametrize(
    ("one", "other", "family"),
    [
        ('Metric("CPU", AVERAGE, help="h")', 'Metric("C P U", AVERAGE, help="h")', None),
        ('Metric("CPU", AVERAGE, help="h")', 'Metric("CPU", AVERAGE, SUM, help="h")', "aws_x_cpu_average"),
        ('Metric("Sent", SUM, help="h")', 'Metric("Sent", SUM, help="h")', "aws_x_sent_sum"),
    ],
)
def test_a_series_is_exported_by_one_exporter_only(tmp_path: Path, one: str, other: str, family: str | None) -> None:
    first = write(tmp_path, "exporters/a.py", f'EXPORTER = Exporter(namespace="X", metrics=({one},))\n')
    second = write(tmp_path, "exporters/b.py", f'EXPORTER = Exporter(namespace="X", metrics=({other},))\n')
    if family is None:
        assert len(load_exporters(tmp_path)) == 2
    else:
        assert error_of(tmp_path) == (f"{second}:2: {family} is already exported at {first}:2; declare it in one place")


def test_a_gauge_may_not_take_the_name_of_a_counter_without_total(tmp_path: Path) -> None:
    facts = ', resources="rds:db", facts=(Fact("Sent", "sent", help="h"),)'
    metrics = '(Metric("Sent", SUM, help="h"),)'
    write(tmp_path, "exporters/a.py", f'EXPORTER = Exporter(namespace="X", metrics={metrics}{facts})\n')
    assert "aws_x_sent is already exported" in error_of(tmp_path)


def test_two_counts_may_not_become_counters_of_one_name(tmp_path: Path) -> None:
    counts = '"TC(0.1:)", "TC(:0.1)"'
    metrics = f'(Metric("Time", {counts}, counters=({counts}), help="h"),)'
    write(tmp_path, "exporters/a.py", f'EXPORTER = Exporter(namespace="X", metrics={metrics})\n')
    assert "aws_x_time_tc_0_1_total is already exported" in error_of(tmp_path)


def test_an_empty_or_missing_root(tmp_path: Path) -> None:
    assert error_of(tmp_path) == f"no exporters/ in {tmp_path}: name the directory that has it with --definitions"
    (tmp_path / "exporters").mkdir()
    assert error_of(tmp_path) == f"{tmp_path / 'exporters'}: no exporter is declared there"


def test_the_checkout_is_the_root_of_an_editable_install() -> None:
    assert estate_root() == ROOT
    assert all(isinstance(each, Exporter) for each in load_exporters())


def test_a_relative_root_and_the_home_directory_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "here/exporters/a.py", exporter("X/A"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert estate_root(Path("here")) == tmp_path / "here"
    assert estate_root(Path("~/here")) == tmp_path / "here"


def test_the_packaged_copy_comes_before_what_surrounds_the_package(tmp_path: Path) -> None:
    """As in a wheel, but laid out by hand; another test builds a real one."""
    source = ROOT / "src/ppbe_observe"
    package = tmp_path / "lib/ppbe_observe"
    package.mkdir(parents=True)
    for file in source.iterdir():
        if file.name != "definitions.py":
            (package / file.name).symlink_to(file)
    (package / "definitions.py").write_bytes((source / "definitions.py").read_bytes())
    (package / "estate").symlink_to(ROOT)
    code = (
        "from ppbe_observe.definitions import estate_root, load_exporters; print(estate_root(), len(load_exporters()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(tmp_path / "lib")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == [str(package / "estate"), str(len(load_exporters()))]


def test_importing_the_loader_imports_no_definition() -> None:
    code = "import sys, ppbe_observe.definitions as d; print(any(n.split('.')[0] in d.FOLDERS for n in sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


ALARM = """
from exporters import rds
from ppbe_observe.cloudwatch import GREATER, MINUTE, MISSING, CloudWatchAlarm
def alarm(**given):
    usual = dict(name="x", exporter=rds.EXPORTER, metric="M", statistic=AVERAGE, comparison=GREATER, threshold=1,
                 period=MINUTE, datapoints=1, of=1, missing=MISSING, level=("D",))
    return CloudWatchAlarm(**usual | given)
"""


def alarms_of(root: Path, text: str) -> str:
    """What is wrong with the alarms of a file, which has eight lines before them."""
    write(root, "exporters/rds.py", exporter("AWS/RDS"))
    file = write(root, "alerts/rds.py", ALARM + text)
    with pytest.raises(DefinitionError) as caught:
        load_alarms(root)
    return str(caught.value).removeprefix(str(file))


def test_alarms_are_those_of_every_file_and_know_their_exporter_by_name(tmp_path: Path) -> None:
    write(tmp_path, "exporters/rds.py", exporter("AWS/RDS"))
    assert load_alarms(tmp_path) == ()
    write(tmp_path, "alerts/_shared.py", ALARM)
    write(
        tmp_path, "alerts/a.py", 'from alerts._shared import alarm\nALARMS = (alarm(name="{Env}-a"), alarm(name="b"))\n'
    )
    write(tmp_path, "alerts/b.py", 'from alerts._shared import alarm\nALARMS = (alarm(name="c"),)\n')
    write(tmp_path, "alerts/rules.py", "RULES = ()\n")
    found = load_alarms(tmp_path)
    assert [each.key for each in found] == ["a", "b", "c"]
    assert {each.exporter.name for each in found} == {"rds"}


def test_a_wrong_alarm_is_told_with_its_line(tmp_path: Path) -> None:
    assert alarms_of(tmp_path, 'ALARMS = (\n    alarm(metric="N"),\n)\n') == (
        ":8: alarm x: exporter of AWS/RDS has no metric N"
    )
    told = ":9: ALARMS is not a tuple of CloudWatchAlarms; a single one needs a comma"
    assert alarms_of(tmp_path, "ALARMS = (alarm())\n") == told
    assert alarms_of(tmp_path, "ALARMS = (1,)\n") == told
    twice = ":9: two alarms are called x; name one of them otherwise"
    assert alarms_of(tmp_path, 'ALARMS = (alarm(), alarm(name="{Env}-x"))\n') == twice


def test_the_alarms_that_exist_today_are_declared() -> None:
    found = {each.name: (each.metric, each.threshold, each.datapoints, each.of) for each in load_alarms(ROOT)}
    assert found == {
        "ppbe-{Environment}-api-error-rate": ("HTTPCode_Target_5XX_Count", 10, 2, 2),
        "ppbe-{Environment}-api-memory": ("MemoryUtilization", 85, 2, 2),
        "ppbe-{Environment}-db-cpu": ("CPUUtilization", 80, 2, 2),
    }


def test_the_alert_of_an_alarm_refers_to_metrics_that_are_exported() -> None:
    known = known_metrics(load_exporters(ROOT))
    for expression in [parsed(text) for each in load_alarms(ROOT) for text in (each.paging, each.insufficient)]:
        for selector in expression.selectors:
            assert all(known[selector.metric].has(label) for label in selector.equal)
    assert {each.metric for each in parsed(DISAGREEING).selectors} <= known.keys()


@pytest.mark.parametrize("name", ["alarms", "controls", "identity"])
def test_an_exporter_is_not_called_like_what_the_daemon_does_besides(tmp_path: Path, name: str) -> None:
    file = write(tmp_path, f"exporters/{name}.py", exporter("X/A"))
    assert error_of(tmp_path) == f"{file}:2: the daemon calls something of its own {name}; name it otherwise"
