"""Log groups: how much is written, and whether it is handed on.

Source: CloudWatch Logs user guide, "Monitoring with CloudWatch metrics". Nothing written means no datapoint.
"""

from ppbe_observe.cloudwatch import MINUTE, SUM, Exporter, Fact, Metric

DAY_SECONDS = 86_400
GROUP = ("LogGroupName",)
SUBSCRIPTION = ("LogGroupName", "DestinationType", "FilterName")

EXPORTER = Exporter(
    namespace="AWS/Logs",
    resources="logs:log-group",
    dimensions=(GROUP, SUBSCRIPTION),
    period=MINUTE,
    metrics=(
        Metric(
            "IncomingLogEvents",
            SUM,
            levels=(GROUP,),
            nil_to_zero=True,
            help="Log events written. None for long from a service that has traffic: its logs are lost.",
        ),
        Metric(
            "IncomingBytes",
            SUM,
            levels=(GROUP,),
            nil_to_zero=True,
            help="Bytes of log events written, uncompressed. They are what AWS bills.",
        ),
        Metric(
            "EMFParsingErrors", SUM, levels=(GROUP,), help="Events in embedded metric format that could not be parsed."
        ),
        Metric(
            "EMFValidationErrors", SUM, levels=(GROUP,), help="Events in embedded metric format that were not valid."
        ),
        Metric("ForwardedLogEvents", SUM, levels=(SUBSCRIPTION,), help="Log events handed to the subscription."),
        Metric("ForwardedBytes", SUM, levels=(SUBSCRIPTION,), help="Compressed bytes handed to the subscription."),
        Metric(
            "DeliveryErrors",
            SUM,
            levels=(SUBSCRIPTION,),
            help="Log events that the subscription's destination refused. They are lost after 24 hours of retries.",
        ),
        Metric(
            "DeliveryThrottling",
            SUM,
            levels=(SUBSCRIPTION,),
            help="Log events that the subscription's destination throttled.",
        ),
    ),
    info={"log_group_class": "logGroupClass", "kms_key_id": "kmsKeyId"},
    facts=(
        Fact("storedBytes", "stored_bytes", help="Bytes stored, compressed; updated daily or so."),
        Fact(
            "retentionInDays",
            "retention_seconds",
            scale=DAY_SECONDS,
            help="How long log events are kept, seconds; absent where they are kept forever.",
        ),
        Fact("metricFilterCount", "metric_filters", help="Metric filters of the log group."),
    ),
)
