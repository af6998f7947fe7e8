"""How the findings of GuardDuty are listed; moto keeps none: the answers are as AWS documents them."""

import json
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from botocore.awsrequest import AWSResponse

from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.model import Found, Reason
from support.gathering import LocalSession, answer

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LIST, GET = "guardduty:ListFindings", "guardduty:GetFindings"
COUNT = 120


class Findings:
    """``COUNT`` findings, in pages of 50 and batches of what is asked for."""

    def __init__(self, session: LocalSession) -> None:
        self.asked: list[dict[str, Any]] = []
        session.faults[LIST] = self.page
        events = session.client("guardduty").meta.events
        events.register("provide-client-params.guardduty.ListFindings", self.note, unique_id="list")
        events.register("before-send.guardduty.GetFindings", self.batch, unique_id="get")
        self._events = events
        session.client("guardduty").create_detector(Enable=True)

    def note(self, params: dict[str, Any], **_: Any) -> None:
        self.asked.append(dict(params))

    def page(self) -> AWSResponse:
        start = int(self.asked[-1].get("NextToken", 0))
        end = min(start + 50, COUNT)
        said: dict[str, Any] = {"findingIds": [str(number) for number in range(start, end)]}
        return answer(200, json.dumps(said | ({"nextToken": str(end)} if end < COUNT else {})))

    def batch(self, request: Any, **_: Any) -> AWSResponse:
        ids = json.loads(request.body)["findingIds"]
        assert len(ids) <= 50
        return answer(200, json.dumps({"findings": [told(each) for each in ids]}))

    def close(self) -> None:
        self._events.unregister("provide-client-params.guardduty.ListFindings", unique_id="list")
        self._events.unregister("before-send.guardduty.GetFindings", unique_id="get")


def told(number: str) -> dict[str, Any]:
    return {
        "accountId": "123456789012",
        "arn": f"arn:aws-us-gov:guardduty:us-gov-west-1:123456789012:detector/d/finding/{number}",
        "createdAt": "2026-11-01T00:00:00.000Z",
        "id": number,
        "severity": 8.0,
        "type": "Recon:EC2/Portscan",
        "resource": {"accessKeyDetails": {"userName": "somebody"}},
        "service": {"archived": False},
    }


def look(session: LocalSession) -> Found:
    inventory = Inventory(session, timedelta(minutes=5))
    return inventory.found(("guardduty:finding",), NOW, monotonic() + 60)["guardduty:finding"]


def test_every_page_and_batch(local_session: LocalSession) -> None:
    findings = Findings(local_session)
    try:
        found = look(local_session)
    finally:
        findings.close()
    assert found.failures == ()
    assert found.missed == {}
    assert [each.facts["Id"] for each in found.resources] == [str(number) for number in range(COUNT)]
    assert "Resource" not in found.resources[0].facts  # who was attacked is nobody's business here
    assert local_session.calls[LIST] == 3
    assert local_session.calls[GET] == 3
    criterion = findings.asked[0]["FindingCriteria"]["Criterion"]
    assert criterion == {"service.archived": {"Equals": ["false"]}, "accountId": {"Equals": ["123456789012"]}}


def test_a_page_that_fails_half_way_proves_nothing(local_session: LocalSession) -> None:
    local_session.client("guardduty").create_detector(Enable=True)
    pages = iter([(200, {"findingIds": ["1"], "nextToken": "more"}), (403, {"__type": "AccessDeniedException"})])

    def page() -> AWSResponse:
        status, said = next(pages)
        return answer(status, json.dumps(said))

    local_session.faults[LIST] = page
    found = look(local_session)
    assert found.resources == ()
    assert [each.reason for each in found.failures] == [Reason.DENIED]


def test_a_batch_that_fails_is_missed(local_session: LocalSession) -> None:
    detector = local_session.client("guardduty").create_detector(Enable=True)["DetectorId"]
    local_session.faults[LIST] = lambda: answer(200, json.dumps({"findingIds": ["1"]}))
    local_session.refuse(GET, "ThrottlingException", status=429)
    found = look(local_session)
    assert {arn: each.reason for arn, each in found.missed.items()} == {
        f"arn:aws-us-gov:guardduty:us-gov-west-1:123456789012:detector/{detector}": Reason.THROTTLED
    }
