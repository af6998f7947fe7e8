"""What ``config show`` prints can be read back, says where each value came from, and holds no password."""

from pathlib import Path

import yaml

from ppbe_observe.settings import load, load_settings
from ppbe_observe.settings.shown import as_data, as_lines

FILE = """\
targets:
  - regions: [us-gov-west-1]
    role: {arn: "arn:aws-us-gov:iam::123456789012:role/observe"}
  - {account_id: "012345678901", regions: [us-east-1]}
exporters:
  rds: {interval: 5m}
"""


def test_the_shown_settings_read_back_as_the_same(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(FILE, encoding="utf-8")
    loaded = load(file, {"PPBE_OBSERVE__ENVIRONMENT": 'odd: "name" # 1'})
    again = tmp_path / "b.yaml"
    again.write_text("\n".join(map(str, as_lines(loaded))), encoding="utf-8")
    assert load_settings(again, {}) == loaded.settings


def test_each_line_ends_with_its_origin(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(FILE, encoding="utf-8")
    lines = list(map(str, as_lines(load(file, {"PPBE_OBSERVE__ENVIRONMENT": "staging"}))))
    assert lines[0] == "environment: staging  # PPBE_OBSERVE__ENVIRONMENT"
    assert f"    regions: [us-gov-west-1]  # {file}:2" in lines
    assert "  - account_id: null  # default" in lines
    assert f"    interval: 5m  # {file}:6" in lines
    assert "  read_timeout: 10s  # default" in lines


def test_json_holds_settings_and_origins_and_no_password(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(FILE, encoding="utf-8")
    environ = {"PPBE_OBSERVE__STATE__URL": "postgresql://observe:hunter2@db/x"}
    loaded = load(file, environ)
    data = as_data(loaded)
    assert data["settings"]["state"]["url"] == "postgresql://observe:***@db/x"
    assert data["origins"]["state.url"] == "PPBE_OBSERVE__STATE__URL"
    assert data["origins"]["exporters.rds.interval"] == f"{file}:6"
    assert "hunter2" not in str(data)
    assert "hunter2" not in "\n".join(map(str, as_lines(loaded)))
    assert yaml.safe_load("\n".join(map(str, as_lines(loaded)))) == data["settings"]
