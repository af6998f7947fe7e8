"""An alarm of the simulated CloudWatch tells the SNS topics of its new state, as CloudWatch does."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from ppbe_observe.simulate import SimulatedEstate
from ppbe_observe.simulate.faults import Effect, Fault
from support.replay import Clock
from support.simulated import client, simulated_estate

START = 1_800_000_000
CPU = "ppbe-production-db-cpu"
PRODUCTION = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:ppbe-production-alerts"
OWN = ("own", "second", "marker")
WITHIN = 20.0  # seconds


@dataclass
class Queue:
    """A queue behind topics, and what came out of it so far."""

    sqs: Any
    sns: Any
    url: str
    arn: str
    subscriptions: list[str] = field(default_factory=list)

    def behind(self, topic: str) -> str:
        """Subscribe to the topic."""
        answer = self.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=self.arn)
        self.subscriptions.append(answer["SubscriptionArn"])
        return topic

    def next(self) -> dict[str, Any]:
        """The next notification: its envelope, with the message read."""
        deadline = time.monotonic() + WITHIN
        while time.monotonic() < deadline:
            if found := self._received():
                return found
            time.sleep(0.01)
        raise AssertionError("nothing has arrived")

    def _received(self) -> dict[str, Any] | None:
        for each in self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=1).get("Messages", ()):
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=each["ReceiptHandle"])
            envelope: dict[str, Any] = json.loads(each["Body"])
            return {**envelope, "Message": json.loads(envelope["Message"])}
        return None

    def close(self) -> None:
        """Leave nothing of it in the estate, which other tests share."""
        for each in self.subscriptions:
            self.sns.unsubscribe(SubscriptionArn=each)
        self.sqs.delete_queue(QueueUrl=self.url)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def estate(clock: Clock) -> Iterator[SimulatedEstate]:
    with simulated_estate(late=False, clock=clock, alarm_interval=0.02) as running:
        yield running
        client(running, "cloudwatch").delete_alarms(AlarmNames=list(OWN))


@pytest.fixture
def queue(estate: SimulatedEstate) -> Iterator[Queue]:
    sqs, sns = client(estate, "sqs"), client(estate, "sns")
    url = sqs.create_queue(QueueName="alarms")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    found = Queue(sqs, sns, url, arn)
    yield found
    found.close()


@pytest.fixture
def topic(estate: SimulatedEstate, queue: Queue) -> Iterator[str]:
    """A topic with the queue behind it."""
    arn = queue.sns.create_topic(Name="alarms")["TopicArn"]
    yield queue.behind(arn)
    estate.faults.clear()
    estate.incidents.forget()
    queue.sns.delete_topic(TopicArn=arn)


def put(estate: SimulatedEstate, name: str, **given: Any) -> None:
    """An alarm on a level above 1 in two minutes."""
    usual: dict[str, Any] = {
        "AlarmName": name,
        "Namespace": "PPBE/Own",
        "MetricName": "Level",
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 2,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    client(estate, "cloudwatch").put_metric_alarm(**{**usual, **given})


def publish(estate: SimulatedEstate, namespace: str, metric: str, value: float, *times: float) -> None:
    data = [{"MetricName": metric, "Timestamp": at, "Value": value} for at in times]
    client(estate, "cloudwatch").put_metric_data(Namespace=namespace, MetricData=data)


def state(estate: SimulatedEstate, name: str) -> str:
    (found,) = client(estate, "cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(found["StateValue"])


def test_an_incident_tells_the_topic_of_alarm_and_of_ok_once(
    estate: SimulatedEstate, clock: Clock, queue: Queue
) -> None:
    queue.behind(PRODUCTION)
    assert state(estate, CPU) == "OK"
    estate.incidents.start("db-cpu")
    clock.now += 600
    alarm = queue.next()
    for _ in range(3):
        clock.now += 60
        assert state(estate, CPU) == "ALARM"
    estate.incidents.stop("db-cpu")
    clock.now += 600
    end = queue.next()
    assert alarm["Subject"] == 'ALARM: "ppbe-production-db-cpu" in AWS GovCloud (US-West)'
    assert alarm["TopicArn"] == PRODUCTION
    told = alarm["Message"]
    assert told.pop("NewStateReason").startswith("Threshold Crossed: 2 out of the last 2 datapoints [")
    assert told.pop("AlarmConfigurationUpdatedTimestamp").endswith("+0000")
    assert told == {
        "AlarmName": CPU,
        "AlarmDescription": None,
        "AWSAccountId": "123456789012",
        "NewStateValue": "ALARM",
        "StateChangeTime": "2027-01-15T08:10:00.000+0000",
        "Region": "AWS GovCloud (US-West)",
        "AlarmArn": f"arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:alarm:{CPU}",
        "OldStateValue": "OK",
        "OKActions": [PRODUCTION],
        "AlarmActions": [PRODUCTION],
        "InsufficientDataActions": [],
        "Trigger": {
            "MetricName": "CPUUtilization",
            "Namespace": "AWS/RDS",
            "StatisticType": "Statistic",
            "Statistic": "AVERAGE",
            "Unit": None,
            "Dimensions": [{"value": "ppbe-production", "name": "DBInstanceIdentifier"}],
            "Period": 300,
            "EvaluationPeriods": 2,
            "DatapointsToAlarm": 2,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 80.0,
            "TreatMissingData": "notBreaching",
            "EvaluateLowSampleCountPercentile": "",
        },
    }
    assert (end["Message"]["OldStateValue"], end["Message"]["NewStateValue"]) == ("ALARM", "OK")
    assert end["Subject"] == 'OK: "ppbe-production-db-cpu" in AWS GovCloud (US-West)'


def test_a_heartbeat_that_stops_is_told(estate: SimulatedEstate, clock: Clock, queue: Queue, topic: str) -> None:
    """Five periods, and the two beyond them that CloudWatch looks at, have to be silent."""
    publish(estate, "PPBE/Observe", "Heartbeat", 1.0, *(START - 60 * minute for minute in range(1, 6)))
    put(
        estate,
        "own",
        Namespace="PPBE/Observe",
        MetricName="Heartbeat",
        Statistic="SampleCount",
        EvaluationPeriods=5,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
        AlarmActions=[topic],
    )
    assert state(estate, "own") == "OK"
    clock.now += 360
    assert state(estate, "own") == "OK"
    clock.now += 60
    told = queue.next()["Message"]
    assert (told["OldStateValue"], told["NewStateValue"]) == ("OK", "ALARM")
    assert told["NewStateReason"] == (
        "Threshold Crossed: no datapoints were received for 5 periods"
        " and 5 missing datapoints were treated as [Breaching]."
    )
    assert told["Trigger"]["Statistic"] == "SAMPLE_COUNT"


def test_an_alarm_that_is_put_begins_with_insufficient_data(
    estate: SimulatedEstate, clock: Clock, queue: Queue, topic: str
) -> None:
    """What its datapoints make of it then is its first transition; those of before the estate are told of nothing."""
    queue.behind(PRODUCTION)
    put(estate, "own", OKActions=[topic], InsufficientDataActions=[topic], AlarmDescription="A level.")
    told = queue.next()["Message"]
    assert (told["OldStateValue"], told["NewStateValue"]) == ("INSUFFICIENT_DATA", "OK")
    assert told["AlarmDescription"] == "A level."
    put(estate, "own", InsufficientDataActions=[topic], TreatMissingData="missing", DatapointsToAlarm=1)
    told = queue.next()["Message"]
    assert (told["OldStateValue"], told["NewStateValue"]) == ("OK", "INSUFFICIENT_DATA")
    assert told["NewStateReason"] == "Insufficient Data: 2 datapoints were unknown."
    client(estate, "cloudwatch").delete_alarms(AlarmNames=["own"])
    put(estate, "own", OKActions=[topic])
    assert queue.next()["Message"]["OldStateValue"] == "INSUFFICIENT_DATA"


def test_reasons_name_the_datapoints_that_have_decided(
    estate: SimulatedEstate, clock: Clock, queue: Queue, topic: str
) -> None:
    publish(estate, "PPBE/Own", "Level", 5.0, START, START + 60)
    publish(estate, "PPBE/Own", "Level", 0.5, START + 120)
    put(estate, "own", OKActions=[topic], AlarmActions=[topic])
    queue.next()
    clock.now += 120
    assert queue.next()["Message"]["NewStateReason"] == (
        "Threshold Crossed: 2 out of the last 2 datapoints [5.0 (15/01/27 08:01:00), 5.0 (15/01/27 08:00:00)]"
        " were greater than the threshold (1.0) (minimum 2 datapoints for OK -> ALARM transition)."
    )
    clock.now += 60
    assert queue.next()["Message"]["NewStateReason"] == (
        "Threshold Crossed: 1 out of the last 2 datapoints [0.5 (15/01/27 08:02:00)]"
        " was not greater than the threshold (1.0) (minimum 1 datapoint for ALARM -> OK transition)."
    )


def test_a_subject_has_room_for_a_hundred_characters(estate: SimulatedEstate, queue: Queue, topic: str) -> None:
    name = "marker" + "-long" * 30
    put(estate, name, OKActions=[topic])
    told = queue.next()
    client(estate, "cloudwatch").delete_alarms(AlarmNames=[name])
    assert len(told["Subject"]) == 100
    assert told["Subject"].startswith('OK: "marker-long-long')
    assert told["Subject"].endswith('..." in AWS GovCloud (US-West)')
    assert told["Message"]["AlarmName"] == name


def test_an_alarm_without_actions_enabled_tells_nobody(
    estate: SimulatedEstate, clock: Clock, queue: Queue, topic: str
) -> None:
    """The state is another all the same; the alarm put after it is told of after it."""
    actions = {"OKActions": [topic], "AlarmActions": [topic], "InsufficientDataActions": [topic]}
    put(estate, "own", ActionsEnabled=False, **actions)
    put(estate, "second", **actions)
    assert queue.next()["Message"]["AlarmName"] == "second"
    publish(estate, "PPBE/Own", "Level", 5.0, START, START + 60)
    clock.now += 120
    told = queue.next()["Message"]
    assert (told["AlarmName"], told["NewStateValue"]) == ("second", "ALARM")
    assert state(estate, "own") == "ALARM"
    put(estate, "marker", OKActions=[topic], AlarmActions=[topic])
    assert queue.next()["Message"]["AlarmName"] == "marker"


def test_a_topic_that_is_gone_keeps_no_other_from_being_told(estate: SimulatedEstate, queue: Queue, topic: str) -> None:
    put(
        estate, "own", OKActions=[f"{topic}-gone", "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:f", topic]
    )
    assert queue.next()["Message"]["AlarmName"] == "own"


def test_acting_is_no_call_of_a_client(estate: SimulatedEstate, queue: Queue, topic: str) -> None:
    """It is not counted, and no fault or incident on calls keeps an alarm from acting."""
    put(estate, "own", OKActions=[topic])
    queue.next()
    estate.requests.clear()
    put(estate, "second", OKActions=[topic])
    estate.faults.add(Fault("sns:*", Effect.DENIED))
    estate.faults.add(Fault("cloudwatch:*", Effect.UNAVAILABLE))
    estate.incidents.start("throttling")
    assert queue.next()["Message"]["AlarmName"] == "second"
    assert estate.requests.by_call().keys() == {"cloudwatch:PutMetricAlarm", "sqs:ReceiveMessage", "sqs:DeleteMessage"}


def test_a_stopped_estate_looks_at_nothing_any_more() -> None:
    """However long the next look is off: the thread on which it was waited for is gone."""
    before = set(threading.enumerate())
    for interval in (0.001, 3600.0):
        with simulated_estate(late=False, alarm_interval=interval) as estate:
            assert state(estate, CPU) == "OK"
            began = time.monotonic()
        assert time.monotonic() - began < 5
        assert {each for each in threading.enumerate() if each.name == "simulated-estate"} <= before
