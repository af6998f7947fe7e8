"""A report for a person to act on: on a terminal by check, elsewhere one line a finding, that nothing folds or cuts.

Names and reasons come from outside: they are shown as text, whatever they hold.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ppbe_observe.controls.report import Line, Report
from ppbe_observe.controls.rollup import State
from ppbe_observe.model import Outcome, Severity

WIDEST = 140
"""Columns: lines that are longer are hard to read."""

_OUTCOMES = {
    Outcome.FAIL: "bold red",
    Outcome.UNKNOWN: "bold yellow",
    Outcome.EXEMPT: "magenta",
    Outcome.PASS: "green",
    Outcome.NOT_APPLICABLE: "dim",
}
_SEVERITIES = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
}
_TO_DO = frozenset({Outcome.FAIL, Outcome.UNKNOWN, Outcome.EXEMPT})
_HEADINGS = ("OUTCOME", "SEVERITY", "DUE", "CHECK", "RESOURCE", "TARGET", "WHY, AND WHAT TO DO")


def print_report(console: Console, report: Report, *, every: bool) -> None:
    """The findings that need somebody, the worst first, then the state of the baseline."""
    shown = [each for each in report.lines if every or each.finding.outcome in _TO_DO]
    if shown and console.soft_wrap:
        console.print(Text("\n").join(_lines(shown, _arrow(console))))
    for _, lines in groupby(() if console.soft_wrap else shown, key=_same):
        console.print(_group(tuple(lines), report.at, _arrow(console)), width=min(console.width, WIDEST))
    for line in _summary(report, nothing=not shown):
        console.print(line)


def shown_text(text: str) -> str:
    """What cannot be printed, line breaks and terminal controls included, as Python would write it."""
    return text if text.isprintable() else "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def _same(line: Line) -> tuple[Outcome, Severity, str]:
    return line.finding.outcome, line.finding.severity, line.check.id


def _group(lines: Sequence[Line], now: datetime, arrow: str) -> RenderableType:
    """One check: what holds where it passes, each resource with the reason, then what to do."""
    first = lines[0]
    named = " ".join((*first.check.controls, *first.check.indicators))
    head = Text.assemble(_outcome(first), " ", _severity(first), "  ", (first.check.title, "bold"))
    parts: list[RenderableType] = [head, Padding(Text(f"{first.check.id}  {named}", style="dim"), (0, 0, 0, 2))]
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(overflow="fold", ratio=4)  # 26 of 80 columns: an account and a region of GovCloud fit
    table.add_column(overflow="fold", ratio=5)
    table.add_column(no_wrap=True)
    for line in lines:
        table.add_row(_resource(line), _why(line), _due(line, now))
    parts.append(Padding(table, (0, 0, 0, 2)))
    if first.finding.outcome is Outcome.FAIL:
        parts.append(Padding(Text(f"{arrow} {first.check.remediation}", style="cyan"), (0, 0, 0, 2)))
    return Group(*parts, "")


def _lines(lines: Sequence[Line], arrow: str) -> Iterator[Text]:
    rows = [_row(line, arrow) for line in lines]
    columns = zip(*rows, strict=True)
    widths = [max(cell_len(heading), *map(cell_len, cells)) for heading, cells in zip(_HEADINGS, columns, strict=True)]
    yield Text(_aligned(_HEADINGS, widths), style="bold")
    for line, row in zip(lines, rows, strict=True):
        text = Text(_aligned(row, widths))
        text.stylize(_OUTCOMES[line.finding.outcome], 0, len(row[0]))
        yield text


def _row(line: Line, arrow: str) -> tuple[str, ...]:
    finding = line.finding
    why = _why(line).plain.replace("\n", "; ")
    to_do = f" {arrow} {line.check.remediation}" if finding.outcome is Outcome.FAIL else ""
    return (
        finding.outcome.value,
        finding.severity.value,
        str(_last_day(line.due.by)) if line.due and line.due.by else "-",
        finding.check,
        shown_text(finding.resource.arn),
        finding.resource.target.name,
        why + to_do,
    )


def _aligned(cells: Iterable[str], widths: Iterable[int]) -> str:
    padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _outcome(line: Line) -> Text:
    outcome = line.finding.outcome
    return Text(outcome.value.replace("_", " "), style=_OUTCOMES[outcome])


def _severity(line: Line) -> Text:
    severity = line.finding.severity
    return Text(severity.value, style=_SEVERITIES[severity])


def _resource(line: Line) -> Text:
    resource = line.finding.resource
    name = resource.arn.split(":", 5)[-1]
    told = {"*": f"all of {resource.kind.removesuffix(':*')}", "root": "the account"}.get(name, shown_text(name))
    return Text(told).append(f"\n{resource.target.name}", style="dim")


def _why(line: Line) -> Text:
    finding = line.finding
    text = Text(shown_text(finding.verdict.reason))
    if finding.exemption and finding.outcome is Outcome.EXEMPT:
        given = finding.exemption
        accepted = shown_text(f"accepted by {given.owner} until {given.expires}: {given.reason}")
        text.append(f"\n{accepted}", style="magenta")
    return text


def _due(line: Line, now: datetime) -> Text:
    if line.due is None or line.due.by is None:
        return Text("")
    text = Text(f"due {_last_day(line.due.by)}\n").append(_when(line.due.by, now))
    if line.due.by < now:
        text.stylize("bold red")
    return text.append(f"\nsince {line.first_seen:%Y-%m-%d}", style="dim") if line.first_seen else text


def _when(by: datetime, now: datetime) -> str:
    """In whole days (UTC), as a person counts them."""
    days = (_last_day(by) - now.date()).days
    if days == 0:
        return "overdue" if by < now else "today"
    many = f"{abs(days)} day{'s' if abs(days) > 1 else ''}"
    return f"in {many}" if days > 0 else f"{many} ago"


def _last_day(by: datetime) -> date:
    """A deadline at midnight ends the day before."""
    return (by - timedelta(microseconds=1)).date()


def _summary(report: Report, *, nothing: bool) -> Iterator[Text]:
    if not report.lines:
        yield Text("Nothing was judged.", style="bold yellow")
    elif nothing:
        yield Text("Nothing fails, nothing is unknown.", style="green")
    counts = (Text(f"{report.count(each)} {each.value.replace('_', ' ')}", _OUTCOMES[each]) for each in Outcome)
    many = len(report.lines)
    yield Text(f"{many} finding{'s' if many != 1 else ''}: ").append_text(Text(", ").join(counts))
    coverage = report.rolled.coverage
    if report.complete:
        states = ", ".join(f"{coverage.states[each]} {each.value.replace('_', ' ')}" for each in State)
        yield Text(
            f"{coverage.baseline.value}: {coverage.automated} of {coverage.controls} controls have a check; "
            f"of {coverage.controls}: {states}"
        )


def _arrow(console: Console) -> str:
    return "→" if console.encoding.startswith("utf") else "->"
