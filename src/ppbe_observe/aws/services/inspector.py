"""Whether Amazon Inspector scans the account, and what it found. I/O.

A delegated administrator is told the findings of its members too: each account is asked for its own only.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason, Resource

if TYPE_CHECKING:
    from mypy_boto3_inspector2 import Inspector2Client

_ACCOUNT = "inspector2:account"
_FINDING = "inspector2:finding"
_STATUS = "inspector2:BatchGetAccountStatus"
_LIST = "inspector2:ListFindings"

_PAGE = 100
_REASONS = {
    "ACCESS_DENIED": Reason.DENIED,
    "INTERNAL_ERROR": Reason.SERVER,
    "SSM_THROTTLED": Reason.THROTTLED,
}
"""Why the status of an account cannot be told (API reference, FailedAccount), as far as there is a word for it."""
_KEPT = (
    "awsAccountId",
    "exploitAvailable",
    "findingArn",
    "firstObservedAt",
    "fixAvailable",
    "inspectorScore",
    "lastObservedAt",
    "severity",
    "status",
    "title",
    "type",
)
"""An account has tens of thousands of findings of some 5 kB: what describes a vulnerability at length is left out."""
_KEPT_OF_PACKAGE = ("relatedVulnerabilities", "vulnerabilityId")
_KEPT_OF_RESOURCE = ("id", "type")


def _account(context: GatherContext) -> Iterator[Resource]:
    inspector: Inspector2Client = context.client("inspector2")
    account = context.target.account_id
    answer = context.ask(_STATUS, inspector.batch_get_account_status, accountIds=[account])
    for failed in answer.get("failedAccounts", ()):
        reason = _REASONS.get(failed["errorCode"], Reason.PARTIAL)
        raise AwsError(Failure(reason, _STATUS, f"{failed['errorCode']}: {failed['errorMessage']}"))
    for each in answer["accounts"]:
        # What Inspector says of the account has no ARN.
        arn = context.arn("inspector2", f"account/{each['accountId']}")
        yield Resource(arn, _ACCOUNT, context.target, facts=each, source=provenance(_STATUS, answer))


def _findings(context: GatherContext) -> Iterator[Resource]:
    states = [state for account in context.given[_ACCOUNT] for state in account.facts["resourceState"].values()]
    if all(state["status"] != "ENABLED" for state in states):
        return
    inspector: Inspector2Client = context.client("inspector2")
    pages = inspector.get_paginator("list_findings").paginate(
        filterCriteria={
            "awsAccountId": [{"comparison": "EQUALS", "value": context.target.account_id}],
            "findingStatus": [{"comparison": "EQUALS", "value": "ACTIVE"}],
        },
        PaginationConfig={"PageSize": _PAGE},
    )
    for page in context.pages(_LIST, pages):
        told = provenance(_LIST, page)
        for each in page["findings"]:
            tags = tuple((each["resources"][0].get("tags") or {}).items()) if each["resources"] else ()
            yield Resource(each["findingArn"], _FINDING, context.target, tags=tags, facts=_facts(each), source=told)


def _facts(finding: Mapping[str, Any]) -> dict[str, Any]:
    kept = _only(_KEPT, finding) | {"resources": [_only(_KEPT_OF_RESOURCE, each) for each in finding["resources"]]}
    if package := finding.get("packageVulnerabilityDetails"):
        kept["packageVulnerabilityDetails"] = _only(_KEPT_OF_PACKAGE, package)
    return kept


def _only(names: tuple[str, ...], told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in names if name in told}


GATHERERS = (
    Gatherer("inspector2", (_ACCOUNT,), (_STATUS,), _account),
    Gatherer("inspector2", (_FINDING,), (_LIST,), _findings, of=(_ACCOUNT,)),
)
DETAILS: tuple[Detail, ...] = ()
