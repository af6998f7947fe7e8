"""alertmanager.yml: the golden file, and what the real amtool says of it and of its routes."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ppbe_observe.alerting import MINUTE, TICKET, Alert
from ppbe_observe.alerting.alertmanager import rendered
from ppbe_observe.alerting.escalation import (
    Email,
    Escalation,
    HttpAuth,
    Inhibition,
    PagerDuty,
    Receiver,
    Route,
    RouteTest,
    Slack,
    Sns,
    Teams,
    Webhook,
    escalation_of,
    route_tests,
)
from ppbe_observe.definitions import load_modules
from support.alertmanager import written
from support.escalations import ESTATE_ALERTS, HOURS, alert, escalation, ladder, receiver
from support.processes import amtool
from support.project import PROJECT

GOLDEN = Path(__file__).with_name("golden.yml")
TOPIC = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:ppbe-production-alerts"
EVERYTHING = escalation(
    receivers=(
        Receiver(
            name="a",
            to=(
                Sns(
                    topic=TOPIC, role="arn:aws-us-gov:iam::123456789012:role/alerts", endpoint="https://sns.example.gov"
                ),
                Sns(topic=TOPIC, profile="alerts"),
                PagerDuty(routing_key_file="/secrets/pagerduty"),
            ),
        ),
        Receiver(
            name="b",
            to=(
                Slack(url_file="/secrets/slack", channel="#alerts"),
                Email(to="a@example.gov, b@example.gov", sender="c@example.gov", smarthost="smtp.example.gov:587"),
            ),
        ),
        Receiver(
            name="c",
            to=(
                Webhook(url="http://127.0.0.1:9/c", auth=HttpAuth(username="am", password_file="/secrets/password")),
                Webhook(url="https://example.gov/", auth=HttpAuth(ca_file="/ca", cert_file="/cert", key_file="/key")),
            ),
        ),
        receiver("heartbeat", resolved=False),
    ),
    ladders=(
        ladder("a", "b", "c", during="working-hours"),
        ladder("b", "b", "c", outside="working-hours"),
        ladder("c", severity=TICKET),
    ),
    records="c",
    routes=(Route(matchers=(r'name=~"arn:.*:db:a\.b"', 'note="a \\"b\\""'), receiver="c", muted=("working-hours",)),),
    inhibitions=(Inhibition(source=('severity="page"',), target=('severity="ticket"',), same=("name",)),),
    intervals=(HOURS,),
)
"""One of everything that Alertmanager 0.25 knows."""


def estate() -> Escalation:
    return escalation_of(load_modules(PROJECT, "alerts"))


def test_the_golden_file() -> None:
    """Written anew with what it should be when it changes on purpose; the diff is for the reviewer."""
    assert rendered(EVERYTHING).configuration == GOLDEN.read_text()


@pytest.mark.parametrize("found", [EVERYTHING, estate(), escalation()], ids=["everything", "estate", "plain"])
def test_amtool_takes_it(found: Escalation, tmp_path: Path) -> None:
    checked = amtool("check-config", written(found, tmp_path))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "1 templates" in checked.stdout


ROUTED = [
    *((estate(), each) for each in ESTATE_ALERTS),
    *((EVERYTHING, each) for each in (alert(), alert(severity=TICKET), alert("Watchdog", always=True))),
    (escalation(), alert(severity=TICKET)),
]


@pytest.mark.parametrize(("found", "about"), ROUTED, ids=lambda each: getattr(each, "name", ""))
def test_each_copy_of_an_alert_goes_where_its_ladder_says(found: Escalation, about: Alert, tmp_path: Path) -> None:
    configuration = written(found, tmp_path)
    for each in route_tests([about], found):
        tested = amtool(*each.arguments(str(configuration)))
        assert tested.returncode == 0, (each, tested.stdout)


def test_amtool_fails_where_somebody_else_is_told(tmp_path: Path) -> None:
    wrong = RouteTest({"severity": "page", "escalation": "l1"}, ("b",))
    assert amtool(*wrong.arguments(str(written(escalation(), tmp_path)))).returncode == 1


def test_everybody_who_is_told_is_told_of_the_end() -> None:
    document: dict[str, Any] = yaml.safe_load(rendered(EVERYTHING).configuration)
    ends = {
        each["name"]: {one["send_resolved"] for kind, several in each.items() if kind != "name" for one in several}
        for each in document["receivers"]
    }
    assert ends == {"a": {True}, "b": {True}, "c": {True}, "heartbeat": {False}}


def test_teams_from_the_version_that_knows_it() -> None:
    teams = receiver("c", to=(Teams(url_file="/secrets/teams"), Webhook(url_file="/secrets/url", timeout=MINUTE)))
    others = tuple(each for each in escalation().receivers if each.name != "c")
    document: dict[str, Any] = yaml.safe_load(rendered(escalation(receivers=(teams, *others)), (0, 28)).configuration)
    assert document["receivers"][0] == {
        "name": "c",
        "msteamsv2_configs": [
            {
                "send_resolved": True,
                "webhook_url_file": "/secrets/teams",
                "title": '{{ template "ppbe.title" . }}',
                "text": '{{ template "ppbe.text" . }}',
            }
        ],
        "webhook_configs": [{"send_resolved": True, "url_file": "/secrets/url", "timeout": "1m"}],
    }
