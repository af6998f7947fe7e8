"""What is committed under ``deploy/generated`` is what the definitions make."""

import json
import subprocess
import sys

from ppbe_observe.alerting.escalation import escalation_of, route_tests
from ppbe_observe.definitions import load_modules
from ppbe_observe.generate.directory import differences
from ppbe_observe.generate.estate import Options, read_estate
from support.project import PROJECT

COMMITTED = PROJECT / "deploy" / "generated"


def test_it_is_up_to_date() -> None:
    assert differences(COMMITTED, read_estate(PROJECT).files(Options())) == ""


def test_the_real_tools_take_it() -> None:
    _passes("promtool", "check", "config", str(COMMITTED / "prometheus" / "prometheus.yml"))
    _passes("amtool", "check-config", str(COMMITTED / "alertmanager" / "alertmanager.yml"))


def test_every_step_of_every_alert_reaches_whom_its_ladder_names() -> None:
    estate = read_estate(PROJECT)
    alerts = [alert for subject in estate.subjects for group in subject.groups for alert in group.alerts]
    tests = {
        (each.receivers, each.labels["severity"], each.labels.get("escalation")): each
        for each in route_tests(alerts, escalation_of(load_modules(PROJECT, "alerts")))
    }
    assert len(tests) >= len({alert.severity for alert in alerts})
    for each in tests.values():  # one of each kind: amtool takes a tenth of a second
        _passes("amtool", *each.arguments(str(COMMITTED / "alertmanager" / "alertmanager.yml")))


def _passes(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


_WITHOUT_LIBYAML = """
import json, sys
sys.modules["yaml._yaml"] = None
from ppbe_observe.generate.estate import Options, read_estate
json.dump(dict(read_estate(None).files(Options())), sys.stdout)
"""


def test_the_files_are_the_same_where_yaml_was_built_without_libyaml() -> None:
    done = subprocess.run([sys.executable, "-c", _WITHOUT_LIBYAML], check=True, capture_output=True)
    assert json.loads(done.stdout) == read_estate(None).files(Options())
