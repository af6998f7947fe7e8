"""A page on its way through the real Alertmanager and SNS, signed with SigV4, to the queue behind the topic."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from ppbe_observe.alerting import PAGE
from ppbe_observe.alerting.escalation import Escalation, Grouping, Ladder, Receiver, Sns, Watchdog
from support.alertmanager import written
from support.escalations import receiver, steps
from support.moto import moto_server
from support.processes import Peer, alertmanager

REGION = "us-gov-west-1"
DATABASE = f"arn:aws-us-gov:rds:{REGION}:123456789012:db:ppbe-production"
RUNBOOK = "https://observe.example.gov/runbooks/RdsStorageLow"
LABELS = {"alertname": "RdsStorageLow", "severity": "page", "owner": "sre", "escalation": "l1", "name": DATABASE}
SOON = Grouping(wait=timedelta(), interval=timedelta(seconds=1))
_WITHIN = 30.0  # seconds


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with moto_server() as url:
        yield url


def escalation(topic: str, endpoint: str) -> Escalation:
    return Escalation(
        receivers=(
            Receiver(name="on-call", to=(Sns(topic=topic, endpoint=endpoint),)),
            receiver("heartbeat", resolved=False),
        ),
        ladders=(Ladder(severity=PAGE, steps=steps("on-call")),),
        fallback="on-call",
        watchdog=Watchdog(receiver="heartbeat"),
        grouping=SOON,
    )


def subscribed(endpoint: str) -> tuple[str, str]:
    """A topic, and the address of a queue that gets what is published to it."""
    sns = boto3.client("sns", region_name=REGION, endpoint_url=endpoint)
    sqs = boto3.client("sqs", region_name=REGION, endpoint_url=endpoint)
    topic = sns.create_topic(Name="ppbe-production-alerts")["TopicArn"]
    queue = sqs.create_queue(QueueName="pages")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=attributes["QueueArn"])
    return topic, queue


def post(peer: Peer, *, ended: bool = False) -> None:
    """What Prometheus posts."""
    now = datetime.now(UTC)
    annotations = {
        "summary": "Free storage is low",
        "description": f"{DATABASE} has 9.5GiB of storage free, less than 10GiB",
        "runbook_url": RUNBOOK,
    }
    alert = {"labels": LABELS, "annotations": annotations, "startsAt": "2026-11-29T14:03:00Z"}
    body = [{**alert, **({"endsAt": now.isoformat()} if ended else {})}]
    httpx.post(f"{peer.url}/api/v2/alerts", json=body, timeout=10).raise_for_status()


def received(endpoint: str, queue: str) -> dict[str, Any]:
    """The next message."""
    sqs = boto3.client("sqs", region_name=REGION, endpoint_url=endpoint)
    deadline = time.monotonic() + _WITHIN
    while time.monotonic() < deadline:
        for each in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages", []):
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
            found: dict[str, Any] = json.loads(each["Body"])
            return found
    raise AssertionError("nothing has arrived")


def test_a_page_and_its_end_arrive_behind_the_topic(endpoint: str, tmp_path: Path) -> None:
    topic, queue = subscribed(endpoint)
    assert topic == f"arn:aws-us-gov:sns:{REGION}:123456789012:ppbe-production-alerts"
    with alertmanager(written(escalation(topic, endpoint), tmp_path), tmp_path) as peer:
        post(peer)
        page = received(endpoint, queue)
        assert page["Subject"] == "[PAGE l1] Free storage is low: db:ppbe-production"
        assert page["Message"] == (
            f"{DATABASE} has 9.5GiB of storage free, less than 10GiB\nSince 2026-11-29 14:03 UTC. Runbook: {RUNBOOK}\n"
        )
        assert {name: each["Value"] for name, each in page["MessageAttributes"].items()} == {
            "status": "firing",
            "severity": "page",
            "escalation": "l1",
            "receiver": "on-call",
        }
        post(peer, ended=True)
        end = received(endpoint, queue)
        assert end["Subject"] == "[RESOLVED PAGE l1] Free storage is low: db:ppbe-production"
        assert end["Message"].startswith(f"Resolved: {DATABASE} has 9.5GiB of storage free")
