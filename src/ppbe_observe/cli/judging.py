"""Judges for a command: with a progress bar, the targets that were named, and what the daemon remembers."""

from collections.abc import Collection, Iterable, Sequence
from itertools import chain, count
from time import monotonic

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ppbe_observe.aws.calls import Call
from ppbe_observe.aws.deadline import within
from ppbe_observe.cli.common import stderr
from ppbe_observe.clock import utc_now
from ppbe_observe.controls.report import Report
from ppbe_observe.daemon.inspection import Looked, Selection, Tracks, inspect, remembered, report_of
from ppbe_observe.daemon.oneshot import Workbench
from ppbe_observe.errors import SettingsError, StateError
from ppbe_observe.model import Exemption, Failure, Target
from ppbe_observe.settings import Settings

_Unnamed = tuple[tuple[str, Failure], ...]


def judged(settings: Settings, selection: Selection, names: set[str], timeout: float) -> Report:
    """The report on the targets that are named (all where none is), within so many seconds.

    Raises:
        SettingsError: Nothing is left of the checks or the targets.
    """
    calls, deadline = count(1), monotonic() + timeout
    with _progress() as progress:
        task = progress.add_task("finding out accounts", total=None, calls=0)

        def called(_: Call) -> None:
            progress.update(task, calls=next(calls))

        with Workbench(settings, called) as bench:
            whole = bench.assembly.examiner
            if not selection.checks_of(whole):
                raise SettingsError("no check is left: the filters exclude each other, or the settings switch them off")
            with within(deadline):
                targets = bench.targets()
            chosen, unnamed = _chosen(targets, bench.failures, settings, names)
            progress.update(task, description="judging targets", total=len(chosen))
            now, examiner = utc_now(), selection.narrowed(whole)
            seen = inspect(bench.assembly, examiner, chosen, now, deadline, done=lambda: progress.advance(task))
    looked = Looked(now, whole, targets, unnamed, seen)
    report = report_of(looked, selection, settings, _remembered(settings, looked))
    _tell_idle(report, chain.from_iterable(whole.rules.exemptions.values()))
    return report


def _progress() -> Progress:
    console = stderr()
    return Progress(
        SpinnerColumn("dots" if console.encoding.startswith("utf") else "line"),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[calls]} calls"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _chosen(
    targets: Sequence[Target], failures: Collection[tuple[str, Failure]], settings: Settings, names: set[str]
) -> tuple[list[Target], _Unnamed]:
    """The targets that are named, and those without an account that may be meant."""
    told = {each: {each.name, each.account_id, each.region} for each in targets}
    chosen = [each for each in targets if not names or names & told[each]]
    open_names = names.difference(*told.values())
    regions = {f"targets[{index}]": set(given.regions) for index, given in enumerate(settings.targets)}
    unnamed = tuple(each for each in failures if not names or open_names or names & regions[each[0]])
    if not chosen and not unnamed:
        known = ", ".join(each.name for each in targets)
        raise SettingsError(f"no target matches --target {' '.join(sorted(names))}; there are {known}")
    return chosen, unnamed


def _remembered(settings: Settings, looked: Looked) -> Tracks | None:
    try:
        return remembered(settings, looked.findings)
    except StateError as error:
        told = f"[yellow]history unread[/] {escape(str(error))}; no deadline is known"
        stderr().print(told, highlight=False)
        return None


def _tell_idle(report: Report, exemptions: Iterable[Exemption]) -> None:
    for each in report.idle(exemptions):
        told = (
            f"no resource of {each.check} matches {escape(each.resource)}; correct or delete it in controls.exemptions"
        )
        stderr().print(f"[yellow]exemption of nothing[/] {told}", highlight=False, soft_wrap=True)
