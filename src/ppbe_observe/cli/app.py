"""The commands, each with its examples."""

from typing import Any

import typer
from typer.core import TyperGroup

from ppbe_observe.cli.common import examples
from ppbe_observe.cli.lazy import Lazy, LazyCommands

COMMANDS = {
    "run": Lazy(
        "run", "run", ("ppbe-observe run", "ppbe-observe run -c staging.yaml", "kill -HUP $(pidof ppbe-observe)")
    ),
    "demo": Lazy("demo", "demo", ("ppbe-observe demo", "ppbe-observe demo --load-balancers 100 --no-prometheus")),
    "collect": Lazy(
        "collect",
        "collect",
        (
            "ppbe-observe collect | promtool check metrics",
            "ppbe-observe collect --exporter rds --target us-gov-west-1",
            "ppbe-observe collect --format json | jq '.failures'",
        ),
    ),
    "check": Lazy(
        "check",
        "check",
        (
            "ppbe-observe check",
            "ppbe-observe check --service rds --service s3 --fail-on high",
            "ppbe-observe check --control sc-28 --format json | jq '.findings[] | select(.outcome == \"fail\")'",
            "ppbe-observe check --format csv --output findings.csv",
            "terraform show -json plan.out | ppbe-observe check --terraform-plan - --fail-on high",
        ),
    ),
    "generate": Lazy(
        "generate",
        "generate",
        (
            "ppbe-observe generate",
            "ppbe-observe generate --check",
            "ppbe-observe generate --out /etc/ppbe --runbooks-url https://wiki.agency.gov/runbooks",
        ),
    ),
    "ack": Lazy(
        "ack",
        "ack",
        (
            'ppbe-observe ack RdsStorageLow --comment "growing the volume" --for 2h',
            (
                'ppbe-observe ack DbCpuHigh --comment "failing over" '
                "--resource arn:aws-us-gov:rds:us-gov-west-1:123456789012:db:ppbe-production"
            ),
        ),
    ),
    "incidents": Lazy(
        "incidents",
        "incidents",
        (
            "ppbe-observe incidents",
            "ppbe-observe incidents --open",
            "ppbe-observe incidents --since 2026-11-01 --format csv > incidents.csv",
            "ppbe-observe incidents --format json | jq '.incidents[] | select(.seconds_to_acknowledge > 900)'",
        ),
    ),
    "availability": Lazy(
        "availability",
        "availability",
        (
            "ppbe-observe availability",
            "ppbe-observe availability --days 365 --format json | jq '.objectives[].outages'",
        ),
    ),
    "plan": Lazy("plan", "plan", ("ppbe-observe plan", "ppbe-observe plan --budget 100", "ppbe-observe plan --json")),
    "doctor": Lazy("doctor", "doctor", ("ppbe-observe doctor", "ppbe-observe doctor --json")),
    "iam-policy": Lazy(
        "iam_policy",
        "iam_policy",
        (
            "ppbe-observe iam-policy > policy.json",
            "ppbe-observe iam-policy --format terraform > ppbe_observe.tf",
            "ppbe-observe iam-policy --format cloudformation > ppbe-observe.yaml",
            "ppbe-observe iam-policy --for daemon --role arn:aws-us-gov:iam::123456789012:role/ppbe-observe",
        ),
    ),
    "alarms": Lazy("alarms", "app"),
    "config": Lazy("config", "app"),
    "controls": Lazy("controls", "app"),
    "dashboards": Lazy("dashboards", "app"),
    "simulate": Lazy("simulate", "app"),
    "slo": Lazy("slo", "app"),
    "version": Lazy("version", "version", ("ppbe-observe version", "ppbe-observe version --json")),
}


class _Commands(TyperGroup):
    """The root: it knows the names of the commands, and imports the one that is asked for."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = LazyCommands(COMMANDS)  # type: ignore[assignment]  # it is only read


app = typer.Typer(
    name="ppbe-observe",
    cls=_Commands,
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


@app.callback()
def _root() -> None:
    """Makes it a group though no command is registered: they are imported when they are asked for."""
