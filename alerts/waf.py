"""Web ACLs: what they block, and whether requests pass through them at all.

The estate calls the web ACL of an environment ``ppbe-{env}`` and its load balancer ``ppbe-{env}-alb``: that joins the
two. A web ACL of another name is judged by its own numbers alone.

Source, as the reasons name it. WAF: AWS WAF developer guide, "AWS WAF metrics and dimensions".
"""

from alerts._examples import series
from alerts._shared import ARN, BALANCER, REQUESTS, SRE, collected, requests, seen
from exporters import waf
from ppbe_observe.alerting import MINUTE, PAGE, RATIO, TICKET, Alert, Case, Example, RuleGroup
from ppbe_observe.alerting.prometheus.examples import PLACE

ALL = '{dimension_Rule="ALL"}'
"""Requests of a web ACL by their end; the other rules count parts of them."""
ALLOWED, BLOCKED = (waf.EXPORTER.counter_name(each) for each in ("AllowedRequests", "BlockedRequests"))

WEB_ACL = {
    **PLACE,
    "name": f"{ARN}:wafv2:us-gov-west-1:123456789012:regional/webacl/ppbe-production/5e6f",
    "dimension_WebACL": "ppbe-production",
    "dimension_Region": "us-gov-west-1",
    "dimension_Rule": "ALL",
}
LATELY = f"(increase({BLOCKED}{ALL}[15m]) + increase({ALLOWED}{ALL}[15m]))"


def judged(allowed: str, blocked: str) -> dict[str, str]:
    """Requests that the example's web ACL let through and stopped."""
    return series({ALLOWED: allowed, BLOCKED: blocked}, WEB_ACL)


def traffic(values: str) -> dict[str, str]:
    """Requests that the example's load balancer got."""
    return series({REQUESTS: values}, BALANCER)


GROUP = RuleGroup(
    rules=(
        Alert(
            name="WafBlocksUsers",
            expr=f"increase({BLOCKED}{ALL}[15m]) / {LATELY} > 0.3 and on (name) increase({BLOCKED}{ALL}[15m]) >= 100 "
            f"and on (name) rate({ALLOWED}{ALL}[15m]) < 0.5 * rate({ALLOWED}{ALL}[1h] offset 15m)",
            severity=PAGE,
            owner=SRE,
            summary="The firewall blocks many requests, and fewer than usual get through",
            description="{dimension_WebACL} in {region} blocked {value} of the requests of the last 15 minutes, more "
            "than {threshold}, and let through less than half of what it did in the hour before.",
            reason="An attack adds blocked requests and leaves the others (WafBlockedJump). Where those that pass are "
            "halved at the same time, users are blocked: a new rule, or a new version of a managed one. The estate "
            "blocks 0.6 %.",
            unit=RATIO,
            lasts=5 * MINUTE,
            keeps=5 * MINUTE,
            example=Example(
                fires=judged("0+100x79 7900+10x60", "0+1x79 79+90x60"),
                quiet=judged("0+100x79 7900+100x60", "0+1x79 79+90x60"),
                labels=WEB_ACL,
                value=0.8358,
                begins=88 * MINUTE,
            ),
            cases=(
                Case(
                    "an evening: less traffic, as few blocked as ever",
                    judged("0+100x79 7900+10x60", "0+1x120"),
                    110 * MINUTE,
                ),
            ),
        ),
        Alert(
            name="WafBlockedJump",
            expr=f"increase({BLOCKED}{ALL}[15m]) > 5 * increase({BLOCKED}{ALL}[1h] offset 15m) / 4 "
            f"and increase({BLOCKED}{ALL}[15m]) >= 300",
            severity=TICKET,
            owner=SRE,
            summary="The firewall blocks many times more than usual",
            description="{dimension_WebACL} in {region} blocked {value} requests in the last 15 minutes, more than "
            "five times the usual number of the hour before.",
            reason="A jump is an attack, or a new rule that blocks users (WAF). Five times the usual and 300 in a "
            "quarter of an hour: the background of scanners neither multiplies nor comes to that.",
            lasts=5 * MINUTE,
            keeps=15 * MINUTE,
            example=Example(
                fires=judged("0+100x120", "0+1x75 75+100x40"),
                quiet=judged("0+100x120", "0+1x75 75+19x40"),
                labels=WEB_ACL,
                value=806,
                begins=79 * MINUTE,
            ),
        ),
        Alert(
            name="WafNotCounting",
            expr=f"sum by (account_id, region, dimension_WebACL) (increase({ALLOWED}{ALL}[1h] offset 20m)) > 100 "
            f"unless on (account_id, region, dimension_WebACL) increase({ALLOWED}{ALL}[20m]) > 0 "
            f"unless on (account_id, region, dimension_WebACL) increase({BLOCKED}{ALL}[20m]) > 0 "
            f"and on (account_id, region, dimension_WebACL) "
            f"{requests('dimension_WebACL', '$1', 'app/(.+)-alb/.+', '20m')} > 100 {seen('waf', '20m')}",
            severity=PAGE,
            owner=SRE,
            summary="Requests reach the load balancer, and the firewall sees none of them",
            description="{dimension_WebACL} in {region} judged no request for 20 minutes, after {value} in the hour "
            "before, though the load balancer of that name got more than 100: the firewall is off, or its metrics are.",
            reason="A web ACL that is attached sees every request (WAF); estate.md demands that it is. Joined by the "
            "estate's names, so that staging, quiet at night, is not judged by the traffic of production. After an "
            "hour the comparison is gone, and the control check of the attachment goes on.",
            resource=("account_id", "region", "dimension_WebACL"),
            lasts=3 * MINUTE,
            example=Example(
                fires={
                    **judged("0+100x60 6000x60", "0+1x60 60x60"),
                    **traffic("0+100x120"),
                    **collected("waf", "1x120"),
                },
                quiet={
                    **judged("0+100x60 6000+1x60", "0+1x60 60x60"),
                    **traffic("0+100x120"),
                    **collected("waf", "1x120"),
                },
                labels={label: WEB_ACL[label] for label in ("account_id", "region", "dimension_WebACL")},
                value=5700,
                begins=80 * MINUTE,
            ),
            cases=(
                Case(
                    "a night without requests",
                    {
                        **judged("0+100x60 6000x60", "0+1x60 60x60"),
                        **traffic("0+100x60 6000x60"),
                        **collected("waf", "1x120"),
                    },
                    85 * MINUTE,
                ),
                Case(
                    "a daemon that does not see the firewall",
                    {
                        **judged("0+100x60 _x60", "0+1x60 _x60"),
                        **traffic("0+100x120"),
                        **collected("waf", "1x60 0x60"),
                    },
                    85 * MINUTE,
                ),
            ),
        ),
    )
)
