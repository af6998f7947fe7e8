"""Alerts, recording rules and groups: what is refused, how it is told, and what they know of themselves."""

import inspect
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ppbe_observe.alerting.declared import subjects_of
from ppbe_observe.alerting.rules import TICKET, Alert, Record, RuleGroup
from ppbe_observe.definitions import load_modules
from ppbe_observe.errors import DefinitionError
from support.alerts import alert, group

WHOLE = """\
from ppbe_observe.alerting import TICKET, Alert, Record, RuleGroup

DOWN = dict(
    name="Down", expr="up == 0", severity=TICKET, owner="sre",
    summary="It is down", description="{job} is down", reason="one must know", resource=("job",),
)
"""


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "lower"}, "an alert is called 'lower'; give it a name like RdsStorageLow"),
        ({"name": "With-Dash"}, "an alert is called 'With-Dash'; give it a name like RdsStorageLow"),
        ({"owner": ""}, "alert TargetDown: owner is missing"),
        ({"summary": " "}, "alert TargetDown: summary is missing"),
        ({"description": ""}, "alert TargetDown: description is missing"),
        ({"reason": ""}, "alert TargetDown: reason is missing"),
        (
            {"summary": "{job} is down"},
            "alert TargetDown: a summary is static; put '{job} is down' into the description",
        ),
        (
            {"expr": "up == down", "description": "{value} of {threshold}"},
            "alert TargetDown: the description names a threshold, the expression has none",
        ),
        (
            {"description": "{value:.1f}"},
            "{value} in '{value:.1f}': write {value}, {threshold} or the name of a label",
        ),
    ],
)
def test_an_alert_that_is_not_whole_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        alert(**changes)
    assert str(caught.value) == message


def test_an_expression_that_is_no_promql_is_refused() -> None:
    with pytest.raises(DefinitionError, match=r"^alert TargetDown: not PromQL: .*: up ==$"):
        alert(expr="up ==")
    with pytest.raises(DefinitionError, match=r"^rule a:b: not PromQL: .*: sum\($"):
        Record(name="a:b", expr="sum(")


def test_a_recording_rule_has_the_name_of_a_metric() -> None:
    with pytest.raises(DefinitionError) as caught:
        Record(name="a-b", expr="up")
    assert str(caught.value) == "a recording rule is called 'a-b'; give it a name like level:metric:operation"


def test_a_group_has_rules() -> None:
    with pytest.raises(DefinitionError) as caught:
        RuleGroup(rules=())
    assert str(caught.value) == "a group without rules: delete it, or put one in"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('Alert(**{**DOWN, "owner": ""})', "alert Down: owner is missing"),
        ('Alert(**{**DOWN, "name": "down"})', "an alert is called 'down'; give it a name like RdsStorageLow"),
        ('Record(name="1", expr="up")', "a recording rule is called '1'; give it a name like level:metric:operation"),
        ("RuleGroup(rules=())", "a group without rules: delete it, or put one in"),
    ],
)
def test_what_is_refused_is_told_with_file_and_line(tmp_path: Path, line: str, message: str) -> None:
    file = estate(tmp_path, f"\n{line}\n")
    with pytest.raises(DefinitionError) as caught:
        load_modules(tmp_path, "alerts")
    assert str(caught.value) == f"{file}:8: {message}"


def test_an_alert_knows_where_it_is_declared() -> None:
    given: dict[str, Any] = {"severity": TICKET, "owner": "o", "summary": "s", "description": "d", "reason": "r"}
    here = inspect.currentframe()
    down = Alert(name="Down", expr="up == 0", **given)
    assert here is not None
    assert down.place == f"{__file__}:{here.f_lineno - 2}"


def test_a_group_and_a_recording_rule_know_where_they_are_declared(tmp_path: Path) -> None:
    file = estate(tmp_path, 'GROUP = RuleGroup(\n    rules=(Record(name="a:b", expr="up"),)\n)\n')
    (subject,) = subjects_of(load_modules(tmp_path, "alerts"))
    assert subject.groups[0].place == f"{file}:7"
    assert subject.groups[0].rules[0].place == f"{file}:8"


def test_a_group_is_called_after_its_file(tmp_path: Path) -> None:
    estate(tmp_path, "GROUP = RuleGroup(rules=(Alert(**DOWN),))\n")
    (subject,) = subjects_of(load_modules(tmp_path, "alerts"))
    assert (subject.name, [each.name for each in subject.groups]) == ("targets", ["targets"])


def test_a_file_without_groups_is_no_subject(tmp_path: Path) -> None:
    estate(tmp_path, "")
    assert subjects_of(load_modules(tmp_path, "alerts")) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "GROUPS = tuple(RuleGroup(rules=(Alert(**DOWN),)) for _ in range(2))\n",
            "{file}:7: there is another group targets in this file; give each a name",
        ),
        ("GROUP = 3\n", "{file}:1: GROUP is a RuleGroup, GROUPS a tuple of them, not 3"),
        ("GROUPS = (3,)\n", "{file}:1: GROUP is a RuleGroup, GROUPS a tuple of them, not 3"),
    ],
)
def test_what_is_no_group_of_its_own_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = estate(tmp_path, text)
    modules = load_modules(tmp_path, "alerts")
    with pytest.raises(DefinitionError) as caught:
        subjects_of(modules)
    assert str(caught.value) == message.format(file=file)


def test_what_an_alert_knows_of_itself() -> None:
    found = alert(expr="a > 5 * 60", description="{value} of {threshold} on {name} in {region}")
    assert found.threshold == 300
    assert found.named_labels == {"name", "region"}
    assert found.on_absence is False
    assert found.page == "TargetDown"
    assert alert(runbook="Targets").page == "Targets"
    assert alert(expr='absent(up{job="x"})', lasts=timedelta(minutes=5), description="gone").on_absence is True
    assert alert(expr="a > b").threshold is None


def test_a_group_tells_its_alerts_from_its_records() -> None:
    found, record = alert(), Record(name="a:b", expr="up")
    assert group(record, found).alerts == (found,)


def test_alerts_are_equal_wherever_they_stand() -> None:
    one = alert()
    other = alert()
    assert one == other
    assert len({one, other}) == 1


def estate(root: Path, text: str) -> Path:
    """An estate root with one file of alerts: six lines, then the text."""
    file = root / "alerts" / "targets.py"
    file.parent.mkdir()
    file.write_text(WHOLE + text, "utf-8")
    return file
