"""``generate`` writes the alarms for CloudWatch beside the rules for Prometheus."""

from pathlib import Path

from ppbe_observe.generate.directory import differences, write
from ppbe_observe.generate.estate import Options, read_estate
from ppbe_observe.generate.output import alarm_files
from support.project import PROJECT

GOLDEN = PROJECT / "tests" / "alerting" / "alarms" / "golden"


def test_the_alarms_of_the_estate_are_generated() -> None:
    files = read_estate(PROJECT).files(Options())
    for name in ("alarms.tf.json", "alarms.yaml"):
        assert files[f"cloudwatch/{name}"] == (GOLDEN / name).read_text(encoding="utf-8")


def test_without_alarms_there_is_no_file_for_cloudwatch(tmp_path: Path) -> None:
    (tmp_path / "exporters").mkdir()
    text = "from ppbe_observe.cloudwatch import Exporter\nEXPORTER = Exporter(namespace='X', metrics=())\n"
    (tmp_path / "exporters" / "x.py").write_text(text, encoding="utf-8")
    assert alarm_files(read_estate(tmp_path).alarms) == {}


def test_a_file_without_a_header_is_compared_like_the_others(tmp_path: Path) -> None:
    files = read_estate(PROJECT).files(Options())
    write(tmp_path, files)
    assert differences(tmp_path, files) == ""
    module = tmp_path / "cloudwatch" / "alarms.tf.json"
    module.write_text(module.read_text(encoding="utf-8").replace("85", "90"), encoding="utf-8")
    assert '-        "threshold": 90,\n+        "threshold": 85,\n' in differences(tmp_path, files)
