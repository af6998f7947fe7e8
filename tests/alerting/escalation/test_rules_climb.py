"""The rules of an alert with a ladder, and what the real promtool says of when each step fires."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import yaml

from ppbe_observe.alerting import HOUR, RuleGroup
from ppbe_observe.alerting.escalation import escalation_of, steps_of
from ppbe_observe.alerting.prometheus import rule_tests
from ppbe_observe.alerting.prometheus.rule_file import Rendering, rule_file
from ppbe_observe.definitions import load_modules
from support.escalations import alert, watchdog
from support.processes import promtool
from support.project import PROJECT

GROUP = RuleGroup(name="rds", rules=(alert(expr='broken{name="db"} > 0', lasts=HOUR),))


def rendering() -> Rendering:
    """That of the estate's own ladders."""
    escalation = escalation_of(load_modules(PROJECT, "alerts"))
    return Rendering(partial(steps_of, escalation=escalation), "https://observe.example.gov/runbooks")


def test_each_step_waits_longer_than_the_one_before() -> None:
    rules = rule_file([replace(GROUP, rules=(*GROUP.rules, watchdog()))], rendering())["groups"][0]["rules"]
    assert [(each["alert"], each.get("for"), each["labels"].get("escalation")) for each in rules] == [
        ("Broken", "1h", "l1"),
        ("Broken", "1h15m", "l2"),
        ("Broken", "1h30m", "l3"),
        ("Watchdog", None, None),
    ]


def test_promtool_sees_each_step_fire_in_its_time(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rule_file([GROUP], rendering())))
    (tmp_path / "tests.yml").write_text(yaml.safe_dump(rule_tests.test_file([GROUP], ["rules.yml"], rendering())))
    tested = promtool("test", "rules", tmp_path / "tests.yml")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert 'escalation="l3"' in (tmp_path / "tests.yml").read_text()
