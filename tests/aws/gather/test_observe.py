"""One look at a target: what hangs takes no time from what does not."""

from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import NoReturn

from botocore.exceptions import ReadTimeoutError

from ppbe_observe.aws import deadline
from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.aws.observe import observe
from ppbe_observe.model import Answer, Reason
from support.gathering import LocalSession

ROTATION = "kms:GetKeyRotationStatus"
DESCRIBE = "kms:DescribeKey"


def hang() -> NoReturn:
    """Say nothing for as long as the call may take."""
    sleep(max(0.0, deadline.remaining()))
    raise ReadTimeoutError(endpoint_url="http://local/")


def test_a_listing_that_hangs_leaves_time_for_questions(local_session: LocalSession) -> None:
    local_session.client("kms").create_key()
    local_session.client("sns")
    local_session.faults["sns:ListTopics"] = hang
    wanted = {"kms:key": {DESCRIBE, ROTATION}, "sns:topic": set[str]()}
    inventory = Inventory(local_session, timedelta(minutes=5))
    seen = observe(local_session, inventory, wanted, datetime.now(UTC), monotonic() + 6)
    assert [each.reason for each in seen.kinds["sns:topic"].failures] == [Reason.TIMEOUT]
    (key,) = seen.kinds["kms:key"].resources
    status = key.details[ROTATION]
    assert isinstance(status, Answer)
    assert status.value["KeyRotationEnabled"] is False
