"""The configuration of Alertmanager that an escalation becomes. Pure.

Source: Alertmanager documentation, "Configuration". Keys keep one order, so that two renderings compare line by line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from ppbe_observe.alerting.alertmanager.integrations import receiver
from ppbe_observe.alerting.alertmanager.templates import TEMPLATE_FILE, TEMPLATES
from ppbe_observe.alerting.alertmanager.versions import OLDEST, Version, check_known, shown
from ppbe_observe.alerting.durations import duration
from ppbe_observe.alerting.escalation.intervals import TimeInterval
from ppbe_observe.alerting.escalation.ladders import Grouping, Inhibition
from ppbe_observe.alerting.escalation.matchers import Matcher
from ppbe_observe.alerting.escalation.routes import Node, routes_of
from ppbe_observe.alerting.escalation.whole import NOBODY, Escalation

CONFIGURATION = "alertmanager.yml"
"""The file's name."""

_WIDTH = 4096  # characters; a template is never folded


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text of ``alertmanager.yml``, and of the templates that stand beside it."""

    configuration: str
    templates: str


def rendered(escalation: Escalation, stated: Version = OLDEST) -> Rendered:
    """The files of Alertmanager, for a version of it.

    Raises:
        DefinitionError: The version does not know something that the escalation uses; ``file:line: message``.
    """
    source = f"alerts/escalation.py, for Alertmanager {shown(stated)}"
    header = f"# Written by ppbe-observe generate from {source}; edit that, not this.\n"
    text = yaml.safe_dump(_document(escalation, stated), sort_keys=False, width=_WIDTH, allow_unicode=True)
    return Rendered(header + text, TEMPLATE_FILE)


def _document(escalation: Escalation, stated: Version) -> dict[str, Any]:
    nobody = [{"name": NOBODY}] if escalation.tells_nobody else []
    found: dict[str, Any] = {
        "templates": [TEMPLATES],
        "route": {
            "receiver": escalation.fallback,
            **_grouping(escalation.grouping),
            "routes": [_route(each, stated) for each in routes_of(escalation)],
        },
        "inhibit_rules": [_inhibition(each, stated) for each in escalation.inhibitions],
        "time_intervals": [_interval(each) for each in escalation.intervals],
        "receivers": [*_receivers(escalation, stated), *nobody],
    }
    return {key: value for key, value in found.items() if value}


def _receivers(escalation: Escalation, stated: Version) -> list[dict[str, Any]]:
    found = [receiver(each) for each in escalation.receivers]
    for each, made in zip(escalation.receivers, found, strict=True):
        check_known("receiver", made, f"{each.place}: receiver {each.name}", stated)
    return found


def _route(node: Node, stated: Version) -> dict[str, Any]:
    found: dict[str, Any] = {
        "receiver": node.receiver,
        "matchers": _matchers(node.matchers),
        "active_time_intervals": list(node.active),
        "mute_time_intervals": list(node.muted),
        "continue": node.onward,
        "labels": dict(node.labels),
        **(_grouping(node.grouping) if node.grouping else {}),
    }
    made = {key: value for key, value in found.items() if value}
    check_known("route", made, f"{node.place}: {node.what}", stated)
    return made


def _grouping(found: Grouping) -> dict[str, Any]:
    return {
        "group_by": list(found.by),
        "group_wait": duration(found.wait),
        "group_interval": duration(found.interval),
        "repeat_interval": duration(found.repeat),
    }


def _inhibition(found: Inhibition, stated: Version) -> dict[str, Any]:
    made: dict[str, Any] = {
        **({"name": found.name} if found.name else {}),
        "source_matchers": _matchers(found.sources),
        "target_matchers": _matchers(found.targets),
        **({"equal": list(found.same)} if found.same else {}),
    }
    check_known("inhibition", made, f"{found.place}: inhibition {found.name}", stated)
    return made


def _interval(found: TimeInterval) -> dict[str, Any]:
    hours: dict[str, Any] = {
        "weekdays": list(found.weekdays),
        "times": [{"start_time": begin, "end_time": end} for begin, end in found.times],
        "location": found.location,
    }
    return {"name": found.name, "time_intervals": [{key: value for key, value in hours.items() if value}]}


def _matchers(found: Iterable[Matcher]) -> list[str]:
    return [str(each) for each in found]
