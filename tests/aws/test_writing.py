"""What changes something can only be called where it was asked for: the daemon's clients do not have it."""

from time import monotonic

import pytest

from ppbe_observe.aws.identity.sessions import Sessions
from ppbe_observe.aws.limits import RateLimiter
from ppbe_observe.aws.options import AwsOptions
from ppbe_observe.aws.services import declared
from ppbe_observe.aws.writing import WRITING, put_alarm
from ppbe_observe.model import Target

TARGET = Target("123456789012", "us-gov-west-1", "aws-us-gov")


def sessions(**given: object) -> Sessions:
    return Sessions(AwsOptions(), RateLimiter({"*": 20.0}), **given)  # type: ignore[arg-type]  # as the test has it


def test_a_client_of_the_daemon_has_no_call_that_writes() -> None:
    session = sessions().of(TARGET)
    assert not hasattr(session.client("cloudwatch"), "put_metric_alarm")
    with pytest.raises(AttributeError):
        put_alarm(session, {"AlarmName": "x"}, monotonic() + 5)


def test_a_command_that_writes_has_that_call_beside_the_declared_ones() -> None:
    client = sessions(also=WRITING).of(TARGET).client("cloudwatch")
    assert set(client.meta.service_model.operation_names) == declared()["cloudwatch"] | WRITING["cloudwatch"]


def test_no_exporter_check_or_alarm_declares_what_writes() -> None:
    assert all(declared()[service].isdisjoint(operations) for service, operations in WRITING.items())
