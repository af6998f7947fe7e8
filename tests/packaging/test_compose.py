"""``deploy/compose.yaml``, as far as it can be tried without a container engine: that its parts fit together."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ppbe_observe.generate.output import DASHBOARDS, PROMETHEUS, PROVISIONING, Peers
from ppbe_observe.grafana.provisioning import MOUNTED
from ppbe_observe.settings import load_settings
from support.commands import command
from support.processes import amtool
from support.project import PROJECT

DEPLOY = PROJECT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ESTATE = SERVICES["estate"]
SECRET = "/run/secrets/observe-token"


def mounts(service: str) -> dict[str, Path]:
    """What is mounted of this directory, by where it is in the container."""
    pairs = (each.split(":") for each in SERVICES[service].get("volumes", ()))
    return {inside: (DEPLOY / outside).resolve() for outside, inside, *_ in pairs if outside.startswith(".")}


def published() -> set[str]:
    return {each.split(":")[1] for each in ESTATE["ports"]}


@pytest.mark.parametrize("service", SERVICES)
def test_every_mounted_path_is_there_and_read_only(service: str) -> None:
    assert all(each.exists() for each in mounts(service).values())
    bound = [each for each in SERVICES[service].get("volumes", ()) if each.startswith(".")]
    assert all(each.endswith(":ro") for each in bound)


@pytest.mark.parametrize("service", SERVICES)
def test_every_named_volume_and_secret_is_declared(service: str) -> None:
    named = {each.split(":")[0] for each in SERVICES[service].get("volumes", ()) if not each.startswith(".")}
    assert named <= COMPOSE["volumes"].keys()
    assert {*SERVICES[service].get("secrets", ())} <= COMPOSE["secrets"].keys()


@pytest.mark.parametrize("service", SERVICES)
def test_a_secret_out_of_the_environment_can_be_written_into_its_container(service: str) -> None:
    written = [each for each in SERVICES[service].get("secrets", ()) if "environment" in COMPOSE["secrets"][each]]
    assert not (written and SERVICES[service].get("read_only"))


@pytest.mark.parametrize("service", ["prometheus", "alertmanager", "grafana"])
def test_images_of_others_have_a_version(service: str) -> None:
    assert re.fullmatch(r"[a-z/]+:v?\d+\.\d+\.\d+", SERVICES[service]["image"])


def test_all_share_the_namespace_whose_ports_are_published_on_loopback_alone() -> None:
    others = {name: each for name, each in SERVICES.items() if name != "estate"}
    assert {each["network_mode"] for each in others.values()} == {"service:estate"}
    assert not any("ports" in each for each in others.values())
    assert all(each.startswith("127.0.0.1:") for each in ESTATE["ports"])


def test_what_is_generated_finds_everything_on_the_ports_that_there_are() -> None:
    peers = Peers()
    wanted = {each.rpartition(":")[2] for each in (peers.daemon, peers.prometheus, *peers.alertmanagers)}
    assert wanted | {"3000"} == published()
    given = SERVICES["daemon"]["environment"]["PPBE_OBSERVE__WEB__LISTEN"]
    assert given.rpartition(":")[2] == peers.daemon.rpartition(":")[2]
    scraped = yaml.safe_load((DEPLOY / "generated" / PROMETHEUS).read_text("utf-8"))["scrape_configs"]
    targets = {target for job in scraped for one in job["static_configs"] for target in one["targets"]}
    assert targets == {peers.daemon, peers.prometheus, *peers.alertmanagers}


def test_prometheus_reads_what_is_generated_and_keeps_what_objectives_need() -> None:
    (option,) = (each for each in SERVICES["prometheus"]["command"] if each.startswith("--config.file="))
    config = Path(option.partition("=")[2])
    mounted = mounts("prometheus")[str(config.parent)]
    assert mounted / config.name == DEPLOY / "generated" / PROMETHEUS
    assert "--storage.tsdb.retention.time=35d" in SERVICES["prometheus"]["command"]


def test_grafana_reads_what_is_generated_where_it_looks_for_it() -> None:
    found = mounts("grafana")
    assert found[MOUNTED] == DEPLOY / "generated" / DASHBOARDS
    provisioned = found["/etc/grafana/provisioning"]
    assert provisioned == DEPLOY / "generated" / PROVISIONING
    provider = yaml.safe_load((provisioned / "dashboards" / "ppbe-observe.yaml").read_text("utf-8"))
    assert provider["providers"][0]["options"]["path"] == MOUNTED
    sources = yaml.safe_load((provisioned / "datasources" / "ppbe-observe.yaml").read_text("utf-8"))["datasources"]
    assert {each["url"].rpartition(":")[2] for each in sources} <= published()
    home = SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert (found[MOUNTED] / Path(home).relative_to(MOUNTED)).is_file()


def test_the_daemon_takes_its_settings_and_those_of_its_environment() -> None:
    file = mounts("daemon")["/etc/ppbe-observe/ppbe-observe.yaml"]
    settings = load_settings(file, SERVICES["daemon"]["environment"])
    assert (settings.web.listen.host, settings.web.listen.port) == ("0.0.0.0", 9106)
    assert str(settings.incidents.token_file) == SECRET


def test_alertmanager_takes_its_configuration_and_tells_the_daemon_alone() -> None:
    file = mounts("alertmanager")["/etc/alertmanager/alertmanager.yml"]
    done = amtool("check-config", file)
    assert done.returncode == 0, done.stdout + done.stderr
    text = file.read_text("utf-8")
    assert re.findall(r"https?://(\S+?)/", text) == [Peers().daemon]
    assert f"credentials_file: {SECRET}" in text


def test_the_image_has_what_simulates_the_estate() -> None:
    (asked,) = {each["build"]["args"]["REQUIREMENTS"] for each in SERVICES.values() if "build" in each}
    assert re.search(r"(?m)^moto==", (PROJECT / "requirements" / f"{asked}.txt").read_text("utf-8"))
    assert "requirements/${REQUIREMENTS}.txt" in (PROJECT / "Dockerfile").read_text("utf-8")
    assert command(*ESTATE["command"], "--help").code == 0
    (address,) = re.findall(r'urlopen\("(\S+?)/_simulate/health', ESTATE["healthcheck"]["test"][-1])
    assert address == SERVICES["daemon"]["environment"]["AWS_ENDPOINT_URL"]
