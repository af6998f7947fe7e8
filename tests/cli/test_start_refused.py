"""``ppbe-observe run`` with what cannot work: an exit code, and a message that says what, where and how to mend it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.daemon import run

GOOD = "targets: [{account_id: '123456789012', regions: [us-gov-west-1]}]\n"
WRONG = [
    ("aws: {max_attempts: 0}", "ppbe-observe.yaml:2: aws.max_attempts: ", "fix: "),
    ("frobnicate: true", "ppbe-observe.yaml:2: frobnicate: unknown key", "fix: "),
    ("exporters: {rsd: {enabled: false}}", "exporters.rsd: no such exporter is defined", "did you mean rds?"),
    ("web: {listen: nowhere}", "ppbe-observe.yaml:2: web.listen: ", "fix: "),
    ("state: {url: 'mysql://x'}", "ppbe-observe.yaml:2: state.url: ", "fix: "),
    ("web: {config_file: missing.yaml}", "missing.yaml", ""),
    ("definitions: missing", "missing", ""),
]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize(("line", "named", "fix"), WRONG, ids=lambda text: text.partition(":")[0])
def test_wrong_settings(tmp_path: Path, line: str, named: str, fix: str) -> None:
    (tmp_path / "ppbe-observe.yaml").write_text(GOOD + line + "\n")
    done = run("run", cwd=tmp_path)
    assert named in done.stderr
    assert fix in done.stderr
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert done.returncode == (1 if "config_file" in line else 3)


@pytest.mark.parametrize("text", ["", "- a list\n", "targets: [\n", "\x00"])
def test_empty_and_malformed_settings(tmp_path: Path, text: str) -> None:
    (tmp_path / "ppbe-observe.yaml").write_text(text)
    done = run("run", cwd=tmp_path)
    assert done.returncode == 3
    assert "ppbe-observe.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_settings(tmp_path: Path) -> None:
    done = run("run", "--config", "elsewhere.yaml", cwd=tmp_path)
    assert done.returncode == 3
    assert "elsewhere.yaml" in done.stderr
    assert "regions: [us-gov-west-1]" in done.stderr


def test_a_port_in_use(tmp_path: Path, taken: int) -> None:
    (tmp_path / "ppbe-observe.yaml").write_text(f"{GOOD}web: {{listen: '127.0.0.1:{taken}'}}\n")
    done = run("run", cwd=tmp_path)
    assert done.returncode == 1
    assert f"port {taken} is in use; fix: " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("usage", [["run", "--frobnicate"], ["frobnicate"], ["collect", "--timeout", "soon"], []])
def test_wrong_usage_is_no_exit_code_of_a_result(tmp_path: Path, usage: list[str]) -> None:
    """Typer's own exit code is 2, which says here that something could not be seen."""
    done = run(*usage, cwd=tmp_path)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
