"""``ppbe-observe alarms``: the declared alarms in CloudWatch: written for other tools, compared, put there."""

import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from ppbe_observe.alerting.alarms.putting import Standing
from ppbe_observe.alerting.alarms.rendering import as_cloudformation, as_terraform
from ppbe_observe.aws.writing import WRITING
from ppbe_observe.cli.common import (
    FAILED,
    INCOMPLETE,
    OK,
    ConfigOption,
    DefinitionsOption,
    examples,
    settings_from,
    settings_if_any,
    stderr,
    stdout,
)
from ppbe_observe.cli.drifts import as_json, print_drifts
from ppbe_observe.cli.output import check_output, write_output
from ppbe_observe.clock import utc_now
from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm
from ppbe_observe.daemon.drift import MENDED, Compared, Put, compare, put
from ppbe_observe.daemon.oneshot import Workbench
from ppbe_observe.definitions import load_alarms
from ppbe_observe.errors import SettingsError
from ppbe_observe.settings import Settings

app = typer.Typer(
    help="The alarms of alerts/ in CloudWatch: render them, compare them, put them there.", no_args_is_help=True
)


class Format(StrEnum):
    """What ``render`` writes."""

    TERRAFORM = "terraform"
    CLOUDFORMATION = "cloudformation"


class Shown(StrEnum):
    """How ``diff`` writes."""

    TABLE = "table"
    JSON = "json"


TargetOption = Annotated[
    list[str] | None,
    typer.Option("--target", "-t", help="Only this account, region or account/region; repeatable."),
]
TimeoutOption = Annotated[float, typer.Option(help="Seconds after which what is missing is given up.", min=1)]


@app.command(
    epilog=examples(
        "ppbe-observe alarms render > ppbe_alarms.tf.json",
        "ppbe-observe alarms render --format cloudformation --output ppbe-alarms.yaml",
    )
)
def render(
    config: ConfigOption = None,
    definitions: DefinitionsOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="For which tool.")] = Format.TERRAFORM,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
) -> None:
    """Write the alarms as a Terraform module (JSON) or a CloudFormation template, for one environment at a time.

    Tags and dimensions are variables. AWS is not asked, and no settings file is needed.
    """
    settings = settings_if_any(config, definitions)
    alarms = _declared(settings.definitions if settings else definitions)
    text = (as_terraform if form is Format.TERRAFORM else as_cloudformation)(alarms)
    if output is None:
        sys.stdout.write(text)
        return
    check_output(output)
    write_output(output, text.encode())


@app.command(
    epilog=examples(
        "ppbe-observe alarms diff",
        "ppbe-observe alarms diff --all --target us-gov-west-1",
        "ppbe-observe alarms diff --format json | jq '.alarms[] | select(.standing != \"same\")'",
    )
)
def diff(
    config: ConfigOption = None,
    definitions: DefinitionsOption = None,
    target: TargetOption = None,
    form: Annotated[Shown, typer.Option("--format", "-f", help="How the result is written.")] = Shown.TABLE,
    every: Annotated[bool, typer.Option("--all", help="Show alarms that are as declared, too.")] = False,
    timeout: TimeoutOption = 60,
) -> None:
    """Compare the declared alarms with those in CloudWatch (DescribeAlarms).

    Exit code 0: all are as declared; 1: some are not; 2: none differs, but something could not be seen; 3: wrong
    settings or usage.
    """
    with _bench(settings_from(config, definitions), writing=False) as bench:
        found, unnamed = _compared(bench, target, timeout)
    if form is Shown.JSON:
        sys.stdout.buffer.write(as_json(found))
    else:
        print_drifts(stdout(), found, every=every)
    sys.stdout.flush()
    _tell_unseen(found, unnamed)
    drifted = any(each.standing is not Standing.SAME for one in found for each in one.drifts)
    raise typer.Exit(FAILED if drifted else INCOMPLETE if unnamed or _unseen(found) else OK)


@app.command(epilog=examples("ppbe-observe alarms apply", "ppbe-observe alarms apply --target us-gov-west-1 --yes"))
def apply(
    config: ConfigOption = None,
    definitions: DefinitionsOption = None,
    target: TargetOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write; without it only what would be written is said.")] = False,
    timeout: TimeoutOption = 60,
) -> None:
    """Put alarms that are absent or differ into CloudWatch (PutMetricAlarm); nothing is deleted.

    What will be written is said first. Exit code 0: nothing is left to write; 1: without --yes there is something, or a
    write was refused; 2: something could not be seen; 3: wrong settings or usage.
    """
    deadline = monotonic() + timeout
    with _bench(settings_from(config, definitions), writing=yes) as bench:
        found, unnamed = _compared(bench, target, timeout)
        pending = sum(each.standing in MENDED for one in found for each in one.drifts)
        print_drifts(stdout(), found, every=False)
        written = list(put(bench, found, deadline)) if yes else []
    _tell_written(stdout(), written, pending, yes=yes)
    _tell_unseen(found, unnamed)
    failed = any(each.failure for each in written) or (pending and not yes)
    raise typer.Exit(FAILED if failed else INCOMPLETE if unnamed or _unseen(found) else OK)


def _declared(root: Path | None) -> tuple[CloudWatchAlarm, ...]:
    alarms = load_alarms(root)
    if not alarms:
        raise SettingsError("no alarm is declared: put ALARMS into a file of alerts/, or name another --definitions")
    return alarms


def _bench(settings: Settings, *, writing: bool) -> Workbench:
    """The alarms are compared even where the daemon does not evaluate them."""
    _declared(settings.definitions)
    alarms = settings.alarms.model_copy(update={"enabled": True})
    return Workbench(settings.model_copy(update={"alarms": alarms}), also=WRITING if writing else {})


def _compared(bench: Workbench, target: list[str] | None, timeout: float) -> tuple[list[Compared], list[str]]:
    targets = bench.select(set(target or ()))
    if not targets and not bench.failures:
        raise SettingsError(f"--target {', '.join(target or ())}: none of the settings' targets")
    unnamed = [f"{where}: {failure}" for where, failure in bench.failures]
    return compare(bench, targets, utc_now(), monotonic() + timeout), unnamed


def _unseen(found: Iterable[Compared]) -> bool:
    return any(each.failures for each in found)


def _tell_written(console: Console, written: Sequence[Put], pending: int, *, yes: bool) -> None:
    for each in written:
        said = f"[red]refused[/]: {escape(str(each.failure))}" if each.failure else "[green]written[/]"
        console.print(f"{escape(each.name)} {each.target.name}: {said}", highlight=False)
    if pending and not yes:
        console.print(f"nothing was written; --yes writes {pending}", highlight=False)


def _tell_unseen(found: Iterable[Compared], unnamed: Iterable[str]) -> None:
    console = stderr()
    for text in (*unnamed, *(f"{one.target.name}: {failure}" for one in found for failure in one.failures)):
        console.print(f"[yellow]incomplete[/] {escape(text)}", highlight=False)
