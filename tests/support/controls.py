"""Settings and series of daemons that judge the controls."""

from typing import Any

from ppbe_observe.controls.checks import CHECKS
from support.daemon import Series

STATES = ("fail", "unknown", "exempt", "pass", "not_applicable", "not_automated")


def judging(*checks: str, **given: Any) -> dict[str, Any]:
    """The section ``controls``: these checks only, every second; ``checks`` and other keys that are given go first."""
    others: dict[str, Any] = {each.id: {"enabled": False} for each in CHECKS if each.id not in checks}
    return {"interval": "1s", **given, "checks": {**others, **given.get("checks", {})}}


def state_of(series: Series, kind: str, name: str) -> str | None:
    """The one state that a control, indicator or family is in; None where it is not shown."""
    found = {
        dict(labels)["state"]: number
        for (family, labels), number in series.items()
        if family == f"fedramp_{kind}_state" and (kind, name) in labels
    }
    if not found:
        return None
    assert set(found) == set(STATES)
    (state,) = [each for each, number in found.items() if number == 1.0]
    return state


def outcomes(series: Series, **labels: str) -> dict[tuple[str, str], str]:
    """What became of each check on each resource."""
    found: dict[tuple[str, str], str] = {}
    for (family, has), number in series.items():
        if family == "fedramp_finding" and labels.items() <= has:
            told = dict(has)
            key = told["check"], told["resource"]
            assert number == 1.0
            found[key] = told["outcome"]
    return found
