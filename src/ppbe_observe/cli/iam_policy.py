"""``ppbe-observe iam-policy``: what IAM must allow, and nothing else."""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ppbe_observe.assessment.examiner import rules_of
from ppbe_observe.cli.common import ConfigOption, DefinitionsOption, settings_if_any, stderr
from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.daemon.assembly import enabled
from ppbe_observe.definitions import load_alarms, load_exporters
from ppbe_observe.errors import SettingsError
from ppbe_observe.permissions.formats import as_cloudformation, as_json, as_terraform
from ppbe_observe.permissions.policy import (
    MOST_CHARACTERS,
    Policy,
    Statement,
    assuming,
    calls_of,
    heartbeat,
    policies,
    reading,
)
from ppbe_observe.settings import Settings
from ppbe_observe.settings.targets import GOVCLOUD, partition_of

_ROLE = re.compile(r"arn:(aws[a-z-]*):iam::\d{12}:role/[A-Za-z0-9_+=,.@/-]+")
_READS = "Reads the metrics and the state of resources; no data, and nothing that changes anything."
_BEATS = "Writes the heartbeat to CloudWatch."
_ASSUMES = "Acts as the roles of the accounts that are watched."


class Format(StrEnum):
    """How it is written."""

    JSON = "json"
    TERRAFORM = "terraform"
    CLOUDFORMATION = "cloudformation"


class Partition(StrEnum):
    """AWS's partitions."""

    COMMERCIAL = "aws"
    GOVCLOUD = "aws-us-gov"
    CHINA = "aws-cn"


class Identity(StrEnum):
    """Whom it is for."""

    ALL = "all"
    TARGETS = "targets"
    DAEMON = "daemon"


@dataclass(frozen=True, slots=True)
class _Needs:
    """What has to be allowed: reading, the heartbeat, and acting as roles.

    ``itself`` is true where a target is read without a role.
    """

    reads: tuple[Statement, ...]
    beats: tuple[Statement, ...]
    assumes: tuple[Statement, ...]
    itself: bool
    partitions: frozenset[str]


def iam_policy(
    config: ConfigOption = None,
    definitions: DefinitionsOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How it is written.")] = Format.JSON,
    partition: Annotated[
        Partition | None, typer.Option(help="The partition of the JSON form, in place of that of the targets.")
    ] = None,
    role: Annotated[
        list[str] | None, typer.Option(help="ARN of a role that is assumed, beside those of the settings; repeatable.")
    ] = None,
    whom: Annotated[
        Identity,
        typer.Option(
            "--for",
            help="targets: those who read the targets (the roles, or the daemon's own identity); daemon: the daemon's "
            "own identity, which assumes the roles; all: both.",
        ),
    ] = Identity.ALL,
) -> None:
    """Print the least that IAM must allow: what the enabled exporters, alarms and checks ask, all read-only.

    Where the settings switch the heartbeat on, it may be written, too.

    Without a settings file it is for all built-in definitions, in GovCloud. JSON is one policy document; only where
    that would be longer than AWS allows it is a list of documents, each of which is short enough.
    """
    needs = _needs(settings_if_any(config, definitions), definitions, _roles(role or ()))
    chosen = _chosen(needs, whom, separate=form is not Format.JSON)
    writers = {Format.TERRAFORM: as_terraform, Format.CLOUDFORMATION: as_cloudformation}
    if writer := writers.get(form):
        sys.stdout.write(writer(chosen))
    else:
        sys.stdout.write(as_json(chosen, partition.value if partition else _partition(needs)))
    for each in chosen:
        size = f"{each.size:,} of {MOST_CHARACTERS:,} characters"
        stderr().print(f"{each.name}: {each.description} {size}", highlight=False)


def _roles(given: Iterable[str]) -> list[str]:
    for each in given:
        if not _ROLE.fullmatch(each):
            raise SettingsError(f"--role {each}: not the ARN of a role; arn:aws-us-gov:iam::123456789012:role/NAME is")
    return list(given)


def _needs(settings: Settings | None, definitions: Path | None, roles: list[str]) -> _Needs:
    if settings is None:
        reads = reading(calls_of(load_exporters(definitions), CHECKS, load_alarms(definitions)))
        return _Needs(reads, (), assuming(roles), not roles, _partitions_of(roles) or frozenset({GOVCLOUD}))
    exporters = enabled(settings, load_exporters(settings.definitions))
    checks = rules_of(settings.controls, settings.environment).checks if settings.controls.enabled else ()
    alarms = load_alarms(settings.definitions) if settings.alarms.enabled else ()
    assumed = [*roles, *(each.role.arn for each in settings.targets if each.role)]
    return _Needs(
        reading(calls_of(exporters, checks, alarms)),
        heartbeat() if settings.incidents.heartbeat else (),
        assuming(assumed),
        any(each.role is None for each in settings.targets),
        _partitions_of(roles) | {partition_of(region) for each in settings.targets for region in each.regions},
    )


def _partitions_of(roles: Iterable[str]) -> frozenset[str]:
    return frozenset(each.split(":")[1] for each in roles)


def _chosen(needs: _Needs, whom: Identity, *, separate: bool) -> tuple[Policy, ...]:
    reads = (*needs.reads, *needs.beats) if whom is not Identity.DAEMON or needs.itself else ()
    assumes = needs.assumes if whom is not Identity.TARGETS else ()
    what = f"{_READS} {_BEATS}" if needs.beats else _READS
    if not separate and reads and assumes:
        return policies("ppbe-observe", f"{what} {_ASSUMES}", [*reads, *assumes])
    return policies("ppbe-observe-read", what, reads) + policies("ppbe-observe-assume", _ASSUMES, assumes)


def _partition(needs: _Needs) -> str:
    if len(needs.partitions) > 1:
        found = ", ".join(sorted(needs.partitions))
        raise SettingsError(f"the targets are in several partitions ({found}); name one with --partition")
    return next(iter(needs.partitions))
