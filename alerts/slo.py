"""Objectives of the API, from the counters of its load balancers: what users see, whichever task or zone failed.

A request has exactly one final answer, of a target or of the load balancer itself, and all of them are counted here.
The total is not RequestCount, which leaves out the requests for which no target could be chosen: in the worst outage it
is 0. Answers that the load balancer gives instead of the service (redirects, requests that it or WAF refuses) are not
counted.

Source: Elastic Load Balancing user guide, "CloudWatch metrics for your Application Load Balancer".
"""

from exporters.alb import EXPORTER as ALB
from exporters.alb import WITHIN_HALF_A_SECOND
from ppbe_observe.alerting import Slo
from ppbe_observe.cloudwatch import SAMPLE_COUNT

BALANCER = "app/ppbe-production-alb/50dc6c495c0c9188"
WHOLE = (
    'dimension_LoadBalancer=~"app/ppbe-(production|staging)-alb/.*",'
    'dimension_TargetGroup="",dimension_AvailabilityZone=""'
)
"""The load balancer as a whole: its series by zone and by target group count the same requests once more."""
BY = ("account_id", "region", "tag_Environment")
EXAMPLE = {
    "name": f"arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:123456789012:loadbalancer/{BALANCER}",
    "account_id": "123456789012",
    "region": "us-gov-west-1",
    "dimension_LoadBalancer": BALANCER,
    "tag_Environment": "production",
}
SERVER_ERRORS = (
    ALB.counter_name("HTTPCode_ELB_5XX_Count"),
    ALB.counter_name("HTTPCode_Target_5XX_Count"),
)
OTHER_ANSWERS = (
    ALB.counter_name("HTTPCode_Target_2XX_Count"),
    ALB.counter_name("HTTPCode_Target_3XX_Count"),
    ALB.counter_name("HTTPCode_Target_4XX_Count"),
)

SLOS = (
    Slo(
        name="ppbe-api-availability",
        service="ppbe-api",
        objective=0.999,
        bad=SERVER_ERRORS,
        total=SERVER_ERRORS + OTHER_ANSWERS,
        where=WHOLE,
        by=BY,
        owner="sre",
        description="of all requests answered without a server error",
        reason="99.9 % leaves 43 minutes of full outage in 30 days: one bad deployment, found and rolled back.",
        runbook="SloBudgetBurn",
        example=EXAMPLE,
    ),
    Slo(
        name="ppbe-api-latency",
        service="ppbe-api",
        objective=0.99,
        good=(ALB.counter_name("TargetResponseTime", WITHIN_HALF_A_SECOND),),
        total=(ALB.counter_name("TargetResponseTime", SAMPLE_COUNT),),
        where=WHOLE,
        by=BY,
        owner="sre",
        description="of all requests that a target answered began to be answered within 0.5 s",
        reason="0.5 s is ten times the usual answer: people notice it. 1 % leaves room for reports over many years.",
        runbook="SloBudgetBurn",
        example=EXAMPLE,
    ),
)
