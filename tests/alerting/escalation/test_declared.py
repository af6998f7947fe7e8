"""Which escalation an estate root declares, and what is said when it is wrong."""

from pathlib import Path

import pytest

from ppbe_observe.alerting.escalation import escalation_of
from ppbe_observe.alerting.escalation.climbing import RouteTest, receivers_of
from ppbe_observe.alerting.escalation.lint import lint_escalation
from ppbe_observe.definitions import load_modules
from ppbe_observe.errors import DefinitionError
from support.alertmanager import written
from support.escalations import ESTATE_ALERTS
from support.processes import amtool
from support.project import PROJECT

GOOD = """
from ppbe_observe.alerting import PAGE
from ppbe_observe.alerting.escalation import *
ESCALATION = Escalation(
    receivers=(Receiver(name="a", to=(Webhook(url="http://127.0.0.1:1/"),)),
               Receiver(name="b", to=(Webhook(url="http://127.0.0.1:2/"),), resolved=False)),
    ladders=(
        Ladder(severity=PAGE, steps=(Step(level=L1, receiver="a"),)),
    ),
    fallback="a",
    watchdog=Watchdog(receiver="b"),
)
"""


def declared(root: Path, **files: str) -> Path:
    """An estate root with these files in ``alerts/``."""
    (root / "alerts").mkdir()
    for name, text in files.items():
        (root / "alerts" / f"{name}.py").write_text(text)
    return root


def test_the_estates_own_escalation_has_no_problem() -> None:
    found = escalation_of(load_modules(PROJECT, "alerts"))
    assert [str(each) for each in lint_escalation(found, ESTATE_ALERTS)] == []
    assert found.place.startswith(f"{PROJECT / 'alerts' / 'escalation.py'}:")


@pytest.mark.parametrize(
    ("level", "environment", "told"),
    [
        ("l1", "production", "on-call"),
        ("l3", "production", "management"),
        ("l1", "staging", "tickets"),
        ("l2", "staging", "nobody"),
        ("l3", "staging", "nobody"),
    ],
)
def test_nobody_is_woken_for_staging(tmp_path: Path, level: str, environment: str, told: str) -> None:
    """By the definitions, and by amtool on what is made of them."""
    found = escalation_of(load_modules(PROJECT, "alerts"))
    labels = {
        "alertname": "DbCpuHigh",
        "severity": "page",
        "owner": "sre",
        "escalation": level,
        "tag_Environment": environment,
    }
    assert receivers_of(labels, found) == ("incidents", told)
    asked = RouteTest(labels, ("incidents", told)).arguments(str(written(found, tmp_path)))
    assert amtool(*asked).returncode == 0


def test_the_files_that_the_estate_needs_on_the_machine_of_alertmanager() -> None:
    assert escalation_of(load_modules(PROJECT, "alerts")).secret_files == (
        "/etc/alertmanager/secrets/pagerduty-key",
        "/etc/alertmanager/secrets/smtp-password",
        "/etc/alertmanager/secrets/slack-url",
        "/etc/alertmanager/secrets/observe-token",
    )


def test_it_is_found_in_any_file(tmp_path: Path) -> None:
    root = declared(tmp_path, people=GOOD, rds="")
    assert escalation_of(load_modules(root, "alerts")).place == f"{root}/alerts/people.py:4"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace('receiver="a"', 'receiver="z"'), "escalation.py:4: ladder page ("),
        (GOOD.replace('receiver="a"', 'receiver=""'), "escalation.py:8: step l1 has no receiver"),
        (
            GOOD.replace('url="http://127.0.0.1:1/"', 'url="https://x?token=y"'),
            "escalation.py:5: the address at x holds",
        ),
        (GOOD.replace("steps=(Step", "stages=(Step"), "escalation.py:8: TypeError: "),
    ],
)
def test_an_error_names_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    root = declared(tmp_path, escalation=text)
    with pytest.raises(DefinitionError) as caught:
        load_modules(root, "alerts")
    assert str(caught.value).startswith(f"{root}/alerts/{said}")


def test_none_at_all_is_refused(tmp_path: Path) -> None:
    modules = load_modules(declared(tmp_path, rds=""), "alerts")
    with pytest.raises(DefinitionError, match=r"declare an Escalation in alerts/escalation\.py"):
        escalation_of(modules)


def test_something_else_is_refused(tmp_path: Path) -> None:
    modules = load_modules(declared(tmp_path, people="ESCALATION = 1"), "alerts")
    with pytest.raises(DefinitionError, match=r"people\.py:1: ESCALATION is an Escalation, not int"):
        escalation_of(modules)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (GOOD, "second.py:4: there is already an escalation at"),
        ("from alerts.first import ESCALATION", "second.py:1: ESCALATION is imported here"),
    ],
)
def test_a_second_one_is_refused(tmp_path: Path, second: str, said: str) -> None:
    modules = load_modules(declared(tmp_path, first=GOOD, second=second), "alerts")
    with pytest.raises(DefinitionError) as caught:
        escalation_of(modules)
    assert said in str(caught.value)
