"""``ppbe-observe simulate``: the simulated GovCloud estate, and its incidents."""

import importlib.util
from typing import Annotated, Any

import orjson
import typer
import urllib3
from rich.table import Table

from ppbe_observe.cli.common import examples, stdout
from ppbe_observe.errors import ObserveError

app = typer.Typer(help="The simulated GovCloud estate, and its incidents.", no_args_is_help=True)

UrlOption = Annotated[
    str, typer.Option(help="Address of the simulated estate.", envvar="AWS_ENDPOINT_URL", show_envvar=True)
]
LoadBalancersOption = Annotated[
    int,
    typer.Option(
        help="Application load balancers beyond the estate's own, each with 22 CloudWatch metrics.", min=0, max=5000
    ),
]
DEFAULT_URL = "http://127.0.0.1:4570"
GOOD = range(200, 300)


@app.command("serve", epilog=examples("ppbe-observe simulate serve", "ppbe-observe simulate serve --series 100000"))
def serve_estate(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 is any free one.")] = 4570,
    load_balancers: LoadBalancersOption = 0,
    series: Annotated[
        int, typer.Option(help="CloudWatch metrics beyond the estate's own, in PPBE/Load.", min=0, max=100_000)
    ] = 0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same estate and datapoints.")] = 1,
    limits: Annotated[bool, typer.Option("--limits", help="Limit CloudWatch's calls per second as AWS does.")] = False,
    punctual: Annotated[bool, typer.Option("--punctual", help="No late and no revised datapoints.")] = False,
) -> None:
    """Serve the simulated estate to any AWS client (AWS_ENDPOINT_URL=http://127.0.0.1:4570) until Ctrl-C."""
    if importlib.util.find_spec("moto") is None:
        raise ObserveError('the simulated estate needs the extra "demo": pip install "ppbe-observe[demo]"')
    from ppbe_observe.simulate import Options, serve  # noqa: PLC0415 - the extra may be missing, and moto is heavy

    options = Options(seed=seed, series=series, load_balancers=load_balancers, limits=limits, late=not punctual)
    serve(host, port, options)


@app.command(epilog=examples("ppbe-observe simulate incidents"))
def incidents(url: UrlOption = DEFAULT_URL) -> None:
    """List the incidents there are, and which of them run."""
    known = _request("GET", url, "")
    active = {each["name"] for each in known["active"]}
    table = Table("incident", "runs")
    for name in known["incidents"]:
        table.add_row(name, "[red]yes[/]" if name in active else "no")
    stdout().print(table)


AgoOption = Annotated[float, typer.Option(help="As if it had been so many minutes ago.", min=0, max=1440)]


@app.command(
    epilog=examples("ppbe-observe simulate start db-cpu --ago 15", "ppbe-observe simulate start api-5xx --minutes 10")
)
def start(
    name: Annotated[str, typer.Argument(help="The incident: see `ppbe-observe simulate incidents`.")],
    url: UrlOption = DEFAULT_URL,
    minutes: Annotated[float | None, typer.Option(help="End it by itself after so many minutes.", min=0.1)] = None,
    ago: AgoOption = 0,
) -> None:
    """Start an incident."""
    body = {"ago": ago * 60} if minutes is None else {"ago": ago * 60, "duration": minutes * 60}
    _request("POST", url, f"/{name}", body)
    stdout().print(f"incident [bold]{name}[/] runs")


@app.command(epilog=examples("ppbe-observe simulate stop db-cpu", "ppbe-observe simulate stop db-cpu --ago 12"))
def stop(
    name: Annotated[str, typer.Argument(help="The incident.")],
    url: UrlOption = DEFAULT_URL,
    ago: AgoOption = 0,
) -> None:
    """Stop an incident."""
    _request("DELETE", url, f"/{name}", {"ago": ago * 60})
    stdout().print(f"incident [bold]{name}[/] has ended")


def _request(method: str, url: str, path: str, body: dict[str, Any] | None = None) -> Any:
    address = f"{url.rstrip('/')}/_simulate/incidents{path}"
    try:
        answer = urllib3.request(method, address, json=body, retries=False, timeout=10)
    except urllib3.exceptions.HTTPError as error:
        raise ObserveError(
            f"no simulated estate answers at {url} ({error}); start one: ppbe-observe simulate serve"
        ) from error
    if answer.status not in GOOD:
        raise ObserveError(f"{address}: {answer.status} {answer.data.decode(errors='replace')}")
    return orjson.loads(answer.data) if answer.data else None
