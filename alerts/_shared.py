"""What several subjects say: where the daemon saw everything, how much traffic there is."""

from alerts._examples import series
from exporters import alb
from ppbe_observe.alerting.prometheus.examples import PLACE

SRE = "sre"
"""Who is on call for the platform."""

WHOLE_BALANCER = 'dimension_LoadBalancer!="",dimension_TargetGroup="",dimension_AvailabilityZone=""'
"""The level of a load balancer as a whole: the same requests are filed by zone and by target group, too."""
WHOLE_GROUP = 'dimension_TargetGroup!="",dimension_AvailabilityZone=""'
"""The level of a target group as a whole."""
REQUESTS = alb.EXPORTER.counter_name("RequestCount")

ARN = "arn:aws-us-gov"
BALANCER = {
    **PLACE,
    "name": f"{ARN}:elasticloadbalancing:us-gov-west-1:123456789012:loadbalancer/app/ppbe-production-alb/1a2b",
    "dimension_LoadBalancer": "app/ppbe-production-alb/1a2b",
}
"""Labels of a load balancer, for examples."""


def seen(exporter: str, window: str) -> str:
    """Condition: the exporter saw all that it asked for during the whole window.

    A counter of a daemon that sees nothing stands still, like that of a service that does nothing.
    """
    success = f'min_over_time(ppbe_observe_collect_success{{exporter="{exporter}"}}[{window}])'
    return f"and on (account_id, region) {success} == 1"


def requests(label: str, value: str, pattern: str, window: str) -> str:
    """Requests of the window by account, region and ``label``, which is made of the load balancer's dimension.

    Args:
        label: The label that is made.
        value: Its value, with ``$1`` for what the pattern holds.
        pattern: What the load balancer's dimension looks like, ``app/NAME/ID``.
        window: As in ``15m``.
    """
    counted = f"increase({REQUESTS}{{{WHOLE_BALANCER}}}[{window}])"
    named = f'label_replace({counted}, "{label}", "{value}", "dimension_LoadBalancer", "{pattern}")'
    return f"sum by (account_id, region, {label}) ({named})"


def collected(exporter: str, values: str = "1x1000") -> dict[str, str]:
    """The series of ``seen``: whether the exporter saw everything, minute by minute."""
    return series({"ppbe_observe_collect_success": values}, PLACE, exporter=exporter)
