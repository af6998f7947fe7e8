"""How the findings of Inspector are listed; moto does not page them: the answers are as AWS documents them."""

import json
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.model import Found, Reason
from support.gathering import LocalSession, answer

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ACCOUNT = "123456789012"
LIST = "inspector2:ListFindings"


def finding(name: str) -> dict[str, Any]:
    return {
        "findingArn": f"arn:aws-us-gov:inspector2:us-gov-west-1:{ACCOUNT}:finding/{name}",
        "awsAccountId": ACCOUNT,
        "type": "PACKAGE_VULNERABILITY",
        "description": "long",
        "severity": "LOW",
        "status": "ACTIVE",
        "firstObservedAt": 1795000000,
        "resources": [{"type": "AWS_ECR_CONTAINER_IMAGE", "id": "image", "details": {"awsEcrContainerImage": {}}}],
        "packageVulnerabilityDetails": {
            "vulnerabilityId": "CVE-2026-1234",
            "vulnerablePackages": [{"name": "openssl"}],
        },
    }


def look(session: LocalSession) -> Found:
    session.client("inspector2").enable(accountIds=[ACCOUNT], resourceTypes=["ECR"])
    inventory = Inventory(session, timedelta(minutes=5))
    return inventory.found(("inspector2:finding",), NOW, monotonic() + 60)["inspector2:finding"]


def test_every_page_of_the_accounts_own_active_findings(local_session: LocalSession) -> None:
    pages = iter([{"findings": [finding("a")], "nextToken": "more"}, {"findings": [finding("b")]}])
    local_session.faults[LIST] = lambda: answer(200, json.dumps(next(pages)))
    asked: list[Any] = []
    events = local_session.client("inspector2").meta.events
    events.register("provide-client-params.inspector2.ListFindings", lambda params, **_: asked.append(dict(params)))

    found = look(local_session)

    assert found.failures == ()
    assert [each.arn.rpartition("/")[2] for each in found.resources] == ["a", "b"]
    assert [each.get("nextToken") for each in asked] == [None, "more"]
    assert asked[0]["filterCriteria"] == {
        "awsAccountId": [{"comparison": "EQUALS", "value": ACCOUNT}],
        "findingStatus": [{"comparison": "EQUALS", "value": "ACTIVE"}],
    }


def test_what_describes_a_vulnerability_at_length_is_not_kept(local_session: LocalSession) -> None:
    local_session.faults[LIST] = lambda: answer(200, json.dumps({"findings": [finding("a")]}))
    (kept,) = look(local_session).resources
    assert dict(kept.facts) == {
        "findingArn": kept.arn,
        "awsAccountId": ACCOUNT,
        "type": "PACKAGE_VULNERABILITY",
        "severity": "LOW",
        "status": "ACTIVE",
        "firstObservedAt": datetime.fromtimestamp(1795000000, UTC),
        "resources": [{"type": "AWS_ECR_CONTAINER_IMAGE", "id": "image"}],
        "packageVulnerabilityDetails": {"vulnerabilityId": "CVE-2026-1234"},
    }


def test_a_page_that_fails_half_way_proves_nothing(local_session: LocalSession) -> None:
    pages = iter([(200, {"findings": [finding("a")], "nextToken": "more"}), (429, {"__type": "ThrottlingException"})])

    def page() -> Any:
        status, said = next(pages)
        return answer(status, json.dumps(said))

    local_session.faults[LIST] = page
    found = look(local_session)
    assert found.resources == ()
    assert [each.reason for each in found.failures] == [Reason.THROTTLED]
