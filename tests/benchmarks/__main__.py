"""Run the benchmarks, print them beside their limits and write build/bench.json.

    python -m benchmarks [NAME ...]

Every module runs in a process of its own, one after the other, so that none warms or burdens another. The
exit code is 1 where a limit is not kept or a benchmark fails.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from benchmarks.figure import Figure
from benchmarks.machine import facts

HERE = Path(__file__).resolve().parent
RESULT = HERE.parents[1] / "build" / "bench.json"
WIDTH = 150  # columns, where no terminal sets them
OWN = {"__init__", "__main__", "figure", "machine"}

Measured = dict[str, dict[str, Figure]]
"""The figures of each benchmark, by its name and their titles."""


def main(arguments: Sequence[str]) -> int:
    """Measure what is named, or everything."""
    if arguments[:1] == ["--alone"]:
        return _alone(arguments[1], Path(arguments[2]))
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    measured: Measured = {}
    failed: list[str] = []
    for name in arguments or sorted(_names()):
        console.print(f"measuring {name} ...")
        figures = _measure(name)
        if figures is None:
            failed.append(name)
        else:
            measured[name] = figures
    _write(measured, failed)
    console.print(_table(measured))
    for name in failed:
        console.print(f"[red]{name} failed[/red]; its error is above")
    kept = all(figure.ok for figures in measured.values() for figure in figures.values())
    return 0 if kept and not failed else 1


def _names() -> Iterator[str]:
    """The benchmarks: every other module beside this one."""
    return (path.stem for path in HERE.glob("*.py") if path.stem not in OWN)


def _measure(name: str) -> dict[str, Figure] | None:
    """The figures of one benchmark, from a process of its own; None where it fails."""
    with TemporaryDirectory() as directory:
        result = Path(directory, "figures.json")
        command = [sys.executable, "-m", "benchmarks", "--alone", name, str(result)]
        if subprocess.run(command, check=False, cwd=HERE.parent).returncode:
            return None
        told = json.loads(result.read_text())
    return {title: Figure(**fields) for title, fields in told.items()}


def _alone(name: str, result: Path) -> int:
    figures: dict[str, Figure] = import_module(f"benchmarks.{name}").measure()
    result.write_text(json.dumps({title: asdict(figure) for title, figure in figures.items()}))
    return 0


def _write(measured: Measured, failed: Sequence[str]) -> None:
    RESULT.parent.mkdir(exist_ok=True)
    shown = {
        name: {title: asdict(each) | {"ratio": each.ratio, "ok": each.ok} for title, each in figures.items()}
        for name, figures in measured.items()
    }
    document = {"machine": facts(), "figures": shown, "failed": list(failed)}
    RESULT.write_text(json.dumps(document, indent=2) + "\n")


def _table(measured: Measured) -> Table:
    table = Table(title=f"Figures ({RESULT.name} has them with the machine's facts)")
    for heading in ("what", "at most", "measured", "of the limit", "", "how"):
        table.add_column(heading, justify="right" if heading in {"at most", "measured", "of the limit"} else "left")
    for figures in measured.values():
        for title, each in figures.items():
            table.add_row(title, *_cells(each))
    return table


def _cells(figure: Figure) -> tuple[str, ...]:
    if figure.limit is None:
        return ("", f"{figure.measured:,.3g} {figure.unit}", "", "", figure.note)
    ratio = "" if figure.ratio is None else f"{figure.ratio:.0%}"
    verdict = "[green]ok[/green]" if figure.ok else "[red]OVER[/red]"
    return (f"{figure.limit:,g} {figure.unit}", f"{figure.measured:,.3g} {figure.unit}", ratio, verdict, figure.note)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
