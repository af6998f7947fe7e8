"""Regional web ACLs (AWS WAF). I/O.

CloudWatch files a web ACL under its metric name, which only GetWebACL tells (developer guide, "AWS WAF metrics and
dimensions"): one call for each.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.gather.gatherer import Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_wafv2 import WAFV2Client
    from mypy_boto3_wafv2.type_defs import WebACLSummaryTypeDef, WebACLTypeDef

_WEB_ACL = "wafv2:webacl"
_LIST = "wafv2:ListWebACLs"
_GET = "wafv2:GetWebACL"
_PAGE = 100


def _web_acls(context: GatherContext) -> Iterator[Resource]:
    wafv2: WAFV2Client = context.client("wafv2")

    def read(summary: "WebACLSummaryTypeDef") -> "WebACLTypeDef | None":
        answer = context.ask_unless_gone(
            "WAFNonexistentItemException",
            _GET,
            wafv2.get_web_acl,
            Name=summary["Name"],
            Id=summary["Id"],
            Scope="REGIONAL",
        )
        return answer["WebACL"] if answer else None

    pages = context.marked_pages(_LIST, wafv2.list_web_acls, "NextMarker", Scope="REGIONAL", Limit=_PAGE)
    summaries: list[WebACLSummaryTypeDef] = [each for page in pages for each in page["WebACLs"]]
    for each in context.each(summaries, read, arn=lambda summary: summary["ARN"]):
        dimensions = (("WebACL", each["VisibilityConfig"]["MetricName"]), ("Region", context.target.region))
        yield Resource(each["ARN"], _WEB_ACL, context.target, dimensions, facts=each)


WEB_ACLS = Gatherer("wafv2", (_WEB_ACL,), (_LIST, _GET), _web_acls, tagged_as="wafv2")
