"""What could not be seen is a finding of its own."""

from ppbe_observe.controls.detector import DETECTION, detection
from ppbe_observe.model import Outcome, Reason
from support.findings import NOW, WEST, finding

UNKNOWN = Outcome.UNKNOWN


def test_all_seen_is_one_pass() -> None:
    (only,) = detection([finding(), finding(outcome=Outcome.PASS)], WEST, NOW)
    assert (only.check, only.outcome.value, only.resource.arn) == (
        "detection_operating",
        "pass",
        "arn:aws-us-gov:iam::123456789012:root",
    )


def test_each_service_that_could_not_be_seen_is_one_failure_that_names_its_calls() -> None:
    blind = [
        finding("a", UNKNOWN, cause=Reason.DENIED, operation="rds:DescribeDBInstances"),
        finding("b", UNKNOWN, cause=Reason.DENIED, operation="rds:DescribeDBInstances"),
        finding("c", UNKNOWN, cause=Reason.TIMEOUT, operation="rds:DescribeDBSnapshots"),
        finding("d", UNKNOWN, cause=Reason.SERVER, operation="kms:DescribeKey"),
    ]
    found = {each.resource.arn: each.verdict.reason for each in detection(blind, WEST, NOW)}
    assert found == {
        "arn:aws-us-gov:rds:us-gov-west-1:123456789012:*": "could not be seen: rds:DescribeDBInstances (denied); "
        "rds:DescribeDBSnapshots (timeout)",
        "arn:aws-us-gov:kms:us-gov-west-1:123456789012:*": "could not be seen: kms:DescribeKey (server)",
    }
    assert {each.outcome for each in detection(blind, WEST, NOW)} == {Outcome.FAIL}


def test_what_a_check_itself_could_not_tell_names_the_check() -> None:
    (only,) = detection([finding("a", UNKNOWN, cause=Reason.UNSUPPORTED)], WEST, NOW)
    assert only.verdict.reason == "could not be seen: things:thing_good (unsupported)"


def test_it_speaks_for_controls() -> None:
    assert DETECTION.controls == ("ca-7", "ra-5", "si-4")
