"""Topics: what was published, and whether it reached its subscribers. Alarms and pages travel here.

Source: SNS developer guide, "Monitoring Amazon SNS topics using CloudWatch".
"""

from ppbe_observe.cloudwatch import AVERAGE, MAXIMUM, MINUTE, SUM, Exporter, Metric

EXPORTER = Exporter(
    namespace="AWS/SNS",
    resources="sns:topic",
    dimensions=("TopicName",),
    period=MINUTE,
    metrics=(
        Metric("NumberOfMessagesPublished", SUM, nil_to_zero=True, help="Messages published to the topic."),
        Metric("PublishSize", AVERAGE, MAXIMUM, help="Bytes of the messages published. AWS takes at most 262,144."),
        Metric(
            "NumberOfNotificationsDelivered",
            SUM,
            nil_to_zero=True,
            help="Messages delivered to subscribers. Each subscriber counts.",
        ),
        Metric(
            "NumberOfNotificationsFailed",
            SUM,
            nil_to_zero=True,
            help="Messages that could not be delivered. On a topic for pages, somebody was not woken.",
        ),
        Metric(
            "NumberOfNotificationsFilteredOut",
            SUM,
            help="Messages that a subscription's filter policy kept back.",
        ),
        Metric(
            "NumberOfNotificationsFilteredOut-InvalidAttributes",
            SUM,
            help="Messages that a filter policy kept back because their attributes are malformed.",
        ),
        Metric(
            "NumberOfNotificationsFilteredOut-NoMessageAttributes",
            SUM,
            help="Messages that a filter policy kept back because they have no attributes.",
        ),
        Metric(
            "NumberOfNotificationsRedrivenToDlq",
            SUM,
            nil_to_zero=True,
            help="Messages moved to a dead-letter queue because they could not be delivered.",
        ),
        Metric(
            "NumberOfNotificationsFailedToRedriveToDlq",
            SUM,
            nil_to_zero=True,
            help="Messages that could not even be moved to a dead-letter queue: they are lost.",
        ),
    ),
)
