"""Writes docs/reference/checks/: one page per service with every check, and an index.

checks_reference.py DIRECTORY
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ppbe_observe.controls.catalog import Baseline, catalog, checks_by_control, checks_by_indicator
from ppbe_observe.controls.check import Check
from ppbe_observe.controls.checks import CHECKS, SERVICES
from ppbe_observe.controls.detector import DETECTION
from ppbe_observe.permissions.declared import calls_of_check

HEAD = "Written by `make docs` from `src/ppbe_observe/controls/`; edit the checks, not this page."


def pages() -> dict[str, str]:
    """Every page by its file name."""
    found = {f"{service}.md": page(service) for service in SERVICES}
    return {"README.md": index(), **found}


def index() -> str:
    """What there is, and how much of each baseline it covers."""
    lines = [f"# Control checks\n\n{HEAD}\n", "| service | checks |\n|---|---|"]
    lines += [f"| [{service}]({service}.md) | {len(checks)} |" for service, checks in SERVICES.items()]
    speaking = checks_by_control(CHECKS)
    lines.append("\n| baseline | controls | with a check |\n|---|---|---|")
    for each in Baseline:
        controls = catalog().of(each)
        automated = sum(control.id in speaking for control in controls)
        lines.append(f"| {each.value} | {len(controls)} | {automated} |")
    indicators = catalog().indicators
    lines.append(f"| Key Security Indicators | {len(indicators)} | {len(checks_by_indicator(CHECKS))} |")
    lines.append(
        "\nA control without a check is `not_automated` and never counts as satisfied. What the checks themselves "
        f"could not see is a finding of `{DETECTION.id}`.\n"
    )
    return "\n".join(lines)


def page(service: str) -> str:
    """The checks of one service."""
    kept = [each for each in CHECKS if each.service == service]
    return "\n".join([f"# Checks of {service}\n\n{HEAD}\n", *(line for each in kept for line in section(each))])


def section(check: Check) -> Iterator[str]:
    """One check."""
    yield f"## {check.id}\n"
    yield f"**{check.title}.** {check.description}\n"
    yield "| | |\n|---|---|"
    yield from (f"| {name} | {value} |" for name, value in rows(check))
    yield f"\nTo mend: {check.remediation}\n"


def rows(check: Check) -> Iterator[tuple[str, str]]:
    """What is declared of a check, for people."""
    known = catalog()
    yield "severity", check.severity.value
    yield "resource", f"`{check.on}`"
    if check.only_in:
        yield "environments", ", ".join(check.only_in)
    controls = (known.controls[each] for each in check.controls)
    yield "controls", "<br>".join(f"{each.label} {each.title}" for each in controls)
    names = [f"{each} {known.indicators[each].name}" for each in check.indicators]
    yield "indicators", "<br>".join(names) or "none"
    parameters = (f"`{name}`: `{written(value)}`" for name, value in check.parameters.items())
    yield "parameters", "<br>".join(parameters) or "none"
    yield "calls", ", ".join(f"`{each}`" for each in calls_of_check(check)) or "none"


def written(value: Any) -> str:
    """A default as it stands in the settings."""
    return json.dumps(list(value) if isinstance(value, tuple) else value).replace("|", "\\|")


def main(directory: Path) -> None:
    """Write what has changed, and remove pages of services that are gone."""
    directory.mkdir(parents=True, exist_ok=True)
    found = pages()
    for old in directory.glob("*.md"):
        if old.name not in found:
            old.unlink()
    for name, text in found.items():
        (directory / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
