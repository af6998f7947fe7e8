"""A real Alertmanager with a rendered escalation: what arrives at each step, and what a silence quiets."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from ppbe_observe.alerting import PAGE, TICKET
from ppbe_observe.alerting.escalation import (
    Escalation,
    Grouping,
    HttpAuth,
    Inhibition,
    Ladder,
    PagerDuty,
    Receiver,
    Slack,
    TimeInterval,
    Watchdog,
    Webhook,
)
from ppbe_observe.alerting.escalation.matchers import Matcher, matchers
from ppbe_observe.alerting.incidents import identity_of
from ppbe_observe.alerting.silences import acknowledging
from support.alertmanager import written
from support.daemon import parse, values
from support.escalations import steps
from support.processes import Peer, alertmanager
from support.webhooks import Listener, listening

SECOND = timedelta(seconds=1)
AT_ONCE = Grouping(by=("alertname",), wait=timedelta(), interval=SECOND)
STEPS = ("first", "second", "third")
NAMES = (*STEPS, "tickets", "records", "heartbeat")


def escalation(url: str, token_file: str) -> Escalation:
    """Three steps for pages, one for tickets, which a page of the same resource inhibits."""
    auth = HttpAuth(bearer_file=token_file)
    return Escalation(
        receivers=tuple(
            Receiver(name=each, to=(Webhook(url=f"{url}/{each}", auth=auth),), resolved=each != "heartbeat")
            for each in NAMES
        ),
        ladders=(
            Ladder(severity=PAGE, steps=steps(*STEPS)),
            Ladder(severity=TICKET, steps=steps("tickets")),
        ),
        inhibitions=(Inhibition(source=('severity="page"',), target=('severity="ticket"',), same=("name",)),),
        fallback="tickets",
        records="records",
        watchdog=Watchdog(receiver="heartbeat", every=2 * SECOND),
        grouping=AT_ONCE,
        recording=AT_ONCE,
    )


@dataclass(frozen=True, slots=True)
class Running:
    """Alertmanager, and whoever it tells."""

    peer: Peer
    listener: Listener

    def fire(self, *alerts: dict[str, str], ended: bool = False) -> None:
        """What Prometheus posts while rules fire, and when they no longer do."""
        now = datetime.now(UTC)
        times = {"startsAt": (now - timedelta(minutes=1)).isoformat()}
        if ended:
            times["endsAt"] = now.isoformat()
        body = [{"labels": each, "annotations": {"summary": "Broken"}, **times} for each in alerts]
        httpx.post(f"{self.peer.url}/api/v2/alerts", json=body, timeout=10).raise_for_status()

    def silence(self, wanted: Iterable[Matcher]) -> None:
        """What ``amtool silence add`` posts."""
        now = datetime.now(UTC)
        body = {
            "matchers": [
                {"name": each.label, "value": each.value, "isRegex": "~" in each.operator, "isEqual": True}
                for each in wanted
            ],
            "startsAt": now.isoformat(),
            "endsAt": (now + timedelta(hours=1)).isoformat(),
            "createdBy": "sre",
            "comment": "a test",
        }
        httpx.post(f"{self.peer.url}/api/v2/silences", json=body, timeout=10).raise_for_status()

    def suppressed(self, *alerts: dict[str, str]) -> bool:
        """Whether Alertmanager has looked at all of these, and tells nobody."""
        found: list[dict[str, Any]] = self.peer.get("/api/v2/alerts").json()
        states = {tuple(sorted(each["labels"].items())): each["status"]["state"] for each in found}
        return all(states.get(tuple(sorted(each.items()))) == "suppressed" for each in alerts)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    directory = tmp_path_factory.mktemp("escalation")
    (directory / "token").write_text("of-alertmanager")
    with listening() as listener:
        configuration = written(escalation(listener.url, str(directory / "token")), directory)
        with alertmanager(configuration, directory) as peer:
            yield Running(peer, listener)


def page(name: str, level: str, resource: str = "db") -> dict[str, str]:
    """The labels of one step of a page."""
    return {"alertname": name, "severity": "page", "owner": "sre", "name": resource, "escalation": level}


def ticket(name: str, resource: str) -> dict[str, str]:
    return {"alertname": name, "severity": "ticket", "owner": "sre", "name": resource, "escalation": "l1"}


def levels(name: str, wanted: Sequence[str] = ("l1", "l2", "l3"), resource: str = "db") -> list[dict[str, str]]:
    return [page(name, each, resource) for each in wanted]


def test_each_step_arrives_at_its_receiver_and_the_end_at_all_that_were_told(running: Running) -> None:
    told, until = running.listener.told, running.listener.until
    running.fire(page("Climbs", "l1"))
    until(lambda: told("first", "Climbs") == [("firing", "db")])
    assert told("second", "Climbs") == []
    running.fire(page("Climbs", "l2"))
    until(lambda: told("second", "Climbs") == [("firing", "db")])
    running.fire(*levels("Climbs", ("l1", "l2")), ended=True)
    until(lambda: all(told(each, "Climbs")[-1:] == [("resolved", "db")] for each in STEPS[:2]))
    assert told("third", "Climbs") == []
    until(lambda: told("records", "Climbs").count(("resolved", "db")) == 2)


def test_a_silence_on_the_name_and_the_resource_quiets_every_step_and_the_end(running: Running) -> None:
    """Of this resource only. That the end is quiet, too, is why an acknowledgement leaves out who was told."""
    told, until = running.listener.told, running.listener.until
    running.fire(page("Silenced", "l1"))
    until(lambda: told("first", "Silenced") == [("firing", "db")])
    running.silence(matchers(['alertname="Silenced"', 'name="db"']))
    running.fire(*levels("Silenced"), *levels("Silenced", resource="other"))
    until(lambda: all(("firing", "other") in told(each, "Silenced") for each in STEPS))
    assert [told(each, "Silenced").count(("firing", "db")) for each in STEPS] == [1, 0, 0]
    until(lambda: running.suppressed(*levels("Silenced")))
    running.fire(*levels("Silenced"), *levels("Silenced", resource="other"), ended=True)
    until(lambda: ("resolved", "other") in told("first", "Silenced"))
    assert ("resolved", "db") not in told("first", "Silenced")


def test_an_acknowledgement_stops_the_climbing_and_lets_the_end_through(running: Running) -> None:
    told, until = running.listener.told, running.listener.until
    running.fire(page("Acknowledged", "l1"))
    until(lambda: told("first", "Acknowledged") == [("firing", "db")])
    running.silence(acknowledging(identity_of(page("Acknowledged", "l1")), {"l1"}))
    running.fire(*levels("Acknowledged"))
    until(lambda: running.suppressed(*levels("Acknowledged", ("l2", "l3"))))
    running.fire(*levels("Acknowledged"), ended=True)
    until(lambda: told("first", "Acknowledged")[-1:] == [("resolved", "db")])
    assert told("second", "Acknowledged") == told("third", "Acknowledged") == []
    until(lambda: ("resolved", "db") in told("records", "Acknowledged"))


def test_a_page_inhibits_the_tickets_of_its_resource_only(running: Running) -> None:
    told, until = running.listener.told, running.listener.until
    running.fire(page("Down", "l1", "inhibits"))
    until(lambda: told("first", "Down") == [("firing", "inhibits")])
    running.fire(ticket("Slow", "inhibits"), ticket("Slow", "another"))
    until(lambda: told("tickets", "Slow") == [("firing", "another")])
    assert running.suppressed(ticket("Slow", "inhibits"))


def test_two_alerts_without_a_resource_are_not_of_the_same_one(running: Running) -> None:
    nameless = {"severity": "page", "owner": "sre", "escalation": "l1"}
    running.fire({"alertname": "NamelessPage", **nameless}, {"alertname": "Nameless", **nameless, "severity": "ticket"})
    running.listener.until(lambda: running.listener.told("tickets", "Nameless") == [("firing", "")])


def test_the_watchdog_beats_and_is_told_to_nobody_else(running: Running) -> None:
    told = running.listener.told
    running.fire({"alertname": "Watchdog", "severity": "info", "owner": "sre"})
    running.listener.until(lambda: len(told("heartbeat")) >= 3)
    assert told("records", "Watchdog") == told("tickets", "Watchdog") == []


def test_alertmanager_shows_who_it_is_by_the_token_in_the_file(running: Running) -> None:
    running.fire(page("Authorized", "l1"))
    running.listener.until(lambda: running.listener.told("first", "Authorized") != [])
    assert {each.authorization for each in running.listener.arrived} == {"Bearer of-alertmanager"}


def test_an_end_outside_of_the_hours_of_a_route_is_not_told_there(tmp_path: Path) -> None:
    """Why hours are only where they make a difference, and nothing that keeps incidents open may have them."""
    (tmp_path / "token").write_text("of-alertmanager")
    with listening() as listener:
        plain = escalation(listener.url, str(tmp_path / "token"))
        with alertmanager(written(by_the_hour(plain, during="all-week"), tmp_path), tmp_path) as peer:
            running = Running(peer, listener)
            running.fire(ticket("Slow", "db"), page("Broken", "l1", "other"))
            listener.until(lambda: listener.told("tickets") == [("firing", "db")])
            written(by_the_hour(plain, outside="all-week"), tmp_path)
            peer.post("/-/reload")
            running.fire(ticket("Slow", "db"), page("Broken", "l1", "other"), ended=True)
            listener.until(lambda: ("resolved", "other") in listener.told("first"))
            listener.until(lambda: ("resolved", "db") in listener.told("records", "Slow"))
            assert listener.told("tickets") == [("firing", "db")]


def by_the_hour(plain: Escalation, during: str = "", outside: str = "") -> Escalation:
    """The same, but for its tickets: they are told in or out of an interval that is all week."""
    pages, tickets = plain.ladders
    interval = TimeInterval(name="all-week", weekdays=("sunday:saturday",))
    return replace(plain, ladders=(pages, replace(tickets, during=during, outside=outside)), intervals=(interval,))


def test_slack_and_pagerduty_are_told_of_the_beginning_and_the_end(tmp_path: Path) -> None:
    """PagerDuty's address has no place in a definition: here it is put into what was rendered."""
    with listening() as listener:
        (tmp_path / "slack").write_text(f"{listener.url}/slack")
        (tmp_path / "key").write_text("0123456789abcdef")
        to = (Slack(url_file=f"{tmp_path}/slack", channel="#pages"), PagerDuty(routing_key_file=f"{tmp_path}/key"))
        plain = escalation(listener.url, f"{tmp_path}/slack")
        receivers = (Receiver(name="first", to=to), *plain.receivers[1:])
        configuration = written(replace(plain, receivers=receivers), tmp_path)
        document = yaml.safe_load(configuration.read_text())
        document["receivers"][0]["pagerduty_configs"][0]["url"] = f"{listener.url}/pagerduty"
        configuration.write_text(yaml.safe_dump(document))
        with alertmanager(configuration, tmp_path) as peer:
            running = Running(peer, listener)
            running.fire(page("Broken", "l1"))
            listener.until(lambda: [len(bodies(listener, each)) for each in ("slack", "pagerduty")] == [1, 1])
            running.fire(page("Broken", "l1"), ended=True)
            listener.until(lambda: [len(bodies(listener, each)) for each in ("slack", "pagerduty")] == [2, 2])
    title = "PAGE l1] Broken: db"
    assert [each["attachments"][0]["title"] for each in bodies(listener, "slack")] == [
        f"[{title}",
        f"[RESOLVED {title}",
    ]
    events = bodies(listener, "pagerduty")
    assert [(each["event_action"], each["payload"]["summary"]) for each in events] == [
        ("trigger", f"[{title}"),
        ("resolve", f"[RESOLVED {title}"),
    ]
    assert [each["payload"]["severity"] for each in events] == ["critical", "critical"]
    assert {each["routing_key"] for each in events} == {"0123456789abcdef"}
    assert len({each["dedup_key"] for each in events}) == 1


def test_a_missing_secret_file_is_told_keeps_nobody_else_from_being_told_and_is_read_when_it_is_there(
    tmp_path: Path,
) -> None:
    (tmp_path / "token").write_text("of-alertmanager")
    missing = tmp_path / "of-the-first"
    with listening() as listener:
        plain = escalation(listener.url, str(tmp_path / "token"))
        first = Webhook(url=f"{listener.url}/first", auth=HttpAuth(bearer_file=str(missing)))
        receivers = (Receiver(name="first", to=(first,)), *plain.receivers[1:])
        with alertmanager(written(replace(plain, receivers=receivers), tmp_path), tmp_path) as peer:
            Running(peer, listener).fire(page("Broken", "l1"))
            listener.until(lambda: listener.told("records", "Broken") == [("firing", "db")])
            listener.until(lambda: f"open {missing}: no such file or directory" in peer.log.read_text())
            listener.until(lambda: failed(peer) > 0)
            assert listener.told("first") == []
            missing.write_text("of-the-first-step")
            listener.until(lambda: listener.told("first", "Broken") == [("firing", "db")])
    (told,) = [each for each in listener.arrived if each.receiver == "first"]
    assert told.authorization == "Bearer of-the-first-step"


def failed(peer: Peer) -> float:
    """How often a webhook could not be told: what AlertmanagerNotificationsFail looks at."""
    name = "alertmanager_notifications_failed_total"
    return sum(values(parse(peer.get("/metrics").text), name, integration="webhook"))


def bodies(listener: Listener, receiver: str) -> list[dict[str, Any]]:
    return [each.body for each in listener.arrived if each.receiver == receiver]
