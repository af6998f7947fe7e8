"""``ppbe-observe ack``: acknowledge an alert, so that no further step of it pages anybody."""

import getpass
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from ppbe_observe.alerting.escalation.ladders import LEVELS
from ppbe_observe.alerting.incidents import resource_labels, resource_of
from ppbe_observe.alerting.silences import acknowledging, matchers_for
from ppbe_observe.cli.common import FAILED, ConfigOption, settings_from, stderr, stdout
from ppbe_observe.cli.findings import shown_text
from ppbe_observe.clock import utc_now
from ppbe_observe.errors import SettingsError
from ppbe_observe.incidents.alertmanager import Alertmanager
from ppbe_observe.incidents.answers import Active
from ppbe_observe.model import Identity
from ppbe_observe.settings import format_duration, parse_duration

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=30)
_ISO = "%Y-%m-%dT%H:%M:%SZ"

Firing = Mapping[Identity, Sequence[Active]]


def ack(
    alert: Annotated[str, typer.Argument(help="The alert that fires, as in the page: RdsStorageLow.")],
    comment: Annotated[str, typer.Option(help="What is being done about it.")],
    config: ConfigOption = None,
    resource: Annotated[
        list[str] | None,
        typer.Option(
            help="The ARN, or another label's value, where the alert fires for several resources; repeatable."
        ),
    ] = None,
    lasts: Annotated[str, typer.Option("--for", help="How long no page is wanted: 30m, 2h, 1d.")] = "2h",
    author: Annotated[
        str | None, typer.Option(help="Who acknowledges. Without it: the name of the user.", show_default=False)
    ] = None,
) -> None:
    """Acknowledge an alert on one resource: a silence in Alertmanager, so that it climbs no further.

    Whoever was told of it is told of its end, too; not where no step is left to silence: then all of it is quiet.

    Exit code 0: the silence is made; 1: no such alert fires, or Alertmanager cannot be asked; 3: wrong settings or
    usage, or the alert fires for several resources (they are listed).
    """
    duration, said = _duration(lasts), _said("--comment", comment)
    who = _said("--author", author if author is not None else _user())
    alertmanager = Alertmanager(settings_from(config).incidents)
    active = alertmanager.alerts()
    named = tuple(resource or ())
    identity, firing = _one(alert, named, _matching(active, alert, named), active)
    now = utc_now().replace(microsecond=0)
    matchers = acknowledging(identity, {each.sighting.step for each in firing})
    silence = alertmanager.silence(matchers, now, now + duration, who, said)
    _show(identity, firing, matchers_text=" ".join(map(str, matchers)), until=now + duration, silence=silence)


def _duration(text: str) -> timedelta:
    try:
        duration = parse_duration(text)
    except ValueError as error:
        raise SettingsError(f"--for {error}") from None
    if not SHORTEST <= duration <= LONGEST:
        raise SettingsError(f"--for {text}: give {format_duration(SHORTEST)} to {format_duration(LONGEST)}")
    return duration


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without an entry, as in containers
        raise SettingsError("--author: this user has no name here; say who acknowledges") from None


def _said(option: str, text: str) -> str:
    if not text.strip():
        raise SettingsError(f"{option}: is empty; who reads the record wants to know")
    return text.strip()


def _matching(active: Sequence[Active], alert: str, named: Collection[str]) -> Firing:
    found: dict[Identity, list[Active]] = {}
    for each in active:
        identity = each.sighting.identity
        if identity.alertname == alert and set(named) <= set(resource_labels(identity).values()):
            found.setdefault(identity, []).append(each)
    return found


def _one(
    alert: str, named: Collection[str], found: Firing, active: Sequence[Active]
) -> tuple[Identity, Sequence[Active]]:
    """The one alert that is meant; steps and severities of it are quieted together."""
    if not found:
        _tell_none(alert, named, active)
    resources = {matchers_for(each): each for each in found}
    if len(resources) > 1:
        listed = "\n".join(f"  {each}" for each in sorted(_options(resources.values())))
        raise SettingsError(f"{alert} fires for {len(resources)} resources; name one of them:\n{listed}")
    return next(iter(found)), [each for firing in found.values() for each in firing]


def _options(identities: Collection[Identity]) -> Iterator[str]:
    """What to write to mean each of them: its name, and what else tells it from the others."""
    told = [resource_labels(each) for each in identities]
    differing = {name for labels in told for name in labels if len({each.get(name) for each in told}) > 1}
    for identity, labels in zip(identities, told, strict=True):
        values = dict.fromkeys([resource_of(identity), *(labels[name] for name in sorted(differing & labels.keys()))])
        yield " ".join(f"--resource {shlex.quote(shown_text(each))}" for each in values if each in labels.values())


def _tell_none(alert: str, named: Collection[str], active: Sequence[Active]) -> None:
    identities = [each.sighting.identity for each in active]
    names = sorted({each.alertname for each in identities})
    if alert in names:
        hint = (
            f"it fires for {', '.join(sorted({resource_of(each) for each in identities if each.alertname == alert}))}"
        )
    elif near := get_close_matches(alert, names, 1):
        hint = f"did you mean {near[0]}?"
    else:
        hint = f"these fire: {', '.join(names)}" if names else "nothing fires"
    about = f" for {' and '.join(named)}" if named else ""
    told = escape(shown_text(f"{alert} does not fire{about}; {hint}"))
    stderr().print(f"[bold red]error[/]: {told}", highlight=False)
    raise typer.Exit(FAILED)


def _show(identity: Identity, firing: Sequence[Active], *, matchers_text: str, until: datetime, silence: str) -> None:
    told = {each.sighting.step for each in firing}
    left = [] if "" in told else [each for each in LEVELS if each not in told]
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    rows = (
        ("silenced", identity.alertname),
        ("resource", resource_of(identity) or "-"),
        ("until", f"{until:{_ISO}}"),
        ("told", ", ".join(sorted(told - {""})) or "-"),
        ("quiet", ", ".join(left) if left else "every step, and its end"),
        ("since", f"{min(each.sighting.starts for each in firing):{_ISO}}"),
        ("matchers", matchers_text),
        ("silence", silence),
    )
    for name, text in rows:
        table.add_row(name, Text(shown_text(text), style="bold" if name in {"silenced", "until"} else ""))
    stdout().print(table)
