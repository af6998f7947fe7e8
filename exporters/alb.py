"""Application load balancers: traffic, errors, latency and the health of their targets.

Source: Elastic Load Balancing user guide, "CloudWatch metrics for your Application Load Balancer". CloudWatch reports
nothing for an idle load balancer, and a count only when it is not zero: `nil_to_zero` makes the absent count 0.
"""

from ppbe_observe.cloudwatch import (
    AVERAGE,
    MAXIMUM,
    MINIMUM,
    MINUTE,
    SAMPLE_COUNT,
    SUM,
    Exporter,
    Fact,
    Metric,
    percentiles,
)

BALANCER = ("LoadBalancer",)
BALANCER_ZONE = ("LoadBalancer", "AvailabilityZone")
GROUP = ("TargetGroup", "LoadBalancer")
GROUP_ZONE = ("TargetGroup", "AvailabilityZone", "LoadBalancer")

WITHIN_HALF_A_SECOND = "TC(:0.5)"
"""CloudWatch's number of datapoints up to 0.5, in seconds here: the good requests of the latency objective."""

WHOLE = (BALANCER,)
FRONT = (BALANCER, BALANCER_ZONE)
GROUPS = (GROUP, GROUP_ZONE)
ALL = (*FRONT, *GROUPS)

EXPORTER = Exporter(
    namespace="AWS/ApplicationELB",
    resources=("elasticloadbalancing:loadbalancer", "elasticloadbalancing:targetgroup"),
    dimensions=ALL,
    period=MINUTE,
    metrics=(
        # Requests and answers
        Metric(
            "RequestCount",
            SUM,
            levels=ALL,
            nil_to_zero=True,
            help="Requests for which a target was chosen, in the period. A sudden fall hurts as much as a rise.",
        ),
        Metric(
            "RequestCountPerTarget",
            SUM,
            levels=GROUPS,
            nil_to_zero=True,
            help="Requests per target of the group, averaged over its targets. Scale out before a target saturates.",
        ),
        Metric(
            "HTTPCode_ELB_3XX_Count",
            SUM,
            levels=FRONT,
            nil_to_zero=True,
            help="Redirects that the load balancer itself answered, such as HTTP to HTTPS.",
        ),
        Metric(
            "HTTPCode_ELB_4XX_Count",
            SUM,
            levels=FRONT,
            nil_to_zero=True,
            help="Malformed or unfinished requests, refused by the load balancer. Many: a scan or a broken client.",
        ),
        Metric(
            "HTTPCode_ELB_5XX_Count",
            SUM,
            levels=FRONT,
            nil_to_zero=True,
            help="Errors that the load balancer answered itself, for want of a good target. Users see every one.",
        ),
        Metric(
            "HTTPCode_ELB_500_Count",
            SUM,
            levels=FRONT,
            nil_to_zero=True,
            help="Internal errors of the load balancer, such as a failed rule or WAF. AWS Support's to explain.",
        ),
        Metric(
            "HTTPCode_ELB_502_Count",
            SUM,
            levels=FRONT,
            nil_to_zero=True,
            help="Bad gateway: a target closed the connection or answered nonsense. Typical of crashing tasks.",
        ),
        Metric(
            "HTTPCode_ELB_503_Count",
            SUM,
            levels=FRONT,
            nil_to_zero=True,
            help="Service unavailable: the target group has no registered target. The service is down.",
        ),
        Metric(
            "HTTPCode_ELB_504_Count",
            SUM,
            levels=FRONT,
            nil_to_zero=True,
            help="Gateway timeout: no target answered in time. Typical of a slow database behind the API.",
        ),
        Metric(
            "HTTPCode_Target_2XX_Count",
            SUM,
            levels=ALL,
            nil_to_zero=True,
            help="Successful answers of the targets.",
        ),
        Metric(
            "HTTPCode_Target_3XX_Count",
            SUM,
            levels=ALL,
            nil_to_zero=True,
            help="Redirects answered by the targets.",
        ),
        Metric(
            "HTTPCode_Target_4XX_Count",
            SUM,
            levels=ALL,
            nil_to_zero=True,
            help="Client errors answered by the targets. A jump after a deployment: clients ask for what is gone.",
        ),
        Metric(
            "HTTPCode_Target_5XX_Count",
            SUM,
            levels=ALL,
            nil_to_zero=True,
            help="Server errors answered by the targets: the application failed the user.",
        ),
        Metric(
            "TargetResponseTime",
            AVERAGE,
            MAXIMUM,
            *percentiles(50, 90, 95, 99),
            levels=ALL,
            help="Seconds from when a request left the load balancer until the target began to answer.",
        ),
        Metric(
            "TargetResponseTime",
            SAMPLE_COUNT,
            WITHIN_HALF_A_SECOND,
            levels=WHOLE,
            counters=(SAMPLE_COUNT, WITHIN_HALF_A_SECOND),
            help="How many requests a target began to answer: all of them, and those within 0.5 s.",
        ),
        # Targets
        Metric(
            "HealthyHostCount",
            AVERAGE,
            MINIMUM,
            MAXIMUM,
            levels=GROUPS,
            help="Targets that pass their health check. At 0 the load balancer sends to all targets, healthy or not.",
        ),
        Metric(
            "UnHealthyHostCount",
            AVERAGE,
            MINIMUM,
            MAXIMUM,
            levels=GROUPS,
            help="Targets that fail their health check. Above 0 for longer than a deployment needs a look.",
        ),
        Metric(
            "TargetConnectionErrorCount",
            SUM,
            levels=ALL,
            nil_to_zero=True,
            help="Connections to targets that could not be opened. Any steady number: security group, port or crash.",
        ),
        Metric(
            "TargetTLSNegotiationErrorCount",
            SUM,
            levels=ALL,
            nil_to_zero=True,
            help="TLS handshakes with targets that failed: a mismatch of protocols or ciphers.",
        ),
        Metric(
            "HealthyStateDNS",
            MINIMUM,
            levels=GROUPS,
            help="Zones that meet the group's healthy-state requirements for DNS. Fewer than usual: DNS fails over.",
        ),
        Metric(
            "HealthyStateRouting",
            MINIMUM,
            levels=GROUPS,
            help="Zones that meet the group's healthy-state requirements for routing.",
        ),
        Metric(
            "UnhealthyStateDNS",
            MINIMUM,
            levels=GROUPS,
            help="Zones that fail the group's requirements for DNS and were marked unhealthy there.",
        ),
        Metric(
            "UnhealthyStateRouting",
            MINIMUM,
            levels=GROUPS,
            help="Zones that fail the group's requirements for routing: traffic goes to sick targets too.",
        ),
        Metric(
            "UnhealthyRoutingRequestCount",
            SUM,
            levels=GROUPS,
            nil_to_zero=True,
            help="Requests routed by fail-open, to targets that do not pass their health check.",
        ),
        Metric(
            "AnomalousHostCount",
            MAXIMUM,
            levels=GROUPS,
            help="Targets whose error rate stands out from their peers'.",
        ),
        Metric(
            "MitigatedHostCount",
            MAXIMUM,
            levels=GROUPS,
            help="Targets that get less traffic because of an anomaly.",
        ),
        # Connections, bytes and capacity
        Metric(
            "ActiveConnectionCount",
            SUM,
            levels=WHOLE,
            counters=(),
            help="Concurrent TCP connections, from clients and to targets.",
        ),
        Metric(
            "NewConnectionCount",
            SUM,
            levels=WHOLE,
            nil_to_zero=True,
            help="TCP connections opened in the period, from clients and to targets.",
        ),
        Metric(
            "RejectedConnectionCount",
            SUM,
            levels=FRONT,
            nil_to_zero=True,
            help="Connections refused because the load balancer had reached its maximum. Any is a capacity incident.",
        ),
        Metric(
            "ClientTLSNegotiationErrorCount",
            SUM,
            levels=FRONT,
            nil_to_zero=True,
            help="TLS handshakes that clients could not finish. A jump follows a change of certificate or TLS policy.",
        ),
        Metric(
            "ProcessedBytes",
            SUM,
            levels=WHOLE,
            nil_to_zero=True,
            help="Bytes processed, requests and answers together.",
        ),
        Metric(
            "ConsumedLCUs",
            AVERAGE,
            MAXIMUM,
            levels=WHOLE,
            help="Load balancer capacity units in use. They are what AWS bills.",
        ),
        Metric(
            "RuleEvaluations",
            SUM,
            levels=WHOLE,
            nil_to_zero=True,
            help="Listener rules evaluated, beyond the ten free ones of each request.",
        ),
        Metric(
            "HTTP_Fixed_Response_Count",
            SUM,
            levels=WHOLE,
            nil_to_zero=True,
            help="Fixed responses given by listener rules, such as a maintenance page.",
        ),
        Metric(
            "HTTP_Redirect_Count",
            SUM,
            levels=WHOLE,
            nil_to_zero=True,
            help="Redirects given by listener rules.",
        ),
        Metric(
            "DesyncMitigationMode_NonCompliant_Request_Count",
            SUM,
            levels=FRONT,
            nil_to_zero=True,
            help="Requests that do not comply with RFC 7230. Many at once can be an attempt at request smuggling.",
        ),
        Metric(
            "DroppedInvalidHeaderRequestCount",
            SUM,
            levels=FRONT,
            nil_to_zero=True,
            help="Requests from which invalid headers were dropped before they reached a target.",
        ),
        Metric(
            "ForwardedInvalidHeaderRequestCount",
            SUM,
            levels=FRONT,
            nil_to_zero=True,
            help="Requests with invalid headers that reached a target. Not 0 means that dropping them is switched off.",
        ),
        Metric(
            "IPv6RequestCount",
            SUM,
            levels=WHOLE,
            help="Requests received over IPv6; part of RequestCount.",
        ),
        Metric(
            "IPv6ProcessedBytes",
            SUM,
            levels=WHOLE,
            help="Bytes processed over IPv6; part of ProcessedBytes.",
        ),
    ),
    info={
        "state": "State.Code",
        "scheme": "Scheme",
        "type": "Type",
        "vpc_id": "VpcId",
        "dns_name": "DNSName",
        "target_type": "TargetType",
        "protocol": "Protocol",
        "port": "Port",
        "health_check_path": "HealthCheckPath",
    },
    facts=(
        Fact(
            "CreatedTime",
            "created_timestamp_seconds",
            kind="elasticloadbalancing:loadbalancer",
            help="When the load balancer was created, in seconds since the epoch.",
        ),
        Fact(
            "HealthCheckIntervalSeconds",
            "health_check_interval_seconds",
            kind="elasticloadbalancing:targetgroup",
            help="Seconds between two health checks of a target.",
        ),
    ),
)
