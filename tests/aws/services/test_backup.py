"""How backup plans are listed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from ppbe_observe.aws.inventory import Inventory
from support.gathering import LocalSession, answer

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PLAN, LIST = "backup:plan", "backup:ListBackupPlans"


def pages(*names: str) -> Iterator[dict[str, Any]]:
    """One plan a page; moto gives all at once."""
    for number, name in enumerate(names, 1):
        arn = f"arn:aws-us-gov:backup:us-gov-west-1:123456789012:backup-plan:{name}"
        listed = {"BackupPlansList": [{"BackupPlanArn": arn, "BackupPlanId": name, "BackupPlanName": name}]}
        yield listed | ({"NextToken": str(number)} if number < len(names) else {})


def test_every_page_of_plans_is_read(local_session: LocalSession) -> None:
    told = pages("one", "two", "three")
    local_session.faults[LIST] = lambda: answer(200, json.dumps(next(told)))
    found = Inventory(local_session, timedelta(minutes=5)).found((PLAN,), NOW, monotonic() + 30)[PLAN]
    assert [each.facts["BackupPlanName"] for each in found.resources] == ["one", "two", "three"]
    assert local_session.calls[LIST] == 3


def test_a_page_that_fails_leaves_no_half_listing(local_session: LocalSession) -> None:
    told = pages("one", "two")
    answers = iter((answer(200, json.dumps(next(told))), answer(403, json.dumps({"__type": "AccessDeniedException"}))))
    local_session.faults[LIST] = lambda: next(answers)
    found = Inventory(local_session, timedelta(minutes=5)).found((PLAN,), NOW, monotonic() + 30)[PLAN]
    assert found.resources == ()
    assert [(each.operation, each.reason.value) for each in found.failures] == [(LIST, "denied")]
