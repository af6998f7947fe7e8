"""Alerts for tests: whole, unless a test changes what it is about; and rules and their tests judged by promtool."""

from pathlib import Path
from typing import Any

import yaml

from ppbe_observe.alerting import TICKET, Alert
from ppbe_observe.alerting.rules import RuleGroup
from support.processes import promtool


def alert(**changes: Any) -> Alert:
    """An alert that nothing is wrong with."""
    given: dict[str, Any] = {
        "name": "TargetDown",
        "expr": 'up{job="x"} == 0',
        "severity": TICKET,
        "owner": "sre",
        "summary": "A target is down",
        "description": "{job} is down",
        "reason": "nothing is seen without it",
        "resource": ("job",),
    }
    return Alert(**{**given, **changes})


def group(*rules: Any, name: str = "g", **changes: Any) -> RuleGroup:
    """A group of rules."""
    return RuleGroup(rules=rules, name=name, **changes)


def judged(directory: Path, rules: dict[str, Any], tests: dict[str, Any]) -> str:
    """What promtool finds wrong with rules and their unit tests; empty where nothing is."""
    for name, document in (("rules.yml", rules), ("tests.yml", tests)):
        (directory / name).write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    checked = promtool("check", "rules", directory / "rules.yml")
    tested = promtool("test", "rules", directory / "tests.yml")
    return "".join(each.stdout + each.stderr for each in (checked, tested) if each.returncode)
