"""How alarms stand to their definitions, for a person in colour and for machines."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from ppbe_observe.alerting.alarms.putting import Difference, Drift, Standing
from ppbe_observe.daemon.drift import Compared

_COLOURS = {
    Standing.SAME: "green",
    Standing.DIFFERENT: "bold yellow",
    Standing.ABSENT: "bold red",
    Standing.LEFT_OVER: "magenta",
    Standing.CONTESTED: "bold red",
}
_TOLD = {
    Standing.SAME: "as declared",
    Standing.ABSENT: "not in CloudWatch",
    Standing.LEFT_OVER: "no resource of that name is there any more: delete it, or mend its tags",
    Standing.CONTESTED: "several resources want this name: put a tag that tells them apart into it",
}


def print_drifts(console: Console, found: Sequence[Compared], *, every: bool) -> None:
    """A table of what differs (``every``: of all), and how many are as declared."""
    shown = [(one, each) for one in found for each in one.drifts if every or each.standing is not Standing.SAME]
    if shown:
        table = Table("alarm", "target", "standing", "CloudWatch has, and should have", title_justify="left")
        for one, each in shown:
            table.add_row(Text(each.name), one.target.name, Text(each.standing, _COLOURS[each.standing]), _told(each))
        console.print(table)
    same = sum(each.standing is Standing.SAME for one in found for each in one.drifts)
    total = sum(len(one.drifts) for one in found)
    console.print(f"{same} of {total} alarms are as declared", highlight=False)


def _told(drift: Drift) -> Text:
    if drift.standing is not Standing.DIFFERENT:
        return Text(_TOLD[drift.standing])
    return Text("\n").join(Text.from_markup(_line(each)) for each in drift.differences)


def _line(difference: Difference) -> str:
    there, wanted = (escape(_value(each)) for each in (difference.found, difference.wanted))
    return f"{difference.member}: [red]{there}[/] [dim]->[/] [green]{wanted}[/]"


def _value(value: Any) -> str:
    if value in (None, [], ""):
        return "nothing"
    if isinstance(value, list):
        return ", ".join(f"{each['Name']}={each['Value']}" if isinstance(each, dict) else str(each) for each in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def as_json(found: Iterable[Compared]) -> bytes:
    """The same for machines, with what could not be seen."""
    rows = [
        {
            "name": each.name,
            "target": one.target.name,
            "standing": each.standing,
            "differences": [
                {"member": part.member, "found": part.found, "wanted": part.wanted} for part in each.differences
            ],
        }
        for one in found
        for each in one.drifts
    ]
    failures = [{"target": one.target.name, "failure": str(each)} for one in found for each in one.failures]
    answer = {"alarms": rows, "failures": failures}
    return orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
