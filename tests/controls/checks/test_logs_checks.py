"""Checks of log groups, on what moto holds."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

API = "/ecs/ppbe-production/api"
ARN = "arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:"
EVERY = "arn:aws-us-gov:logs:us-gov-west-1:123456789012:*"
RETENTION, KMS, INGESTION = "log_group_retention", "log_group_kms", "log_group_recent_ingestion"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def group(session: LocalSession, name: str = API, days: int | None = None, **given: Any) -> None:
    logs = session.client("logs")
    logs.create_log_group(logGroupName=name, **given)
    if days is not None:
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)


def delivery_group(session: LocalSession) -> None:
    """Answer as AWS does for a group of the class DELIVERY; moto does not keep the class."""
    told = {"logGroupName": API, "arn": f"{ARN}{API}:*", "logGroupClass": "DELIVERY", "retentionInDays": 1}
    session.faults["logs:DescribeLogGroups"] = lambda: answer(200, json.dumps({"logGroups": [told]}))


def streams(session: LocalSession, *ingested: datetime | None) -> None:
    """Answer with streams that were last written to at these times; moto knows no other time than now."""
    told = [
        {"logStreamName": str(number), "creationTime": 1, **({"lastIngestionTime": millis(at)} if at else {})}
        for number, at in enumerate(ingested)
    ]
    body = json.dumps({"logStreams": told, "nextToken": "there are more"})
    session.faults["logs:DescribeLogStreams"] = lambda: answer(200, body)


def millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@pytest.mark.parametrize(
    ("days", "outcome", "reason"),
    [
        (None, "pass", "log events never expire"),
        (90, "pass", "log events are kept 90 days; 90 are required"),
        (3653, "pass", "log events are kept 3653 days; 90 are required"),
        (60, "fail", "log events are kept 60 days; 90 are required"),
        (1, "fail", "log events are kept 1 days; 90 are required"),
    ],
)
def test_retention(local_session: LocalSession, days: int | None, outcome: str, reason: str) -> None:
    group(local_session, days=days)
    assert only(local_session, RETENTION) == (outcome, reason)


def test_retention_of_another_length(local_session: LocalSession) -> None:
    group(local_session, days=90)
    assert only(local_session, RETENTION, min_days=365)[0] == "fail"


def test_a_group_that_only_delivers_keeps_nothing(local_session: LocalSession) -> None:
    delivery_group(local_session)
    assert only(local_session, RETENTION)[0] == "not_applicable"


def test_encrypted_with_a_key(local_session: LocalSession) -> None:
    key = str(local_session.client("kms").create_key()["KeyMetadata"]["Arn"])
    group(local_session, kmsKeyId=key)
    assert only(local_session, KMS) == ("pass", f"log events are encrypted with {key}")


def test_not_encrypted_with_a_key(local_session: LocalSession) -> None:
    group(local_session)
    assert only(local_session, KMS) == ("fail", "no KMS key is named for the log group")


def test_each_group_is_judged(local_session: LocalSession) -> None:
    for number in range(51):  # a page holds 50
        group(local_session, f"/group/{number:02}", days=90 if number else 30)
    found = judge(local_session, RETENTION)
    assert len(found) == 51
    assert [arn for arn, each in found.items() if each.outcome == "fail"] == [f"{ARN}/group/00"]


def test_a_log_event_has_just_arrived(local_session: LocalSession) -> None:
    group(local_session)
    logs = local_session.client("logs")
    logs.create_log_stream(logGroupName=API, logStreamName="api/1")
    now = datetime.now(UTC)
    event = {"timestamp": millis(now - timedelta(seconds=5)), "message": "{}"}
    logs.put_log_events(logGroupName=API, logStreamName="api/1", logEvents=[event])
    assert only(local_session, INGESTION)[0] == "pass"
    assert only(local_session, INGESTION, now=now + timedelta(minutes=62))[0] == "fail"


@pytest.mark.parametrize(
    ("ago", "outcome", "reason"),
    [
        ((60, 90), "pass", "60 minutes ago, at 2026-11-23 11:00:00 UTC"),
        ((90, 5), "pass", "5 minutes ago, at 2026-11-23 11:55:00 UTC"),  # they are ordered by event, not by ingestion
        ((60.1,), "fail", "61 minutes ago, at 2026-11-23 10:59:54 UTC"),
        ((1440,), "fail", "1440 minutes ago, at 2026-11-22 12:00:00 UTC"),
        ((-1,), "pass", "0 minutes ago, at 2026-11-23 12:01:00 UTC"),  # AWS' clock is ahead of ours
    ],
)
def test_when_the_newest_log_event_arrived(
    local_session: LocalSession, ago: tuple[float, ...], outcome: str, reason: str
) -> None:
    group(local_session)
    streams(local_session, None, *(NOW - timedelta(minutes=each) for each in ago))
    said = f"the newest log event arrived {reason}; 60 minutes are allowed"
    assert only(local_session, INGESTION, now=NOW) == (outcome, said)


def test_a_group_that_nothing_was_ever_written_to(local_session: LocalSession) -> None:
    group(local_session)
    assert only(local_session, INGESTION) == ("fail", "no log event has ever arrived")
    local_session.client("logs").create_log_stream(logGroupName=API, logStreamName="empty")
    assert only(local_session, INGESTION) == ("fail", "no log event has ever arrived")


def test_only_required_groups_must_receive_events(local_session: LocalSession) -> None:
    group(local_session)
    group(local_session, "/vpc/flow")
    assert {arn: each.outcome.value for arn, each in judge(local_session, INGESTION).items()} == {
        ARN + API: "fail",
        f"{ARN}/vpc/flow": "not_applicable",
    }


def test_a_required_group_must_exist(local_session: LocalSession) -> None:
    group(local_session)
    found = judge(local_session, INGESTION, required_groups=["/ecs/*/api", "/ecs/*/worker"])
    assert (found[EVERY].outcome, found[EVERY].verdict.reason) == (
        "fail",
        "there is no log group called /ecs/*/worker: it is required",
    )
    found = judge(local_session, INGESTION, required_groups=["/ecs/*/api"])
    assert (found[EVERY].outcome, found[EVERY].verdict.reason) == (
        "pass",
        "every required log group exists: /ecs/*/api",
    )


def test_a_group_that_only_delivers_has_no_streams(local_session: LocalSession) -> None:
    delivery_group(local_session)
    assert only(local_session, INGESTION) == ("not_applicable", "the class DELIVERY only hands its events on")
    assert local_session.calls["logs:DescribeLogStreams"] == 0


def test_only_the_newest_streams_are_asked_for(local_session: LocalSession) -> None:
    group(local_session)
    streams(local_session, NOW)
    judge(local_session, INGESTION, now=NOW)
    assert local_session.calls["logs:DescribeLogStreams"] == 1


def test_a_group_deleted_meanwhile_is_left_out(local_session: LocalSession) -> None:
    group(local_session)
    local_session.refuse("logs:DescribeLogStreams", "ResourceNotFoundException")
    assert only(local_session, INGESTION) == ("not_applicable", "there is no logs:log-group here")


@pytest.mark.parametrize(
    ("check", "operation"),
    [
        (RETENTION, "logs:DescribeLogGroups"),
        (KMS, "logs:DescribeLogGroups"),
        (INGESTION, "logs:DescribeLogGroups"),
        (INGESTION, "logs:DescribeLogStreams"),
    ],
)
def test_groups_that_cannot_be_seen(local_session: LocalSession, check: str, operation: str) -> None:
    group(local_session)
    unseen(local_session, check, operation)


@pytest.mark.parametrize("check", [RETENTION, KMS, INGESTION])
def test_no_group_at_all(local_session: LocalSession, check: str) -> None:
    assert only(local_session, check) == ("not_applicable", "there is no logs:log-group here")
