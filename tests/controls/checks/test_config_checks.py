"""Checks of the configuration recorder, on what moto holds."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

CHECK = "config_recorder_on"
RECORDERS = "config:DescribeConfigurationRecorders"
STATUS = "config:DescribeConfigurationRecorderStatus"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ALL = {"allSupported": True, "includeGlobalResourceTypes": True}
ROLE = "arn:aws-us-gov:iam::123456789012:role/config"


def excluding(*types: str) -> dict[str, Any]:
    return {
        "allSupported": False,
        "exclusionByResourceTypes": {"resourceTypes": list(types)},
        "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
    }


def recorder(session: LocalSession, group: dict[str, Any] | None = None, *, started: bool = True) -> None:
    config = session.client("config")
    given = {"name": "default", "roleARN": ROLE, "recordingGroup": group or ALL}
    config.put_configuration_recorder(ConfigurationRecorder=given)
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "ppbe-production-logs"})
    if started:
        config.start_configuration_recorder(ConfigurationRecorderName="default")


def answers(session: LocalSession, recorders: list[dict[str, Any]], statuses: list[dict[str, Any]]) -> None:
    """What AWS Config documents and moto cannot say: it never gets beyond PENDING."""
    for operation, member, value in (
        (RECORDERS, "ConfigurationRecorders", recorders),
        (STATUS, "ConfigurationRecordersStatus", statuses),
    ):
        body = json.dumps({member: value})
        session.faults[operation] = partial(answer, 200, body)


def described(name: str = "default", **changed: Any) -> dict[str, Any]:
    return {"name": name, "roleARN": ROLE, "recordingGroup": {**ALL, "resourceTypes": []}, **changed}


def status(name: str = "default", last: str | None = "SUCCESS", minutes: int = 5, **changed: Any) -> dict[str, Any]:
    at = (NOW - timedelta(minutes=minutes)).timestamp()
    told = {"name": name, "recording": True, "lastStartTime": at, "lastStatusChangeTime": at}
    return {**told, **({"lastStatus": last} if last else {}), **changed}


def test_a_recorder_that_has_begun(local_session: LocalSession) -> None:
    recorder(local_session)
    (found,) = judge(local_session, CHECK).values()
    assert (found.resource.arn, found.outcome, found.verdict.reason) == (
        "arn:aws-us-gov:iam::123456789012:root",
        "pass",
        "the recorder default records all types of resources: the latest event is PENDING",
    )


def test_no_recorder(local_session: LocalSession) -> None:
    assert only(local_session, CHECK) == ("fail", "there is no configuration recorder")


def test_a_recorder_that_is_stopped(local_session: LocalSession) -> None:
    recorder(local_session)
    local_session.client("config").stop_configuration_recorder(ConfigurationRecorderName="default")
    assert only(local_session, CHECK) == ("fail", "the recorder default does not record")


def test_a_recorder_that_was_never_started(local_session: LocalSession) -> None:
    recorder(local_session, started=False)
    assert only(local_session, CHECK) == ("fail", "the recorder default does not record")


@pytest.mark.parametrize(
    ("group", "verdict"),
    [
        (
            {"allSupported": False, "resourceTypes": ["AWS::EC2::VPC", "AWS::S3::Bucket"]},
            ("fail", "the recorder default records only 2 types of resources"),
        ),
        (
            excluding("AWS::S3::Bucket", "AWS::IAM::Role", "AWS::EC2::VPC"),
            ("fail", "the recorder default leaves out AWS::EC2::VPC, AWS::S3::Bucket"),
        ),
        (
            excluding("AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"),
            ("pass", "the recorder default records all types of resources: the latest event is PENDING"),
        ),
        (
            {"allSupported": True, "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}},
            ("pass", "the recorder default records all types of resources: the latest event is PENDING"),
        ),
    ],
)
def test_the_types_that_are_recorded(
    local_session: LocalSession, group: dict[str, Any], verdict: tuple[str, str]
) -> None:
    recorder(local_session, group)
    assert only(local_session, CHECK) == verdict


@pytest.mark.parametrize(
    ("told", "outcome", "said"),
    [
        (status(minutes=600_000), "pass", "the latest event is SUCCESS"),
        (status(last="Success"), "pass", "the latest event is Success"),
        (status(last="Pending"), "pass", "the latest event is Pending"),
        (status(last="PENDING", minutes=1440), "pass", "the latest event is PENDING"),
        (status(last="PENDING", minutes=1441), "fail", "records, but the latest event is PENDING"),
        (status(last="FAILURE", lastErrorCode="Denied"), "fail", "records, but the latest event is FAILURE (Denied)"),
        (
            status(last="FAILURE", lastErrorCode="NoSuchBucket", lastErrorMessage="it is gone"),
            "fail",
            "the latest event is FAILURE (NoSuchBucket it is gone)",
        ),
        (status(last="NotApplicable"), "fail", "the latest event is NotApplicable"),
        (status(recording=False), "fail", "does not record"),
        (status(last=None), "unknown", "the answer is not as documented"),
    ],
)
def test_how_the_latest_event_went(local_session: LocalSession, told: dict[str, Any], outcome: str, said: str) -> None:
    answers(local_session, [described()], [told])
    found = only(local_session, CHECK, now=NOW)
    assert found[0] == outcome
    assert said in found[1]


def test_a_recorder_without_a_status_does_not_record(local_session: LocalSession) -> None:
    answers(local_session, [described()], [status("other")])
    assert only(local_session, CHECK, now=NOW) == ("fail", "the recorder default does not record")


@pytest.mark.parametrize(
    "changed", [{"servicePrincipal": "hub.amazonaws.com", "recordingScope": "INTERNAL"}, {"connectorArn": "arn:azure"}]
)
def test_recorders_of_services_and_of_other_clouds_do_not_count(
    local_session: LocalSession, changed: dict[str, str]
) -> None:
    name = "AWSConfigurationRecorderForHub"
    answers(local_session, [described(name, **changed)], [status(name)])
    assert only(local_session, CHECK, now=NOW) == ("fail", "there is no configuration recorder")
    answers(local_session, [described(name, **changed), described()], [status(name), status()])
    assert only(local_session, CHECK, now=NOW) == (
        "pass",
        "the recorder default records all types of resources: the latest event is SUCCESS",
    )


def test_one_recorder_of_several_is_enough_else_all_are_named(local_session: LocalSession) -> None:
    stopped = status("stopped", recording=False)
    answers(local_session, [described("stopped"), described()], [stopped, status()])
    assert only(local_session, CHECK, now=NOW)[0] == "pass"
    answers(local_session, [described("stopped"), described()], [stopped, status(last="FAILURE")])
    assert only(local_session, CHECK, now=NOW) == (
        "fail",
        "the recorder stopped does not record; the recorder default records, but the latest event is FAILURE",
    )


@pytest.mark.parametrize("operation", [RECORDERS, STATUS])
def test_a_recorder_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    recorder(local_session)
    unseen(local_session, CHECK, operation)
