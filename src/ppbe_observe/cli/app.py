"""The commands, each with its examples."""

import typer

from ppbe_observe.cli.collect import collect
from ppbe_observe.cli.common import examples
from ppbe_observe.cli.config import app as config_app
from ppbe_observe.cli.demo import demo
from ppbe_observe.cli.doctor import doctor
from ppbe_observe.cli.plan import plan
from ppbe_observe.cli.run import run
from ppbe_observe.cli.simulate import app as simulate_app
from ppbe_observe.cli.version import version

app = typer.Typer(
    name="ppbe-observe",
    help="CloudWatch metrics and FedRAMP control state of a federal system, in Prometheus.",
    epilog=examples(
        "ppbe-observe demo",
        "ppbe-observe config check && ppbe-observe doctor",
        "ppbe-observe run --config /etc/ppbe-observe/ppbe-observe.yaml",
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command(epilog=examples("ppbe-observe run", "ppbe-observe run -c staging.yaml", "kill -HUP $(pidof ppbe-observe)"))(
    run
)
app.command(epilog=examples("ppbe-observe demo", "ppbe-observe demo --load-balancers 100 --no-prometheus"))(demo)
app.command(
    epilog=examples(
        "ppbe-observe collect | promtool check metrics",
        "ppbe-observe collect --exporter rds --target us-gov-west-1",
        "ppbe-observe collect --format json | jq '.failures'",
    )
)(collect)
app.command(epilog=examples("ppbe-observe plan", "ppbe-observe plan --budget 100", "ppbe-observe plan --json"))(plan)
app.command(epilog=examples("ppbe-observe doctor", "ppbe-observe doctor --json"))(doctor)
app.add_typer(config_app, name="config")
app.add_typer(simulate_app, name="simulate")
app.command(epilog=examples("ppbe-observe version", "ppbe-observe version --json"))(version)
