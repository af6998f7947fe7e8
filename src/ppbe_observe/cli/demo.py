"""``ppbe-observe demo``: the simulated estate, the daemon and a real Prometheus, on loopback."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from ppbe_observe.cli.common import FAILED, OK, stderr, stdout
from ppbe_observe.cli.processes import Child, Supervisor, free_port
from ppbe_observe.cli.simulate import LoadBalancersOption

SETTINGS = """\
environment: production
targets:
  - account_id: "123456789012"
    regions: [us-gov-west-1, us-gov-east-1]
  - regions: [us-gov-west-1]
    role:
      arn: arn:aws-us-gov:iam::210987654321:role/ppbe-observe
      external_id: ppbe-observe
state:
  url: sqlite:///{home}/state.db
web:
  listen: 127.0.0.1:{port}
"""

PROMETHEUS = """\
global:
  scrape_interval: 5s
scrape_configs:
  - job_name: ppbe-observe
    static_configs:
      - targets: ["127.0.0.1:{port}"]
"""

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "simulated",
    "AWS_SECRET_ACCESS_KEY": "simulated",
    "AWS_DEFAULT_REGION": "us-gov-west-1",
}

INSTALL_PROMETHEUS = "sudo apt-get install --no-install-recommends prometheus"


def demo(
    load_balancers: LoadBalancersOption = 0,
    port: Annotated[int, typer.Option(help="Port of the daemon; another free one where it is taken.")] = 9106,
    prometheus: Annotated[bool, typer.Option(help="Also start Prometheus, where it is installed.")] = True,
) -> None:
    """Run everything on a simulated GovCloud estate: no AWS account is needed, nothing leaves this machine.

    Ctrl-C stops all of it.
    """
    console = stderr()
    with tempfile.TemporaryDirectory(prefix="ppbe-observe-demo-") as home, Supervisor(Path(home), console) as running:
        estate = _estate(running, load_balancers)
        daemon = _daemon(running, Path(home), estate, free_port(port))
        server = _prometheus(running, Path(home), daemon, console) if prometheus else None
        _announce(stdout(), estate, daemon, server, Path(home))
        broken = running.wait()
    raise typer.Exit(FAILED if broken else OK)


def _estate(running: Supervisor, load_balancers: int) -> Child:
    port = free_port(4570)
    command = [*_self(), "simulate", "serve", "--port", str(port), "--load-balancers", str(load_balancers)]
    return running.start("simulated estate", command, f"http://127.0.0.1:{port}", "/_simulate/health", {})


def _daemon(running: Supervisor, home: Path, estate: Child, port: int) -> Child:
    settings = home / "ppbe-observe.yaml"
    settings.write_text(SETTINGS.format(home=home, port=port), encoding="utf-8")
    command = [*_self(), "run", "--config", str(settings)]
    environment = {**CREDENTIALS, "AWS_ENDPOINT_URL": estate.url}
    return running.start("ppbe-observe", command, f"http://127.0.0.1:{port}", "/readyz", environment)


def _prometheus(running: Supervisor, home: Path, daemon: Child, console: Console) -> Child | None:
    program = shutil.which("prometheus")
    if program is None:
        console.print(f"Prometheus is not installed, so it is left out; to have it: [bold]{INSTALL_PROMETHEUS}[/]")
        return None
    config = home / "prometheus.yml"
    config.write_text(PROMETHEUS.format(port=daemon.port), encoding="utf-8")
    port = free_port(9090)
    command = [
        program,
        f"--config.file={config}",
        f"--storage.tsdb.path={home / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    return running.start("Prometheus", command, f"http://127.0.0.1:{port}", "/-/ready", {})


def _self() -> list[str]:
    return [sys.executable, "-m", "ppbe_observe"]


def _announce(console: Console, estate: Child, daemon: Child, server: Child | None, home: Path) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_row("metrics", f"{daemon.url}/metrics")
    table.add_row("health", f"{daemon.url}/readyz")
    if server is not None:
        table.add_row("Prometheus", f"{server.url}/graph?g0.expr=aws_rds_cpuutilization_average&g0.tab=0")
    table.add_row("simulated AWS", estate.url)
    table.add_row("settings, logs", str(home))
    console.print(Panel(table, title="ppbe-observe demo", title_align="left", expand=False))
    console.print("For any AWS client (credentials may be anything):\n")
    console.print(f"AWS_ENDPOINT_URL={estate.url}\n", highlight=False)
    console.print("Try next, in another terminal:\n")
    for command in (
        f"curl -s {daemon.url}/metrics | grep aws_rds_cpuutilization",
        f"ppbe-observe simulate start db-cpu --url {estate.url}   # and watch the CPU climb",
        f"ppbe-observe simulate stop db-cpu --url {estate.url}",
        (
            f"env AWS_ENDPOINT_URL={estate.url} {' '.join(f'{k}={v}' for k, v in CREDENTIALS.items())} "
            f"ppbe-observe doctor --config {home / 'ppbe-observe.yaml'}"
        ),
    ):
        console.print(f"  {command}", highlight=False)
    console.print("\nCtrl-C stops all of it.")
