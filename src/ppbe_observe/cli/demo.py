"""``ppbe-observe demo``: the simulated estate, the daemon, Prometheus, Alertmanager and dashboards, on loopback."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from ppbe_observe.cli.common import FAILED, OK, stderr, stdout
from ppbe_observe.cli.simulate import LoadBalancersOption
from ppbe_observe.demo.pages import CREDENTIALS, Page, Pages
from ppbe_observe.demo.processes import Supervisor
from ppbe_observe.demo.programs import Running, Wanted, start

LOOK_EVERY = 2.0  # seconds


def demo(
    load_balancers: LoadBalancersOption = 0,
    port: Annotated[int, typer.Option(help="Port of the daemon; another free one where it is taken.")] = 9106,
    prometheus: Annotated[
        bool, typer.Option(help="Also start Prometheus and Alertmanager, where they are installed.")
    ] = True,
    faster: Annotated[
        float,
        typer.Option(help="How many times faster than declared an alert climbs to the next person.", min=1, max=900),
    ] = 10,
) -> None:
    """Run everything on a simulated GovCloud estate: no AWS account is needed, nothing leaves this machine.

    Pages are shown as they arrive. Ctrl-C stops all of it.
    """
    console = stderr()
    wanted = Wanted(load_balancers=load_balancers, port=port, monitoring=prometheus, faster=faster)
    with tempfile.TemporaryDirectory(prefix="ppbe-observe-demo-") as home, Supervisor(Path(home), console) as running:
        found = start(running, Path(home), wanted, console)
        _announce(stdout(), found, Path(home))
        broken = running.wait(_shown(found.pages, stdout()) if found.pages else lambda: None)
    raise typer.Exit(FAILED if broken else OK)


def _shown(pages: Pages, console: Console) -> Callable[[], None]:
    """Prints what has arrived, every two seconds."""
    looked = 0.0

    def look() -> None:
        nonlocal looked
        if time.monotonic() - looked < LOOK_EVERY:
            return
        looked = time.monotonic()
        for page in pages.arrived():
            _print_page(console, page)

    return look


def _print_page(console: Console, page: Page) -> None:
    colour = "green" if page.ends else "red"
    to = f"to {page.receiver}" if page.receiver else "from CloudWatch"
    console.print(f"\n{time.strftime('%H:%M:%S')} [bold {colour}]{escape(page.subject)}[/]  {to}", highlight=False)
    if page.receiver:
        console.print(escape(page.text.strip()), highlight=False, soft_wrap=True)


def _announce(console: Console, found: Running, home: Path) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_row("pages", f"{found.daemon.url}/")
    table.add_row("metrics", f"{found.daemon.url}/metrics")
    table.add_row("health", f"{found.daemon.url}/readyz")
    table.add_row("runbooks", f"{found.daemon.url}/runbooks")
    if found.prometheus:
        table.add_row("Prometheus", f"{found.prometheus.url}/alerts")
    if found.previews:
        table.add_row("dashboards", found.previews.url)
    if found.alertmanager:
        table.add_row("Alertmanager", f"{found.alertmanager.url}/#/alerts")
    table.add_row("simulated AWS", found.estate.url)
    table.add_row("settings, logs", str(home))
    console.print(Panel(table, title="ppbe-observe demo", title_align="left", expand=False))
    console.print("For any AWS client (credentials may be anything):\n")
    console.print(f"AWS_ENDPOINT_URL={found.estate.url}\n", highlight=False)
    console.print("Try next, in another terminal:\n")
    for command in _commands(found, home):
        console.print(f"  {command}", highlight=False, soft_wrap=True)
    console.print("\nCtrl-C stops all of it.")


def _commands(found: Running, home: Path) -> tuple[str, ...]:
    settings = home / "ppbe-observe.yaml"
    simulate = "ppbe-observe simulate {} db-cpu --url " + found.estate.url
    paged = (
        f"{simulate.format('start')} --ago 15   # within two minutes a page arrives here, then the next steps",
        f'ppbe-observe ack DbCpuHigh --comment "looking" --config {settings}   # nobody further is paged',
        f"{simulate.format('stop')} --ago 12    # and the end is told",
        f"ppbe-observe incidents --config {settings}",
    )
    plain = (f"{simulate.format('start')}   # and watch the CPU climb", simulate.format("stop"))
    identity = " ".join(f"{name}={value}" for name, value in CREDENTIALS.items())
    return (
        f"curl -s {found.daemon.url}/metrics | grep aws_rds_cpuutilization",
        *(paged if found.alertmanager else plain),
        f"env AWS_ENDPOINT_URL={found.estate.url} {identity} ppbe-observe doctor --config {settings}",
    )
