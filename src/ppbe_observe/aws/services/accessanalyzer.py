"""Analyzers of who has access (IAM Access Analyzer). I/O."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_accessanalyzer import AccessAnalyzerClient

_ANALYZER = "access-analyzer:analyzer"
_LIST = "access-analyzer:ListAnalyzers"

# Those of external access; of others ListFindings does not tell (API reference).
_EXTERNAL = frozenset({"ACCOUNT", "ORGANIZATION"})


def _analyzers(context: GatherContext) -> Iterator[Resource]:
    analyzers: AccessAnalyzerClient = context.client("accessanalyzer")
    for page in context.pages(_LIST, analyzers.get_paginator("list_analyzers").paginate()):
        told = provenance(_LIST, page)
        for each in page["analyzers"]:
            tags = tuple((each.get("tags") or {}).items())
            yield Resource(each["arn"], _ANALYZER, context.target, tags=tags, facts=each, source=told)


def _open_findings(analyzer: Resource) -> Mapping[str, Any] | None:
    if analyzer.facts["status"] != "ACTIVE" or analyzer.facts["type"] not in _EXTERNAL:
        return None
    return {"analyzerArn": analyzer.arn, "filter": {"status": {"eq": ["ACTIVE"]}}}


GATHERERS = (Gatherer("accessanalyzer", (_ANALYZER,), (_LIST,), _analyzers),)
DETAILS = (
    Detail(
        "accessanalyzer",
        _ANALYZER,
        "access-analyzer:ListFindings",
        _open_findings,
        gone=("ResourceNotFoundException",),
    ),
)
