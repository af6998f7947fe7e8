"""All that pages, for real: estate, daemon, Prometheus with every rule, Alertmanager, SNS and the queue behind it.

Only time is shorter: what has to last a minute lasts a second, and whoever is next is told sixty times as soon.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from ppbe_observe.alerting.declared import Subject
from ppbe_observe.alerting.escalation import Escalation, Grouping, steps_of
from ppbe_observe.alerting.prometheus.rule_file import Rendering, rule_file
from ppbe_observe.alerting.rules import Alert, RuleGroup
from ppbe_observe.demo.pages import QUEUE, Neighbours, Page, Pages, rehearsed, topics_of
from ppbe_observe.generate.estate import read_estate
from ppbe_observe.simulate import SimulatedEstate
from support.alertmanager import written
from support.daemon import RunningDaemon, daemon, settings, until
from support.processes import Peer, alertmanager, free_port, prometheus
from support.project import PROJECT
from support.simulated import client

FASTER = 60
ARRIVES_WITHIN = 60.0  # seconds
TOKEN = "0123456789abcdef0123456789abcdef"
_SECOND = timedelta(seconds=1)
_AT_ONCE = Grouping(wait=timedelta(), interval=_SECOND)


@dataclass(slots=True)
class Scene:
    """What runs. ``pages`` is all that has arrived so far, in its order."""

    estate: SimulatedEstate
    home: Path
    daemon: RunningDaemon
    prometheus: Peer
    alertmanager: Peer
    given: Mapping[str, Any]
    queue: Pages
    pages: list[Page] = field(default_factory=list)

    def page(self, summary: str, mentions: str = "", **attributes: str) -> Page:
        """The first page with this in its subject and text, and these attributes; waits until it arrives."""

        def look() -> Page | None:
            self.pages.extend(self.queue.arrived())
            found = (each for each in self.pages if summary in each.subject and mentions in each.text)
            return next((each for each in found if attributes.items() <= each.attributes.items()), None)

        return until(look, ARRIVES_WITHIN, lambda: f"{self.pages}\n{self.firing}\n{self.daemon.explain()}")

    def levels(self, alertname: str) -> dict[str, str]:
        """How Alertmanager sees each step of an alert: active or suppressed."""
        found: list[dict[str, Any]] = self.alertmanager.get("/api/v2/alerts").json()
        own = [each for each in found if each["labels"]["alertname"] == alertname]
        return {each["labels"]["escalation"]: each["status"]["state"] for each in own}

    @property
    def settings(self) -> str:
        """The file of the daemon's settings."""
        return str(self.home / "ppbe-observe.yaml")

    @property
    def firing(self) -> list[dict[str, str]]:
        """The labels of what Prometheus fires now."""
        found = self.prometheus.get("/api/v1/alerts").json()["data"]["alerts"]
        return [each["labels"] for each in found if each["state"] == "firing"]

    @contextmanager
    def another_daemon(self) -> Iterator[RunningDaemon]:
        """The daemon once more, where the first one was."""
        with daemon(self.home, self.given, self.estate.environ, port=self.daemon.port) as again:
            yield again


@contextmanager
def paging(estate: SimulatedEstate, home: Path, **given: Any) -> Iterator[Scene]:
    """Everything, from the daemon on; ``given`` are sections of its settings."""
    port = free_port()
    token = home / "token"
    token.write_text(TOKEN)
    incidents = {
        "token_file": "token",
        "interval": "1s",
        "alertmanager_url": f"http://127.0.0.1:{port}",
        "heartbeat": True,
    }
    wanted = settings(incidents=incidents, **given)
    with ExitStack() as stack:
        started = stack.enter_context(daemon(home, wanted, estate.environ))
        found = read_estate(PROJECT)
        assert found.escalation is not None
        escalation = at_once(rehearsed(found.escalation, Neighbours(estate.url, started.url, str(token)), FASTER))
        telling = alertmanager(written(escalation, home), home, f"--web.listen-address=127.0.0.1:{port}")
        paged = stack.enter_context(telling)
        rendering = Rendering(lambda alert: steps_of(alert, escalation), f"{started.url}/runbooks")
        rules = [rule_file(hurried(each), rendering) for each in found.subjects]
        watching = stack.enter_context(prometheus(_configured(home, rules, started.port, port), home))
        queue = Pages(estate.url, topics_of(found.escalation))
        stack.callback(_forget_queue, estate)
        yield Scene(estate, home, started, watching, paged, wanted, queue)


def _forget_queue(estate: SimulatedEstate) -> None:
    """Other tests find the estate without it."""
    sns, sqs = client(estate, "sns"), client(estate, "sqs")
    for each in sns.list_subscriptions()["Subscriptions"]:
        if each["Endpoint"].endswith(f":{QUEUE}"):
            sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"])


def at_once(escalation: Escalation) -> Escalation:
    """The same, but nothing waits for others to come with it."""
    ladders = tuple(replace(each, grouping=_AT_ONCE) for each in escalation.ladders)
    return replace(escalation, ladders=ladders, grouping=_AT_ONCE, recording=_AT_ONCE)


def hurried(subject: Subject) -> list[RuleGroup]:
    """Its groups, with alerts that fire, and end, sixty times as soon."""
    return [
        replace(group, rules=tuple(_hurried(each) if isinstance(each, Alert) else each for each in group.rules))
        for group in subject.groups
    ]


def _hurried(alert: Alert) -> Alert:
    return replace(alert, lasts=_shorter(alert.lasts), keeps=_shorter(alert.keeps))


def _shorter(time: timedelta) -> timedelta:
    return -(-time // FASTER // _SECOND) * _SECOND


def _configured(home: Path, rules: list[dict[str, Any]], daemon_port: int, alertmanager_port: int) -> Path:
    directory = home / "rules"
    directory.mkdir()
    for number, each in enumerate(rules):
        (directory / f"{number}.yml").write_text(yaml.safe_dump(each))
    configuration = home / "prometheus.yml"
    document = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "2s"},
        "rule_files": [f"{directory}/*.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager_port}"]}]}]},
        "scrape_configs": [
            {"job_name": "ppbe-observe", "static_configs": [{"targets": [f"127.0.0.1:{daemon_port}"]}]},
        ],
    }
    configuration.write_text(yaml.safe_dump(document))
    return configuration
