"""The container image keeps the rules of the house: built, entered and run, read-only and as user 1001."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from support.image import Image, build, first_process, missing
from support.processes import free_port
from support.project import PROJECT

pytestmark = [pytest.mark.image, pytest.mark.xdist_group("image"), pytest.mark.timeout(1800)]

ENTRYPOINT = ["/usr/bin/tini", "--", "ppbe-observe"]
SETTINGS = "targets: [{regions: [us-gov-west-1], account_id: '123456789012'}]\n"


@pytest.fixture(scope="module")
def image(isolated_environment: Mapping[str, str]) -> Image:
    if reason := missing():
        pytest.skip(reason)
    return build(PROJECT / "build" / "image", isolated_environment)


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    made = tmp_path / "volume"
    made.mkdir()
    for parent in made.parents:  # pytest's directories are root's own; the image's user passes through them
        if parent.is_relative_to("/tmp"):
            parent.chmod(parent.stat().st_mode | 0o111)
    return made


def test_the_configuration_states_the_rules_of_the_house(image: Image) -> None:
    config = image.config
    assert config["User"] == "1001:1001"
    assert config["Entrypoint"] == ENTRYPOINT
    assert config["Cmd"] == ["run"]
    assert config["StopSignal"] == "SIGTERM"
    assert list(config["Volumes"]) == ["/var/lib/ppbe-observe"]
    assert config["Labels"]["security.classification"] == "UNCLASSIFIED"
    assert config["Labels"]["compliance.fedramp"] == "true"
    assert config["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert config["Healthcheck"]["Test"][:2] == ["CMD", "python3"]
    assert not [each for each in config["Env"] if each.startswith("PPBE_OBSERVE__WEB__LISTEN")]


def test_the_version_is_told_on_a_read_only_root(image: Image, volume: Path) -> None:
    told = image.run(volume, *ENTRYPOINT, "version")
    assert told.returncode == 0, told.stderr
    assert "0.1.0" in told.stdout


def test_nothing_outside_the_volume_belongs_to_or_is_open_to_the_user(image: Image) -> None:
    shared = ("tmp", "var/tmp", "run/lock", "var/lib/ppbe-observe")
    prune = [part for each in shared for part in ("-path", str(image.root / each), "-prune", "-o")]
    suspicious = ["(", "-user", "1001", "-o", "-perm", "-o+w", "!", "-type", "l", ")", "!", "-type", "c"]
    command = ["find", str(image.root), *prune, *suspicious, "-print"]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout == ""


def test_neither_pip_nor_its_configuration_is_left_in_the_image(image: Image) -> None:
    assert not list(image.root.glob("opt/ppbe-observe/lib/python*/site-packages/pip"))
    configuration = image.root / "etc/pip.conf"
    assert not configuration.exists() or configuration.read_bytes() == b""


def test_every_module_is_compiled_so_that_nothing_need_be_written(image: Image) -> None:
    package = next(image.root.glob("opt/ppbe-observe/lib/python*/site-packages/ppbe_observe"))
    sources = {each.stem for each in package.glob("*.py")}
    compiled = {each.name.split(".")[0] for each in package.glob("__pycache__/*.pyc")}
    assert sources == compiled


def test_the_daemon_runs_healthy_and_stops_on_sigterm(image: Image, volume: Path) -> None:
    (volume / "ppbe-observe.yaml").write_text(SETTINGS)
    listen = f"127.0.0.1:{free_port()}"
    environ = {
        "PPBE_OBSERVE_CONFIG": "ppbe-observe.yaml",
        "PPBE_OBSERVE__WEB__LISTEN": listen,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "EXAMPLE",
    }
    with image.started(volume, *ENTRYPOINT, "run", **environ) as process:
        assert _healthy(f"http://{listen}/healthz"), process.communicate(timeout=1)
        check = image.config["Healthcheck"]["Test"][1:]
        with image.started(volume, *check, PPBE_OBSERVE__WEB__LISTEN=listen) as probe:
            assert probe.wait(10) == 0
        os.kill(first_process(process), signal.SIGTERM)
        assert process.wait(30) == 0


def _healthy(url: str) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            return httpx.get(url).status_code == httpx.codes.OK
        except httpx.TransportError:
            time.sleep(0.1)
    return False
