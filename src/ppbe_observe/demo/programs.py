"""Which programs the demo is made of, and what each of them is told. I/O."""

import secrets
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from ppbe_observe.demo.pages import CREDENTIALS, Neighbours, Pages, rehearsed, topics_of
from ppbe_observe.demo.processes import Child, Supervisor, free_port
from ppbe_observe.generate.directory import write
from ppbe_observe.generate.estate import Options, read_estate
from ppbe_observe.generate.output import PROMETHEUS, Peers

RETENTION = "35d"
"""What the error budgets of thirty days need."""

_TARGETS = (
    {"account_id": "123456789012", "regions": ["us-gov-west-1", "us-gov-east-1"]},
    {
        "regions": ["us-gov-west-1"],
        "role": {"arn": "arn:aws-us-gov:iam::210987654321:role/ppbe-observe", "external_id": "ppbe-observe"},
    },
)
_INSTALL = "sudo apt-get install --no-install-recommends prometheus prometheus-alertmanager"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the demo is asked for.

    Attributes:
        load_balancers: Beyond the estate's own.
        port: Of the daemon; another free one where it is taken.
        monitoring: Whether Prometheus and Alertmanager run, where they are installed.
        faster: How many times faster than declared alerts climb.
    """

    load_balancers: int
    port: int
    monitoring: bool
    faster: float


@dataclass(frozen=True, slots=True)
class Running:
    """What runs; None is what is not installed, or not wanted."""

    estate: Child
    daemon: Child
    prometheus: Child | None
    alertmanager: Child | None
    previews: Child | None
    pages: Pages | None


def start(running: Supervisor, home: Path, wanted: Wanted, console: Console) -> Running:
    """Start everything, each when what it needs answers.

    Raises:
        ObserveError: Something ended, or did not answer in time.
    """
    prometheus, alertmanager = _installed(console) if wanted.monitoring else ("", "")
    estate = _estate(running, wanted.load_balancers)
    ports = _Ports(*map(free_port, (wanted.port, 9090, 9093, 9180)))
    daemon = _daemon(running, home, estate, ports, prometheus=bool(prometheus), alertmanager=bool(alertmanager))
    if not prometheus:
        return Running(estate, daemon, None, None, None, None)
    peers = Peers(
        f"127.0.0.1:{ports.daemon}",
        f"127.0.0.1:{ports.prometheus}",
        (f"127.0.0.1:{ports.alertmanager}",) if alertmanager else (),
    )
    topics = _generate(home, Neighbours(estate.url, daemon.url, str(home / "token")), peers, wanted.faster)
    pages = Pages(estate.url, topics) if alertmanager else None
    paging = _alertmanager(running, home, alertmanager, estate, ports) if alertmanager else None
    watching = _prometheus(running, home, prometheus, ports)
    return Running(estate, daemon, watching, paging, _previews(running, home, watching, ports), pages)


@dataclass(frozen=True, slots=True)
class _Ports:
    daemon: int
    prometheus: int
    alertmanager: int
    previews: int


def _installed(console: Console) -> tuple[str, str]:
    """The paths of both; empty is what is missing."""
    prometheus = shutil.which("prometheus") or ""
    alertmanager = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager") or ""
    if not prometheus or not alertmanager:
        missing = "Alertmanager is" if prometheus else "Prometheus is"
        console.print(f"{missing} not installed, so there are no pages; to have them: [bold]{_INSTALL}[/]")
    return prometheus, alertmanager if prometheus else ""


def _estate(running: Supervisor, load_balancers: int) -> Child:
    port = free_port(4570)
    command = [*_self(), "simulate", "serve", "--port", str(port), "--load-balancers", str(load_balancers)]
    return running.start("simulated estate", command, f"http://127.0.0.1:{port}", "/_simulate/health", {})


def _daemon(
    running: Supervisor, home: Path, estate: Child, ports: _Ports, *, prometheus: bool, alertmanager: bool
) -> Child:
    settings: dict[str, Any] = {
        "environment": "production",
        "targets": list(_TARGETS),
        "state": {"url": f"sqlite:///{home}/state.db"},
        "web": {"listen": f"127.0.0.1:{ports.daemon}"},
    }
    if prometheus:
        settings["prometheus"] = {"url": f"http://127.0.0.1:{ports.prometheus}"}
        links = {
            "Dashboards": f"http://127.0.0.1:{ports.previews}",
            "Prometheus": f"http://127.0.0.1:{ports.prometheus}/alerts",
        }
        if alertmanager:
            links["Alertmanager"] = f"http://127.0.0.1:{ports.alertmanager}/#/alerts"
        settings["web"]["links"] = links
    if alertmanager:
        token = home / "token"
        token.touch(mode=0o600)
        token.write_text(secrets.token_hex(32), encoding="utf-8")
        settings["incidents"] = {
            "token_file": "token",
            "alertmanager_url": f"http://127.0.0.1:{ports.alertmanager}",
            "interval": "5s",
            "heartbeat": True,
        }
    file = home / "ppbe-observe.yaml"
    file.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    command = [*_self(), "run", "--config", str(file)]
    environment = {**CREDENTIALS, "AWS_ENDPOINT_URL": estate.url}
    return running.start("ppbe-observe", command, f"http://127.0.0.1:{ports.daemon}", "/readyz", environment)


def _generate(home: Path, near: Neighbours, peers: Peers, faster: float) -> tuple[str, ...]:
    """Write what `ppbe-observe generate` writes, with everybody told here; gives the topics."""
    estate = read_estate(None)
    assert estate.escalation is not None  # the definitions that we ship have one
    here = replace(estate, escalation=rehearsed(estate.escalation, near, faster))
    write(home / "generated", here.files(Options(runbooks_url=f"{near.daemon}/runbooks", peers=peers)))
    return topics_of(estate.escalation)


def _alertmanager(running: Supervisor, home: Path, program: str, estate: Child, ports: _Ports) -> Child:
    command = [
        program,
        f"--config.file={home / 'generated' / 'alertmanager' / 'alertmanager.yml'}",
        f"--storage.path={home / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{ports.alertmanager}",
        "--cluster.listen-address=",  # alone: nothing listens beyond loopback
    ]
    environment = {**CREDENTIALS, "AWS_ENDPOINT_URL": estate.url}
    return running.start("Alertmanager", command, f"http://127.0.0.1:{ports.alertmanager}", "/-/ready", environment)


def _prometheus(running: Supervisor, home: Path, program: str, ports: _Ports) -> Child:
    command = [
        program,
        f"--config.file={home / 'generated' / PROMETHEUS}",
        f"--storage.tsdb.path={home / 'tsdb'}",
        f"--storage.tsdb.retention.time={RETENTION}",
        f"--web.listen-address=127.0.0.1:{ports.prometheus}",
    ]
    return running.start("Prometheus", command, f"http://127.0.0.1:{ports.prometheus}", "/-/ready", {})


def _previews(running: Supervisor, home: Path, prometheus: Child, ports: _Ports) -> Child:
    """The dashboards, as Grafana would show them."""
    where = f"127.0.0.1:{ports.previews}"
    given = ["--generated", str(home / "generated"), "--prometheus", prometheus.url, "--listen", where]
    return running.start("dashboards", [*_self(), "dashboards", "preview", *given], f"http://{where}", "/", {})


def _self() -> list[str]:
    return [sys.executable, "-m", "ppbe_observe"]
