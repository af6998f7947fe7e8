"""``ppbe-observe controls``: the catalog, and what of it is automated."""

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any

import orjson
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ppbe_observe.cli.common import UNFOLDED, examples, stdout
from ppbe_observe.controls.catalog import (
    Baseline,
    Control,
    Indicator,
    catalog,
    checks_by_control,
    checks_by_indicator,
    control_id,
)
from ppbe_observe.controls.check import Check
from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.controls.detector import DETECTION
from ppbe_observe.errors import SettingsError
from ppbe_observe.permissions.declared import calls_of_check

app = typer.Typer(help="The control catalog: what is automated, and by which checks.", no_args_is_help=True)

ROOM = 80
"""Columns, in which no identifier has to be folded."""

EVERY = (*CHECKS, DETECTION)
"""All that speak for controls: the detector is a check too, though no setting is about it."""

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(
    "list",
    epilog=examples(
        "ppbe-observe controls list --baseline class-c",
        "ppbe-observe controls list --family SC --missing",
        "ppbe-observe controls list --ksi",
        "ppbe-observe controls list --checks --json",
    ),
)
def list_(
    baseline: Annotated[Baseline, typer.Option(help="The controls of this baseline or class.")] = Baseline.CLASS_C,
    family: Annotated[str | None, typer.Option(help="Only this family (AC, SC ...).")] = None,
    ksi: Annotated[bool, typer.Option("--ksi", help="List the Key Security Indicators.")] = False,
    checks: Annotated[bool, typer.Option("--checks", help="List the checks.")] = False,
    missing: Annotated[bool, typer.Option("--missing", help="Only what no check speaks for.")] = False,
    json: JsonOption = False,
) -> None:
    """List controls, indicators or checks, each with what speaks for it."""
    if (ksi and (checks or family)) or (checks and missing):
        raise SettingsError("--ksi goes with neither --checks nor --family, --checks not with --missing")
    if checks:
        _print_checks(_of_family(family), json=json)
    elif ksi:
        found = [each for each in _indicators() if not (missing and each["checks"])]
        _print(found, json=json, title="Key Security Indicators (CR26)")
    else:
        found = [each for each in _controls(baseline, family) if not (missing and each["checks"])]
        _print(found, json=json, title=f"Controls of {baseline.value}")


@app.command(epilog=examples("ppbe-observe controls show sc-28", "ppbe-observe controls show KSI-SVC-SIN"))
def show(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="A control, an indicator or a check.")],
    json: JsonOption = False,
) -> None:
    """Show one control, indicator or check, with everything that belongs to it."""
    known = catalog()
    if control := known.controls.get(control_id(identifier)):
        told, checks = _control(control), checks_by_control(EVERY).get(control.id, ())
    elif indicator := known.indicators.get(identifier.strip().upper()):
        told, checks = _indicator(indicator), checks_by_indicator(EVERY).get(indicator.id, ())
    elif check := {each.id: each for each in EVERY}.get(identifier.strip().lower()):
        if json:
            _write(described(check))
        else:
            _show(stdout(), described(check))
        return
    else:
        raise SettingsError(f"{identifier}: no such control, indicator or check; {_hint(identifier)}")
    if json:
        _write({**told, "automated_by": [described(each) for each in checks]})
    else:
        _show(stdout(), told)
        _show_checks(stdout(), checks)


def described(check: Check) -> dict[str, Any]:
    """All that is declared of a check."""
    return {
        "check": check.id,
        "title": check.title,
        "description": check.description,
        "service": check.service,
        "resource": check.on,
        "severity": check.severity.value,
        "controls": list(check.controls),
        "indicators": list(check.indicators),
        "parameters": dict(check.parameters),
        "environments": list(check.only_in),
        "calls": list(calls_of_check(check)),
        "remediation": check.remediation,
    }


def _controls(baseline: Baseline, family: str | None) -> list[dict[str, Any]]:
    known = catalog()
    wanted = _family(family, known.families(baseline), baseline.value)
    return [_control(each) for each in known.of(baseline) if wanted in (None, each.family)]


def _of_family(family: str | None) -> list[Check]:
    """The checks that speak for a control of a family; all without one."""
    known = catalog().controls
    wanted = _family(family, {each.family: each.family_title for each in known.values()}, "NIST 800-53")
    return [each for each in CHECKS if wanted is None or any(known[name].family == wanted for name in each.controls)]


def _family(given: str | None, known: Collection[str], where: str) -> str | None:
    if given is not None and given.upper() not in known:
        raise SettingsError(f"--family {given}: {where} has {', '.join(known)}")
    return given.upper() if given else None


def _indicators() -> list[dict[str, Any]]:
    return [_indicator(each) for each in catalog().indicators.values()]


def _control(control: Control) -> dict[str, Any]:
    return {
        "id": control.id,
        "label": control.label,
        "title": control.title,
        "family": f"{control.family} {control.family_title}",
        "baselines": sorted(control.baselines),
        "indicators": list(control.indicators),
        "checks": [each.id for each in EVERY if control.id in each.controls],
    }


def _indicator(indicator: Indicator) -> dict[str, Any]:
    return {
        "id": indicator.id,
        "title": indicator.name,
        "theme": indicator.theme,
        "optional_in": sorted(indicator.optional_in),
        "controls": list(indicator.controls),
        "checks": [each.id for each in EVERY if indicator.id in each.indicators],
    }


def _print(found: list[dict[str, Any]], *, json: bool, title: str) -> None:
    if json:
        _write(found)
        return
    console = stdout()
    between = " " if console.width >= UNFOLDED else "\n"
    table = _table(console, title, ("id", "title", "checks"), whole=(0, 2))
    for each in found:
        checks = Text(between.join(each["checks"])) if each["checks"] else Text("not automated", style="yellow")
        table.add_row(each.get("label", each["id"]), Text(each["title"]), checks)
    console.print(table)
    automated = sum(bool(each["checks"]) for each in found)
    console.print(f"{automated} of these {len(found)} have a check.", highlight=False)


def _print_checks(found: Sequence[Check], *, json: bool) -> None:
    if json:
        _write([described(each) for each in found])
        return
    console = stdout()
    console.print(_checks(console, found, f"{len(found)} checks"))


def _checks(console: Console, checks: Iterable[Check], title: str) -> Table:
    """The controls and indicators stand below the title, in a pipe behind it: five columns do not fit a terminal."""
    between = "; " if console.width >= UNFOLDED else "\n"
    headings = ("check", "severity", "what holds where it passes, and for which controls")
    table = _table(console, title, headings, whole=(0, 1))
    for each in checks:
        spoken = " ".join((*each.controls, *each.indicators))
        table.add_row(each.id, each.severity.value, Text(each.title).append(between + spoken, style="dim"))
    return table


def _table(console: Console, title: str, headings: Sequence[str], *, whole: Collection[int]) -> Table:
    """A table; ``whole`` are the columns whose cells are not folded, as people copy them, where there is the room.

    Without it they would be cut: an enhancement would read as its control.
    """
    room = console.width >= ROOM
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for index, heading in enumerate(headings):
        table.add_column(heading, overflow="fold", no_wrap=room and index in whole)
    return table


def _show(console: Console, told: Mapping[str, Any]) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in told.items():
        if name != "checks":
            grid.add_row(Text(name.replace("_", " "), style="bold"), Text(_shown(value)))
    console.print(grid)


def _show_checks(console: Console, checks: Sequence[Check]) -> None:
    if checks:
        console.print(_checks(console, checks, "Automated by"))
    else:
        console.print("[yellow]not automated[/]: no check speaks for it, so that it never counts as satisfied")


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={orjson.dumps(each).decode()}" for name, each in value.items()) or "-"
    return (" ".join(value) or "-") if isinstance(value, list) else str(value)


def _hint(identifier: str) -> str:
    known = catalog()
    names = {each.lower(): each for each in (*known.controls, *known.indicators, *(each.id for each in EVERY))}
    near = get_close_matches(identifier.lower(), names, 3, 0.5)
    if not near:
        return "ppbe-observe controls list (--ksi, --checks) names them all"
    return f"did you mean {' or '.join(names[each] for each in near)}?"


def _write(document: Any) -> None:
    sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
