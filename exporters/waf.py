"""Web ACLs: what the firewall in front of the load balancer let through, and what it stopped.

Source: WAF developer guide, "AWS WAF metrics and dimensions". The dimension Rule is a rule's metric name, or ALL.
"""

from ppbe_observe.cloudwatch import MINUTE, SUM, Exporter, Metric

EXPORTER = Exporter(
    namespace="AWS/WAFV2",
    resources="wafv2:webacl",
    dimensions=("WebACL", "Region", "Rule"),
    period=MINUTE,
    metrics=(
        Metric("AllowedRequests", SUM, help="Requests that were let through."),
        Metric(
            "BlockedRequests",
            SUM,
            help="Requests that were blocked. A jump is an attack, or a new rule that blocks users.",
        ),
        Metric("CountedRequests", SUM, help="Requests that matched a rule which only counts."),
        Metric("CaptchaRequests", SUM, help="Requests that were asked to solve a CAPTCHA."),
        Metric("RequestsWithValidCaptchaToken", SUM, help="Requests that came with a valid CAPTCHA token."),
        Metric("ChallengeRequests", SUM, help="Requests whose browser was challenged in silence."),
        Metric("RequestsWithValidChallengeToken", SUM, help="Requests that came with a valid challenge token."),
    ),
    info={"acl": "Name", "acl_id": "Id", "managed_by_firewall_manager": "ManagedByFirewallManager"},
)
