"""Detectors of GuardDuty and what they found. I/O.

An administrator's detector lists the findings of its members too: each account is asked for its own only.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, batches, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_guardduty import GuardDutyClient
    from mypy_boto3_guardduty.type_defs import GetFindingsResponseTypeDef

_DETECTOR = "guardduty:detector"
_FINDING = "guardduty:finding"
_LIST_DETECTORS = "guardduty:ListDetectors"
_GET_DETECTOR = "guardduty:GetDetector"
_LIST_FINDINGS = "guardduty:ListFindings"
_GET_FINDINGS = "guardduty:GetFindings"

_GONE = "BadRequestException"
"""What GuardDuty answers for a detector that is not there (API reference, GetDetector)."""
_PAGE = 50
"""The most that one page or one GetFindings holds."""
_KEPT = ("AccountId", "Arn", "CreatedAt", "Id", "Region", "Severity", "Title", "Type", "UpdatedAt")
"""A noisy account has tens of thousands of findings of some 5 kB: what was attacked, and by whom, is left out."""


def _detectors(context: GatherContext) -> Iterator[Resource]:
    guardduty: GuardDutyClient = context.client("guardduty")
    for page in context.pages(_LIST_DETECTORS, guardduty.get_paginator("list_detectors").paginate()):
        told = provenance(_LIST_DETECTORS, page)
        for each in page["DetectorIds"]:
            arn = context.arn("guardduty", f"detector/{each}")
            yield Resource(arn, _DETECTOR, context.target, facts={"DetectorId": each}, source=told)


def _findings(context: GatherContext) -> Iterator[Resource]:
    guardduty: GuardDutyClient = context.client("guardduty")
    for detector in context.given[_DETECTOR]:
        yield from _findings_of(context, guardduty, detector)


def _findings_of(context: GatherContext, guardduty: "GuardDutyClient", detector: Resource) -> Iterator[Resource]:
    name = detector.facts["DetectorId"]

    def read(some: list[str]) -> "GetFindingsResponseTypeDef":
        return context.ask(_GET_FINDINGS, guardduty.get_findings, DetectorId=name, FindingIds=some)

    listed = list(batches(_finding_ids(context, guardduty, name), _PAGE))
    for answer in context.each(listed, read, arn=lambda _: detector.arn):
        told = provenance(_GET_FINDINGS, answer)
        for each in answer["Findings"]:
            if not each.get("Service", {}).get("Archived"):  # it may have been archived since it was listed
                yield Resource(each["Arn"], _FINDING, context.target, facts=_facts(each), source=told)


def _finding_ids(context: GatherContext, guardduty: "GuardDutyClient", detector: str) -> list[str]:
    pages = guardduty.get_paginator("list_findings").paginate(
        DetectorId=detector,
        FindingCriteria={
            "Criterion": {
                "service.archived": {"Equals": ["false"]},
                "accountId": {"Equals": [context.target.account_id]},
            }
        },
        PaginationConfig={"PageSize": _PAGE},
    )
    return [each for page in context.pages(_LIST_FINDINGS, pages) for each in page["FindingIds"]]


def _facts(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {name: finding[name] for name in _KEPT if name in finding}


def _by_id(detector: Resource) -> Mapping[str, Any]:
    return {"DetectorId": detector.facts["DetectorId"]}


GATHERERS = (
    Gatherer("guardduty", (_DETECTOR,), (_LIST_DETECTORS,), _detectors),
    Gatherer("guardduty", (_FINDING,), (_LIST_FINDINGS, _GET_FINDINGS), _findings, of=(_DETECTOR,)),
)
DETAILS = (Detail("guardduty", _DETECTOR, _GET_DETECTOR, _by_id, gone=(_GONE,)),)
