"""What each version of Alertmanager knows. Pure.

Source: Alertmanager's CHANGELOG.md and the types of its package ``config`` at each release, 0.25 to 0.34; 0.25 also by
its amtool (tests/alerting/alertmanager/test_versions.py).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ppbe_observe.errors import DefinitionError

Version = tuple[int, int]

OLDEST: Version = (0, 25)
"""Debian 12's: the first that knows the location of an interval, and secrets of PagerDuty and mail by file."""

_VERSION = re.compile(r"v?(\d+)\.(\d+)(\.\d+)?(\+.*)?")


@dataclass(frozen=True, slots=True)
class Since:
    """The first version that knows a field, and what to do before that."""

    version: Version
    instead: str


SINCE: Mapping[str, Since] = {
    "receiver.webhook_configs.url_file": Since((0, 26), "give its url, and the secret as HttpAuth by file"),
    "receiver.msteamsv2_configs": Since(
        (0, 28),
        "send a Webhook to a bridge that posts to the workflow (0.26 and 0.27 have msteams_configs, but only for the "
        "connectors that Microsoft retired)",
    ),
    "receiver.webhook_configs.timeout": Since((0, 28), "leave it out"),
    "inhibition.name": Since((0, 30), "leave it out"),
    "receiver.webhook_configs.payload": Since((0, 32), "let a bridge make the document of it"),
    "receiver.labels": Since((0, 33), "leave them out"),
    "receiver.sns_configs.sigv4.external_id": Since((0, 34), "name a profile that assumes the role"),
    "route.labels": Since((0, 34), "leave them out"),
}
"""The fields that Alertmanager 0.25 does not know, of those that are rendered."""


def version(text: str) -> Version:
    """``0.25`` or ``0.25.0``.

    Raises:
        DefinitionError: It is no version, or one that is too old.
    """
    found = _VERSION.fullmatch(text.strip())
    if found is None:
        raise DefinitionError(f"{text!r} is no version of Alertmanager; write it like {shown(OLDEST)}")
    stated = int(found[1]), int(found[2])
    if stated < OLDEST:
        raise DefinitionError(f"Alertmanager {shown(stated)} is too old: {shown(OLDEST)} is the oldest; install that")
    return stated


def check_known(part: str, found: Mapping[str, object], what: str, stated: Version) -> None:
    """Refuse what a version does not know.

    Args:
        part: ``receiver``, ``route`` or ``inhibition``.
        found: As it is rendered.
        what: What it is and where it is declared.
        stated: The version that it is rendered for.

    Raises:
        DefinitionError: A field is newer.
    """
    for path in _paths(part, found):
        since = SINCE.get(path)
        if since and since.version > stated:
            field = path.removeprefix(f"{part}.")
            raise DefinitionError(
                f"{what}: Alertmanager {shown(stated)} does not know {field}, {shown(since.version)} is the first that "
                f"does; {since.instead}"
            )


def shown(found: Version) -> str:
    """``0.25``."""
    return f"{found[0]}.{found[1]}"


def _paths(before: str, found: object) -> Iterator[str]:
    if isinstance(found, Mapping):
        for key, value in found.items():
            yield f"{before}.{key}"
            yield from _paths(f"{before}.{key}", value)
    elif isinstance(found, list):
        for each in found:
            yield from _paths(before, each)
