"""Regional web ACLs (AWS WAF). I/O.

CloudWatch files a web ACL under its metric name, which only GetWebACL tells (developer guide, "AWS WAF metrics and
dimensions"): one call for each.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_wafv2 import WAFV2Client
    from mypy_boto3_wafv2.type_defs import GetWebACLResponseTypeDef

_SUMMARY = "wafv2:webacl-summary"
_WEB_ACL = "wafv2:webacl"
_LIST = "wafv2:ListWebACLs"
_GET = "wafv2:GetWebACL"
_PAGE = 100


def _summaries(context: GatherContext) -> Iterator[Resource]:
    wafv2: WAFV2Client = context.client("wafv2")
    for page in context.marked_pages(_LIST, wafv2.list_web_acls, "NextMarker", Scope="REGIONAL", Limit=_PAGE):
        told = provenance(_LIST, page)
        for each in page["WebACLs"]:
            yield Resource(each["ARN"], _SUMMARY, context.target, facts=each, source=told)


def _web_acls(context: GatherContext) -> Iterator[Resource]:
    wafv2: WAFV2Client = context.client("wafv2")

    def read(summary: Resource) -> "GetWebACLResponseTypeDef | None":
        facts = summary.facts
        return context.ask_unless_gone(
            "WAFNonexistentItemException",
            _GET,
            wafv2.get_web_acl,
            Name=facts["Name"],
            Id=facts["Id"],
            Scope="REGIONAL",
        )

    for answer in context.each(context.given[_SUMMARY], read, arn=lambda summary: summary.arn):
        told, each = provenance(_GET, answer), answer["WebACL"]
        dimensions = (("WebACL", each["VisibilityConfig"]["MetricName"]), ("Region", context.target.region))
        yield Resource(each["ARN"], _WEB_ACL, context.target, dimensions, facts=each, source=told)


def _logging(summary: Resource) -> Mapping[str, Any]:
    return {"ResourceArn": summary.arn}


GATHERERS = (
    Gatherer("wafv2", (_SUMMARY,), (_LIST,), _summaries, tagged_as="wafv2"),
    Gatherer("wafv2", (_WEB_ACL,), (_GET,), _web_acls, tagged_as="wafv2", of=(_SUMMARY,)),
)
DETAILS = (
    Detail(
        "wafv2",
        _SUMMARY,
        "wafv2:GetLoggingConfiguration",
        _logging,
        none=("WAFNonexistentItemException",),
        member="LoggingConfiguration",
    ),
)
